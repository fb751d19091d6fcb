"""Why signs say missing data: what the book does not have, lost days, incomplete clients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wanliu.book.tables import TABLES
from wanliu.indicator.windows import LOOK_BACK_DAYS
from wanliu.report.formatting import count
from wanliu.ruleset import Rule, RuleSet
from wanliu.text import Language, Text
from wanliu.warning.plan import tables_of

DAYS_NAMED = 5
"""Lost days that are named; the rest are counted."""


def missing_because(rules: RuleSet, account: Mapping[str, Any], language: Language) -> list[str]:
    """One sentence per cause, from what run.json says; empty where no sign lacks data."""
    names = {rule.id: rule.sign.name.to(language) for rule in rules.rules}
    missing = {
        sign: found for sign, counts in account["signals"].items() if (found := counts.get("missing_data"))
    }
    said = [
        _absent(what, [names[sign] for sign in signs], language)
        for what, signs in _by_cause(account["absent"]).items()
    ]
    explained = set(account["absent"])
    for table, days in account["lost_days"].items():
        reading = [rule.id for rule in rules.rules if table in _tables_read(rule) and rule.id in missing]
        if reading:
            said.append(_lost(table, days, [names[sign] for sign in reading], language))
        explained |= set(reading)
    if rest := {names[sign]: number for sign, number in missing.items() if sign not in explained}:
        told = _joined((f"{name} {count(number)}" for name, number in rest.items()), language)
        said.append(_INCOMPLETE.format(days=LOOK_BACK_DAYS, signs=told).to(language))
    return said


def _by_cause(absent: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Table, or table.column, to the signs that cannot do without it."""
    causes: dict[str, list[str]] = {}
    for sign, lacking in absent.items():
        for what in lacking:
            causes.setdefault(what, []).append(sign)
    return dict(sorted(causes.items()))


def _absent(what: str, signs: list[str], language: Language) -> str:
    table, _, column = what.partition(".")
    meaning = TABLES[table].column(column).meaning if column else TABLES[table].meaning
    said = _NO_COLUMN if column else _NO_TABLE
    return said.format(what=what, meaning=meaning.to(language), signs=_joined(signs, language)).to(language)


def _lost(table: str, days: list[str], signs: list[str], language: Language) -> str:
    named = " ".join(days[:DAYS_NAMED]) + (" …" if len(days) > DAYS_NAMED else "")
    return _LOST_DAYS.format(
        table=table,
        meaning=TABLES[table].meaning.to(language),
        number=len(days),
        days=named,
        signs=_joined(signs, language),
    ).to(language)


def _tables_read(rule: Rule) -> frozenset[str]:
    facts = (fact for one in rule.verdict().terms for fact in one.facts)
    return frozenset(table for fact in facts for table in tables_of(fact))


def _joined(words: Iterable[str], language: Language) -> str:
    return _BETWEEN.to(language).join(words)


_BETWEEN = Text(zh="、", en=", ")
_NO_TABLE = Text(zh="没有表 {what}（{meaning}）：{signs}", en="no table {what} ({meaning}): {signs}")
_NO_COLUMN = Text(zh="没有列 {what}（{meaning}）：{signs}", en="no column {what} ({meaning}): {signs}")
_LOST_DAYS = Text(
    zh="表 {table}（{meaning}）有 {number} 个交易日整天没有数据（{days}）：{signs}",
    en="table {table} ({meaning}) has no row on {number} trading days ({days}): {signs}",
)
_INCOMPLETE = Text(
    zh="客户自己的记录不全，或账簿往回不够长（例如窗口起点或判定日之前 {days} 天内没有资产记录）：{signs}",
    en="the client's own rows are incomplete, or the book does not go back far enough (as with no assets in "
    "the {days} days up to a window's start or the as-of day): {signs}",
)
