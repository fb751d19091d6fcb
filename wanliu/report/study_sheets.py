"""``study.xlsx``: the first lines, and a sheet per table of a study."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from wanliu.foresight.study import Study
from wanliu.report.study_words import COLUMNS, FIGURES, first_lines, kind_name
from wanliu.report.workbook import (
    COUNT,
    DAY,
    HEAD,
    HEAD_HEIGHT,
    PLAIN,
    ROWS_OF_A_SHEET,
    TITLE,
    WRAPPED,
    Cell,
    Look,
    Sheet,
    Workbook,
    height_of,
    workbook,
)
from wanliu.text import Language, Text

SHEETS = {
    "figures": Text(zh="各类预警", en="alarms"),
    "months": Text(zh="逐月", en="months"),
    "overlap": Text(zh="重叠", en="overlap"),
    "curves": Text(zh="阈值曲线", en="thresholds"),
    "differences": Text(zh="两套规则之差", en="differences"),
    "changes": Text(zh="换手客户", en="clients who change hands"),
}
WIDTH, FIRST_WIDTH = 15.0, 110.0
NUMBER: Look = {"num_format": "0.0000", "align": "right"}
NAMED = ("kind", "sign", "other")
LOW, HIGH = Text(zh="下限", en="low"), Text(zh="上限", en="high")


def write_sheets(study: Study, path: Path, language: Language, *, book: str) -> None:
    """Writes the workbook; a table that a sheet cannot hold is cut, and the sheet says so."""
    title = _TITLE.format(book=book).to(language)
    with workbook(path, title=title, made_on=study.days[-1], language=language) as made:
        front = made.sheet(_FIRST.to(language))
        front.widths([FIRST_WIDTH])
        front.text(title, TITLE)
        for line in (*first_lines(study, language), *(note.to(language) for note in study.notes)):
            front.text(line, {**PLAIN, **WRAPPED}, height=height_of([(line, FIRST_WIDTH)], language))
        tables: dict[str, Any] = {**study.tables}
        if study.changes.num_rows:
            tables["changes"] = study.changes.slice(0, ROWS_OF_A_SHEET).to_pylist()
        for name, rows in tables.items():
            _write(made, made.sheet(SHEETS[name].to(language)), rows, language)


def _write(made: Workbook, sheet: Sheet, rows: Any, language: Language) -> None:
    columns = list(rows[0])
    sheet.widths([WIDTH] * len(columns))
    sheet.row(
        [_head(name, language) for name in columns], [{**HEAD, **WRAPPED}] * len(columns), height=HEAD_HEIGHT
    )
    sheet.sheet.freeze_panes(1, 2)
    kept = rows[: ROWS_OF_A_SHEET - 2]
    for row in kept:
        cells = [_cell(row, name, language) for name in columns]
        sheet.fill(cells, made.formats([{**PLAIN, **_look(cell)} for cell in cells]))
    sheet.filters(0, len(columns))
    if len(kept) < len(rows):
        sheet.text(_CUT.format(rows=f"{len(rows):,}").to(language), PLAIN)


def _head(name: str, language: Language) -> str:
    for end, word in (("_low", LOW), ("_high", HIGH)):
        if name.endswith(end):
            return f"{_head(name.removesuffix(end), language)} {word.to(language)}"
    known: Mapping[str, Text] = {**FIGURES, **COLUMNS}
    return known[name].to(language) if name in known else name


def _cell(row: Mapping[str, Any], name: str, language: Language) -> Cell:
    value = row[name]
    if name in NAMED:
        return kind_name(str(value), language)
    if name == "figure":
        return FIGURES[str(value)].to(language)
    return str(value) if isinstance(value, bool) else value


def _look(cell: Cell) -> Look:
    if isinstance(cell, date):
        return DAY
    if isinstance(cell, int):
        return COUNT
    return NUMBER if isinstance(cell, float) else {}


_TITLE = Text(zh="预警回测：{book}", en="Do the warnings come true? {book}")
_FIRST = Text(zh="结论", en="first")
_CUT = Text(
    zh="共 {rows} 行，一张表放不下；全部见同名的 parquet 与 csv。",
    en="{rows} rows are more than a sheet holds; all of them are in the parquet and csv files of the "
    "same name.",
)
