"""The index: every page of the reference, and the words that a result is given in."""

from __future__ import annotations

from collections.abc import Iterator

from wanliu.indicator.sign import GROUPS
from wanliu.reference import published_page, rules_page, tables_page, tariff_page
from wanliu.reference.markdown import file_name, heading, other_language, page, table
from wanliu.reference.playbook_page import TITLES
from wanliu.report.words import MEANINGS, STATUSES
from wanliu.ruleset import RuleSet, signs
from wanliu.text import Language, Text

NAME = "index"
TITLE = Text(zh="参考", en="Reference")
_SIGNS = (
    Text(zh="组", en="group"),
    Text(zh="指标", en="sign"),
    Text(zh="指引章节", en="guide"),
    Text(zh="读法", en="readings"),
    Text(zh="规则集", en="rule sets"),
)
_RESULTS = (Text(zh="结果", en="result"), Text(zh="意思", en="meaning"))


def index_page(rule_sets: tuple[RuleSet, ...], language: Language) -> str:
    parts = heading(TITLE.to(language), other=file_name(NAME, other_language(language)), language=language)
    pages = {one.NAME: one.TITLE for one in (tables_page, rules_page, tariff_page, published_page)} | TITLES
    links = (f"- [{title.to(language)}]({file_name(name, language)})" for name, title in pages.items())
    parts.append("\n".join(links))
    parts += [
        f"## {_INDICATORS.to(language)}",
        table([h.to(language) for h in _SIGNS], _indicators(rule_sets, language)),
    ]
    results = [
        (f"{word.to(language)} `{code}`", MEANINGS[code].to(language)) for code, word in STATUSES.items()
    ]
    parts += [
        f"## {_FIVE.to(language)}",
        table([h.to(language) for h in _RESULTS], results),
        _ORDER.to(language),
    ]
    return page(parts)


def _indicators(rule_sets: tuple[RuleSet, ...], language: Language) -> Iterator[tuple[str, ...]]:
    by_group = sorted(signs().items(), key=lambda item: list(GROUPS).index(item[1].group))
    for name, sign in by_group:
        yield (
            GROUPS[sign.group].to(language),
            f"[{sign.name.to(language)}](indicators/{file_name(name, language)}) `{name}`",
            sign.guide,
            ", ".join(f"`{reading}`" for reading in sign.readings),
            ", ".join(f"`{rules.name}`" for rules in rule_sets if name in rules.ids),
        )


_INDICATORS = Text(zh="指标", en="Indicators")
_FIVE = Text(zh="五种结果", en="The five results")
_ORDER = Text(
    zh="判断的先后：没有表 → 数据缺失；历史不足；数据缺失；不适用；触发或正常。",
    en="Checked in this order: no table → missing data; insufficient history; missing data; not "
    "applicable; fired or clear.",
)
