"""The query that makes a client's level of the signs' results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from wanliu.indicator.term import Term
from wanliu.ruleset import Rule
from wanliu.warning.gather import Select
from wanliu.warning.plan import Plan

STATUSES = ("fired", "clear", "not_applicable", "insufficient_history", "missing_data")
LEVELS = ("red", "orange", "yellow", "unknown", "none")
NOT_EVALUABLE = ("insufficient_history", "missing_data")


def levelled(plan: Plan, source: Select) -> Select:
    """Beside every row: the level, and the ids of the fired and of the unknown signs."""
    fired, unknown = _ids(plan, ("fired",)), _ids(plan, NOT_EVALUABLE)
    counted = exp.select("*", exp.alias_(fired, "fired"), exp.alias_(unknown, "unknown"), *_counts(plan))
    return exp.select("*", exp.alias_(_level(plan), "level")).from_(
        counted.from_(source.subquery("s")).subquery("n")
    )


def _ids(plan: Plan, statuses: tuple[str, ...]) -> exp.Expr:
    wanted = [exp.Literal.string(status) for status in statuses]
    named = [
        exp.Case(
            ifs=[
                exp.If(
                    this=exp.In(this=state(id), expressions=[w.copy() for w in wanted]),
                    true=exp.Literal.string(id),
                )
            ]
        )
        for id in plan.rules.ids
    ]
    # anonymous: the typed node makes the whole null where one part is null
    return exp.Anonymous(this="CONCAT_WS", expressions=[exp.Literal.string(";"), *named])


def _counts(plan: Plan) -> list[exp.Expr]:
    rules = plan.rules.rules
    by_group: Mapping[str, list[Rule]] = {
        g: [r for r in rules if r.sign.group == g] for g in ("key", "data", "qualitative", "event")
    }
    again = {second: first for first, second in plan.rules.same_orders.items()}
    data = [
        exp.and_(fired(r.id), exp.Not(this=fired(again[r.id]))) if r.id in again else fired(r.id)
        for r in by_group["data"]
    ]
    weak_keys = [exp.and_(fired(r.id), exp.column(f"{r.id}__weak")) for r in by_group["key"]]
    strong_keys = [exp.and_(fired(r.id), exp.Not(this=exp.column(f"{r.id}__weak"))) for r in by_group["key"]]
    words = [fired(r.id) for r in by_group["qualitative"] if not r.sign.measures_us]
    ours = [fired(r.id) for r in by_group["qualitative"] if r.sign.measures_us]
    unknown = [
        exp.EQ(this=state(r.id), expression=exp.Literal.string("missing_data"))
        for r in by_group["key"]
        if not plan.lacks(r)
    ]
    counts: dict[str, Sequence[exp.Expr]] = {
        "keys": strong_keys,
        "data": [*data, *weak_keys],
        "words": words,
        "events": [fired(r.id) for r in by_group["event"]],
        "ours": ours,
        "key_unknown": unknown,
    }
    return [exp.alias_(_number_of(conditions), f"n_{name}") for name, conditions in counts.items()]


def _level(plan: Plan) -> exp.Expr:
    levels = plan.rules.levels
    keys, data, words = (Term(exp.column(f"n_{name}"), "count") for name in ("keys", "data", "words"))
    events, ours, unknown = (
        Term(exp.column(f"n_{name}"), "count") for name in ("events", "ours", "key_unknown")
    )
    helpers = data + words
    ladder = {
        "red": (events >= levels.red_events)
        | (keys >= levels.red_keys)
        | ((keys >= 1) & (helpers >= levels.red_helpers)),
        "orange": (keys >= 1) | ((helpers >= levels.orange_helpers) & (data >= 1)),
        "yellow": (helpers >= 1) | (ours >= 1),
        "unknown": unknown >= 1,
    }
    ifs = [exp.If(this=condition.sql, true=exp.Literal.string(level)) for level, condition in ladder.items()]
    return exp.Case(ifs=ifs, default=exp.Literal.string("none"))


def _number_of(conditions: Sequence[exp.Expr]) -> exp.Expr:
    total: exp.Expr = exp.Literal.number("0")
    for condition in conditions:
        one = exp.Case(
            ifs=[exp.If(this=condition, true=exp.Literal.number("1"))], default=exp.Literal.number("0")
        )
        total = exp.Add(this=total, expression=one)
    return total


def fired(id: str) -> exp.Expr:
    return exp.EQ(this=state(id), expression=exp.Literal.string("fired"))


def state(id: str) -> exp.Expr:
    return exp.column(f"{id}__status")
