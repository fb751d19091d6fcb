"""The verdict computed once more from the sums of the rows shown, and held against the run's own.

What a client's facts would be is a small table here, ``resummed``: its first row holds the sums of the rows
shown; each further one changes a single fact, which tells the facts that matter for this client from those
that do not (the months that only large clients look at, say).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlglot import exp

from wanliu.book.engine import DuckDB, named_failures
from wanliu.errors import WanliuError
from wanliu.indicator.facts import Additive, Chain, Fact
from wanliu.ruleset import Rule
from wanliu.text import Text
from wanliu.warning.judge import peered, results
from wanliu.warning.plan import Plan, tables_of
from wanliu.why.client import Asked

TABLE = "resummed"
AS_SHOWN = "0"
CLOSE = 1e-9
"""Relative: a product of ratios may be rounded in another place."""

FactValue = Decimal | int | float | None
Result = dict[str, Any]
Columns = dict[str, tuple[str, Sequence[object]]]


def keep_resummed(
    plan: Plan,
    asked: Asked,
    values: Mapping[str, FactValue],
    tainted: Mapping[str, bool],
    peer: float | None,
    engine: DuckDB,
) -> None:
    """Makes the table ``resummed``: one row as shown, then three per fact of the sign with another value."""
    facts = [fact for fact in plan.named_facts if tables_of(fact)]
    variants = [dict(values), *(dict(values) | changed for changed in _changes(plan, values))]
    number = len(variants)
    columns: Columns = {
        "client_id": ("VARCHAR", [str(n) for n in range(number)]),
        "branch_id": ("VARCHAR", [asked.branch_id] * number),
        "manager_id": ("VARCHAR", [asked.manager_id] * number),
        "opened_on": ("DATE", [asked.opened_on] * number),
        "segment": ("VARCHAR", [asked.segment] * number),
        "do_not_contact": ("BOOLEAN", [asked.do_not_contact] * number),
    }
    columns |= {name: (type_, [*values] * number) for name, (type_, values) in plan.days_table().items()}
    columns |= {fact.name: (_type(fact), [one[fact.name] for one in variants]) for fact in facts}
    columns |= {f"tainted_{t}": ("BOOLEAN", [tainted.get(t, False)] * number) for t in plan.read_tables}
    columns |= {f"{rule.id}__peer": ("DOUBLE", [peer] * number) for rule in peered(plan)}
    listed = ", ".join(f"unnest(?::{type_}[]) AS {name}" for name, (type_, _) in columns.items())
    with named_failures():
        given = [list(found) for _, found in columns.values()]
        engine.connection.execute(f"CREATE OR REPLACE TEMP TABLE {TABLE} AS SELECT {listed}", given)


def recomputed(plan: Plan, engine: DuckDB) -> list[Result]:
    """The results for every row of ``resummed``, the one as shown first."""
    query = results(plan, exp.select("*").from_(TABLE))
    rows: list[Result] = [row for batch in engine.batches(query) for row in batch.to_pylist()]
    return sorted(rows, key=lambda row: int(row["client_id"]))


def check_agrees(run: Result, shown: Result, rule: Rule) -> None:
    """Raises WanliuError where the rows shown do not give the run's result: a fault of the program."""
    differing = [
        name for name in run if name.startswith(f"{rule.id}__") and not _same(run[name], shown[name])
    ]
    if differing:
        raise WanliuError(_DISAGREES.format(names=", ".join(differing)))


def facts_that_matter(plan: Plan, found: Sequence[Result], rule: Rule) -> frozenset[str]:
    """The names of the facts whose value makes a difference to this client's result."""
    shown, others = _told(found[0], rule), [_told(row, rule) for row in found[1:]]
    names = [name for name in _names(plan) for _ in range(CHANGES)]
    return frozenset(name for name, other in zip(names, others, strict=True) if other != shown)


CHANGES = 3


def _changes(plan: Plan, values: Mapping[str, FactValue]) -> Iterator[dict[str, FactValue]]:
    """Nothing, zero, and a value far off: a fact that matters shows in one of them."""
    for name in _names(plan):
        value = values[name]
        yield {name: None}
        yield {name: 0}
        yield {name: 1 if value is None else 2 * value + 1}


def _names(plan: Plan) -> list[str]:
    facts = (fact for verdict in plan.verdicts.values() for term in verdict.terms for fact in term.facts)
    return sorted({fact.name for fact in facts if tables_of(fact)})


def _told(row: Result, rule: Rule) -> Result:
    return {name: value for name, value in row.items() if name.startswith(f"{rule.id}__")}


def _same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)
    return one == other


def _type(fact: Fact) -> str:
    """The type that the run's own queries give the fact, so that both compute alike."""
    if isinstance(fact, Additive):
        return "BIGINT" if fact.aggregate == "count" else "DECIMAL(38, 2)"
    if isinstance(fact, Chain) and fact.part != "lowest":
        return "DOUBLE" if fact.part == "product" else "BIGINT"
    return "DECIMAL(18, 2)"


_DISAGREES = Text(
    zh="列出的行加起来与本次判断不一致（{names}）。这是程序的错误，请把此命令和 --debug 的输出报告给维护者。",
    en="The rows shown do not add up to the run's result ({names}). This is a fault of the program: "
    "please report the command with its output under --debug.",
)
