"""Feeding a sealed book: a day added, a day replaced, twice the same."""

from __future__ import annotations

import fcntl
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.book.small_book import (
    AN,
    BO,
    CY,
    OCTOBER,
    state_of,
    write_assets,
    write_clients,
    write_flows,
    write_october,
    write_table,
    write_trades,
)
from wanliu.book.ingest import ingest
from wanliu.book.seal import LOCK_NAME, seal
from wanliu.book.sealed import Book
from wanliu.errors import BookRefused, EnvironmentFailed

NOVEMBER_2 = date(2009, 11, 2)


def rows(book: Path, table: str, columns: str = "*") -> list[tuple[object, ...]]:
    opened = Book.open(book)
    return duckdb.execute(f"SELECT {columns} FROM ({opened.rows_of(table)})").fetchall()


def seal_october(tmp_path: Path, *, cash: str) -> Path:
    """A book sealed from October, its last day with other cash."""
    folder = tmp_path / f"october with {cash}"
    write_october(folder)
    assets = [
        (client, day, "100.00", "50.00", "150.00", "A1") for day in OCTOBER[:-1] for client in (AN, BO, CY)
    ]
    assets += [(client, OCTOBER[-1], cash, "50.00", "150.00", "A1") for client in (AN, BO, CY)]
    write_table(folder, "assets", "client_id date cash position_value net_assets account_id", assets)
    seal(folder, tmp_path / f"book with {cash}")
    return tmp_path / f"book with {cash}"


def test_ingest_a_new_day_is_added(tmp_path: Path, book: Path) -> None:
    write_assets(tmp_path / "day", [NOVEMBER_2], AN, BO)

    ingest(book, tmp_path / "day")

    opened = Book.open(book)
    assert opened.rows_by_day("assets") == {**dict.fromkeys(OCTOBER, 3), NOVEMBER_2: 2}
    assert opened.last_date("trades") == OCTOBER[-1]


def test_ingest_a_day_that_is_there_is_replaced(tmp_path: Path, book: Path) -> None:
    write_assets(tmp_path / "day", OCTOBER[-1:], AN, BO, CY, cash="7.00")

    ingest(book, tmp_path / "day")

    expected = Book.open(seal_october(tmp_path, cash="7.00"))
    assert Book.open(book).fingerprint == expected.fingerprint


def test_ingest_replacing_a_day_drops_rows_that_are_no_longer_delivered(tmp_path: Path, book: Path) -> None:
    write_trades(tmp_path / "day", OCTOBER[-1:], AN)

    ingest(book, tmp_path / "day")

    assert Book.open(book).rows_by_day("trades")[OCTOBER[-1]] == 1


def test_ingest_twice_is_the_same_as_once(tmp_path: Path, book: Path) -> None:
    write_clients(tmp_path / "day", AN, "000009", branch="B2")
    write_assets(tmp_path / "day", [OCTOBER[-1], NOVEMBER_2], AN, "000009")
    write_flows(tmp_path / "day", ("F9", "000009", NOVEMBER_2, "1.00"))
    write_table(tmp_path / "day", "calendar", "date", [(NOVEMBER_2,)])
    ingest(book, tmp_path / "day")
    once = state_of(book)

    ingest(book, tmp_path / "day")

    assert state_of(book) == once


def test_ingest_new_clients_replace_known_ones_and_closed_ones_stay(tmp_path: Path, book: Path) -> None:
    write_clients(tmp_path / "day", AN, "000009", branch="B2")

    ingest(book, tmp_path / "day")

    assert rows(book, "clients", "client_id, branch_id") == [
        (AN, "B2"),
        (BO, "B1"),
        (CY, "B1"),
        ("000009", "B2"),
    ]


def test_ingest_without_clients_knows_those_of_the_book(tmp_path: Path, book: Path) -> None:
    write_flows(tmp_path / "day", ("F3", CY, NOVEMBER_2, "5.00"))

    report = ingest(book, tmp_path / "day")

    assert report.tables["flows"].rows_used == 1
    assert rows(book, "flows", "flow_id") == [("F1",), ("F2",), ("F3",)]


def test_ingest_leaves_untouched_months_as_they_are(tmp_path: Path, book: Path) -> None:
    before = Book.open(book).paths("assets")
    write_assets(tmp_path / "day", [NOVEMBER_2], AN)

    ingest(book, tmp_path / "day")

    assert Book.open(book).paths("assets")[:1] == before


def test_ingest_removes_parts_that_are_no_longer_named(tmp_path: Path, book: Path) -> None:
    write_assets(tmp_path / "day", OCTOBER[-1:], AN)

    ingest(book, tmp_path / "day")

    named = {book / part.path for part in Book.open(book).manifest.parts}
    assert set(book.rglob("*.parquet")) == named


def test_ingest_broken_rows_stop_it_and_the_book_stays(tmp_path: Path, book: Path) -> None:
    before = state_of(book)
    write_assets(tmp_path / "day", [NOVEMBER_2], AN, cash="much")

    with pytest.raises(BookRefused):
        ingest(book, tmp_path / "day")

    assert state_of(book) == before
    assert (tmp_path / "book.rejects" / "assets.csv").exists()


def test_ingest_a_mended_day_takes_the_mark_off(tmp_path: Path, book: Path) -> None:
    header = "client_id date cash position_value net_assets"
    broken = [(AN, NOVEMBER_2, "much", "1", "2"), (BO, NOVEMBER_2, "1", "1", "2")]
    write_table(tmp_path / "day", "assets", header, broken)
    ingest(book, tmp_path / "day", on_bad_rows="quarantine")
    marked = rows(book, "tainted", "client_id, table_name")
    write_assets(tmp_path / "day", [NOVEMBER_2], AN, BO)

    ingest(book, tmp_path / "day")

    assert marked == [(AN, "assets")]
    assert rows(book, "tainted") == []


def test_ingest_another_day_leaves_the_mark(tmp_path: Path, book: Path) -> None:
    header = "client_id date cash position_value net_assets"
    broken = [(AN, NOVEMBER_2, "much", "1", "2"), (BO, NOVEMBER_2, "1", "1", "2")]
    write_table(tmp_path / "day", "assets", header, broken)
    ingest(book, tmp_path / "day", on_bad_rows="quarantine")
    write_assets(tmp_path / "next", [date(2009, 11, 3)], AN, BO)

    ingest(book, tmp_path / "next")

    assert rows(book, "tainted", "client_id, table_name") == [(AN, "assets")]


def test_ingest_takes_off_the_mark_of_a_row_by_its_own_day(tmp_path: Path, book: Path) -> None:
    header = "client_id date cash position_value net_assets"
    days = [NOVEMBER_2, date(2009, 11, 3), date(2009, 11, 4)]
    broken = [(AN, day, "much" if day == days[1] else "1", "1", "2") for day in days]
    write_table(tmp_path / "days", "assets", header, broken)
    ingest(book, tmp_path / "days", on_bad_rows="quarantine")
    marked = rows(book, "tainted", "first, last")
    write_assets(tmp_path / "around", [days[0], days[2]], AN)
    write_assets(tmp_path / "mended", [days[1]], AN)

    ingest(book, tmp_path / "around")
    still_marked = rows(book, "tainted", "first, last")
    ingest(book, tmp_path / "mended")

    assert marked == still_marked == [(days[1], days[1])]
    assert rows(book, "tainted") == []


def test_ingest_of_a_file_refused_whole_marks_all_days_until_the_table_comes_again(
    tmp_path: Path, book: Path
) -> None:
    (tmp_path / "day").mkdir()
    (tmp_path / "day" / "flows.csv").write_bytes(
        b"flow_id,client_id,date,direction,amount,kind\nF9,\xff\xff\x80,,,,\n"
    )
    ingest(book, tmp_path / "day", on_bad_rows="quarantine")
    marked = rows(book, "tainted", "client_id, first")
    write_flows(tmp_path / "part", ("F2", BO, date(2009, 10, 20), "40.00"))
    write_flows(
        tmp_path / "all", ("F1", AN, date(2009, 10, 12), "30.00"), ("F2", BO, date(2009, 10, 20), "40.00")
    )

    ingest(book, tmp_path / "part")
    still_marked = rows(book, "tainted", "client_id, first")
    ingest(book, tmp_path / "all")

    assert marked == still_marked == [(client, date.min) for client in (AN, BO, CY)]
    assert rows(book, "tainted") == []


def test_ingest_a_number_known_on_another_day_is_refused(tmp_path: Path, book: Path) -> None:
    write_flows(tmp_path / "day", ("F1", AN, NOVEMBER_2, "30.00"))

    with pytest.raises(BookRefused) as refused:
        ingest(book, tmp_path / "day")

    assert "2009-10-12" in refused.value.message.en


def test_ingest_own_trading_days_replace_those_of_the_same_span(tmp_path: Path, book: Path) -> None:
    write_table(tmp_path / "day", "calendar", "date", [("2009-11-02",), ("2009-11-04",)])

    ingest(book, tmp_path / "day")

    days = Book.open(book).calendar.between(date(2009, 10, 30), date(2009, 11, 5))
    assert [day.isoformat() for day in days] == ["2009-10-30", "2009-11-02", "2009-11-04", "2009-11-05"]


def test_ingest_control_totals_are_compared(tmp_path: Path, book: Path) -> None:
    before = state_of(book)
    write_assets(tmp_path / "day", [NOVEMBER_2], AN)
    write_table(tmp_path / "day", "totals", "table rows", [("assets", 2)])

    with pytest.raises(BookRefused):
        ingest(book, tmp_path / "day")

    assert state_of(book) == before


def test_ingest_totals_of_the_book_follow_the_rows(tmp_path: Path, book: Path) -> None:
    write_flows(tmp_path / "day", ("F2", BO, date(2009, 10, 20), "41.50"))

    ingest(book, tmp_path / "day")

    assert Book.open(book).manifest.tables["flows"].totals == {"amount": Decimal("71.50")}


def test_ingest_while_another_process_changes_the_book_is_refused(tmp_path: Path, book: Path) -> None:
    write_assets(tmp_path / "day", [NOVEMBER_2], AN)
    before = state_of(book)

    with (book / LOCK_NAME).open("a") as other_process:
        fcntl.flock(other_process, fcntl.LOCK_EX)
        with pytest.raises(EnvironmentFailed):
            ingest(book, tmp_path / "day")

    assert state_of(book) == before


def test_seal_replacing_a_book_that_another_process_changes_is_refused(book: Path, october: Path) -> None:
    before = state_of(book)

    with (book / LOCK_NAME).open("a") as other_process:
        fcntl.flock(other_process, fcntl.LOCK_EX)
        with pytest.raises(EnvironmentFailed):
            seal(october, book, replace=True)

    assert state_of(book) == before


def test_ingest_into_a_raw_folder_is_refused_and_leaves_no_trace(tmp_path: Path, october: Path) -> None:
    before = state_of(october)

    with pytest.raises(BookRefused):
        ingest(october, tmp_path)

    assert state_of(october) == before


def test_ingest_day_by_day_gives_the_same_bytes_as_sealing_at_once(tmp_path: Path, book: Path) -> None:
    write_october(tmp_path / "first")
    write_assets(tmp_path / "first", OCTOBER[:3], AN, BO, CY)
    write_trades(tmp_path / "first", OCTOBER[:3], AN, BO)
    (tmp_path / "first" / "flows.csv").unlink()
    seal(tmp_path / "first", tmp_path / "grown")
    for number, day in enumerate(OCTOBER[3:]):
        write_assets(tmp_path / f"day{number}", [day], CY, BO, AN)
        write_trades(tmp_path / f"day{number}", [day], BO, AN)
        ingest(tmp_path / "grown", tmp_path / f"day{number}")
    write_flows(
        tmp_path / "late", ("F2", BO, date(2009, 10, 20), "40.00"), ("F1", AN, date(2009, 10, 12), "30.00")
    )

    ingest(tmp_path / "grown", tmp_path / "late")

    assert Book.open(tmp_path / "grown").fingerprint == Book.open(book).fingerprint
