"""Sealing a delivery: what becomes of its rows, and what is refused."""

from __future__ import annotations

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
    write_table,
    write_trades,
)
from wanliu.book.seal import seal, seal_tables
from wanliu.book.sealed import Book
from wanliu.errors import BookRefused, UsageError
from wanliu.text import Text


def rows(book: Path, table: str, columns: str = "*") -> list[tuple[object, ...]]:
    opened = Book.open(book)
    return duckdb.execute(f"SELECT {columns} FROM ({opened.rows_of(table)})").fetchall()


def test_seal_keeps_every_row_and_total(tmp_path: Path, october: Path) -> None:
    report = seal(october, tmp_path / "book")

    table = Book.open(tmp_path / "book").manifest.tables["trades"]
    assert table.rows_in == table.rows_used == table.rows == 2 * len(OCTOBER)
    assert table.totals == report.tables["trades"].totals
    assert table.totals["turnover"] == Decimal("1000.00") * 2 * len(OCTOBER)
    assert report.rejects is None


def test_seal_same_delivery_twice_gives_the_same_bytes(tmp_path: Path, october: Path) -> None:
    seal(october, tmp_path / "one")
    seal(october, tmp_path / "other")

    assert state_of(tmp_path / "one") == state_of(tmp_path / "other")


def test_seal_order_of_the_rows_does_not_matter(tmp_path: Path, october: Path) -> None:
    seal(october, tmp_path / "one")
    write_assets(october, reversed(OCTOBER), CY, AN, BO)
    seal(october, tmp_path / "other")

    assert Book.open(tmp_path / "one").fingerprint == Book.open(tmp_path / "other").fingerprint


def test_seal_sums_accounts_of_a_client_and_day(tmp_path: Path) -> None:
    write_clients(tmp_path / "in", AN)
    accounts = [(AN, OCTOBER[0], "1.10", "2", "3.10", "A1"), (AN, OCTOBER[0], "0.15", "5", "5.15", "A2")]
    write_table(
        tmp_path / "in", "assets", "client_id date cash position_value net_assets account_id", accounts
    )

    seal(tmp_path / "in", tmp_path / "book")

    assert rows(tmp_path / "book", "assets") == [
        (AN, OCTOBER[0], Decimal("1.25"), Decimal("7.00"), Decimal("8.25"))
    ]


def test_seal_parts_are_sorted_by_client_then_date(book: Path) -> None:
    found = rows(book, "assets", "client_id, date")

    assert found == sorted(found)


def test_seal_parts_are_written_by_month(tmp_path: Path) -> None:
    write_clients(tmp_path / "in", AN)
    write_trades(tmp_path / "in", [date(2009, 9, 30), date(2009, 10, 9)], AN)

    seal(tmp_path / "in", tmp_path / "book")

    book = Book.open(tmp_path / "book")
    assert [part.month for part in book.manifest.tables["trades"].parts] == ["2009-09", "2009-10"]
    assert len(book.paths("trades", date(2009, 10, 1), date(2009, 10, 31))) == 1


def test_seal_types_are_those_of_the_contract(book: Path) -> None:
    opened = Book.open(book)
    types = duckdb.execute(f"DESCRIBE {opened.rows_of('assets')}").fetchall()

    assert [(name, kind) for name, kind, *_ in types] == [
        ("client_id", "VARCHAR"),
        ("date", "DATE"),
        ("cash", "DECIMAL(18,2)"),
        ("position_value", "DECIMAL(18,2)"),
        ("net_assets", "DECIMAL(18,2)"),
    ]


def test_seal_an_existing_book_is_not_touched_without_replace(book: Path, october: Path) -> None:
    before = state_of(book)

    with pytest.raises(UsageError):
        seal(october, book)

    assert state_of(book) == before


def test_seal_replace_puts_the_new_book_in_place_and_leaves_nothing_beside(
    tmp_path: Path, book: Path
) -> None:
    write_clients(tmp_path / "in", AN)
    seal(tmp_path / "in", book, replace=True)

    assert not Book.open(book).has("assets")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book", "in", "october"]


def test_seal_broken_rows_stop_it_and_are_listed(tmp_path: Path, october: Path) -> None:
    write_flows(october, ("F1", AN, date(2009, 10, 12), "thirty"), ("F2", BO, date(2009, 10, 20), "40.00"))

    with pytest.raises(BookRefused) as refused:
        seal(october, tmp_path / "book")

    assert not (tmp_path / "book").exists()
    listed = (tmp_path / "book.rejects" / "flows.csv").read_bytes()
    assert listed.startswith(b"\xef\xbb\xbf")
    assert "thirty" in listed.decode("utf-8-sig")
    assert all(word in refused.value.message.en for word in ("flows.csv", "line 2", "amount", "thirty"))


def test_seal_quarantine_goes_on_and_marks_the_clients(tmp_path: Path, october: Path) -> None:
    write_flows(october, ("F1", AN, date(2009, 10, 12), "thirty"), ("F2", BO, date(2009, 10, 20), "40.00"))

    report = seal(october, tmp_path / "book", on_bad_rows="quarantine")

    assert rows(tmp_path / "book", "tainted", "client_id, table_name") == [(AN, "flows")]
    assert rows(tmp_path / "book", "flows", "flow_id") == [("F2",)]
    flows = report.tables["flows"]
    assert (flows.rows_in, flows.rows_used, flows.rows_rejected) == (2, 1, 1)
    assert report.rejects == tmp_path / "book.rejects"


def test_seal_quarantine_of_a_whole_file_marks_every_client(tmp_path: Path, october: Path) -> None:
    (october / "flows.csv").write_bytes(
        b"flow_id,client_id,date,direction,amount,kind\nF1,\xff\xff\x80,,,,\n"
    )

    seal(october, tmp_path / "book", on_bad_rows="quarantine")

    marked = rows(tmp_path / "book", "tainted", "client_id, table_name")
    assert marked == [(AN, "flows"), (BO, "flows"), (CY, "flows")]
    assert Book.open(tmp_path / "book").has("flows")


def test_seal_row_of_an_unreadable_client_marks_every_client_from_its_day_on(
    tmp_path: Path, october: Path
) -> None:
    write_flows(october, ("F1", "", date(2009, 10, 12), "30.00"), ("F2", BO, date(2009, 10, 20), "40.00"))

    report = seal(october, tmp_path / "book", on_bad_rows="quarantine")

    marked = rows(tmp_path / "book", "tainted", "client_id, table_name, first")
    assert marked == [(client, "flows", date(2009, 10, 12)) for client in (AN, BO, CY)]
    assert "missing_data for every client" in "".join(notice.en for notice in report.notices)


@pytest.mark.parametrize(
    "remark", ["printed by the back office,,,,,", "printed by the back office", ",,x,,y,z"]
)
def test_seal_remark_below_the_rows_marks_nobody(tmp_path: Path, october: Path, remark: str) -> None:
    with (october / "flows.csv").open("a", encoding="utf-8") as flows:
        flows.write(remark + "\n")

    report = seal(october, tmp_path / "book", on_bad_rows="quarantine")

    marked = set(rows(tmp_path / "book", "tainted", "client_id")) if report.rejects else set()
    assert not marked & {(AN,), (BO,), (CY,)}
    assert report.tables["flows"].rows_rejected == 1


@pytest.mark.parametrize("row", ["F3,00000", "F3,000001", 'F3,"000001,2009-10-12,out,1,bank'])
def test_seal_row_that_was_cut_marks_its_client_or_every_client(
    tmp_path: Path, october: Path, row: str
) -> None:
    with (october / "flows.csv").open("a", encoding="utf-8") as flows:
        flows.write(row + "\n")

    seal(october, tmp_path / "book", on_bad_rows="quarantine")

    expected = [(AN,)] if row.endswith(AN) else [(AN,), (BO,), (CY,)]
    assert rows(tmp_path / "book", "tainted", "client_id") == expected


def test_seal_client_whose_leading_zeros_were_lost_is_marked(tmp_path: Path, october: Path) -> None:
    write_flows(october, ("F1", AN.lstrip("0"), date(2009, 10, 12), "30.00"))

    seal(october, tmp_path / "book", on_bad_rows="quarantine")

    assert (AN, "flows") in rows(tmp_path / "book", "tainted", "client_id, table_name")


def test_seal_mark_has_the_day_of_the_row_not_of_the_delivery(tmp_path: Path, october: Path) -> None:
    write_flows(october, ("F1", AN, date(2009, 10, 12), "40.00"), ("F2", BO, date(2009, 10, 20), "much"))

    seal(october, tmp_path / "book", on_bad_rows="quarantine")

    assert rows(tmp_path / "book", "tainted", "client_id, first, last") == [
        (BO, date(2009, 10, 20), date(2009, 10, 20))
    ]


def test_seal_row_without_a_day_is_marked_though_nothing_else_was_used(tmp_path: Path, october: Path) -> None:
    write_table(
        october,
        "flows",
        "flow_id client_id date direction amount kind",
        [("F1", AN, "someday", "out", "1", "bank")],
    )

    seal(october, tmp_path / "book", on_bad_rows="quarantine")

    assert rows(tmp_path / "book", "tainted", "client_id, first, last") == [(AN, date.min, date.max)]


def test_seal_without_a_usable_client_is_refused_even_with_quarantine(tmp_path: Path, october: Path) -> None:
    write_table(october, "clients", "client_id branch_id opened_on", [(AN, "", "2008-01-02")])

    with pytest.raises(BookRefused) as refused:
        seal(october, tmp_path / "book", on_bad_rows="quarantine")

    assert "clients has no row that can be used" in refused.value.message.en
    assert "book.rejects" in refused.value.message.en
    assert not (tmp_path / "book").exists()


def test_seal_clean_delivery_removes_rejects_of_an_earlier_run(tmp_path: Path, october: Path) -> None:
    write_flows(october, ("F1", AN, date(2009, 10, 12), "thirty"))
    with pytest.raises(BookRefused):
        seal(october, tmp_path / "book")
    write_flows(october, ("F1", AN, date(2009, 10, 12), "30.00"))

    seal(october, tmp_path / "book")

    assert not (tmp_path / "book.rejects").exists()


def test_seal_control_totals_that_agree_pass(tmp_path: Path, october: Path) -> None:
    write_table(
        october, "totals", "table rows column sum", [("flows", 2, "amount", "70.00"), ("clients", 3, "", "")]
    )

    assert seal(october, tmp_path / "book").tables["flows"].rows_in == 2


@pytest.mark.parametrize(
    ("line", "expected", "found"),
    [
        (("flows", 3, "", ""), "3", "2"),
        (("flows", 2, "amount", "70.01"), "70.01", "70.00"),
        (("exits", 1, "", ""), "1", "0"),
    ],
)
def test_seal_control_totals_that_differ_are_refused(
    tmp_path: Path, october: Path, line: tuple[object, ...], expected: str, found: str
) -> None:
    write_table(october, "totals", "table rows column sum", [line])

    with pytest.raises(BookRefused) as refused:
        seal(october, tmp_path / "book")

    assert f"{expected} expected, {found} found" in refused.value.message.en
    assert not (tmp_path / "book").exists()


def test_seal_names_a_missing_and_a_thin_day(tmp_path: Path) -> None:
    clients = [f"{number:06}" for number in range(10)]
    lost, thin = OCTOBER[4], OCTOBER[8]
    write_clients(tmp_path / "in", *clients)
    whole = [(client, day) for day in OCTOBER if day not in (lost, thin) for client in clients]
    half = [(client, thin) for client in clients[:4]]
    write_table(
        tmp_path / "in",
        "assets",
        "client_id date cash position_value net_assets",
        [(client, day, "1", "1", "2") for client, day in (*whole, *half)],
    )

    report = seal(tmp_path / "in", tmp_path / "book")

    assert report.missing["assets"] == (lost,)
    assert report.thin["assets"] == (thin,)
    assert [str(day) in notice.en for day, notice in zip((lost, thin), report.day_notices, strict=True)] == [
        True
    ] * 2


def test_seal_exactly_half_of_the_usual_rows_is_not_thin(tmp_path: Path) -> None:
    clients = [f"{number:06}" for number in range(10)]
    write_clients(tmp_path / "in", *clients)
    cells = [(client, day) for day in OCTOBER for client in (clients[:5] if day == OCTOBER[7] else clients)]
    write_table(
        tmp_path / "in",
        "assets",
        "client_id date cash position_value net_assets",
        [(client, day, "1", "1", "2") for client, day in cells],
    )

    assert seal(tmp_path / "in", tmp_path / "book").thin["assets"] == ()


def test_seal_own_calendar_is_continued_by_the_library(tmp_path: Path) -> None:
    write_clients(tmp_path / "in", AN)
    write_table(tmp_path / "in", "calendar", "date", [("2009-10-09",), ("2009-10-10",)])

    seal(tmp_path / "in", tmp_path / "book")

    calendar = Book.open(tmp_path / "book").calendar
    assert calendar.days[:3] == (date(2009, 10, 9), date(2009, 10, 10), date(2009, 10, 12))


def test_seal_a_delivered_table_without_rows_is_there(tmp_path: Path) -> None:
    write_clients(tmp_path / "in", AN)
    write_table(tmp_path / "in", "requests", "request_id client_id date kind", [])

    seal(tmp_path / "in", tmp_path / "book")

    book = Book.open(tmp_path / "book")
    assert book.has("requests")
    assert not book.has("contacts")
    assert rows(tmp_path / "book", "requests") == []


def test_seal_tells_its_progress(tmp_path: Path, october: Path) -> None:
    told: list[tuple[int, int]] = []

    def listen(_step: Text, done: int, total: int) -> None:
        told.append((done, total))

    seal(october, tmp_path / "book", progress=listen)

    total = told[-1][1]
    assert told == [(done, total) for done in range(1, total + 1)]


def test_seal_tables_seals_relations_that_are_clean_already(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE c AS SELECT '{AN}' AS client_id, 'B1' AS branch_id, DATE '2008-01-02' AS opened_on"
        )
        book = seal_tables(
            connection, {"clients": "c"}, tmp_path / "book", absent={"trades": ("commission",)}
        )

    assert rows(tmp_path / "book", "clients", "client_id, kind, is_employee") == [(AN, "person", False)]
    assert book.lacks("trades", "commission")
    assert not book.lacks("trades", "turnover")
