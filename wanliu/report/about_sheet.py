"""The sheet that says what a workbook is about: the run, its counts, its columns, and every sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wanliu.indicator.parameter import UNITS
from wanliu.indicator.sign import GROUPS
from wanliu.report.formatting import MONEY_PLACES, quantity
from wanliu.report.found import Found
from wanliu.report.words import LEVELS, MEANINGS, STATUSES
from wanliu.report.workbook import (
    COUNT,
    HEAD,
    HEAD_HEIGHT,
    INDENTED,
    PLAIN,
    TITLE,
    WRAPPED,
    Cell,
    Look,
    Sheet,
    height_of,
)
from wanliu.ruleset import Rule
from wanliu.text import Language, Text

WIDTHS = (28, 20, 14, 40, 44, 9, 9, 9, 10, 10, 44)
WRAPPED_PLACES = (0, 3, 4, 10)
TITLE_HEIGHT = 26
FINGERPRINT_DIGITS = 12
LABEL: Look = {**PLAIN, "bold": True}
UNLINED: Look = {"font_size": 10, "valign": "top"}
UNLINED_LABEL: Look = {**UNLINED, "bold": True}
TOLD: Look = {**PLAIN, **WRAPPED}
NUMBER: Look = {**PLAIN, **COUNT}
NUMBER_HEAD: Look = {**HEAD, "align": "right"}


def about_sheet(
    found: Found, sheet: Sheet, *, title: str, columns: Sequence[tuple[str, str]], book: str
) -> None:
    """Writes the whole sheet; ``columns`` are the heads of the other sheets with what they mean."""
    language = sheet.book.language
    sheet.widths(WIDTHS)
    sheet.text(title, TITLE, height=TITLE_HEIGHT)
    _pairs(sheet, None, _run(found, language, book))
    _levels(found, sheet, language)
    _pairs(sheet, _COLUMNS.to(language), columns)
    _pairs(
        sheet, _RESULTS.to(language), [(STATUSES[s].to(language), MEANINGS[s].to(language)) for s in STATUSES]
    )
    _signs(found, sheet, language)
    sheet.print_wide()


def days_in_words(days: Sequence[date], language: Language) -> str:
    """One day as it is; of many the first, the last and how many."""
    if len(days) == 1:
        return days[0].isoformat()
    return _MANY_DAYS.format(first=days[0], last=days[-1], number=len(days)).to(language)


def numbers_in_words(rule: Rule, language: Language) -> str:
    """Every number of a rule: what it is and how large."""
    told = []
    for name, parameter in rule.reading.parameters.items():
        number = quantity(rule.values[name], parameter.unit, language, MONEY_PLACES)
        unit = "" if parameter.unit == "ratio" else f" {UNITS[parameter.unit].to(language)}"
        told.append(f"{parameter.meaning.to(language)} {number}{unit}")
    return _BETWEEN.to(language).join(told)


def _run(found: Found, language: Language, book: str) -> list[tuple[str, str]]:
    account, rules = found.account, found.rules
    told = [
        (_AS_OF, days_in_words(found.days, language)),
        (
            _RULES,
            _VERSION.format(title=rules.title.to(language), name=rules.name, version=rules.version).to(
                language
            ),
        ),
        (_BOOK, " ".join(part for part in (book, account["book"][:FINGERPRINT_DIGITS]) if part)),
        (_PROGRAM, f"wanliu {account['program']}"),
        (_WHO, _WHO_IS_JUDGED.to(language)),
        (_NOTE, _NOT_PROOF.to(language)),
    ]
    return [(head.to(language), words) for head, words in told]


def _pairs(sheet: Sheet, title: str | None, pairs: Sequence[tuple[str, str]]) -> None:
    if title is not None:
        _section(sheet, title)
    for head, words in pairs:
        # the words run on over the empty cells to their right
        sheet.row([head, words], [UNLINED_LABEL, UNLINED])


def _section(sheet: Sheet, title: str) -> None:
    sheet.text("", {})
    sheet.text(title, TITLE, height=TITLE_HEIGHT)


def _levels(found: Found, sheet: Sheet, language: Language) -> None:
    """Counts by level, and how many of them are not to be contacted."""
    left_out = {
        row["level"]: row["clients"]
        for row in found.rows(
            "SELECT level, count(*) AS clients FROM warnings WHERE do_not_contact GROUP BY level"
        )
    }
    _section(sheet, (_BY_LEVEL if len(found.days) == 1 else _BY_LEVEL_MANY).to(language))
    heads = [head.to(language) for head in (_LEVEL, _CLIENTS, _LEFT_OUT)]
    sheet.row(heads, [HEAD, NUMBER_HEAD, NUMBER_HEAD])
    for level, number in found.account["levels"].items():
        cells: list[Cell] = [
            LEVELS[level].to(language),
            number,
            left_out.get(level, 0) if level != "none" else None,
        ]
        sheet.row(cells, [LABEL, NUMBER, NUMBER])
    sheet.row([_JUDGED.to(language), found.account["judged"]], [LABEL, {**NUMBER, "bold": True}])


def _signs(found: Found, sheet: Sheet, language: Language) -> None:
    """Every sign: what is computed, its numbers, how often each result came, when it misleads."""
    _section(sheet, _SIGNS.to(language))
    heads = [head.to(language) for head in MEANT]
    heads += [*(STATUSES[status].to(language) for status in STATUSES), _MISLEADS.to(language)]
    looks = [HEAD] * len(MEANT) + [NUMBER_HEAD] * len(STATUSES) + [{**HEAD, "indent": 1}]
    sheet.row(heads, looks, height=HEAD_HEIGHT)
    for rule in found.rules.rules:
        counts = found.account["signals"].get(rule.id, {})
        cells: list[Cell] = [
            rule.sign.name.to(language),
            rule.id,
            GROUPS[rule.sign.group].to(language),
            rule.meaning.to(language),
            numbers_in_words(rule, language),
            *(counts.get(status, 0) for status in STATUSES),
            rule.sign.misleads.to(language),
        ]
        texts = [(str(cells[place]), WIDTHS[place]) for place in WRAPPED_PLACES]
        sheet.row(
            cells,
            [{**LABEL, **WRAPPED}, PLAIN, TOLD, TOLD, TOLD, *[NUMBER] * len(STATUSES), {**PLAIN, **INDENTED}],
            height=height_of(texts, language),
        )


_MANY_DAYS = Text(zh="{first} 至 {last} 共 {number} 个判定日", en="{first} to {last}, {number} days")
_BETWEEN = Text(zh="；", en="; ")
_VERSION = Text(zh="{title}（{name}，第 {version} 版）", en="{title} ({name}, version {version})")
_AS_OF = Text(zh="判定日", en="As of")
_RULES = Text(zh="规则集", en="Rule set")
_BOOK = Text(zh="账簿（指纹前 12 位）", en="Book (fingerprint, short)")
_PROGRAM = Text(zh="程序", en="Program")
_WHO = Text(zh="判断范围", en="Who is judged")
_WHO_IS_JUDGED = Text(
    zh="判定日在册的个人客户；机构与产品户、员工、已故、已销户、拒绝评分的客户不判断，也不出现",
    en="persons with an open account; institutions, products, employees, the deceased and whoever opted "
    "out of scoring do not appear",
)
_NOTE = Text(zh="请注意", en="Please note")
_NOT_PROOF = Text(
    zh="信号是请您去了解情况的理由，不是客户要走的证据；联系前先看有没有未结的投诉",
    en="a sign is a reason to ask, no proof that the client leaves; before a call, look for a complaint "
    "that is open",
)
_BY_LEVEL = Text(zh="各等级人数", en="Clients by level")
_BY_LEVEL_MANY = Text(zh="各等级人次（人 × 判定日）", en="Clients × days by level")
_LEVEL, _CLIENTS = Text(zh="等级", en="Level"), Text(zh="数量", en="Number")
_LEFT_OUT = Text(zh="其中勿扰", en="Left out")
_JUDGED = Text(zh="合计", en="All judged")
_COLUMNS = Text(zh="各列的含义", en="What the columns mean")
_RESULTS = Text(zh="指标的五种结果", en="The five results of a sign")
_SIGNS = Text(zh="指标", en="Signs")
_SIGN, _ID, _GROUP = Text(zh="指标", en="Sign"), Text(zh="编号", en="Id"), Text(zh="类别", en="Group")
_MEANING, _NUMBERS = Text(zh="计算方法", en="What is computed"), Text(zh="参数", en="Numbers")
_MISLEADS = Text(zh="容易误判的情形", en="When it misleads")
MEANT = (_SIGN, _ID, _GROUP, _MEANING, _NUMBERS)
"""The heads before the counts of each result."""
