"""One client, one sign, one day: the run's result, the rows behind it, and the same from those rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb

from wanliu.book.engine import DuckDB
from wanliu.book.sealed import TAINTED, Book
from wanliu.errors import UsageError
from wanliu.indicator.facts import Additive, Chain, Latest
from wanliu.indicator.sign import Verdict
from wanliu.ruleset import Rule, RuleSet
from wanliu.text import Text
from wanliu.warning.one import judged
from wanliu.warning.plan import Plan
from wanliu.warning.run import Progress, plan_of, quiet
from wanliu.why.chain import Links, links_of
from wanliu.why.client import Asked, asked_client
from wanliu.why.reasons import Reasons
from wanliu.why.recomputed import (
    FactValue,
    check_agrees,
    facts_that_matter,
    keep_resummed,
    recomputed,
)
from wanliu.why.rows import Section, sections_of


@dataclass(frozen=True)
class Explanation:
    """All that a person needs to redo one result by hand; ``weak`` says something of fired ones only."""

    asked: Asked
    rules: RuleSet
    rule: Rule
    as_of: date
    status: str
    weak: bool
    value: float | None
    threshold: float | None
    evidence: Mapping[str, Any]
    sections: tuple[Section, ...]
    chains: tuple[Links, ...]
    reasons: tuple[Text, ...]


def rule_of(rules: RuleSet, sign: str) -> Rule:
    """Raises UsageError for a sign that the rule set does not have."""
    found = next((rule for rule in rules.rules if rule.id == sign), None)
    if found is None:
        known = ", ".join(rules.ids)
        raise UsageError(_NO_SIGN.format(sign=sign, rules=rules.name, known=known))
    return found


def plan_for(book: Book, rules: RuleSet, sign: str, as_of: date) -> Plan:
    """A plan for one sign alone, so that no other sign's facts are computed.

    Raises UsageError for a sign or day that nothing can be said of. Lost days are a reason to be told here,
    and no reason to refuse.
    """
    alone = replace(rules, rules=(rule_of(rules, sign),), same_orders={})
    return plan_of(book, alone, (as_of,), accept_gaps=True)


def explain(
    plan: Plan,
    client_id: str,
    engine: DuckDB,
    *,
    progress: Progress = quiet,
    peers: Mapping[str, float | None] | None = None,
) -> Explanation:
    """The one sign of the plan, on its one day, for one client; ``peers`` as for ``judged``.

    Raises UsageError for a client who is unknown or not judged, WanliuError where the rows shown do not give
    the run's result.
    """
    (rule,), (day,) = plan.rules.rules, plan.days
    asked = asked_client(engine.connection, plan.book, client_id, day.as_of)
    run = judged(plan, client_id, engine, progress, peers=peers)
    assert run is not None, "whoever is asked about is judged"
    sections, chains = _behind(plan, client_id, engine.connection)
    tainted = _tainted(plan.book, client_id, day.as_of, engine.connection)
    peer = run.get(f"{rule.id}__peer")
    keep_resummed(plan, asked, _values(plan, sections, chains), tainted, peer, engine)
    found = recomputed(plan, engine)
    check_agrees(run, found[0], rule)
    matter = facts_that_matter(plan, found, rule)
    status = run[f"{rule.id}__status"]
    told = status in ("fired", "clear")
    return Explanation(
        asked=asked,
        rules=plan.rules,
        rule=rule,
        as_of=day.as_of,
        status=status,
        weak=run[f"{rule.id}__weak"],
        value=run[f"{rule.id}__value"] if told else None,
        threshold=run[f"{rule.id}__threshold"],
        evidence={name: run[f"{rule.id}__{name}"] for name in plan.verdicts[rule].evidence},
        sections=tuple(one for section in sections if (one := _only(section, matter, plan.verdicts[rule]))),
        chains=tuple(chains),
        reasons=tuple(Reasons(plan, rule, tainted, engine).of(status)),
    )


def _behind(
    plan: Plan, client_id: str, connection: duckdb.DuckDBPyConnection
) -> tuple[list[Section], list[Links]]:
    day = plan.days[0]
    plain = [fact for fact in plan.named_facts if isinstance(fact, Additive | Latest)]
    chains = {fact.over.name: fact for fact in plan.named_facts if isinstance(fact, Chain)}
    sections = sections_of(plan.book, plain, day, client_id, connection)
    return sections, [links_of(plan.book, one, day, client_id, connection) for one in chains.values()]


def _values(plan: Plan, sections: list[Section], chains: list[Links]) -> dict[str, FactValue]:
    """Every fact of the plan, summed up from the rows; None where the book has no such table."""
    found: dict[str, FactValue] = {}
    for section in sections:
        for place, fact in enumerate(section.facts):
            optional = isinstance(fact, Additive) and fact.optional
            found[fact.name] = section.value(place) if plan.book.has(section.table) or optional else None
    both_there = plan.book.has("assets") and plan.book.has("flows")
    for chain in (fact for fact in plan.named_facts if isinstance(fact, Chain)):
        links = next(one for one in chains if one.over.name == chain.over.name)
        found[chain.name] = links.value(chain) if both_there else None
    return found


def _tainted(
    book: Book, client_id: str, as_of: date, connection: duckdb.DuckDBPyConnection
) -> dict[str, bool]:
    if not book.paths(TAINTED):
        return {}
    query = f"SELECT table_name FROM ({book.rows_of(TAINTED)}) WHERE client_id = ? AND first <= ?"
    return {table: True for (table,) in connection.execute(query, [client_id, as_of]).fetchall()}


def _only(section: Section, matter: frozenset[str], verdict: Verdict) -> Section | None:
    """The section with the facts that matter, in the order of the evidence; None where there are none."""
    evidence = list(verdict.evidence.values())

    def order(place: int) -> int:
        named = (number for number, term in enumerate(evidence) if section.facts[place] in term.facts)
        return next(named, len(evidence))

    places = sorted((p for p, fact in enumerate(section.facts) if fact.name in matter), key=order)
    if not places:
        return None
    rows = tuple(replace(row, adds=tuple(row.adds[place] for place in places)) for row in section.rows)
    return replace(section, facts=tuple(section.facts[place] for place in places), rows=rows)


_NO_SIGN = Text(
    zh="规则集 {rules} 没有指标 {sign}。可用：{known}。",
    en="The rule set {rules} has no sign {sign}. There are: {known}.",
)
