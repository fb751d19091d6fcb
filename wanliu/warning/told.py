"""The queries of what a run tells: rows of signals, and the warnings."""

from __future__ import annotations

from sqlglot import exp

from wanliu.ruleset import Rule
from wanliu.warning.gather import Select
from wanliu.warning.levels import fired, state
from wanliu.warning.plan import Plan


def signals(plan: Plan, *, fired_only: bool) -> Select:
    """One row per client and day of the kept chunk, a struct per sign; ``fired_only`` keeps the fired."""
    structs = [exp.alias_(_struct(plan, rule, fired_only=fired_only), rule.id) for rule in plan.rules.rules]
    rules = exp.alias_(exp.Literal.string(plan.rules.name), "rules")
    query = exp.select("client_id", "as_of", rules, *structs).from_("chunk").order_by("client_id", "as_of")
    return (
        query.where(exp.NEQ(this=exp.column("fired"), expression=exp.Literal.string("")))
        if fired_only
        else query
    )


def _struct(plan: Plan, rule: Rule, *, fired_only: bool) -> exp.Expr:
    has_fired = fired(rule.id)
    severity = exp.Case(
        ifs=[exp.If(this=exp.column(f"{rule.id}__weak"), true=exp.Literal.string("weak"))],
        default=exp.Literal.string("strong"),
    )
    told = exp.In(
        this=state(rule.id), expressions=[exp.Literal.string(status) for status in ("fired", "clear")]
    )
    fields = {
        "status": state(rule.id),
        "severity": exp.Case(ifs=[exp.If(this=has_fired.copy(), true=severity)]),
        "value": exp.Case(ifs=[exp.If(this=told, true=exp.column(f"{rule.id}__value"))]),
        "threshold": exp.column(f"{rule.id}__threshold"),
        **{name: exp.column(f"{rule.id}__{name}") for name in plan.verdicts[rule].evidence},
    }
    named = [exp.PropertyEQ(this=exp.to_identifier(name), expression=value) for name, value in fields.items()]
    struct = exp.Struct(expressions=named)
    return exp.Case(ifs=[exp.If(this=has_fired, true=struct)]) if fired_only else struct


def warnings(plan: Plan) -> Select:
    """One row per client and day of the kept chunk whose level is not ``none``."""
    rules = exp.alias_(exp.Literal.string(plan.rules.name), "rules")
    named = ("level", "fired", "unknown", "value_at_stake", "do_not_contact")
    query = exp.select("client_id", "branch_id", "manager_id", "as_of", rules, *named).from_("chunk")
    return query.where(exp.NEQ(this=exp.column("level"), expression=exp.Literal.string("none")))
