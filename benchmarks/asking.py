"""What is asked of everyone who is measured: the windows of one day for the peers, and the bare scan of a run."""

from __future__ import annotations

from datetime import date, timedelta

from benchmarks.peers.asked import MONTHS, Asked
from wanliu.book.calendar import month_start
from wanliu.book.sealed import Book
from wanliu.indicator.windows import TODAY, Day, LastMonths, Month, SinceMonthStart, at_start_of

DATED = ("assets", "flows", "trades", "contacts", "requests")


def asked_of(book: Book, as_of: date) -> Asked:
    """The borders of ``guide`` on this day, and the files that hold the rows between them."""
    day = Day(as_of, book.calendar)
    asked = Asked(
        as_of=as_of,
        months=tuple(Month(back).span(day) for back in range(MONTHS)),
        outflow=LastMonths(6).span(day),
        commission=LastMonths(12).span(day),
        today=TODAY.span(day),
        opening=at_start_of(Month(0)).span(day),
        spoken=SinceMonthStart(1).span(day),
        trades_start=_start(book, "trades"),
        contacts_start=_start(book, "contacts"),
        files={},
    )
    # all flows: one that is older than the window may be cancelled by any other
    spans = {
        "assets": asked.assets,
        "trades": asked.trades,
        "contacts": asked.contacts,
        "requests": asked.spoken,
        "flows": (date.min, as_of),
    }
    files = {table: tuple(book.paths(table, *span)) for table, span in spans.items()}
    undated = {table: tuple(book.paths(table)) for table in ("clients", "exits")}
    return Asked(**{**vars(asked), "files": {**files, **undated}})


def _start(book: Book, table: str) -> date:
    """The table's first day, or its month's first if no trading day was missed before it."""
    first = book.first_date(table) or date.max
    missed = book.calendar.between(month_start(first), first - timedelta(days=1))
    return first if missed else month_start(first)
