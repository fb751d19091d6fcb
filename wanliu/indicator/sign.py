"""The words an indicator file is written in: a sign, its readings and their worked examples."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from wanliu.indicator.parameter import Number, Parameter, Unit
from wanliu.indicator.term import NEVER, Term, term
from wanliu.text import Text

Group = Literal["key", "data", "qualitative", "event"]

GROUPS: dict[Group, Text] = {
    "key": Text(zh="关键指标", en="key sign"),
    "data": Text(zh="辅助数据指标", en="data sign"),
    "qualitative": Text(zh="辅助定性指标", en="qualitative sign"),
    "event": Text(zh="离开事件", en="exit event"),
}


@dataclass(frozen=True)
class Verdict:
    """What a reading says about one client on one day, as terms.

    The checks are made in this order: ``insufficient_history``, ``missing_data``, ``not_applicable``,
    then ``fired`` or clear. (That a table is absent is checked before all, by the engine.) ``fired`` that
    is unknown is missing data, never clear. ``weak`` and ``threshold`` may differ by client; ``own`` is
    the quantity whose median among the peers the reading compares with.
    """

    value: Term
    threshold: Term | Decimal | int
    fired: Term
    evidence: Mapping[str, Term]
    insufficient_history: Term = NEVER
    missing_data: Term = NEVER
    not_applicable: Term = NEVER
    weak: Term = NEVER
    own: Term | None = None

    @property
    def threshold_term(self) -> Term:
        return term(self.threshold)

    @property
    def terms(self) -> tuple[Term, ...]:
        own = () if self.own is None else (self.own,)
        checks = (self.insufficient_history, self.missing_data, self.not_applicable, self.fired, self.weak)
        return (self.value, self.threshold_term, *checks, *self.evidence.values(), *own)


@dataclass(frozen=True)
class Example:
    """A worked example: small tables in, the expected result out; a test and a part of the page."""

    title: Text
    as_of: str
    given: str
    expect: str
    parameters: Mapping[str, Number] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """One way to read a sign: its formula, its numbers and its worked examples."""

    name: str
    meaning: Text
    """What is computed, with names of parameters as placeholders: see ``meaning_with``."""
    unit: Unit
    told: Text
    """The value in a few words, with ``{value}`` as placeholder: what it is a share or a number of."""
    sum: Text
    """The sum in words, its steps parted by semicolons, with the evidence's names as placeholders."""
    formula: Callable[..., Verdict]
    parameters: Mapping[str, Parameter]
    examples: list[Example] = field(default_factory=list)

    def verdict(self, values: Mapping[str, Number]) -> Verdict:
        return self.formula(**self._numbers(values))

    def meaning_with(self, values: Mapping[str, Number]) -> Text:
        """What is computed, with the numbers in force; a parameter that is not given has its default."""
        return self.meaning.format(
            **{
                name: f"{number:f}" if isinstance(number, Decimal) else number
                for name, number in self._numbers(values).items()
            }
        )

    def _numbers(self, values: Mapping[str, Number]) -> dict[str, Number]:
        return {name: values.get(name, p.default) for name, p in self.parameters.items()}

    def example(self, title: Text, *, as_of: str, given: str, expect: str, **parameters: Number) -> None:
        self.examples.append(Example(title, as_of, given, expect, parameters))


@dataclass(frozen=True)
class Sign:
    """One indicator's whole story; its id is the name of its file."""

    name: Text
    group: Group
    guide: str
    """The section of the guide, or the rule that it comes from."""
    why: Text
    misleads: Text
    judges_small_clients: bool = False
    """Events and words count for everyone; the other signs judge clients with assets only."""
    measures_us: bool = False
    """It measures our own effort: it makes a level yellow and nothing more."""
    readings: dict[str, Reading] = field(default_factory=dict)

    def reading(
        self,
        name: str,
        *,
        meaning: Text,
        unit: Unit,
        told: Text,
        sum: Text,
    ) -> Callable[[Callable[..., Verdict]], Reading]:
        """Registers the decorated formula as a reading of this sign."""

        def register(formula: Callable[..., Verdict]) -> Reading:
            declared = inspect.signature(formula).parameters.values()
            parameters = {p.name: p.default for p in declared if isinstance(p.default, Parameter)}
            self.readings[name] = Reading(name, meaning, unit, told, sum, formula, parameters)
            return self.readings[name]

        return register
