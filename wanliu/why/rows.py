"""The raw rows behind facts, what each row adds to each fact, and the sums of what is shown.

The sums are made here, in plain decimals, from the rows that a person sees; they share no query with the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

import duckdb
from sqlglot import exp

from wanliu.book.history import reversals_of, rows_of_client
from wanliu.book.sealed import Book, sealed_columns
from wanliu.book.tables import TABLES
from wanliu.indicator.facts import Additive, Latest
from wanliu.indicator.windows import Day, Window
from wanliu.text import Text
from wanliu.warning.plan import columns_of

Plain = Additive | Latest
Amount = Decimal | int | None


@dataclass(frozen=True)
class Row:
    """One raw row: its columns, what it adds to each fact (None: nothing), and why it is void, if it is."""

    cells: dict[str, object]
    adds: tuple[Amount, ...]
    void: Text | None = None

    @property
    def counts(self) -> bool:
        return any(amount is not None for amount in self.adds)


@dataclass(frozen=True)
class Section:
    """The client's rows of one table in one window, with the facts that are taken from them.

    ``span`` is None where the window would begin before the calendar does, or the table is absent.
    """

    table: str
    window: Window
    span: tuple[date, date] | None
    facts: tuple[Plain, ...]
    rows: tuple[Row, ...]

    def value(self, place: int) -> Amount:
        """The fact's value: the sum of what the rows add; of a latest value, that of its row."""
        added = [amount for row in self.rows if (amount := row.adds[place]) is not None]
        if isinstance(self.facts[place], Latest):
            return added[0] if added else None
        if _is_sum(self.facts[place]):
            return sum(map(Decimal, added), Decimal(0))
        return sum(map(int, added))

    def columns(self) -> tuple[str, ...]:
        """The columns worth showing: the day, the row's own number, and what the facts read."""
        read = {column for fact in self.facts for _, column in columns_of(fact)}
        key = {name for name in TABLES[self.table].key if name not in ("client_id", "account_id")}
        return tuple(c.name for c in sealed_columns(self.table) if c.name in read | key | {"date"})


def sections_of(
    book: Book,
    facts: Sequence[Plain],
    day: Day,
    client_id: str,
    reader: duckdb.DuckDBPyConnection,
) -> list[Section]:
    """One section per table and window that the facts look at, tables and windows in order of time."""
    ordered = sorted(facts, key=lambda fact: (fact.table, fact.over.name, fact.name))
    found = []
    for _, alike in groupby(ordered, key=lambda fact: (fact.table, fact.over.name)):
        group = tuple(alike)
        table, window = group[0].table, group[0].over
        span = window.span(day) if book.has(table) else None
        rows = _rows(book, group, span, day.as_of, client_id, reader) if span else ()
        found.append(Section(table, window, span, group, rows))
    return sorted(found, key=lambda section: (section.table, section.span or (date.min, date.min)))


def _rows(
    book: Book,
    facts: tuple[Plain, ...],
    span: tuple[date, date],
    as_of: date,
    client_id: str,
    reader: duckdb.DuckDBPyConnection,
) -> tuple[Row, ...]:
    table = facts[0].table
    adding = {fact.name: _added(fact) for fact in facts}
    last = min(span[1], as_of)
    raw = rows_of_client(reader, book, table, client_id, first=span[0], up_to=last, computed=adding)
    cells = raw.to_pylist()
    adds = [tuple(row.pop(name) for name in adding) for row in cells]
    voids = void_flows(book, cells, as_of, reader) if table == "flows" else {}
    newest = max((row["date"] for row in cells), default=None)
    found = []
    for row, added in zip(cells, adds, strict=True):
        void = voids.get(str(row.get("flow_id")))
        counted = tuple(
            None if void or (isinstance(fact, Latest) and row["date"] != newest) else amount
            for fact, amount in zip(facts, added, strict=True)
        )
        found.append(Row(row, counted, void))
    return tuple(found)


def void_flows(
    book: Book, flows: Sequence[dict[str, object]], as_of: date, reader: duckdb.DuckDBPyConnection
) -> dict[str, Text]:
    """Flow number → why it counts as nothing: it cancels another flow, or one known by the day cancels it."""
    cancelled = reversals_of(reader, book, [str(row["flow_id"]) for row in flows], up_to=as_of)
    found = {flow: _CANCELLED.format(by=by, day=day) for flow, (by, day) in cancelled.items()}
    cancelling = {str(row["flow_id"]): row["reverses"] for row in flows if row["reverses"] is not None}
    return found | {flow: _CANCELS.format(other=other) for flow, other in cancelling.items()}


def _added(fact: Plain) -> exp.Expr:
    """What one row ``r``, by itself, would add to the fact."""
    if isinstance(fact, Latest):
        return exp.column(fact.column, table="r")
    measure = exp.Literal.number("1") if fact.measure is None else fact.measure.copy()
    if fact.condition is None:
        return measure
    return exp.Case(ifs=[exp.If(this=fact.condition.copy(), true=measure)])


def _is_sum(fact: Plain) -> bool:
    return isinstance(fact, Additive) and fact.aggregate == "sum"


_CANCELLED = Text(zh="被 {by}（{day}）冲正，不计", en="cancelled by {by} on {day}: counts as nothing")
_CANCELS = Text(zh="冲正 {other}，不计", en="cancels {other}: counts as nothing")
