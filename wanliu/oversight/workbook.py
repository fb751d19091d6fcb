"""The report as an xlsx: texts are written as texts, so nothing in it can run."""

from __future__ import annotations

from collections.abc import Iterator

from wanliu.oversight.fairness import Finding, Report
from wanliu.oversight.told import FACTORS, QUESTIONS, group_named, sentences, verdict
from wanliu.report.workbook import (
    COUNT,
    NOTE,
    PLAIN,
    WRAPPED,
    Cell,
    Column,
    Sheet,
    Workbook,
    workbook_bytes,
)
from wanliu.text import Language, Text

SHARE = {"num_format": "0.0%", "align": "right"}
POINTS = {"num_format": "+0.0;-0.0;0.0", "align": "right"}
PROBABILITY = {"num_format": "0.0000", "align": "right"}
WIDTH = 110.0
PER_CENT = 100


def workbook_of(report: Report, language: Language) -> bytes:
    """One sheet of figures, one of how to read them; the same report gives the same bytes."""
    title = f"{_TITLE.to(language)} {report.quarter.code}"

    def fill(made: Workbook) -> None:
        _figures(made.sheet(_SHEET.to(language)), report, language)
        made.sheet(_NOTES.to(language)).words(title, _notes(report, language), width=WIDTH, look=NOTE)

    return workbook_bytes(fill, title=title, made_on=report.quarter.last, language=language)


def _figures(sheet: Sheet, report: Report, language: Language) -> None:
    columns = [Column(head.to(language), width, look) for head, width, look in COLUMNS]
    head = sheet.table(columns, keep_left=3)
    for one in report.findings:
        for cells in _rows(one, language):
            sheet.row(cells, [{**PLAIN, **column.look} for column in columns])
    sheet.filters(head, len(columns))
    sheet.print_wide()


def _rows(one: Finding, language: Language) -> list[list[Cell]]:
    begin: list[Cell] = [QUESTIONS[one.question][0].to(language), FACTORS[one.factor].to(language)]
    end: list[Cell] = [None if one.tested is None else one.tested.p, one.adjusted, verdict(one).to(language)]
    if one.tested is None:
        return [[*begin, "—", one.count or None, one.yes or None, *[None] * 6, *end]]
    return [
        [
            *begin,
            group_named(one.factor, each.name).to(language),
            each.count,
            each.yes,
            each.share.value,
            each.share.low,
            each.share.high,
            *(
                None if end is None else end * PER_CENT
                for end in (each.difference.value, each.difference.low, each.difference.high)
            ),
            *end,
        ]
        for each in one.tested.groups
    ]


def _notes(report: Report, language: Language) -> Iterator[str]:
    for name, asks in QUESTIONS.values():
        yield Text(zh=f"{name.zh}：{asks.zh}", en=f"{name.en}: {asks.en}").to(language)
    yield from (one.to(language) for one in sentences(report))


COLUMNS = (
    (Text(zh="问题", en="Question"), 34.0, WRAPPED),
    (Text(zh="按", en="By"), 10.0, WRAPPED),
    (Text(zh="组", en="Group"), 18.0, WRAPPED),
    (Text(zh="数量", en="Number"), 10.0, COUNT),
    (Text(zh="其中是", en="Of these, yes"), 10.0, COUNT),
    (Text(zh="比例", en="Share"), 9.0, SHARE),
    (Text(zh="95% 下限", en="95 % from"), 9.0, SHARE),
    (Text(zh="95% 上限", en="95 % to"), 9.0, SHARE),
    (Text(zh="与同档其他人相差（百分点）", en="Difference to others of the tier (points)"), 14.0, POINTS),
    (Text(zh="95% 下限", en="95 % from"), 9.0, POINTS),
    (Text(zh="95% 上限", en="95 % to"), 9.0, POINTS),
    (Text(zh="p", en="p"), 9.0, PROBABILITY),
    (Text(zh="校正后 p", en="p, adjusted"), 9.0, PROBABILITY),
    (Text(zh="结论", en="Finding"), 60.0, WRAPPED),
)
_TITLE = Text(zh="佣金公平性季度报告", en="Quarterly report on fairness of commission")
_SHEET = Text(zh="数字", en="Figures")
_NOTES = Text(zh="怎么读", en="How to read it")
