"""The certain rules: the expressions of the playbook over the plain reading, each hit with its scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wanliu.compliance.scope import Scope, scope_of
from wanliu.language.pattern import Expressions, Pattern
from wanliu.playbook.items import ScriptRule


@dataclass(frozen=True)
class Match:
    """``start`` and ``end`` are places in the plain text."""

    rule: str
    start: int
    end: int
    scope: Scope


class Patterns:
    """Every expression of every rule, compiled once."""

    def __init__(self, rules: Mapping[str, ScriptRule]) -> None:
        pairs = [(id, expression) for id, rule in rules.items() for expression in rule.patterns]
        self._rules = [id for id, _ in pairs]
        self._patterns = [Pattern(expression) for _, expression in pairs]
        self._all = Expressions([expression for _, expression in pairs])

    def in_text(self, text: str) -> Iterator[Match]:
        """Every hit, rule by rule; a hit inside an earlier one of the same rule is left out."""
        reached: dict[str, int] = {}
        for number in self._all.in_text(text):
            rule = self._rules[number]
            for found in self._patterns[number].all_in(text):
                start, end = found.span()
                if start < reached.get(rule, 0) <= end and reached.get(rule, 0) > start:
                    continue
                reached[rule] = max(end, reached.get(rule, 0))
                yield Match(rule, start, end, scope_of(text, start, end))
