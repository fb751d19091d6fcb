"""``wanliu backtest`` from the command line: the folder, both languages, and what is refused."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from tests.foresight.people import random_tables, sealed
from wanliu.cli import main
from wanliu.report import drawing
from wanliu.text import choose_language

DAYS = ("--from", "2009-07-31", "--to", "2009-10-31")
DRAFT = 'name = "mine"\nversion = "2"\nbased_on = "standard"\n[signs.fund_outflow]\nshare = 0.20\n'
TABLES = {"figures", "months", "overlap", "curves", "differences"}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("command") / "book"
    sealed(random_tables(5, clients=60), folder)
    return folder


def backtest(*words: object) -> int:
    try:
        return main(["backtest", *map(str, words)])
    finally:
        choose_language(None)


@pytest.fixture(scope="module")
def out(book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A draft beside the live rule set, in English."""
    folder = tmp_path_factory.mktemp("done")
    draft = folder / "mine.toml"
    draft.write_text(DRAFT, encoding="utf-8")
    assert backtest(book, *DAYS, "--against", draft, "-o", folder / "out", "--lang", "en") == 0
    return folder / "out"


def test_folder_holds_page_workbook_tables_and_account(out: Path) -> None:
    names = {file.name for file in out.iterdir()}

    assert {"study.html", "study.xlsx", "run.json"} <= names
    assert {f"{table}.{end}" for table in TABLES for end in ("csv", "parquet")} <= names
    account = json.loads((out / "run.json").read_text("utf-8"))
    assert [(one["name"], one["version"]) for one in account["rules"]] == [("standard", "1"), ("mine", "2")]
    assert account["horizon"] == 90
    assert account["as_of"] == ["2009-07-31", "2009-08-31", "2009-09-30"]


def test_page_needs_no_network_and_begins_with_what_counts(out: Path) -> None:
    page = (out / "study.html").read_text("utf-8")

    assert re.findall(r'(?:src|href)="(?!#)(?!data:)[^"]*"', page) == []
    assert "<script" not in page
    assert page.index("came true within 90 days") < page.index("<svg") < page.index("<table")
    assert page.count("<svg") >= 6
    assert "mine 2" in page


def test_tables_say_the_same_as_csv_and_parquet(out: Path) -> None:
    for table in TABLES:
        rows = pq.read_table(out / f"{table}.parquet")
        with (out / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            heads, *lines = list(csv.reader(file))
        assert heads == rows.column_names
        assert len(lines) == rows.num_rows > 0


def test_workbook_has_a_sheet_per_table(out: Path) -> None:
    sheets = CalamineWorkbook.from_path(str(out / "study.xlsx")).sheet_names

    tables = ["alarms", "months", "overlap", "thresholds", "differences", "clients who change hands"]
    assert sheets == ["first", *tables]


def test_chinese_is_the_default_and_no_client_is_named(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        backtest(book, *DAYS, "--every", "20", "--horizon", 30, "-o", tmp_path / "out", "--lang", "zh") == 0
    )

    said = capsys.readouterr()
    page = (tmp_path / "out" / "study.html").read_text("utf-8")
    assert "天内真的离开" in said.out
    assert 'lang="zh-CN"' in page
    assert not re.search(r"\bc\d{3}\b", said.out + said.err + page)


def test_result_is_not_overwritten_unasked(book: Path, out: Path) -> None:
    assert backtest(book, *DAYS, "-o", out) == 2


def test_two_rule_sets_of_one_name_are_refused(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backtest(book, *DAYS, "--against", "standard", "-o", tmp_path / "out", "--lang", "en") == 2
    assert "another name" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_without_the_extra_it_says_what_to_install(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(drawing, "find_spec", lambda _: None)

    assert backtest(book, *DAYS, "-o", tmp_path / "out", "--lang", "en") == 4
    assert "wanliu[model]" in capsys.readouterr().err


def test_a_month_that_was_lost_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = random_tables(5, clients=5)
    tables["assets"] = [row for row in tables["assets"] if row["date"].month != 8]
    sealed(tables, tmp_path / "book")

    assert backtest(tmp_path / "book", *DAYS, "-o", tmp_path / "out", "--lang", "en") == 3
    assert "assets: 2009-08-03" in capsys.readouterr().err
