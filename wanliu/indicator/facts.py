"""The few kinds of facts that indicators may ask of the book, and the rows they are asked of.

An indicator never scans a table: it names facts, and the engine computes those of all indicators for
all days in one pass per table. Facts that say the same are one fact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Literal

from sqlglot import exp

from wanliu.book.tables import TABLES, Table
from wanliu.indicator.term import Kind, Plain, Term
from wanliu.indicator.windows import Border, TradingDays, Window

Aggregate = Literal["sum", "count", "latest"]


@dataclass(frozen=True)
class Additive:
    """A sum or count over the rows of a table that meet a condition, dated within a window."""

    table: str
    aggregate: Literal["sum", "count"]
    measure: exp.Expr | None
    condition: exp.Expr | None
    over: Window
    optional: bool = False
    """Whether the sign can do without the table: nothing is there, then, and nothing is missing."""

    @property
    def windows(self) -> tuple[Window, ...]:
        return (self.over,)

    @property
    def name(self) -> str:
        parts = (
            self.aggregate,
            _text(self.measure),
            _text(self.condition),
            self.over.name,
            str(self.optional),
        )
        return f"{self.table}_{self.aggregate}_{_digest(parts)}"


@dataclass(frozen=True)
class Latest:
    """The value of a column on the client's latest row within a window; null where there is none."""

    table: str
    column: str
    over: Window

    @property
    def windows(self) -> tuple[Window, ...]:
        return (self.over,)

    @property
    def name(self) -> str:
        return f"{self.table}_latest_{_digest((self.column, self.over.name))}"


@dataclass(frozen=True)
class Chain:
    """One part of the chain of daily ratios r = (net assets + out) ÷ (net assets before + in).

    ``product`` multiplies the ratios in date order, as doubles; ``rows`` counts the rows of net assets
    that it stands on (those of the window and the latest one before it); ``lowest`` is the smallest net
    assets within the window.
    """

    part: Literal["product", "rows", "lowest"]
    over: TradingDays
    moved: exp.Expr
    skip_below: Plain

    table = "assets"

    @property
    def windows(self) -> tuple[Window, ...]:
        return (self.over,)

    @property
    def name(self) -> str:
        return f"chain_{self.part}_{_digest((_text(self.moved), str(self.skip_below), self.over.name))}"


@dataclass(frozen=True)
class PeerMedian:
    """The median of a sign's ``own`` quantity among the client's peers; known after all clients are."""

    @property
    def windows(self) -> tuple[Window, ...]:
        return ()

    @property
    def name(self) -> str:
        return "peer"


Fact = Additive | Latest | Chain | PeerMedian | Border


@dataclass(frozen=True)
class Rows:
    """The rows of one table that meet a condition."""

    table: Table
    condition: Term | None = None
    optional: bool = False

    def __getattr__(self, column: str) -> Term:
        try:
            declared = self.table.column(column)
        except StopIteration:
            raise AttributeError(f"table {self.table.name} has no column {column}") from None
        kinds: dict[str, Kind] = {"money": "money", "integer": "count", "date": "date", "boolean": "flag"}
        return Term(exp.column(column, table="r"), kinds.get(declared.type, "text"))

    def when(self, condition: Term) -> Rows:
        return replace(self, condition=condition if self.condition is None else self.condition & condition)

    def if_there(self) -> Rows:
        """The same rows for a sign that can do without the table."""
        return replace(self, optional=True)

    def where(self, **wanted: Plain | tuple[Plain, ...]) -> Rows:
        """The rows whose columns have the wanted value, or one of the wanted values."""
        rows = self
        for column, value in wanted.items():
            cell: Term = getattr(self, column)
            rows = rows.when(cell.one_of(value) if isinstance(value, tuple) else cell.equals(value))
        return rows

    def sum(self, measure: Term, *, over: Window) -> Term:
        """The sum over the window; zero where the client has no row."""
        return self._additive("sum", measure.sql, measure.kind, over)

    def count(self, *, over: Window) -> Term:
        """The number of rows in the window."""
        return self._additive("count", None, "count", over)

    def latest(self, measure: Term, *, over: Window) -> Term:
        """The value on the client's latest row in the window; null where there is none."""
        column = measure.sql.name
        fact = Latest(self.table.name, column, over)
        return Term(exp.column(fact.name), measure.kind, frozenset((fact,)))

    def _additive(
        self, aggregate: Literal["sum", "count"], measure: exp.Expr | None, kind: Kind, over: Window
    ) -> Term:
        condition = None if self.condition is None else self.condition.sql
        fact = Additive(self.table.name, aggregate, measure, condition, over, self.optional)
        return Term(exp.column(fact.name), kind, frozenset((fact,)))


@dataclass(frozen=True)
class DailyChain:
    """The chain of daily ratios of net assets over a window, corrected for what was moved."""

    over: TradingDays
    moved: Rows
    skip_below: Plain

    @property
    def product(self) -> Term:
        return self._part("product", "ratio")

    @property
    def rows(self) -> Term:
        return self._part("rows", "count")

    @property
    def lowest(self) -> Term:
        return self._part("lowest", "money")

    def _part(self, part: Literal["product", "rows", "lowest"], kind: Kind) -> Term:
        condition = exp.true() if self.moved.condition is None else self.moved.condition.sql
        fact = Chain(part, self.over, condition, self.skip_below)
        return Term(exp.column(fact.name), kind, frozenset((fact,)))


def peer_median() -> Term:
    """The median of the reading's ``own`` quantity among the client's peers."""
    fact = PeerMedian()
    return Term(exp.column(fact.name), "ratio", frozenset((fact,)))


def table_start(rows: Rows) -> Term:
    """The table's start: its first date, or the first of that month if nothing was missed before it."""
    return Term(exp.column(f"{rows.table.name}_start"), "date")


def touched_by_rejected_row(rows: Rows) -> Term:
    """Whether a quarantined row of the table belongs to the client. The engine asks this of every table that
    a sign cannot do without; a formula asks it of one that it reads for some clients only."""
    return Term(exp.column(f"tainted_{rows.table.name}"), "flag")


assets = Rows(TABLES["assets"])
flows = Rows(TABLES["flows"])
trades = Rows(TABLES["trades"])
contacts = Rows(TABLES["contacts"])
requests = Rows(TABLES["requests"])


class client:  # noqa: N801  reads as the one client that a formula speaks of
    """Columns of the table clients; they have no date and are today's."""

    opened_on = Term(exp.column("opened_on"), "date")
    segment = Term(exp.column("segment"), "text")


def _text(expression: exp.Expr | None) -> str:
    return "" if expression is None else expression.sql()


def _digest(parts: tuple[str, ...]) -> str:
    return blake2b("|".join(parts).encode(), digest_size=5).hexdigest()
