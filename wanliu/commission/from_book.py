"""The sum for one client of a sealed book: which rows are read, and what the book does not know."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from wanliu.book.calendar import months_earlier
from wanliu.book.engine import named_failures
from wanliu.book.history import rows_of_client
from wanliu.book.sealed import TAINTED, Book
from wanliu.commission.quote import Gaps, Order, Quote, Standing, quote
from wanliu.commission.tariff import Channel, Tariffs
from wanliu.commission.terms import Change, Course, Terms
from wanliu.errors import UsageError
from wanliu.text import Text

MONTHS = 12
Row = dict[str, Any]


def quote_of(
    connection: duckdb.DuckDBPyConnection,
    book: Book,
    client_id: str,
    tariffs: Tariffs,
    *,
    as_of: date | None = None,
    against: Terms | None = None,
    own: Terms | None = None,
    channel: Channel = "online",
) -> Quote:
    """The sum for the client on the day (default: the last day of the orders), over their twelve months.

    ``own`` are the client's present terms where the book does not know them. Raises UsageError for a client
    or a day that the book does not have.
    """
    as_of = as_of or last_day(book)
    check(book, as_of)
    client = _client(connection, book, client_id, as_of)
    first, whole_year = span(book, as_of, client["opened_on"])
    course = _course(connection, book, client_id, client)
    if own is not None:
        course = Course(own.rate, own.minimum, tuple(one for one in course.changes if one.date <= as_of))
    return quote(
        client_id,
        _orders(connection, book, client_id, first, as_of),
        course,
        first=first,
        last=as_of,
        whole_year=whole_year,
        levies=tariffs.law.levy_steps(first, as_of),
        against=against,
        standing=_standing(connection, book, client_id, as_of, tariffs, channel),
        gaps=_gaps(connection, book, client_id, first, as_of),
    )


def last_day(book: Book) -> date:
    """The last day of the orders. Raises UsageError for a book without any."""
    day = book.first_date("trades") and book.last_date("trades")
    if day is None:
        raise UsageError(_NO_TRADES)
    return day


def check(book: Book, as_of: date) -> None:
    """Raises UsageError where the book has no orders to make the sum from on that day."""
    begins = book.first_date("trades")
    missing = [name for name in ("turnover", "commission") if book.lacks("trades", name)]
    if begins is None or missing:
        raise UsageError(_NO_TRADES)
    ends = last_day(book)
    if not begins <= as_of or months_earlier(as_of, 1) > ends:
        raise UsageError(_OUTSIDE.format(day=as_of, first=begins, last=ends))


def span(book: Book, as_of: date, opened_on: date) -> tuple[date, bool]:
    """The first day of the sum, and whether it is twelve months back; it never lies before the account."""
    first = max(known_from(book, as_of), opened_on)
    return first, first == _a_year_before(as_of)


def known_from(book: Book, as_of: date) -> date:
    """The first of the twelve months' days from which on the book has orders."""
    year = _a_year_before(as_of)
    begins = book.first_date("trades") or as_of
    # a table that begins with the span's first trading day misses nothing
    trading = book.calendar.between(year, begins)
    return year if trading and trading[0] >= begins else max(year, begins)


def _a_year_before(as_of: date) -> date:
    return months_earlier(as_of, MONTHS) + timedelta(days=1)


def _client(connection: duckdb.DuckDBPyConnection, book: Book, client_id: str, as_of: date) -> Row:
    rows: list[Row] = rows_of_client(connection, book, "clients", client_id).to_pylist()
    if not rows:
        raise UsageError(_UNKNOWN)
    if rows[0]["opened_on"] > as_of:
        raise UsageError(_NOT_YET.format(day=rows[0]["opened_on"]))
    return rows[0]


def _orders(
    connection: duckdb.DuckDBPyConnection, book: Book, client_id: str, first: date, last: date
) -> list[Order]:
    levies = "NULL" if book.lacks("trades", "levies") else "levies"
    with named_failures():
        found = connection.execute(
            f"SELECT date, turnover, commission, {levies} FROM ({book.rows_of('trades', first, last)}) "
            f"WHERE client_id = ? AND kind = 'ordinary' ORDER BY date, order_id",
            [client_id],
        ).fetchall()
    return [Order(*row) for row in found]


def _course(connection: duckdb.DuckDBPyConnection, book: Book, client_id: str, client: Row) -> Course:
    """Today's terms, and every change that the book has."""
    rows: list[Row] = []
    if book.has("rate_changes"):
        rows = rows_of_client(connection, book, "rate_changes", client_id).to_pylist()
    absent = {name for name in ("old_min", "new_min") if book.lacks("rate_changes", name)}

    def known(row: Row, name: str) -> Decimal | None:
        return None if name in absent else row[name]

    return Course(
        rate=None if book.lacks("clients", "commission_rate") else client["commission_rate"],
        minimum=None if book.lacks("clients", "min_commission") else client["min_commission"],
        changes=tuple(
            Change(
                row["date"], row["old_rate"], row["new_rate"], known(row, "old_min"), known(row, "new_min")
            )
            for row in rows
        ),
    )


def _standing(
    connection: duckdb.DuckDBPyConnection,
    book: Book,
    client_id: str,
    as_of: date,
    tariffs: Tariffs,
    channel: Channel,
) -> Standing | None:
    """The assets of the tariff's days; None before the first published tariff, or without assets."""
    if as_of < tariffs.versions[0].since or not book.has("assets"):
        return None
    tariff = tariffs.on(as_of)
    days = book.calendar.ending(as_of, length=tariff.asset_days)
    if days is None:
        return None
    rows = rows_of_client(connection, book, "assets", client_id, first=days[0], up_to=days[1])
    held = [Decimal(one) for one in rows.column("net_assets").to_pylist()]
    return Standing(tariff, channel, sum(held, Decimal(0)), len(held))


def _gaps(connection: duckdb.DuckDBPyConnection, book: Book, client_id: str, first: date, last: date) -> Gaps:
    with named_failures():
        ((rejected,),) = connection.execute(
            f"SELECT count(*) FROM ({book.rows_of(TAINTED)}) WHERE client_id = ? AND table_name = 'trades' "
            "AND first <= ? AND last >= ?",
            [client_id, last, first],
        ).fetchall()
    seen = book.rows_by_day("trades")
    begins = book.first_date("trades") or first
    days = [day for day in book.calendar.between(max(first, begins), last) if not seen.get(day)]
    derived = "turnover" in book.manifest.derived.get("trades", ())
    return Gaps(rejected=bool(rejected), days=len(days), derived=derived)


_NO_TRADES = Text(
    zh="账簿里没有委托的成交额和佣金，无法逐笔计算。请先并入 trades 表。",
    en="The book has no orders with turnover and commission to make the sum from. Ingest the table trades.",
)
_OUTSIDE = Text(
    zh="账簿的委托只到 {first} 至 {last}，算不了 {day} 之前的十二个月。请换一个日期。",
    en="The book has orders from {first} to {last}, not for the twelve months before {day}. "
    "Choose another day.",
)
_UNKNOWN = Text(
    zh="账簿的客户表里没有这个客户号。请核对 --client（前导零也算在内）。",
    en="The book's table of clients does not have this number. Check --client (leading zeros count).",
)
_NOT_YET = Text(
    zh="这位客户 {day} 才开户。请换一个日期。",
    en="This client's account was opened on {day}. Choose another day.",
)
