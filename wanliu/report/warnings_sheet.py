"""``warnings.xlsx``: the list that a branch manager works through, what could not be judged, what it means.

Clients who are not to be contacted stand on neither list; how many they are is said above it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wanliu.report.about_sheet import about_sheet, days_in_words
from wanliu.report.formatting import share, sum_in_words
from wanliu.report.found import Found, quoted
from wanliu.report.words import LEVELS
from wanliu.report.workbook import (
    CENTRED,
    DAY,
    INDENTED,
    LEVEL_LOOKS,
    MONEY,
    NOTE,
    PLAIN,
    TINTS,
    Cell,
    Column,
    Look,
    Sheet,
    height_of,
    workbook,
)
from wanliu.ruleset import Rule
from wanliu.text import Language, Text

ON_WORKLIST = "NOT coalesce(do_not_contact, false)"
UNKNOWN = "unknown"
HEAD_ROWS = 2
"""The line above the list, and the heads."""

NOTE_HEIGHT = 22
KEEP_LEFT = 2
WRAPPED_COLUMNS = 3

Row = Mapping[str, Any]


def warnings_workbook(found: Found, path: Path, *, language: Language, book: str) -> None:
    """Three sheets: red, orange and yellow clients; clients that cannot be judged; the meaning of all."""
    title = _TITLE.format(days=days_in_words(found.days, language)).to(language)
    with workbook(path, title=title, made_on=found.days[-1], language=language) as file:
        _list_warned(found, file.sheet(_WARNED.to(language)), language)
        _list_unknown(found, file.sheet(LEVELS[UNKNOWN].to(language)), language)
        about_sheet(
            found,
            file.sheet(_ABOUT.to(language)),
            title=title,
            columns=_columns_told(found, language),
            book=book,
        )


def _list_warned(found: Found, sheet: Sheet, language: Language) -> None:
    columns = _warned_columns(language)
    sheet.text(_said_above(found, f"level <> '{UNKNOWN}'", language), NOTE, height=NOTE_HEIGHT)
    head = sheet.table(columns, keep_left=KEEP_LEFT)
    rules = {rule.id: rule for rule in found.rules.rules}
    formats = {level: sheet.book.formats(_looks(columns, level)) for level in LEVELS}
    wrapped = [column.width for column in columns[-WRAPPED_COLUMNS:]]
    for row in found.rows(_warned_query(found)):
        fired = [rules[sign] for sign in row["fired"].split(";") if sign]
        reasons = _SEPARATOR.to(language).join(_named(rule, row[rule.id], language) for rule in fired)
        sums = "\n".join(_sum(rule, row[rule.id], language) for rule in fired)
        words = [reasons, sums, _names(row["unknown"], rules, language)]
        height = height_of(list(zip(words, wrapped, strict=True)), language)
        sheet.fill([*_client(row, language), *words], formats[row["level"]], height=height)
    sheet.filters(head, len(columns))
    sheet.print_wide()


def _list_unknown(found: Found, sheet: Sheet, language: Language) -> None:
    columns = _unknown_columns(language)
    sheet.text(_said_above(found, f"level = '{UNKNOWN}'", language), NOTE, height=NOTE_HEIGHT)
    head = sheet.table(columns, keep_left=KEEP_LEFT)
    rules = {rule.id: rule for rule in found.rules.rules}
    formats = sheet.book.formats(_looks(columns, UNKNOWN))
    for row in found.rows(f"SELECT * FROM warnings WHERE level = '{UNKNOWN}' AND {ON_WORKLIST}"):
        names = _names(row["unknown"], rules, language)
        sheet.fill(
            [*_client(row, language), names],
            formats,
            height=height_of([(names, columns[-1].width)], language),
        )
    sheet.filters(head, len(columns))
    sheet.print_wide()


def _warned_query(found: Found) -> str:
    """The warnings in their own order, with the structs of their signs beside them."""
    signs = ", ".join(f"s.{quoted(rule.id)}" for rule in found.rules.rules)
    listed = (
        f"SELECT *, row_number() OVER () AS place FROM warnings WHERE level <> '{UNKNOWN}' AND {ON_WORKLIST}"
    )
    return (
        f"SELECT w.*, {signs} FROM ({listed}) w LEFT JOIN signals s USING (client_id, as_of) ORDER BY w.place"
    )


def _client(row: Row, language: Language) -> list[Cell]:
    level = LEVELS[row["level"]].to(language)
    return [level, row["client_id"], row["branch_id"], row["manager_id"], row["as_of"], row["value_at_stake"]]


def _named(rule: Rule, signal: Row, language: Language) -> str:
    name = rule.sign.name.to(language)
    return _WEAK.format(name=name).to(language) if signal["severity"] == "weak" else name


def _sum(rule: Rule, signal: Row, language: Language) -> str:
    evidence = {name: one for name, one in signal.items() if name not in _RESULT}
    words = sum_in_words(
        rule.reading, evidence, signal["value"], signal["threshold"], language, parameters=rule.values
    )
    return _SUM.format(name=rule.sign.name.to(language), sum=words).to(language)


_RESULT = frozenset(("status", "severity", "value", "threshold"))


def _names(ids: str, rules: Mapping[str, Rule], language: Language) -> str:
    return _SEPARATOR.to(language).join(rules[sign].sign.name.to(language) for sign in ids.split(";") if sign)


def _said_above(found: Found, which: str, language: Language) -> str:
    shown = found.number(f"SELECT count(*) FROM warnings WHERE {which} AND {ON_WORKLIST}")
    left_out = found.number(f"SELECT count(*) FROM warnings WHERE {which} AND NOT ({ON_WORKLIST})")
    said = _ABOVE if len(found.days) == 1 else _ABOVE_MANY
    return said.format(
        days=days_in_words(found.days, language),
        rules=found.rules.title.to(language),
        shown=f"{shown:,}",
        left_out=f"{left_out:,}",
    ).to(language)


def _looks(columns: Sequence[Column], level: str) -> list[Look]:
    """One look per cell of a row: tinted by its level, the level's own cell more strongly."""
    tint: Look = {"bg_color": TINTS[level]} if level in TINTS else {}
    cells: list[Look] = [{**PLAIN, **column.look, **tint} for column in columns]
    return [{**cells[0], **LEVEL_LOOKS.get(level, {})}, *cells[1:]]


def _client_columns(language: Language) -> list[Column]:
    return [
        Column(_LEVEL.to(language), 10, CENTRED),
        Column(_CLIENT.to(language), 16),
        Column(_BRANCH.to(language), 10),
        Column(_MANAGER.to(language), 11),
        Column(_AS_OF.to(language), 12, DAY),
        Column(_STAKE.to(language), 15, MONEY),
    ]


def _warned_columns(language: Language) -> list[Column]:
    return [
        *_client_columns(language),
        Column(_REASONS.to(language), 28, INDENTED),
        Column(_SUMS.to(language), 92, INDENTED),
        Column(_UNKNOWN_SIGNS.to(language), 24, INDENTED),
    ]


def _unknown_columns(language: Language) -> list[Column]:
    return [*_client_columns(language), Column(_UNKNOWN_SIGNS.to(language), 70, INDENTED)]


def _columns_told(found: Found, language: Language) -> list[tuple[str, str]]:
    """What each column of the lists means."""
    stake = found.rules.stake
    words = {"months": stake.months, "share": share(stake.share, language)}
    return [(head.to(language), meaning.format(**words).to(language)) for head, meaning in _TOLD]


_WARNED, _ABOUT = Text(zh="预警", en="warnings"), Text(zh="说明", en="about")
_TITLE = Text(zh="客户流失预警 {days}", en="Clients who show the signs of leaving, {days}")
_ABOVE = Text(
    zh="{days} · 规则集「{rules}」· 列出 {shown} 人；另有 {left_out} 人已登记勿扰，不列出，请勿联系。",
    en="{days} · rule set “{rules}” · {shown} clients listed; {left_out} more are not to be contacted and "
    "left out.",
)
_ABOVE_MANY = Text(
    zh="{days} · 规则集「{rules}」· 列出 {shown} 人次；另有 {left_out} 人次属已登记勿扰的客户，不列出，"
    "请勿联系。",
    en="{days} · rule set “{rules}” · {shown} rows (clients × days) listed; {left_out} more are of clients "
    "not to be contacted and left out.",
)
_SEPARATOR = Text(zh="、", en=", ")
_WEAK = Text(zh="{name}（弱）", en="{name} (weak)")
_SUM = Text(zh="{name}：{sum}。", en="{name}: {sum}.")

_LEVEL = Text(zh="等级", en="Level")
_CLIENT = Text(zh="客户号", en="Client")
_BRANCH = Text(zh="营业部", en="Branch")
_MANAGER = Text(zh="客户经理", en="Manager")
_AS_OF = Text(zh="判定日", en="As of")
_STAKE = Text(zh="在险价值（元）", en="Value at stake (CNY)")
_REASONS = Text(zh="触发原因", en="Signs that fired")
_SUMS = Text(zh="依据", en="Grounds: the sum of each sign")
_UNKNOWN_SIGNS = Text(zh="无法判断的指标", en="Signs not judged")

_TOLD = (
    (
        _LEVEL,
        Text(
            zh="红、橙、黄由重到轻；「无法判断」指关键指标缺数据，不等于没有问题",
            en="red, orange, yellow, the worst first; “unknown” means that a key sign lacks data, not that "
            "all is well",
        ),
    ),
    (
        _CLIENT,
        Text(zh="客户号，按原样显示，前导零保留", en="the client's number as it is, leading zeros kept"),
    ),
    (_BRANCH, Text(zh="客户所属营业部的编号", en="the branch that the client belongs to")),
    (
        _MANAGER,
        Text(
            zh="负责该客户的员工编号；空白表示没有指定",
            en="the member of staff who looks after the client; empty where nobody is named",
        ),
    ),
    (
        _AS_OF,
        Text(
            zh="结论所说的那一天；晚于这一天的数据一行也不读",
            en="the day that the row speaks of; no row of data after it was read",
        ),
    ),
    (
        _STAKE,
        Text(
            zh="最近 {months} 个月净佣金 + 判定日净资产 × {share}；每一等级内由大到小排列",
            en="net commission of the last {months} months + {share} of net assets; each level is sorted "
            "by it, the largest first",
        ),
    ),
    (
        _REASONS,
        Text(
            zh="触发的指标；带「弱」的说服力较小，如同类客户也一样",
            en="the signs that fired; a weak one convinces less, as where the peers did the same",
        ),
    ),
    (
        _SUMS,
        Text(
            zh="每个触发指标的算式，用到的数都在里面，可以手工复算",
            en="the sum of each sign that fired, with all its numbers, to be redone by hand",
        ),
    ),
    (
        _UNKNOWN_SIGNS,
        Text(
            zh="缺数据或历史不足、因而没有结论的指标",
            en="signs without a result, for want of data or of history",
        ),
    ),
)
