"""Studies read back from their folders: what a back-test wrote is what pages get, and nothing half."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.foresight.people import random_tables, sealed
from tests.report.stored import TRIED, stored_study
from wanliu.cli import main
from wanliu.report.stored_study import shelf
from wanliu.ruleset import from_text, load
from wanliu.text import choose_language

STANDARD = load("standard")
MINE = 'name = "mine"\nversion = "1"\nbased_on = "standard"\n[signs.fund_outflow]\nshare = 0.2\n'


def test_a_real_study_comes_back_as_it_was_written(tmp_path: Path) -> None:
    sealed(random_tables(5, clients=40), tmp_path / "book")
    draft, out = tmp_path / "mine.toml", tmp_path / "studies" / "one"
    draft.write_text(MINE, encoding="utf-8")
    days = ("--from", "2009-07-31", "--to", "2009-09-30")
    try:
        done = main(["backtest", str(tmp_path / "book"), *days, "--against", str(draft), "-o", str(out)])
    finally:
        choose_language(None)
    assert done == 0

    found = shelf(tmp_path / "studies").about(STANDARD)

    assert found is not None and (found.name, found.horizon, len(found.days)) == ("one", 90, 3)
    assert found.compared(STANDARD, from_text(MINE, where="mine"))
    rows = [row for row in pq.read_table(out / "curves.parquet").to_pylist() if row["rules"] == "standard"]
    curves = found.curves(STANDARD)
    assert [row for curve in curves.values() for row in curve.points] == rows
    assert all(curve.at(STANDARD_NUMBERS[sign][curve.parameter]) for sign, curve in curves.items())
    account = json.loads((out / "run.json").read_text("utf-8"))
    assert found.change_hands == account["clients_who_change_hands"]


STANDARD_NUMBERS = {rule.id: rule.values for rule in STANDARD.rules}


def test_the_newest_study_of_these_very_numbers_is_found(tmp_path: Path) -> None:
    other = from_text(MINE.replace('"mine"', '"standard"'), where="mine")
    stored_study(tmp_path / "old", STANDARD, at=1)
    stored_study(tmp_path / "new", STANDARD, at=2)
    stored_study(tmp_path / "newest", other, at=3)

    found = shelf(tmp_path)

    assert [one.name for one in found.studies] == ["newest", "new", "old"]
    about = found.about(STANDARD)
    assert about is not None and about.name == "new"
    assert about.clients_a_day == 1000


def test_a_comparison_is_known_by_its_numbers_and_not_by_its_name(tmp_path: Path) -> None:
    stored_study(tmp_path / "both", STANDARD, from_text(MINE, where="mine"))
    same = from_text(MINE.replace('"mine"', '"draft-1"'), where="mine")
    other = from_text(MINE.replace("0.2\n", "0.21\n"), where="mine")

    found = shelf(tmp_path)

    assert found.comparing(STANDARD, same) is not None
    assert found.comparing(STANDARD, other) is None


def test_a_number_that_was_not_tried_has_no_figures_and_two_neighbours(tmp_path: Path) -> None:
    stored_study(tmp_path / "one", STANDARD)
    curve = shelf(tmp_path).studies[0].curves(STANDARD)["fund_outflow"]

    assert curve.at(0.27) is None and curve.beside(0.27) == [0.25, 0.3]
    assert curve.beside(0.1) == [TRIED[0]] and curve.beside(0.9) == [TRIED[-1]]


def test_where_there_is_no_folder_there_are_no_studies(tmp_path: Path) -> None:
    (tmp_path / "studies" / "unfinished").mkdir(parents=True)

    assert shelf(tmp_path / "nowhere").studies == shelf(tmp_path / "studies").studies == ()


@pytest.mark.parametrize("damage", ["account", "not_json", "empty", "no_days", "curves", "columns"])
def test_a_damaged_study_is_named_and_not_used(tmp_path: Path, damage: str) -> None:
    stored_study(tmp_path / "good", STANDARD, at=1)
    bad = stored_study(tmp_path / "bad", STANDARD, at=2)
    account = json.loads((bad / "run.json").read_text("utf-8"))
    if damage == "account":
        del account["outcomes"]["base"]
    if damage == "no_days":
        account["as_of"] = []
    text = {"not_json": "{", "empty": "", "columns": json.dumps(account)}.get(damage, json.dumps(account))
    (bad / "run.json").write_text(text, encoding="utf-8")
    if damage == "curves":
        (bad / "curves.parquet").write_bytes(b"PAR1 cut off")
    if damage == "columns":
        pq.write_table(pq.read_table(bad / "curves.parquet").drop(["sign"]), bad / "curves.parquet")

    found = shelf(tmp_path)

    assert found.unreadable == ("bad",)
    assert [one.name for one in found.studies] == ["good"]
