"""The command that makes the made-up brokerage: its folders, its lost days, its damaged copies."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.simulated import FIRST, LAST, contents, rows, small_book
from wanliu.book.inspection import check_delivery
from wanliu.book.report import SealReport
from wanliu.book.seal import seal
from wanliu.cli import main
from wanliu.errors import BookRefused, UsageError
from wanliu.simulator import LostDay, drawn_faults, simulate
from wanliu.simulator.damaged import KINDS

SMALL = ("--clients", "100", "--from", "2009-08-01", "--to", "2009-10-31")


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of damaged copies; the whole delivery is ``book`` beside it."""
    folder = tmp_path_factory.mktemp("simulated")
    assert main(["simulate", str(folder / "book"), *SMALL, "--damaged"]) == 0
    return folder / "book.damaged"


def sealed(source: Path, book: Path, mapping: Path | None = None) -> SealReport:
    return seal(source, book, mapping=str(mapping) if mapping else None)


def test_an_existing_folder_is_refused_until_it_may_be_replaced(tmp_path: Path) -> None:
    book = small_book(tmp_path / "book", clients=60)
    before = contents(tmp_path)

    refused = main(["simulate", str(book), *SMALL])
    assert refused == UsageError.exit_code
    assert contents(tmp_path) == before

    assert main(["simulate", str(book), *SMALL, "--replace", "--format", "csv"]) == 0
    assert len(list(rows(book, "clients"))) == 100
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book", "book.truth"]


def test_a_truth_that_stands_alone_is_no_reason_to_overwrite_it(tmp_path: Path) -> None:
    (tmp_path / "book.truth").mkdir()

    assert main(["simulate", str(tmp_path / "book"), *SMALL]) == UsageError.exit_code

    assert [path.name for path in tmp_path.iterdir()] == ["book.truth"]


def test_a_run_that_fails_leaves_the_old_folders_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = small_book(tmp_path / "book", clients=60)
    before = contents(tmp_path)

    def fail(*_: object) -> None:
        raise RuntimeError("the last step fails")

    monkeypatch.setattr("wanliu.simulator.brokerage.write_market", fail)
    with pytest.raises(RuntimeError):
        simulate(book, clients=100, first=FIRST, last=LAST, seed=1, replace=True)

    assert contents(tmp_path) == before


def test_a_lost_day_is_lost_in_its_table_alone(tmp_path: Path) -> None:
    fault = LostDay("assets", np.datetime64("2009-10-15"))
    simulate(tmp_path / "b", clients=60, first=FIRST, last=LAST, seed=7, format="csv", faults=[fault])

    assert "2009-10-15" not in {row["date"] for row in rows(tmp_path / "b", "assets")}
    assert "2009-10-15" in {row["date"] for row in rows(tmp_path / "b", "trades")}


@pytest.mark.parametrize("table", ["assets", "trades"])
def test_a_cut_day_has_the_rows_of_the_first_clients_alone(table: str, tmp_path: Path) -> None:
    day = "2009-10-15"
    fault = LostDay(table, np.datetime64(day), arrived=0.3)
    simulate(tmp_path / "cut", clients=200, first=FIRST, last=LAST, seed=7, format="csv", faults=[fault])
    whole = small_book(tmp_path / "whole", clients=200)

    sent = [row for row in rows(whole, table) if row["date"] == day]
    arrived = [row for row in rows(tmp_path / "cut", table) if row["date"] == day]

    assert arrived
    assert all(row in sent for row in arrived)
    assert len(arrived) < len(sent) / 2
    assert max(row["client_id"] for row in arrived) < max(row["client_id"] for row in sent)


def test_faults_are_found_by_the_check_and_told_in_the_truth_alone(tmp_path: Path) -> None:
    assert main(["simulate", str(tmp_path / "b"), "--clients", "400", *SMALL[2:], "--faults"]) == 0

    with (tmp_path / "b.truth" / "faults.csv").open(encoding="utf-8") as file:
        told = list(csv.DictReader(file))
    found = check_delivery(tmp_path / "b")
    assert found.days is not None
    lost = {(table, day) for table, days in found.days.items() for day in days.missing}
    cut = {(table, day) for table, days in found.days.items() for day in days.thin}

    assert len(told) == 4
    assert {_place(row) for row in told if float(row["arrived"]) == 0} == lost
    assert {_place(row) for row in told if float(row["arrived"]) > 0} <= cut


def _place(row: dict[str, str]) -> tuple[str, date]:
    return row["table"], date.fromisoformat(row["date"])


def test_faults_lie_on_days_of_their_own_and_follow_the_seed() -> None:
    span = {"first": FIRST, "last": LAST}

    days = [fault.day for fault in drawn_faults(1, **span)]

    assert len(set(days)) == len(days)
    assert drawn_faults(1, **span) == drawn_faults(1, **span) != drawn_faults(2, **span)


def test_faults_in_too_short_a_span_are_wrong_usage(tmp_path: Path) -> None:
    span = ("--from", "2009-10-12", "--to", "2009-10-16")

    assert main(["simulate", str(tmp_path / "b"), "--faults", *span]) == UsageError.exit_code
    assert list(tmp_path.iterdir()) == []


def test_damaged_copies_of_parquet_are_wrong_usage(tmp_path: Path) -> None:
    code = main(["simulate", str(tmp_path / "b"), *SMALL, "--damaged", "--format", "parquet"])

    assert code == UsageError.exit_code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "mended", "exit_code"),
    [
        ("gb18030", False, 0),
        ("excel", False, 0),
        ("excel", True, 0),
        ("serials", False, BookRefused.exit_code),
        ("serials", True, 0),
        ("cut", False, BookRefused.exit_code),
    ],
)
def test_check_comes_to_a_verdict_on_each_damaged_copy(
    kind: str, mended: bool, exit_code: int, damaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = ["--map", str(damaged / "mend.toml")] if mended else []

    code = main(["check", str(damaged / kind), *mapping, "--lang", "en"])

    assert code == exit_code
    assert ("Verdict: refused" if exit_code else "Verdict: usable") in capsys.readouterr().out


def test_serial_numbers_of_days_and_a_broken_transfer_are_named(damaged: Path) -> None:
    serials, cut = check_delivery(damaged / "serials"), check_delivery(damaged / "cut")

    assert ("assets", "date") in {(fault.table, fault.column) for fault in serials.faults}
    assert "assets" in str(cut.control)


@pytest.mark.parametrize("kind", ["gb18030", "excel", "serials"])
def test_a_damaged_copy_gives_the_same_book_once_it_is_mended(
    kind: str, damaged: Path, tmp_path: Path
) -> None:
    mapping = None if kind == "gb18030" else damaged / "mend.toml"

    mended = sealed(damaged / kind, tmp_path / kind, mapping)
    whole = sealed(damaged.with_name("book"), tmp_path / "whole")

    assert mended.tables == whole.tables
    assert contents_of_tables(tmp_path / kind) == contents_of_tables(tmp_path / "whole")


def contents_of_tables(book: Path) -> dict[str, bytes]:
    return {path: content for path, content in contents(book).items() if path.endswith(".parquet")}


def test_every_copy_holds_every_table(damaged: Path) -> None:
    expected = {path.name for path in damaged.with_name("book").iterdir()}

    for kind in KINDS:
        assert expected <= {path.name for path in (damaged / kind).iterdir()}
