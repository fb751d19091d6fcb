"""What a sealing or an ingest says afterwards: rows, totals, notices, days that look half-delivered."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median

from wanliu.book.parts import WATCHED_FEEDS
from wanliu.book.sealed import Book
from wanliu.text import Text

NEIGHBOURS_EACH_SIDE = 5
"""Ten trading days around a day say what is usual there."""

DAYS_SHOWN = 10

THIN_BELOW = Decimal("0.5")
"""Of the usual number of rows: a delivery with less than half is named."""

_MISSING = Text(
    zh="表 {table} 有 {count} 个交易日完全没有数据：{days}。请向提供方补要这些日期。",
    en="Table {table} has no row at all on {count} trading days: {days}. Ask the sender for these days.",
)
_THIN = Text(
    zh="表 {table} 有 {count} 个交易日的行数不到平常的一半：{days}。数据可能只送来一部分，请核对。",
    en="Table {table} has less than half the usual rows on {count} trading days: {days}. They may have been "
    "delivered in part: check them.",
)


@dataclass(frozen=True)
class TableReport:
    """One table of a delivery: rows_in = rows_used + rows_rejected; totals over the used rows, CNY.

    ``orders``: what used rows were summed into where they are fills, else None.
    """

    rows_in: int
    rows_used: int
    rows_rejected: int
    totals: Mapping[str, Decimal]
    orders: int | None = None


@dataclass(frozen=True)
class SealReport:
    """What ``seal`` or ``ingest`` did. Days are the whole book's; ``rejects`` is None where all is used."""

    book: Path
    fingerprint: str
    tables: Mapping[str, TableReport]
    notices: tuple[Text, ...]
    thin: Mapping[str, tuple[date, ...]]
    missing: Mapping[str, tuple[date, ...]]
    rejects: Path | None

    @property
    def day_notices(self) -> tuple[Text, ...]:
        """One sentence per watched feed with lost days, and one per feed with half-delivered days."""
        said = ((_MISSING, self.missing), (_THIN, self.thin))
        return tuple(
            sentence.format(table=table, count=len(days), days=listed(days))
            for sentence, found in said
            for table, days in found.items()
            if days
        )


def listed(days: Sequence[date]) -> str:
    """The first days of a list, and how many more there are."""
    shown = " ".join(str(day) for day in days[:DAYS_SHOWN])
    return shown if len(days) <= DAYS_SHOWN else f"{shown} … (+{len(days) - DAYS_SHOWN})"


def missing_days(book: Book) -> dict[str, tuple[date, ...]]:
    """Trading days without a row between a watched feed's first and last day; not for month-end assets."""
    return {
        table: tuple(day for day in _trading_days(book, table) if day not in book.rows_by_day(table))
        for table in _watched(book)
    }


def thin_days(book: Book) -> dict[str, tuple[date, ...]]:
    """Trading days with some rows, but less than half the median of the ten trading days around them."""
    return {table: _thin(book, table) for table in _watched(book)}


def _thin(book: Book, table: str) -> tuple[date, ...]:
    rows = book.rows_by_day(table)
    days = [day for day in _trading_days(book, table) if day in rows]
    return tuple(day for day in days if rows[day] < THIN_BELOW * usual_rows(rows, days, day))


def usual_rows(rows: Mapping[date, int], days: list[date], day: date) -> Decimal:
    """Median rows of the (up to) ten days around ``day``, five on each side; ``days`` are those with rows."""
    place = bisect_left(days, day)
    around = days[max(0, place - NEIGHBOURS_EACH_SIDE) : place + NEIGHBOURS_EACH_SIDE + 1]
    others = [Decimal(rows[other]) for other in around if other != day]
    return median(others) if others else Decimal(0)


def _watched(book: Book) -> tuple[str, ...]:
    month_end = book.manifest.assets_frequency == "month_end"
    return tuple(
        table for table in WATCHED_FEEDS if book.has(table) and not (table == "assets" and month_end)
    )


def _trading_days(book: Book, table: str) -> tuple[date, ...]:
    first, last = book.first_date(table), book.last_date(table)
    return book.calendar.between(first, last) if first and last else ()
