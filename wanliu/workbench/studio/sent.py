"""Drafts that were sent, and what a study found of one beside the live rules: counts, no clients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from wanliu.drafts.queries import RuleDraft
from wanliu.errors import WanliuError
from wanliu.report.stored_study import Row, Shelf, StoredStudy
from wanliu.ruleset import RuleSet, from_text, signs
from wanliu.text import Text

Changes = Mapping[str, Mapping[str, tuple[str, str]]]
CALLED = "call"
"""Red or orange: what must be called."""


@dataclass(frozen=True)
class Compared:
    """One figure of both rule sets on the same client-days, and their difference with its interval."""

    name: Text
    live: str
    draft: str
    difference: str


@dataclass(frozen=True)
class Sent:
    """A draft as the page shows it. ``study`` None: nobody has held it against the live rules of today."""

    draft: RuleDraft
    state: Text
    changes: list[tuple[Text, Text, str, str]]
    """Sign, parameter, live number, proposed number."""
    study: StoredStudy | None
    figures: list[Compared]


def sent(found: Iterable[RuleDraft], shelf: Shelf, live: RuleSet) -> Iterator[Sent]:
    for one in found:
        rules = _loaded(one)
        study = shelf.comparing(live, rules) if rules else None
        figures = list(compared(study)) if study else []
        yield Sent(one, one.told_state, list(named(one.changes, rules or live)), study, figures)


def _loaded(one: RuleDraft) -> RuleSet | None:
    """None where the text no longer loads, as when a later version knows a sign no more."""
    try:
        return from_text(one.text, where=one.name)
    except WanliuError:
        return None


def named(changes: Changes, rules: RuleSet) -> Iterator[tuple[Text, Text, str, str]]:
    """The changes in the words of the rule set; what it does not know goes by its code."""
    readings = {rule.id: rule.reading for rule in rules.rules}
    for sign, numbers in changes.items():
        name = signs()[sign].name if sign in signs() else Text(zh=sign, en=sign)
        for key, (old, new) in numbers.items():
            known = readings[sign].parameters.get(key) if sign in readings else None
            yield name, known.meaning if known else Text(zh=key, en=key), old, new


def compared(study: StoredStudy) -> Iterator[Compared]:
    rows = {row["figure"]: row for row in study.differences if row["kind"] == CALLED}
    for figure, (name, factor, places) in FIGURES.items():
        if row := rows.get(figure):
            yield _compared(row, name, factor, places)


def _compared(row: Row, name: Text, factor: float, places: int) -> Compared:
    def told(key: str, sign: str = "") -> str:
        value = row.get(key)
        return "—" if value is None else f"{value * factor:{sign}.{places}f}"

    bounds = [told(f"difference_{end}", "+") for end in ("low", "high")]
    between = Text(zh="{} 至 {}", en="{} to {}")
    return Compared(
        name,
        told("first"),
        told("second"),
        f"{told('difference', '+')} ({str(between).format(*bounds)})",
    )


PER_CENT, PER_THOUSAND = 100.0, 1000.0
FIGURES = {
    "new_per_client_day": (
        Text(zh="红或橙新报，每千户每判定日", en="New red or orange, per 1,000 clients and judged day"),
        PER_THOUSAND,
        2,
    ),
    "precision_new": (Text(zh="新报命中率（%）", en="New alarms that came true (%)"), PER_CENT, 1),
    "recall": (Text(zh="离开者中报过警（%）", en="Leavers alarmed (%)"), PER_CENT, 1),
    "worth_caught": (Text(zh="离开资产中报过警（%）", en="Leavers' assets alarmed (%)"), PER_CENT, 1),
}
