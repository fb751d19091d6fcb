"""Numbers of a rule set with their unit, range and source, as pages and TOML comments show them."""

from __future__ import annotations

from decimal import Decimal

from wanliu.indicator.parameter import UNITS, Number, Parameter
from wanliu.reference.markdown import table
from wanliu.ruleset import RuleSet
from wanliu.text import Language, Text

HEADINGS = (
    Text(zh="名称", en="name"),
    Text(zh="含义", en="meaning"),
    Text(zh="默认", en="default"),
    Text(zh="单位", en="unit"),
    Text(zh="范围", en="range"),
    Text(zh="来源", en="source"),
)
_TO = Text(zh="{low} 至 {high}", en="{low} to {high}")


def plain(number: Number) -> str:
    """The number as TOML and people write it: 0.30, 5000, never 5E+3."""
    return f"{number:f}" if isinstance(number, Decimal) else str(number)


def range_of(parameter: Parameter) -> Text:
    return _TO.format(low=plain(parameter.low), high=plain(parameter.high))


def numbers_table(
    parameters: dict[str, Parameter], columns: dict[str, dict[str, Number]], language: Language
) -> str:
    """One row per parameter; ``columns`` are further ones: heading → name → number."""
    name, meaning, default, unit, reach, source = (heading.to(language) for heading in HEADINGS)
    rows = [
        (
            f"`{key}`",
            parameter.meaning.to(language),
            plain(parameter.default),
            *(plain(numbers[key]) for numbers in columns.values()),
            UNITS[parameter.unit].to(language),
            range_of(parameter).to(language),
            parameter.source.to(language),
        )
        for key, parameter in parameters.items()
    ]
    return table((name, meaning, default, *columns, unit, reach, source), rows)


def used_by(sign: str, reading: str, rule_sets: tuple[RuleSet, ...]) -> dict[str, dict[str, Number]]:
    """The rule sets that use this reading of the sign, with their numbers."""
    return {
        rules.name: dict(rule.values)
        for rules in rule_sets
        for rule in rules.rules
        if rule.id == sign and rule.reading.name == reading
    }
