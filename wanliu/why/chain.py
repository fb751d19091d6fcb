"""The daily ratios behind a chained loss, redone one after the other from the raw rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import duckdb

from wanliu.book.history import rows_of_client
from wanliu.book.sealed import Book
from wanliu.indicator.facts import Chain
from wanliu.indicator.windows import LOOK_BACK_DAYS, Day, TradingDays
from wanliu.why.rows import void_flows


@dataclass(frozen=True)
class Link:
    """One row of net assets: what was moved since the row before, and the ratio; None where it is skipped."""

    date: date
    net_assets: Decimal
    before: Decimal | None
    moved_in: Decimal
    moved_out: Decimal
    ratio: float | None
    inside: bool


@dataclass(frozen=True)
class Links:
    """The whole chain over one window."""

    over: TradingDays
    span: tuple[date, date] | None
    links: tuple[Link, ...]

    @property
    def product(self) -> float:
        product = 1.0
        for link in self.links:
            product *= 1.0 if link.ratio is None else link.ratio
        return product

    @property
    def lowest(self) -> Decimal | None:
        return min((link.net_assets for link in self.links if link.inside), default=None)

    def value(self, fact: Chain) -> float | int | Decimal | None:
        """The chain's part that the fact names; without any row there is none."""
        if fact.part == "rows":
            return len(self.links)
        return (self.product if fact.part == "product" else self.lowest) if self.links else None


def links_of(book: Book, chain: Chain, day: Day, client_id: str, reader: duckdb.DuckDBPyConnection) -> Links:
    span = chain.over.span(day)
    if span is None or not (book.has("assets") and book.has("flows")):
        return Links(chain.over, None, ())
    since, last = span[0] - timedelta(days=LOOK_BACK_DAYS), min(span[1], day.as_of)
    assets = rows_of_client(reader, book, "assets", client_id, first=since, up_to=last).to_pylist()
    flows = _moved(book, chain, client_id, since, last, day.as_of, reader)
    earlier = [row for row in assets if row["date"] < span[0]]
    rows = [*earlier[-1:], *(row for row in assets if row["date"] >= span[0])]
    befores = [None, *rows[:-1]]
    links = tuple(
        _link(row, before, flows, chain, span[0]) for row, before in zip(rows, befores, strict=True)
    )
    return Links(chain.over, span, links)


def _moved(
    book: Book,
    chain: Chain,
    client_id: str,
    since: date,
    last: date,
    as_of: date,
    reader: duckdb.DuckDBPyConnection,
) -> list[dict[str, object]]:
    computed = {"counts": chain.moved}
    raw = rows_of_client(reader, book, "flows", client_id, first=since, up_to=last, computed=computed)
    rows = raw.to_pylist()
    void = void_flows(book, rows, as_of, reader)
    return [row for row in rows if row["counts"] and str(row["flow_id"]) not in void]


def _link(
    row: dict[str, object],
    before: dict[str, object] | None,
    flows: Sequence[dict[str, object]],
    chain: Chain,
    window_first: date,
) -> Link:
    day, net_assets = _day(row), _money(row["net_assets"])
    if before is None:
        return Link(day, net_assets, None, Decimal(0), Decimal(0), None, day >= window_first)
    since = [flow for flow in flows if _day(before) < _day(flow) <= day]
    moved_in, moved_out = (
        sum((_money(flow["amount"]) for flow in since if flow["direction"] == way), Decimal(0))
        for way in ("in", "out")
    )
    base = _money(before["net_assets"]) + moved_in
    enough = base >= Decimal(str(chain.skip_below))
    ratio = float(net_assets + moved_out) / float(base) if enough else None
    return Link(
        day, net_assets, _money(before["net_assets"]), moved_in, moved_out, ratio, day >= window_first
    )


def _day(row: dict[str, object]) -> date:
    day = row["date"]
    assert isinstance(day, date), "a dated table has a day in every row"
    return day


def _money(value: object) -> Decimal:
    return Decimal(str(value))
