"""A whole rule set as TOML: every number with meaning, unit, range and source, ready to be edited."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from wanliu.indicator.parameter import UNITS, Number, Parameter
from wanliu.reference.numbers import plain, range_of
from wanliu.ruleset import SETTINGS, SHIPPED, TIER, Rule, RuleSet, signs
from wanliu.text import Language, Text


def toml_of(rules: RuleSet, language: Language) -> str:
    """The rule set in the shape that ``--rules FILE`` reads; comments in the language."""
    sections = [list(_head(rules, language))]
    sections += [list(_rule(rule, language)) for rule in rules.rules]
    sections += [
        list(_settings(rules, name, language)) for name in SETTINGS if getattr(rules, name) is not None
    ]
    if rules.same_orders:
        sections.append(list(_same_orders(rules, language)))
    return "\n\n".join("\n".join(lines) for lines in sections) + "\n"


def _head(rules: RuleSet, language: Language) -> Iterator[str]:
    for line in _ABOUT.to(language).splitlines():
        yield f"# {line}"
    yield f"name = {_text(rules.name)}  # {_NAME.to(language)}"
    yield f"version = {_text(rules.version)}  # {_VERSION.to(language)}"
    yield f"title = {{ zh = {_text(rules.title.zh)}, en = {_text(rules.title.en)} }}"
    if rules.name in SHIPPED:
        yield f"based_on = {_text(rules.name)}  # {_BASED_ON.to(language)}"


def _rule(rule: Rule, language: Language) -> Iterator[str]:
    sign = rule.sign
    yield f"[signs.{rule.id}]  # {sign.name.to(language)}"
    readings = ", ".join(sign.readings)
    yield f"reading = {_text(rule.reading.name)}  # {_READINGS.format(known=readings).to(language)}"
    yield from _numbers(rule.reading.parameters, rule.values, language)


def _settings(rules: RuleSet, name: str, language: Language) -> Iterator[str]:
    part = getattr(rules, name)
    yield f"[{name}]  # {_SECTIONS[name].to(language)}"
    yield from _numbers(SETTINGS[name], vars(part), language)
    if name == "peers":
        tiers = ", ".join(plain(border) for border in part.tiers)
        yield _line("tiers", f"[{tiers}]", TIER, language)


def _same_orders(rules: RuleSet, language: Language) -> Iterator[str]:
    yield f"[same_orders]  # {_SAME_ORDERS.to(language)}"
    for first, second in rules.same_orders.items():
        names = (signs()[one].name.to(language) for one in (first, second))
        yield f"{first} = {_text(second)}  # {' → '.join(names)}"


def _numbers(
    parameters: Mapping[str, Parameter], values: Mapping[str, Number], language: Language
) -> Iterator[str]:
    for name, parameter in parameters.items():
        yield _line(name, plain(values[name]), parameter, language)


def _line(name: str, written: str, parameter: Parameter, language: Language) -> str:
    remark = _REMARK.format(
        meaning=parameter.meaning,
        unit=UNITS[parameter.unit],
        reach=range_of(parameter),
        source=parameter.source,
    )
    return f"{name} = {written}  # {remark.to(language)}"


def _text(words: str) -> str:
    """A basic string: TOML escapes as JSON does."""
    return json.dumps(words, ensure_ascii=False)


_ABOUT = Text(
    zh="规则集。改动后存为文件，用 --rules 文件 即可使用；超出范围的数会被指出。\n没有改动的行可以删去，"
    "就用 based_on 的数。",
    en="A rule set. Edit it, save it, and use it with --rules FILE; a number out of its range is named.\n"
    "Lines that you leave as they are may go: the numbers of based_on hold.",
)
_NAME = Text(zh="请起自己的名字", en="give it a name of its own")
_VERSION = Text(zh="每改一次，换一个版本号", en="a new one with every change")
_BASED_ON = Text(zh="以哪个规则集为底", en="the rule set that it builds on")
_READINGS = Text(zh="读法；可用：{known}", en="the reading; there are: {known}")
_REMARK = Text(
    zh="{meaning.zh}；单位：{unit.zh}；范围：{reach.zh}；来源：{source.zh}",
    en="{meaning.en}; unit: {unit.en}; range: {reach.en}; source: {source.en}",
)
_SECTIONS = {
    "valid_clients": Text(
        zh="有效户：达到过这个数的客户才判断", en="who is judged: clients who ever had this much"
    ),
    "peers": Text(zh="同类客户", en="the clients that one is compared with"),
    "levels": Text(zh="级别：触发多少个", en="levels: how many signs fired"),
    "stake": Text(zh="在险价值", en="value at stake"),
}
_SAME_ORDERS = Text(
    zh="读同一批委托的指标：前者触发时，后者不计入级别",
    en="signs that read the same orders: where the first fires, the second is not counted",
)
