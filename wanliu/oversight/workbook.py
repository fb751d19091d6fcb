"""The report as an xlsx: texts are written as texts, so nothing in it can run."""

from __future__ import annotations

import tempfile
from pathlib import Path

from wanliu.oversight.fairness import Finding, Report
from wanliu.oversight.told import FACTORS, QUESTIONS, group_named, sentences, verdict
from wanliu.report.workbook import (
    COUNT,
    NOTE,
    PLAIN,
    TITLE,
    WRAPPED,
    Cell,
    Column,
    Sheet,
    height_of,
    workbook,
)
from wanliu.text import Language, Text

SHARE = {"num_format": "0.0%", "align": "right"}
POINTS = {"num_format": "+0.0;-0.0;0.0", "align": "right"}
PROBABILITY = {"num_format": "0.0000", "align": "right"}
WIDTH = 110.0
PER_CENT = 100


def workbook_of(report: Report, language: Language) -> bytes:
    """One sheet of figures, one of how to read them; the same report gives the same bytes."""
    with tempfile.TemporaryDirectory(prefix="wanliu-fairness-") as folder:
        file = Path(folder) / "fairness.xlsx"
        title = f"{_TITLE.to(language)} {report.quarter.code}"
        with workbook(file, title=title, made_on=report.quarter.last, language=language) as made:
            _figures(made.sheet(_SHEET.to(language)), report, language)
            _notes(made.sheet(_NOTES.to(language)), report, title, language)
        return file.read_bytes()


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


def _notes(sheet: Sheet, report: Report, title: str, language: Language) -> None:
    sheet.widths([WIDTH])
    sheet.text(title, TITLE)
    lines = [
        Text(zh=f"{name.zh}：{asks.zh}", en=f"{name.en}: {asks.en}") for name, asks in QUESTIONS.values()
    ]
    for one in (*lines, *sentences(report)):
        words = one.to(language)
        sheet.text(words, {**NOTE, **WRAPPED}, height=height_of([(words, WIDTH)], language))


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
