"""What a rule set saw on each client and day, kept small, beside what became of the client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlglot import exp

from wanliu.book.engine import Engine
from wanliu.foresight.labels import LEAVING, SPOOL
from wanliu.warning.gather import Clients
from wanliu.warning.plan import Plan
from wanliu.warning.run import Run

LEVEL_CODES = ("none", "unknown", "yellow", "orange", "red")
"""From nothing to the gravest; the place is the code."""

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def spool_seen(run: Run, name: str) -> Iterator[Clients]:
    """Computes the run and adds what it saw to the table ``name``, range after range of clients."""
    run.engine.forget(name)
    kept = run.engine.prepared(_seen(run.plan))
    for clients in run.chunks():
        run.engine.append(name, kept)
        yield clients


def _seen(plan: Plan) -> exp.Select:
    fired: exp.Expr = exp.Literal.number("0")
    for place, id in enumerate(plan.rules.ids):
        one = exp.Case(ifs=[exp.If(this=_is(id, "fired"), true=_number(1 << place))], default=_number(0))
        fired = exp.Add(this=fired, expression=one)
    level = exp.Case(
        this=exp.column("level"),
        ifs=[
            exp.If(this=exp.Literal.string(level), true=_number(code))
            for code, level in enumerate(LEVEL_CODES)
        ],
    )
    parts = [exp.alias_(exp.cast(fired, "INT"), "mask"), exp.alias_(exp.cast(level, "INT"), "level")]
    for id in plan.rules.ids:
        told = exp.or_(_is(id, "fired"), _is(id, "clear"))
        parts.append(
            exp.alias_(exp.Case(ifs=[exp.If(this=told, true=exp.column(f"{id}__value"))]), f"{id}__value")
        )
        parts.append(exp.alias_(exp.column(f"{id}__threshold"), f"{id}__threshold"))
    return exp.select("client_id", "as_of", *parts).from_("chunk").order_by("client_id", "as_of")


def _is(id: str, status: str) -> exp.Expr:
    return exp.EQ(this=exp.column(f"{id}__status"), expression=exp.Literal.string(status))


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(str(value))


@dataclass(frozen=True)
class Seen:
    """Clients × days of one rule set; a client-day that was not judged is not there."""

    level: Ints
    mask: Ints
    values: dict[str, Floats]
    """Per sign its value where it is fired or clear, else NaN."""


@dataclass(frozen=True)
class Block:
    """Some clients over all asked days: what became of them, and what each rule set saw."""

    client_ids: list[str]
    days: tuple[date, ...]
    there: Flags
    known: Flags
    """Judged, and the outcome is wholly in the book."""
    valid: Flags
    leaving: Flags
    label: Ints
    """The place in ``LEAVING``; their number for who stayed or is not known."""
    by_price: Flags
    left: Ints
    """Day of leaving as days since 1970."""
    worth: Floats
    seen: tuple[Seen, ...]

    @property
    def day_numbers(self) -> Ints:
        return np.array([(day - date(1970, 1, 1)).days for day in self.days], dtype=np.int64)


def blocks(
    engine: Engine,
    names: tuple[str, ...],
    signs: tuple[tuple[str, ...], ...],
    days: tuple[date, ...],
    ranges: list[Clients],
) -> Iterator[Block]:
    """Range after range of clients, from the tables of labels and of what was seen."""
    query = engine.prepared(_joined(names, signs))
    for clients in ranges:
        engine.keep("block", query, clients.borders)
        table = engine.batches(exp.select("*").from_("block").order_by("client_id", "as_of")).read_all()
        if table.num_rows:
            yield _block(table, signs, days)


def _joined(names: tuple[str, ...], signs: tuple[tuple[str, ...], ...]) -> exp.Select:
    own = ("client_id", "as_of", "label", "left_on", "censored", "valid", "net_assets", "by_price")
    query = exp.select(*(exp.column(name, table="l") for name in own)).from_(f"{SPOOL} AS l")
    client = exp.column("client_id", table="l")
    query = query.where(exp.GTE(this=client, expression=exp.Placeholder(this="first")))
    query = query.where(exp.LT(this=client.copy(), expression=exp.Placeholder(this="before")))
    for place, (name, ids) in enumerate(zip(names, signs, strict=True)):
        on = exp.and_(
            *(
                exp.EQ(this=exp.column(key, table="l"), expression=exp.column(key, table=name))
                for key in ("client_id", "as_of")
            )
        )
        query = query.join(name, on=on)
        wanted = ("mask", "level", *(f"{id}__value" for id in ids))
        query = query.select(*(exp.alias_(exp.column(one, table=name), f"{one}_{place}") for one in wanted))
    return query


def _block(table: pa.Table, signs: tuple[tuple[str, ...], ...], days: tuple[date, ...]) -> Block:
    ids = table["client_id"].combine_chunks().dictionary_encode()
    # rows are ordered by client, so the dictionary is as well
    who = ids.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    places = {day: place for place, day in enumerate(days)}
    when = np.array([places[day] for day in table["as_of"].to_pylist()], dtype=np.int64)
    dense = _Dense(table, who, when, (len(ids.dictionary), len(days)))
    there = dense.filled(np.ones(len(who)), 0.0) > 0
    censored = dense.numbers("censored", 1.0) > 0
    names = np.array([_label_code(label) for label in table["label"].to_pylist()], dtype=np.float64)
    label = dense.filled(names, float(len(LEAVING))).astype(np.int64)
    return Block(
        client_ids=ids.dictionary.to_pylist(),
        days=days,
        there=there,
        known=there & ~censored,
        valid=dense.numbers("valid", 0.0) > 0,
        leaving=there & ~censored & (label < len(LEAVING)),
        label=label,
        by_price=dense.numbers("by_price", 0.0) > 0,
        left=dense.numbers("left_on", 0.0).astype(np.int64),
        worth=dense.numbers("net_assets", 0.0),
        seen=tuple(_seen_in(dense, place, ids_of) for place, ids_of in enumerate(signs)),
    )


def _label_code(label: str | None) -> int:
    return LEAVING.index(label) if label in LEAVING else len(LEAVING)


def _seen_in(dense: _Dense, place: int, signs: tuple[str, ...]) -> Seen:
    values = {id: dense.numbers(f"{id}__value_{place}", np.nan) for id in signs}
    return Seen(
        level=dense.numbers(f"level_{place}", 0.0).astype(np.int64),
        mask=dense.numbers(f"mask_{place}", 0.0).astype(np.int64),
        values=values,
    )


@dataclass(frozen=True)
class _Dense:
    """Columns of rows as clients × days."""

    table: pa.Table
    who: Ints
    when: Ints
    shape: tuple[int, int]

    def numbers(self, name: str, nothing: float) -> Floats:
        column = self.table[name].combine_chunks()
        if pa.types.is_date(column.type):
            column = column.cast(pa.int32())
        values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
        return self.filled(np.where(np.isnan(values), nothing, values), nothing)

    def filled(self, values: npt.NDArray[np.float64], nothing: float) -> Floats:
        found = np.full(self.shape, nothing)
        found[self.who, self.when] = values
        return found
