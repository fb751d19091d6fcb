"""The page of rule sets: which signs, in which reading, with which numbers, and how levels are made."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from wanliu.indicator.parameter import UNITS, Number
from wanliu.indicator.sign import GROUPS
from wanliu.reference.markdown import file_name, heading, other_language, page, table
from wanliu.reference.numbers import numbers_table, plain
from wanliu.report.words import LEVELS
from wanliu.ruleset import LEVELS_COUNTED, LEVELS_WHEN, SETTINGS, TIER, RuleSet, signs
from wanliu.text import Language, Text

NAME = "rules"
TITLE = Text(zh="规则集", en="Rule sets")

_SIGNS = (
    Text(zh="指标", en="sign"),
    Text(zh="组", en="group"),
    Text(zh="读法", en="reading"),
    Text(zh="含义", en="meaning"),
    Text(zh="参数", en="numbers"),
)
_LEVEL = (Text(zh="级别", en="level"), Text(zh="条件", en="when"))


def rules_page(rule_sets: tuple[RuleSet, ...], language: Language) -> str:
    parts = heading(TITLE.to(language), other=file_name(NAME, other_language(language)), language=language)
    parts.append(_ABOUT.to(language))
    for rules in rule_sets:
        parts += _rule_set(rules, language)
    return page(parts)


def _rule_set(rules: RuleSet, language: Language) -> Iterator[str]:
    yield f"## {rules.title.to(language)} · `{rules.name}`"
    yield _VERSION.format(version=rules.version).to(language)
    yield table([h.to(language) for h in _SIGNS], _signs(rules, language))
    yield f"### {_LEVELS.to(language)}"
    yield table([h.to(language) for h in _LEVEL], _levels(rules, language))
    yield LEVELS_COUNTED.to(language)
    for first, second in rules.same_orders.items():
        yield _SAME_ORDERS.format(first=signs()[first].name, second=signs()[second].name).to(language)
    for section, title in _SECTIONS.items():
        if (part := getattr(rules, section)) is not None:
            numbers: dict[str, Number] = {name: vars(part)[name] for name in SETTINGS[section]}
            yield f"### {title.to(language)}"
            yield _SECTION_ABOUT[section].to(language)
            yield numbers_table(dict(SETTINGS[section]), {rules.name: numbers}, language)
            if section == "peers":
                yield _tiers(rules, language)


def _signs(rules: RuleSet, language: Language) -> list[tuple[str, ...]]:
    return [
        (
            f"[{rule.sign.name.to(language)}](indicators/{file_name(rule.id, language)}) `{rule.id}`",
            GROUPS[rule.sign.group].to(language),
            f"`{rule.reading.name}`",
            rule.meaning.to(language),
            "<br>".join(f"`{name}` = {plain(number)}" for name, number in rule.values.items()),
        )
        for rule in rules.rules
    ]


def _levels(rules: RuleSet, language: Language) -> list[tuple[str, str]]:
    return [
        (f"{LEVELS[level].to(language)} `{level}`", when.format(**vars(rules.levels)).to(language))
        for level, when in LEVELS_WHEN.items()
    ]


def _tiers(rules: RuleSet, language: Language) -> str:
    assert rules.peers is not None, "asked only where there are peers"
    borders = ", ".join(
        f"{border:,f}" if isinstance(border, Decimal) else f"{border:,}" for border in rules.peers.tiers
    )
    return _TIERS.format(borders=borders, unit=UNITS[TIER.unit], source=TIER.source).to(language)


_ABOUT = Text(
    zh="规则集决定用哪些指标、哪种读法、哪些数。`wanliu rules 名称` 打印全部参数，改动后存为文件，用 "
    "`--rules 文件` 就是自己的规则集；"
    "每个数都按范围核对。",
    en="A rule set says which signs, in which reading, with which numbers. `wanliu rules NAME` prints them "
    "all; edit, save, and "
    "give the file with `--rules FILE`: each number is held against its range.",
)
_VERSION = Text(zh="第 {version} 版。", en="Version {version}.")
_LEVELS = Text(zh="级别", en="Levels")
_SAME_ORDERS = Text(
    zh="“{first.zh}”与“{second.zh}”读的是同一批委托：两者都触发时，后者不计入级别（仍列在触发的指标里）。",
    en="“{first.en}” and “{second.en}” read the same orders: where both fire, the second is not counted for "
    "the level (and is still listed as fired).",
)
_SECTIONS = {
    "levels": Text(zh="级别的参数", en="Numbers of the levels"),
    "valid_clients": Text(zh="有效户", en="Valid clients"),
    "peers": Text(zh="同类客户", en="Peers"),
    "stake": Text(zh="在险价值", en="Value at stake"),
}
_SECTION_ABOUT = {
    "levels": Text(zh="上表中的数：", en="The numbers in the table above:"),
    "valid_clients": Text(
        zh="回看期内至少有一行资产达到下限的客户才判断；投诉、诉求和提出离开不受此限。",
        en="Judged are clients with this much on at least one row of the days looked back; complaint, "
        "demand and exit requests are exempt.",
    ),
    "peers": Text(
        zh="同类客户是同一档里该指标触发或正常的客户（含自己）；基期没有资产行的客户，以及人数不足的档，"
        "与全体比。",
        en="Peers are the clients of the tier for whom the sign is fired or clear, oneself included; a "
        "client without rows in the "
        "base, and a tier with too few, are compared with all.",
    ),
    "stake": Text(
        zh="在险价值 = 回看期净佣金（佣金减规费）+ 当日净资产 × 计入比例，两位小数，四舍五入。",
        en="Value at stake = net commission (less levies) of the months looked back + the share of net "
        "assets today, to the fen, half up.",
    ),
}
_TIERS = Text(
    zh="档的界线（按基期日均净资产，{unit.zh}）：{borders}。来源：{source.zh}。",
    en="Borders of the tiers (mean net assets over the base, {unit.en}): {borders}. Source: {source.en}.",
)
