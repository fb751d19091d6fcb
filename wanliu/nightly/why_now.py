"""Why now, in one line: the signs that fired with value and border, the gravest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wanliu.advice.figures import shown
from wanliu.ruleset import Rule, RuleSet
from wanliu.text import Text

MOST = 3
ORDER = ("event", "key", "qualitative", "data")


def why_line(rules: RuleSet, fired: Sequence[str], told: Mapping[str, Mapping[str, Any]]) -> Text:
    """At most three signs; how many more there are is said."""
    chosen = sorted((rule for rule in rules.rules if rule.id in fired), key=_gravity)
    signs = [_sign(rule, told.get(rule.id, {})) for rule in chosen[:MOST]]
    zh, en = "；".join(one.zh for one in signs), "; ".join(one.en for one in signs)
    if more := len(chosen) - MOST if len(chosen) > MOST else 0:
        zh, en = f"{zh}；另有 {more} 项", f"{en}; {more} more"
    return Text(zh=zh, en=en)


def _gravity(rule: Rule) -> int:
    return ORDER.index(rule.sign.group)


def _sign(rule: Rule, told: Mapping[str, Any]) -> Text:
    """The name alone where the value is a mere yes."""
    name, value = rule.sign.name, told.get("value")
    if value is None or rule.sign.group in ("event", "qualitative"):
        return name
    said, line = (shown(told.get(part), rule.reading.unit) for part in ("value", "threshold"))
    what = rule.reading.told.format(value=said)
    return Text(zh=f"{name.zh}：{what.zh}（界线 {line}）", en=f"{name.en}: {what.en} (line {line})")
