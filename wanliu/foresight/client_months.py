"""Facts of clients on many days, range by range, from the engine that the signs are judged with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlglot import exp

from wanliu.book.engine import Engine
from wanliu.book.sealed import Book
from wanliu.foresight.client_facts import DATES, FACTS
from wanliu.foresight.client_features import matrix
from wanliu.indicator.facts import Fact
from wanliu.ruleset import load
from wanliu.warning.gather import Clients, Select, prepare
from wanliu.warning.judge import wide
from wanliu.warning.plan import Plan, tables_of
from wanliu.warning.run import check_no_gaps, plan_of

Floats = NDArray[np.float64]

RULES = "standard"
"""Whose checks of days and of lost deliveries hold here, too."""

ROWS_AT_ONCE = 600_000
"""Client-days computed in one go; a chain of daily ratios sorts every row of its window."""

WANTED = "wanted_months"
WHO = ("client_id", "as_of", "branch_id", "opened_on", "manager_id", "do_not_contact")
OUTCOME = ("has_left", "after")


@dataclass(frozen=True)
class FactPlan(Plan):
    """A plan that asks for the facts of the features, and for no sign's."""

    @cached_property
    def named_facts(self) -> frozenset[Fact]:
        return frozenset().union(*(term.facts for term in FACTS.values()))


@dataclass(frozen=True)
class Months:
    """One row per client and day: who, when, where, the features, and the outcome where it was asked for."""

    client_ids: NDArray[np.object_]
    days: NDArray[np.int64]
    branches: NDArray[np.object_]
    managers: NDArray[np.object_]
    uncalled: NDArray[np.bool_]
    """Who said that nobody is to call."""
    net_assets: Floats
    commission: Floats
    """Less levies, of the twelve months up to the day."""
    features: Floats
    left: Floats
    after: Floats
    """Whether the client left, and after how many days; unknown where nothing was wanted but the features."""

    def __len__(self) -> int:
        return len(self.client_ids)


def fact_plan(
    book: Book, days: Sequence[date], *, accept_gaps: bool = False, without: Collection[str] = ()
) -> FactPlan:
    """``without``: clients who are not to be scored though the book allows it.

    Raises UsageError for days that the book cannot speak of, BookRefused where a delivery was lost.
    """
    checked = plan_of(book, load(RULES), days, accept_gaps=accept_gaps)
    check_no_gaps(checked)
    return FactPlan(book, checked.rules, checked.days, accept_gaps, frozenset(without))


def lacking(book: Book) -> list[str]:
    """The tables that the features read and the book does not have."""
    asked = {table for term in FACTS.values() for fact in term.facts for table in tables_of(fact)}
    return sorted(table for table in asked if not book.has(table))


def months_of(plan: FactPlan, engine: Engine, wanted: Select | None = None) -> Iterator[Months]:
    """Range after range of clients. ``wanted``: a query of (client_id, as_of, has_left, after); only its
    rows are
    handed out, with their outcome."""
    prepare(plan, engine)
    if wanted is not None:
        engine.keep(WANTED, wanted)
    asking = engine.prepared(_rows(plan, only_wanted=wanted is not None))
    for clients in _ranges(plan, engine):
        engine.keep("months", asking, clients.borders)
        batches = list(engine.batches(exp.select("*").from_("months").order_by("client_id", "as_of")))
        if batches and sum(batch.num_rows for batch in batches):
            yield _arrays(pa.Table.from_batches(batches))


def together(parts: Sequence[Months]) -> Months:
    """Raises ValueError without a part."""
    return Months(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Months.__dataclass_fields__)
    )


def _rows(plan: FactPlan, *, only_wanted: bool) -> Select:
    columns = [exp.alias_(_plain(name, term.sql), name) for name, term in FACTS.items()]
    who = [exp.column(name, table="w") for name in WHO]
    query = exp.select(*who, *columns).from_(wide(plan).subquery("w"))
    if not only_wanted:
        return query.select(*(exp.alias_(exp.cast(exp.null(), "DOUBLE"), name) for name in OUTCOME))
    query = query.select(*(exp.cast(exp.column(name, table=WANTED), "DOUBLE").as_(name) for name in OUTCOME))
    on = exp.and_(
        *(
            exp.EQ(this=exp.column(name, table="w"), expression=exp.column(name, table=WANTED))
            for name in ("client_id", "as_of")
        )
    )
    return query.join(WANTED, on=on)


def _plain(name: str, sql: exp.Expr) -> exp.Expr:
    return exp.cast(sql.copy(), "DATE" if name in DATES else "DOUBLE")


def _ranges(plan: FactPlan, engine: Engine) -> list[Clients]:
    size = max(1, ROWS_AT_ONCE // len(plan.days))
    place = exp.alias_(
        exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=[exp.column("client_id")])), "place"
    )
    numbered = exp.select("client_id", place).from_("clients").subquery("n")
    starts = exp.select("client_id").from_(numbered).where(f"place % {size} = 1" if size > 1 else "TRUE")
    firsts = [str(first) for (first,) in engine.rows(starts.order_by("client_id"))][1:]
    return [Clients(a, b) for a, b in pairwise([Clients().first, *firsts, Clients().before])]


def _arrays(table: pa.Table) -> Months:
    day, opened = (_days(table[name]) for name in ("as_of", "opened_on"))
    facts = {name: _days(table[name]) if name in DATES else _doubles(table[name]) for name in FACTS}
    return Months(
        client_ids=np.array(table["client_id"].to_pylist(), dtype=object),
        days=day.astype(np.int64),
        branches=np.array(table["branch_id"].to_pylist(), dtype=object),
        managers=np.array(table["manager_id"].to_pylist(), dtype=object),
        uncalled=np.array([bool(one) for one in table["do_not_contact"].to_pylist()], dtype=bool),
        net_assets=facts["net_assets"],
        commission=np.nan_to_num(facts["commission_year"]),
        features=matrix(facts, day, opened),
        left=_doubles(table["has_left"]),
        after=_doubles(table["after"]),
    )


def _doubles(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _days(column: pa.ChunkedArray) -> Floats:
    """Days since 1970; nan where there is none."""
    return _doubles(column.cast(pa.int32()))
