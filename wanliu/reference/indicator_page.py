"""One indicator's page: its story, its readings, and their worked examples as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wanliu.book.tables import TABLES
from wanliu.indicator.example import blocks
from wanliu.indicator.facts import Additive, Chain, Fact, Latest
from wanliu.indicator.parameter import UNITS
from wanliu.indicator.sign import GROUPS, Example, Reading, Sign
from wanliu.indicator.windows import Border
from wanliu.indicator.words import SEVERITIES, column_in_words, fact_in_words
from wanliu.reference.markdown import file_name, heading, other_language, page, table
from wanliu.reference.numbers import numbers_table, used_by
from wanliu.report.words import STATUSES, evidence_word
from wanliu.ruleset import RuleSet
from wanliu.text import Language, Text

_MARKS = {"zh": ("〔", "〕"), "en": ("⟨", "⟩")}
_VALUE, _THRESHOLD = Text(zh="值", en="value"), Text(zh="阈值", en="threshold")
_FACTS = (Text(zh="表", en="table"), Text(zh="窗口", en="window"), Text(zh="取什么", en="what is taken"))


def indicator_page(name: str, sign: Sign, rule_sets: tuple[RuleSet, ...], language: Language) -> str:
    title = f"{sign.name.to(language)} · `{name}`"
    parts = heading(title, other=file_name(name, other_language(language)), language=language)
    parts.append(_ABOUT.format(group=GROUPS[sign.group], guide=sign.guide).to(language))
    parts += [f"## {_WHY.to(language)}", sign.why.to(language)]
    parts += [f"## {_MISLEADS.to(language)}", sign.misleads.to(language)]
    if not sign.judges_small_clients and any(rules.valid_clients for rules in rule_sets):
        parts.append(_SIZE.to(language))
    for reading in sign.readings.values():
        parts += _reading(name, reading, rule_sets, language)
    return page(parts)


def _reading(
    name: str, reading: Reading, rule_sets: tuple[RuleSet, ...], language: Language
) -> Iterator[str]:
    numbers = used_by(name, reading.name, rule_sets)
    yield f"## {_READING.format(name=reading.name).to(language)}"
    used = ", ".join(f"`{rules}`" for rules in numbers) or _NOBODY.to(language)
    yield _MEANING.format(meaning=reading.meaning_with({}), unit=UNITS[reading.unit], used=used).to(language)
    yield f"### {_SUM.to(language)}"
    yield "\n".join(f"{n}. {step}" for n, step in enumerate(steps(name, reading, language), start=1))
    yield f"### {_READS.to(language)}"
    yield table([h.to(language) for h in _FACTS], _facts(reading, language))
    yield f"### {_PARAMETERS.to(language)}"
    yield numbers_table(dict(reading.parameters), numbers, language)
    yield f"### {_EXAMPLES.to(language)}"
    yield _NOTATION.to(language)
    for example in reading.examples:
        yield from _example(reading, example, language)


def steps(name: str, reading: Reading, language: Language) -> list[str]:
    """The sum in words, step by step, with the names of its operands in their places."""
    left, right = _MARKS[language]
    words = {key: parameter.meaning for key, parameter in reading.parameters.items()}
    words |= {key: evidence_word(name, key) for key in reading.verdict({}).evidence}
    words |= {"value": _VALUE, "threshold": _THRESHOLD}
    filled = reading.sum.to(language).format(
        **{k: f"{left}{word.to(language)}{right}" for k, word in words.items()}
    )
    return re.split(r"；|; ", filled)


def _facts(reading: Reading, language: Language) -> list[tuple[str, str, str]]:
    """What the reading takes from which table over which window; facts of several months on one line."""
    facts = {
        fact.name: fact
        for one in reading.verdict({}).terms
        for fact in one.facts
        if not isinstance(fact, Border)
    }
    lines: dict[tuple[str, str], list[str]] = {}
    for fact in sorted(facts.values(), key=_place):
        said = (_tables(fact, language), fact_in_words(fact).to(language))
        windows = [window.meaning.to(language) for window in fact.windows]
        lines.setdefault(said, []).extend(window for window in windows if window not in lines.get(said, []))
    comma = "、" if language == "zh" else ", "
    return [(tables, comma.join(windows) or "—", what) for (tables, what), windows in lines.items()]


def _place(fact: Fact) -> tuple[str, str, str]:
    return (getattr(fact, "table", "~"), fact_in_words(fact).en, fact.windows[0].name if fact.windows else "")


def _tables(fact: Fact, language: Language) -> str:
    names = (
        ("assets", "flows")
        if isinstance(fact, Chain)
        else (fact.table,)
        if isinstance(fact, Additive | Latest)
        else ()
    )
    return " + ".join(_table_name(name, language) for name in names) or "—"


def _table_name(name: str, language: Language) -> str:
    return f"{TABLES[name].meaning.zh} `{name}`" if language == "zh" else f"`{name}`"


def _example(reading: Reading, example: Example, language: Language) -> Iterator[str]:
    yield f"**{example.title.to(language)}**"
    changed = "".join(f", `{name}` = {number}" for name, number in example.parameters.items())
    yield _AS_OF.format(as_of=example.as_of, changed=changed).to(language)
    for name, columns, rows in blocks(example.given):
        shown = [column_in_words(name, column).zh if language == "zh" else column for column in columns]
        yield _table_name(name, language) + ("" if rows else _EMPTY.to(language))
        yield table(shown, rows) if rows else ""
    yield _RESULT.to(language).format(said=expected(example.expect, reading, language))


def expected(expect: str, reading: Reading, language: Language) -> str:
    """``fired strong 0.3158`` in words."""
    status, *rest = expect.split()
    said = STATUSES[status].to(language)
    for word in rest:
        if word in SEVERITIES:
            said += f"（{SEVERITIES[word].zh}）" if language == "zh" else f" ({word})"
        else:
            unit = UNITS[reading.unit].to(language)
            number = word if reading.unit == "ratio" else f"{word} {unit}"
            said += f"，{_VALUE.zh} {number}" if language == "zh" else f", {_VALUE.en} {number}"
    return said


_ABOUT = Text(zh="{group.zh} · 指引章节：{guide}", en="{group.en} · section of the guide: {guide}")
_WHY = Text(zh="为什么看它", en="Why it is watched")
_MISLEADS = Text(zh="什么时候会看走眼", en="When it misleads")
_SIZE = Text(
    zh="规则集若设了有效户下限，达不到的客户不判断这个指标（不适用）。",
    en="Where a rule set asks for valid clients, this sign is not applicable to the others.",
)
_READING = Text(zh="读法 `{name}`", en="Reading `{name}`")
_MEANING = Text(
    zh="{meaning.zh}。单位：{unit.zh}。使用它的规则集：{used}。",
    en="{meaning.en}. Unit: {unit.en}. Rule sets that use it: {used}.",
)
_NOBODY = Text(zh="无", en="none")
_SUM = Text(zh="怎么算", en="The sum")
_READS = Text(zh="读哪些数据", en="What it reads")
_PARAMETERS = Text(zh="参数", en="Parameters")
_EXAMPLES = Text(zh="算例", en="Worked examples")
_NOTATION = Text(
    zh="每个算例也是一项测试。日期“起..止”是其间每个交易日各一行，编号 `a*3` 是三行，`-` 是空；"
    "没有列出的客户 2005 年开户。",
    en="Each example is a test as well. A date “first..last” is a row on every trading day between, a "
    "number `a*3` three "
    "rows, `-` empty; clients that are not listed opened in 2005.",
)
_AS_OF = Text(zh="判定日 {as_of}{changed}", en="As of {as_of}{changed}")
_EMPTY = Text(zh="（有这张表，没有行）", en=" (the table is there, without a row)")
_RESULT = Text(zh="结果：**{said}**", en="Result: **{said}**")
