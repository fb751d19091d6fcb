"""Queries that compute the facts: one pass per table, for all asked days at once.

A *cover* table says for every date which as-of days look at it and through which windows; a fact is then
a sum over the rows whose date is covered. Where many days are asked, dates that are seen by the same
windows form a bucket: rows are summed to buckets once, and buckets are added up for every day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlglot import exp

from wanliu.book.engine import Engine, Small
from wanliu.book.sealed import TAINTED, TAINTED_COLUMNS, sealed_columns
from wanliu.indicator.facts import Additive, Latest
from wanliu.indicator.windows import LOOK_BACK_DAYS
from wanliu.warning.plan import Plan, reach_before, tables_of

Select = exp.Select
Cover = Mapping[date, Mapping[date, frozenset[str]]]
BUCKETED = ("assets", "trades")
"""Tables with many rows per client and month; the others have too few to be worth a bucket."""

VOIDS = "voids"


@dataclass(frozen=True)
class Clients:
    """A range of client numbers [first, before): a query names its borders, a run gives them."""

    first: str = ""
    before: str = "\U0010ffff"

    @property
    def borders(self) -> dict[str, str]:
        return {"first": self.first, "before": self.before}


def prepare(plan: Plan, engine: Engine) -> None:
    """Makes the book's tables, the cover tables and the reversals known to the engine."""
    for table in sorted({t for fact in plan.facts for t in tables_of(fact)} | {"clients", "exits"}):
        if plan.book.has(table):
            engine.scan(table, plan.book.paths(table, *_reach(plan, table)), sealed_columns(table))
    for table in plan.covered_tables:
        windows = {fact.over.name: fact.over for fact in plan.of_table(table)}
        _cover(
            engine, table, plan.cover(windows.values()), sorted(windows), bucketed=is_bucketed(plan, table)
        )
    if plan.chains:
        over = {fact.over.name: fact.over for fact in plan.chains}
        marks = [mark for name in sorted(over) for mark in (name, reach_before(name))]
        _cover(engine, "chain", plan.cover(over.values(), reach_back=LOOK_BACK_DAYS), marks, bucketed=False)
    if "flows" in plan.covered_tables or plan.chains:
        engine.scan("all_flows", plan.book.paths("flows"), sealed_columns("flows"))
        engine.keep(VOIDS, _reversals())
    if plan.has_rejected_rows:
        engine.scan(TAINTED, plan.book.paths(TAINTED), TAINTED_COLUMNS)
    engine.small("days", plan.days_table())


def is_bucketed(plan: Plan, table: str) -> bool:
    return len(plan.days) > 1 and table in BUCKETED


def facts_of(plan: Plan, table: str) -> Select:
    """One row per client and as-of day with every additive and latest fact of the table."""
    facts = plan.of_table(table)
    return _from_buckets(table, facts) if is_bucketed(plan, table) else _from_rows(plan, table)


def _from_rows(plan: Plan, table: str) -> Select:
    columns = [exp.alias_(_over_rows(fact), fact.name) for fact in plan.of_table(table)]
    query = rows(table).join(f"cover_{table}", join_alias="c", on=same("r", "c", "date"))
    query = query.select(column("r", "client_id"), exp.alias_(_as_of(plan), "as_of"), *columns, copy=False)
    return without_reversals(query, table).group_by(*_keys(plan), copy=False)


def _as_of(plan: Plan) -> exp.Expr:
    """The as-of day of a row; where only one is asked it need not be grouped by, which costs a third."""
    return day_literal(plan.days[0].as_of) if len(plan.days) == 1 else column("c", "as_of")


def _keys(plan: Plan) -> list[exp.Expr]:
    return [column("r", "client_id"), *([column("c", "as_of")] if len(plan.days) > 1 else [])]


def _over_rows(fact: Additive | Latest) -> exp.Expr:
    seen = column("c", fact.over.name)
    if isinstance(fact, Latest):
        return _latest(column("r", fact.column), column("r", "date"), seen)
    return _sum(fact.measure, _all((fact.condition, seen)))


def _from_buckets(table: str, facts: Sequence[Additive | Latest]) -> Select:
    partial = {_measure_key(fact): f"p{number}" for number, fact in enumerate(_by_measure(facts))}
    first = [exp.alias_(_to_bucket(fact), partial[_measure_key(fact)]) for fact in _by_measure(facts)]
    newest = exp.alias_(exp.Max(this=column("r", "date")), "date")
    buckets = (
        rows(table)
        .select(column("r", "client_id"), column("b", "bucket"), newest, *first)
        .join(f"bucket_{table}", join_alias="b", on=same("r", "b", "date"))
        .group_by(column("r", "client_id"), column("b", "bucket"))
    )
    columns = [exp.alias_(_over_buckets(fact, partial[_measure_key(fact)]), fact.name) for fact in facts]
    return (
        exp.select(column("r", "client_id"), column("c", "as_of"), *columns)
        .from_(buckets.subquery("r"))
        .join(f"cover_{table}", join_alias="c", on=same("r", "c", "bucket"))
        .group_by(column("r", "client_id"), column("c", "as_of"))
    )


def _to_bucket(fact: Additive | Latest) -> exp.Expr:
    if isinstance(fact, Latest):
        return exp.ArgMax(this=column("r", fact.column), expression=column("r", "date"))
    return _sum(fact.measure, fact.condition)


def _over_buckets(fact: Additive | Latest, partial: str) -> exp.Expr:
    seen = column("c", fact.over.name)
    if isinstance(fact, Latest):
        return _latest(column("r", partial), column("r", "date"), seen)
    return _sum(column("r", partial), seen)


def _measure_key(fact: Additive | Latest) -> tuple[str, ...]:
    if isinstance(fact, Latest):
        return ("latest", fact.column)
    return (
        fact.aggregate,
        *(part.sql() if part is not None else "" for part in (fact.measure, fact.condition)),
    )


def _by_measure(facts: Sequence[Additive | Latest]) -> list[Additive | Latest]:
    return list({_measure_key(fact): fact for fact in facts}.values())


# --- rows, reversals, covers -------------------------------------------------------------------------


def rows(table: str) -> Select:
    """The table's rows of the range of clients that the run is at."""
    client = column("r", "client_id")
    from_first = exp.GTE(this=client, expression=exp.Placeholder(this="first"))
    until = exp.LT(this=client.copy(), expression=exp.Placeholder(this="before"))
    return exp.select().from_(exp.to_table(table).as_("r")).where(from_first, until, copy=False)


def without_reversals(query: Select, table: str, as_of: exp.Expr | None = None) -> Select:
    """Leaves out flows that cancel another, and flows that one dated up to the as-of day cancels."""
    if table != "flows":
        return query
    voided_on = column("v", "voided_on")
    not_yet = exp.GT(this=voided_on, expression=as_of or column("c", "as_of"))
    return (
        query.join(VOIDS, join_alias="v", on=same("r", "v", "flow_id"), join_type="left")
        .where(exp.Is(this=column("r", "reverses"), expression=exp.null()))
        .where(exp.or_(exp.Is(this=voided_on.copy(), expression=exp.null()), not_yet))
    )


def _reversals() -> Select:
    reverses = exp.column("reverses")
    return (
        exp.select(exp.alias_(reverses, "flow_id"), exp.alias_(exp.Min(this=exp.column("date")), "voided_on"))
        .from_("all_flows")
        .where(exp.Not(this=exp.Is(this=reverses.copy(), expression=exp.null())))
        .group_by(reverses.copy())
    )


def _cover(engine: Engine, table: str, dates: Cover, marks: Sequence[str], *, bucketed: bool) -> None:
    if not bucketed:
        engine.small(f"cover_{table}", _cover_table("date", "DATE", dates.items(), marks))
        return
    numbers: dict[tuple[tuple[date, frozenset[str]], ...], int] = {}
    for by_day in dates.values():
        numbers.setdefault(tuple(sorted(by_day.items(), key=lambda item: item[0])), len(numbers))
    alike = [numbers[tuple(sorted(by_day.items(), key=lambda item: item[0]))] for by_day in dates.values()]
    engine.small(f"bucket_{table}", {"date": ("DATE", list(dates)), "bucket": ("INTEGER", alike)})
    seen_by = [(number, dict(signature)) for signature, number in numbers.items()]
    engine.small(f"cover_{table}", _cover_table("bucket", "INTEGER", seen_by, marks))


def _cover_table(
    key: str,
    key_type: Literal["DATE", "INTEGER"],
    covered: Iterable[tuple[object, Mapping[date, frozenset[str]]]],
    marks: Sequence[str],
) -> Small:
    rows = [(one, as_of, seen) for one, by_day in covered for as_of, seen in by_day.items()]
    keys: Small = {key: (key_type, [row[0] for row in rows]), "as_of": ("DATE", [row[1] for row in rows])}
    return {**keys, **{mark: ("BOOLEAN", [mark in row[2] for row in rows]) for mark in marks}}


def _reach(plan: Plan, table: str) -> tuple[date | None, date | None]:
    """The first and last date that any window of any asked day sees in the table."""
    windows = [w for fact in plan.facts if table in tables_of(fact) for w in fact.windows]
    spans = [span for day in plan.days for w in windows if (span := w.span(day)) is not None]
    if not spans:
        return None, None
    back = LOOK_BACK_DAYS if plan.chains and table in ("assets", "flows") else 0
    return min(s[0] for s in spans) - timedelta(days=back), plan.days[-1].as_of


# --- small words of SQL ------------------------------------------------------------------------------


def _sum(measure: exp.Expr | None, condition: exp.Expr | None) -> exp.Expr:
    """A sum, or with no measure a count, over the rows that meet the condition; zero without any."""
    if measure is None:
        return exp.Count(this=exp.Star() if condition is None else _if(condition, exp.Literal.number("1")))
    summed = measure.copy() if condition is None else _if(condition, measure)
    return exp.Coalesce(this=exp.Sum(this=summed), expressions=[exp.Literal.number("0")])


def _latest(value: exp.Expr, dated: exp.Expr, condition: exp.Expr) -> exp.Expr:
    """The value of the latest row that meets the condition: rows without a date do not count."""
    return exp.ArgMax(this=value, expression=_if(condition, dated))


def _if(condition: exp.Expr, value: exp.Expr) -> exp.Expr:
    # CASE and not FILTER: a dozen filtered aggregates cost half as much again
    return exp.Case(ifs=[exp.If(this=condition.copy(), true=value.copy())])


def _all(conditions: Iterable[exp.Expr | None]) -> exp.Expr:
    return exp.and_(*(c for c in conditions if c is not None))


def column(table: str, name: str) -> exp.Column:
    return exp.column(name, table=table)


def same(left: str, right: str, name: str) -> exp.Expr:
    return exp.EQ(this=column(left, name), expression=column(right, name))


def day_literal(day: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(day.isoformat()), "DATE")
