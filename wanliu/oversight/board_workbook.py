"""A board as an xlsx: totals alone, no client; texts are written as texts, so nothing can run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wanliu.oversight.board_days import Period
from wanliu.oversight.board_measures import name_of
from wanliu.oversight.board_rows import COLUMNS, Row, Value
from wanliu.oversight.board_told import HEADS, TABS, definitions, is_share, notes
from wanliu.oversight.boards import Board, share
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
WIDTH = 110.0
TREND = ("alarms", "first_contact", "connected", "dismissed", "promises", "stayed", "left")


def workbook_of(board: Board, period: Period, horizon: int, language: Language) -> bytes:
    """Three sheets: the table, the months before, how to read them. Equal boards give equal bytes."""
    title = f"{_TITLE.to(language)} {period.code} {TABS[board.tab].to(language)}"
    columns = COLUMNS[board.tab]
    months = [(month.code, [values.get(one) for one in TREND]) for month, values in board.trend]

    def fill(made: Workbook) -> None:
        lines = _lines(board, language)
        _figures(made.sheet(_SHEET.to(language)), HEADS[board.tab], columns, lines, language)
        _figures(made.sheet(_MONTHS.to(language)), _MONTH, TREND, months, language)
        said = _notes(board, period, horizon, language)
        made.sheet(_NOTES.to(language)).words(title, said, width=WIDTH, look=NOTE)

    return workbook_bytes(fill, title=title, made_on=period.last, language=language)


def _lines(board: Board, language: Language) -> list[tuple[str, list[Value]]]:
    every: tuple[Row, ...] = (*board.rows, board.total)
    return [(one.name.to(language), [one.values.get(name) for name in COLUMNS[board.tab]]) for one in every]


def _figures(
    sheet: Sheet,
    head: Text,
    names: Iterable[str],
    lines: Iterable[tuple[str, list[Value]]],
    language: Language,
) -> None:
    columns = [Column(head.to(language), 26.0, WRAPPED)]
    for name in names:
        columns += _columns(name, language)
    top = sheet.table(columns, keep_left=1)
    for name, values in lines:
        cells: list[Cell] = [name]
        for column, value in zip(names, values, strict=True):
            cells += _cells(column, value, language)
        sheet.row(cells, [{**PLAIN, **one.look} for one in columns])
    sheet.filters(top, len(columns))
    sheet.print_wide()


def _columns(name: str, language: Language) -> list[Column]:
    said = name_of(name).to(language)
    if not is_share(name):
        return [Column(said, 11.0, COUNT)]
    return [
        Column(f"{said} · {_PART.to(language)}", 10.0, COUNT),
        Column(f"{said} · {_WHOLE.to(language)}", 10.0, COUNT),
        Column(said, 10.0, SHARE),
        Column(f"{said} · {_FROM.to(language)}", 10.0, SHARE),
        Column(f"{said} · {_UNTIL.to(language)}", 10.0, SHARE),
    ]


def _cells(name: str, value: Value, language: Language) -> list[Cell]:
    """What is unknown is a word, not an empty cell that reads as nothing."""
    unknown = _UNKNOWN.to(language)
    if not is_share(name):
        return [unknown if value is None else value.part]
    if value is None:
        return [unknown, unknown, unknown, None, None]
    figure = share(value)
    return [
        value.part,
        value.whole,
        unknown if figure.value is None else figure.value,
        figure.low,
        figure.high,
    ]


def _notes(board: Board, period: Period, horizon: int, language: Language) -> Iterator[str]:
    until = None if period.is_over else period.last
    yield from (one.to(language) for one in notes(board.tab, until=until))
    for name, formula, source in definitions(dict.fromkeys((*COLUMNS[board.tab], *TREND)), horizon):
        yield _DEFINED.to(language).format(name.to(language), formula.to(language), source.to(language))


_TITLE = Text(zh="营业部督导", en="Boards")
_SHEET = Text(zh="数字", en="Figures")
_MONTHS = Text(zh="逐月", en="Months")
_NOTES = Text(zh="怎么读", en="How to read it")
_MONTH = Text(zh="月份", en="Month")
_PART = Text(zh="分子", en="of these")
_WHOLE = Text(zh="分母", en="of")
_FROM = Text(zh="95% 下限", en="95 % from")
_UNTIL = Text(zh="95% 上限", en="95 % to")
_UNKNOWN = Text(zh="未知", en="unknown")
_DEFINED = Text(zh="{0}：{1}（来源：{2}）", en="{0}: {1} (source: {2})")
