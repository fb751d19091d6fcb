"""A one-page verdict on a delivery, before anything is made of it: what is there, what is broken, can it be
used?
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import duckdb

from wanliu.book.calendar import Calendar, continued
from wanliu.book.delivery import DeliveredTable, Delivery, read_delivery
from wanliu.book.parts import WATCHED_FEEDS
from wanliu.book.report import THIN_BELOW, TableReport, usual_rows
from wanliu.book.totals import FILE_NAME, compare_totals
from wanliu.errors import BookRefused
from wanliu.text import Text

WORST = 8
"""Kinds of faults on the page; all rows are in the rejects."""

Answer = Literal["usable", "quarantine", "refused"]


@dataclass(frozen=True)
class TableVerdict:
    """One table: its rows, how its files came, the days that it covers, and columns that need a word."""

    name: str
    meaning: Text
    files: int
    came_as: tuple[str, ...]
    rows_in: int
    rows_used: int
    rows_rejected: int
    first: date | None
    last: date | None
    absent: tuple[str, ...]
    derived: tuple[str, ...]
    ignored: tuple[str, ...]
    orders: int | None = None
    """What the used rows are summed into where they are fills."""


@dataclass(frozen=True)
class FaultVerdict:
    """One kind of fault in one column: how many rows, and the first of them."""

    table: str
    column: str | None
    rows: int
    why: Text
    mend: Text
    file: str
    line: int
    value: str | None


@dataclass(frozen=True)
class DaysVerdict:
    """Trading days, between the first and the last day of a watched feed, without rows or with too few."""

    missing: tuple[date, ...]
    thin: tuple[date, ...]


@dataclass(frozen=True)
class Verdict:
    """All that the page says.

    ``control`` is None where no totals came with the delivery; ``reason`` why it is refused.
    """

    source: Path
    answer: Answer
    tables: tuple[TableVerdict, ...] = ()
    days: Mapping[str, DaysVerdict] | None = None
    faults: tuple[FaultVerdict, ...] = ()
    kinds_of_fault: int = 0
    control: Text | None = None
    control_agrees: bool = True
    reason: Text | None = None
    notices: tuple[Text, ...] = ()

    @property
    def rows_rejected(self) -> int:
        return sum(table.rows_rejected for table in self.tables)

    @property
    def days_missing(self) -> int:
        return sum(len(days.missing) for days in (self.days or {}).values())


def check_delivery(source: Path, *, mapping: str | Path | None = None) -> Verdict:
    """The verdict on a folder; a delivery that cannot be read is one, too.

    Raises UsageError for an unknown mapping.
    """
    with duckdb.connect() as connection:
        try:
            delivery = read_delivery(connection, source, mapping=mapping)
        except BookRefused as refused:
            return Verdict(Path(source), "refused", reason=refused.message)
        return verdict(connection, delivery)


def verdict(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> Verdict:
    """The verdict on a delivery that was read on this connection."""
    control, agrees = _control(delivery)
    faults = _faults(connection)
    nobody = "clients" in delivery.tables and not delivery.tables["clients"].rows_used
    rejected = bool(faults) or any(table.rows_rejected for table in delivery.tables.values())
    return Verdict(
        source=delivery.source,
        answer="refused" if nobody or not agrees else "quarantine" if rejected else "usable",
        tables=tuple(_table(connection, table) for table in delivery.tables.values()),
        days=_days(connection, delivery),
        faults=faults[:WORST],
        kinds_of_fault=len(faults),
        control=control,
        control_agrees=agrees,
        reason=_NOBODY if nobody else None,
        notices=delivery.notices,
    )


_NOBODY = Text(zh="客户表没有一行可用。", en="The table clients has no row that can be used.")
_AGREES = Text(zh=f"{FILE_NAME} 与数据一致。", en=f"{FILE_NAME} agrees with the rows.")


def _table(connection: duckdb.DuckDBPyConnection, table: DeliveredTable) -> TableVerdict:
    first = last = None
    if any(column.name == "date" for column in table.table.columns):
        first, last = connection.execute(f"select min(date), max(date) from {table.relation}").fetchall()[0]
    came_as = dict.fromkeys(_came_as(file.kind, file.encoding, file.separator) for file in table.files)
    return TableVerdict(
        name=table.table.name,
        meaning=table.table.meaning,
        files=len(table.files),
        came_as=tuple(came_as),
        rows_in=table.rows_in,
        rows_used=table.rows_used,
        rows_rejected=table.rows_rejected,
        first=first,
        last=last,
        absent=table.absent,
        derived=table.derived,
        ignored=table.ignored,
        orders=table.orders,
    )


def _came_as(kind: str, encoding: str, separator: str) -> str:
    """For example: csv GB18030 tab."""
    names = {",": "", "\t": "tab", "|": "|", ";": ";"}
    return " ".join(part for part in (kind, encoding, names.get(separator, "")) if part)


def _control(delivery: Delivery) -> tuple[Text | None, bool]:
    if not (delivery.source / FILE_NAME).is_file():
        return None, True
    reports = {
        name: TableReport(table.rows_in, table.rows_used, table.rows_rejected, table.totals)
        for name, table in delivery.tables.items()
    }
    try:
        notices = compare_totals(delivery.source, reports)
    except BookRefused as refused:
        return refused.message, False
    return (notices[0] if notices else _AGREES), True


def _days(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> dict[str, DaysVerdict]:
    watched = [name for name in WATCHED_FEEDS if name in delivery.tables]
    if delivery.assets_frequency == "month_end":
        watched = [name for name in watched if name != "assets"]
    calendar = _calendar(connection, delivery) if watched else None
    return {
        name: _days_of(connection, delivery.tables[name].relation, calendar)
        for name in watched
        if calendar is not None
    }


def _calendar(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> Calendar:
    own = delivery.tables.get("calendar")
    days = connection.execute(f"select date from {own.relation}").fetchall() if own else []
    return continued(day for (day,) in days)


def _days_of(connection: duckdb.DuckDBPyConnection, relation: str, calendar: Calendar) -> DaysVerdict:
    rows = dict(
        connection.execute(f"select date, count(*) from {relation} group by date order by date").fetchall()
    )
    trading = calendar.between(min(rows), max(rows)) if rows else ()
    there = [day for day in trading if day in rows]
    return DaysVerdict(
        missing=tuple(day for day in trading if day not in rows),
        thin=tuple(day for day in there if rows[day] < THIN_BELOW * usual_rows(rows, there, day)),
    )


def _faults(connection: duckdb.DuckDBPyConnection) -> tuple[FaultVerdict, ...]:
    """Kinds of faults, the commonest first, each with its first row as example."""
    found = connection.execute(
        """select table_name, column_name, count(*), why_zh, why_en, mend_zh, mend_en,
        arg_min(file, (file, line)), arg_min(line, (file, line)),
        arg_min(struct_pack(value := value), (file, line)).value
        from rejects group by table_name, column_name, why_zh, why_en, mend_zh, mend_en
        order by count(*) desc, table_name, column_name, why_en"""
    ).fetchall()
    return tuple(
        FaultVerdict(table, column, rows, Text(why_zh, why_en), Text(mend_zh, mend_en), file, line, value)
        for table, column, rows, why_zh, why_en, mend_zh, mend_en, file, line, value in found
    )
