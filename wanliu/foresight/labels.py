"""Who left within a horizon, by the book alone: one label per client and day, the gravest.

The outcome begins on the day after. A label reads nothing after the end of its horizon, but for two things:
whether the book goes on at all, and whether a client's rows that stopped ever came back.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Literal

import pyarrow as pa
from sqlglot import exp

from wanliu.book.calendar import day_after
from wanliu.book.engine import Engine
from wanliu.book.sealed import TAINTED, TAINTED_COLUMNS, Book, sealed_columns
from wanliu.errors import BookRefused, UsageError
from wanliu.foresight.label_numbers import numbers
from wanliu.foresight.label_queries import LABELS, STEPS, VOIDS, Known, asks_for_a_range, query
from wanliu.text import Text
from wanliu.warning.gather import Clients

Label = Literal["explicit", "implicit", "shallow", "stayed"]
LEAVING: tuple[Label, ...] = ("explicit", "implicit", "shallow")
"""From the gravest to the mildest."""

SPOOL = "labels"
ROWS_AT_ONCE = 4_000_000
"""Rows of assets looked at in one go: what bounds the memory of making labels."""

SCHEMA = pa.schema(
    {
        "client_id": pa.string(),
        "as_of": pa.date32(),
        "label": pa.string(),
        "left_on": pa.date32(),
        "censored": pa.bool_(),
        "valid": pa.bool_(),
        "net_assets": pa.decimal128(18, 2),
        "by_price": pa.bool_(),
        "rebuilt": pa.bool_(),
    }
)


def labels_of(book: Book, days: Sequence[date], horizon: int, engine: Engine) -> pa.Table:
    """One row per client and day on which the client is judged, ordered by client and day.

    ``label``: ``explicit``, ``implicit``, ``shallow`` or ``stayed``; null where censored and nothing was
    seen. ``left_on``: the day the money was gone (or the exit carried out); null for who stayed.
    ``censored``: the outcome is not wholly in the book; leave such rows out of every rate, whatever their
    label. ``valid``, ``net_assets``: whether there was something to lose that day (null: unknown).
    ``by_price``: a shallow leaver who would be under the line without any outflow. ``rebuilt``: no exit
    on record, but the rows stop for good.

    Raises UsageError for days or a horizon without meaning, BookRefused for a book without assets.
    """
    making = Labels(book, tuple(days), horizon)
    making.prepare(engine)
    found = [batch for one in making.ranges(engine) for batch in engine.batches(making.kept(engine, one))]
    table = pa.Table.from_batches(found) if found else SCHEMA.empty_table()
    return table.select(SCHEMA.names).cast(SCHEMA)


@dataclass(frozen=True)
class Labels:
    """The labels of one book for some days and one horizon, computed range by range of clients."""

    book: Book
    days: tuple[date, ...]
    horizon: int

    def __post_init__(self) -> None:
        if not self.days or self.horizon < 1:
            raise UsageError(_NOTHING_ASKED)
        if not self.book.has("assets") or self.book.lacks("assets", "net_assets"):
            raise BookRefused(_NO_ASSETS)
        if self.book.last_date("assets") is None:
            raise BookRefused(_NO_ASSETS)

    @cached_property
    def known(self) -> Known:
        flows = self.book.has("flows")
        fits = self.horizon >= numbers().quiet_days
        feed_ends = self.book.last_date("assets")
        assert feed_ends is not None, "checked when the labels were asked for"
        drain = flows and self.book.has("trades") and fits
        return Known(feed_ends, last_day(self.book), flows_are_known=flows, drain_is_judged=drain)

    @property
    def asked(self) -> list[tuple[date, date]]:
        """Each day with the last day of its horizon."""
        return [(day, day + timedelta(days=self.horizon)) for day in sorted(set(self.days))]

    def prepare(self, engine: Engine) -> None:
        """Makes the book's tables and the asked days known to the engine."""
        for table in ("clients", "exits", "flows", "trades", "assets"):
            # assets from their beginning: only so is it known whose rows stopped long ago, and who was empty
            engine.scan(f"label_{table}", self.book.paths(table), sealed_columns(table))
        engine.scan("label_tainted", self.book.paths(TAINTED), TAINTED_COLUMNS)
        engine.keep("label_voids", query(VOIDS, self.known))
        self._prepare_days(engine)

    def _prepare_days(self, engine: Engine) -> None:
        days, ends = [day for day, _ in self.asked], [end for _, end in self.asked]
        whole = [end <= self.known.book_ends for end in ends]
        engine.small(
            "label_days", {"as_of": ("DATE", days), "ends": ("DATE", ends), "is_whole": ("BOOLEAN", whole)}
        )
        stops = sorted({*days, *ends})
        engine.small("label_stops", {"stop": ("DATE", stops)})
        first = min(self.book.first_date("assets") or stops[0], stops[0])
        dates = [first + timedelta(days=n) for n in range((stops[-1] - first).days + 1)]
        reached = [stops[bisect_left(stops, one)] for one in dates]
        engine.small("label_first_stop", {"date": ("DATE", dates), "stop": ("DATE", reached)})

    def ranges(self, engine: Engine) -> list[Clients]:
        """Ranges of client numbers, each with few enough rows of assets to be looked at in one go."""
        clients = self.book.manifest.tables["clients"].rows
        rows = max(self.book.manifest.tables["assets"].rows, clients * len(self.days))
        size = max(1, ROWS_AT_ONCE * clients // max(1, rows))
        place = exp.alias_(
            exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=[exp.column("client_id")])), "place"
        )
        numbered = exp.select("client_id", place).from_("label_clients").subquery("n")
        starts = exp.select("client_id").from_(numbered).where(f"place % {size} = 1" if size > 1 else "TRUE")
        firsts = [str(first) for (first,) in engine.rows(starts.order_by("client_id"))][1:]
        borders = [Clients().first, *firsts, Clients().before]
        return [Clients(first, before) for first, before in pairwise(borders)]

    def kept(self, engine: Engine, clients: Clients) -> exp.Select:
        """Computes one range of clients; the query of its labels, ordered by client and day."""
        for name, tree in self._steps:
            values = clients.borders if asks_for_a_range(tree) else {}
            engine.keep(name, tree, values)
        return exp.select("*").from_(self._labels.subquery("l")).order_by("client_id", "as_of")

    def spool(self, engine: Engine) -> Iterator[Clients]:
        """Adds the labels of range after range to the table ``labels``, which an engine may keep on disk."""
        engine.forget(SPOOL)
        for clients in self.ranges(engine):
            engine.append(SPOOL, self.kept(engine, clients))
            yield clients

    @cached_property
    def _steps(self) -> list[tuple[str, exp.Query]]:
        return [(name, query(text, self.known)) for name, text in STEPS]

    @cached_property
    def _labels(self) -> exp.Query:
        return query(LABELS, self.known)


def last_day(book: Book) -> date:
    """The last day that the book speaks of: assets end on it, or no trading day lies between."""
    ends = book.last_date("assets")
    if ends is None:
        raise BookRefused(_NO_ASSETS)
    later = book.calendar.between(day_after(ends), book.calendar.last)
    return later[0] - timedelta(days=1) if later else ends


_NO_ASSETS = Text(
    zh="账簿里没有资产表（或净资产一列、或任何一行）：悄悄离开的客户无从看出，而他们占大多数。请补交 "
    "assets 表后重试。",
    en="The book has no table assets (or no net_assets in it, or no row): who left without a word "
    "cannot be seen, and most do. Deliver the table assets and run again.",
)
_NOTHING_ASKED = Text(
    zh="请给出至少一天和至少 1 天的观察期。",
    en="Ask for at least one day, and a horizon of at least one day.",
)
