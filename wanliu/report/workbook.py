"""A workbook whose bytes depend on its content alone, and the looks that its sheets share.

Rows are written once, from top to bottom, and leave memory at once. Texts are always written as texts: what
begins with ``=`` is shown, never run, and leading zeros stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from rich.cells import cell_len
from xlsxwriter.exceptions import XlsxWriterException

from wanliu.book.atomic import cannot_write, machine_faults
from wanliu.text import Language

ROWS_OF_A_SHEET = 1_048_576

Cell = str | int | float | Decimal | date | None
Look = dict[str, Any]
Format = Any
"""What the library makes of a look."""

HEAD_HEIGHT = 30
LINE_HEIGHTS: dict[Language, float] = {"zh": 16.5, "en": 13.5}
WIDE, NARROW = 2.0, 0.95
"""What a Chinese and a Latin character take of a column's width, on the safe side."""

A4 = 9

FONTS: dict[Language, str] = {"zh": "Microsoft YaHei", "en": "Calibri"}
LINE = "#D9D9D9"
PLAIN: Look = {"font_size": 10, "valign": "top", "bottom": 1, "bottom_color": LINE}
HEAD: Look = {**PLAIN, "bold": True, "bg_color": "#ECEFF1", "valign": "vcenter", "text_wrap": True}
NOTE: Look = {"font_size": 10, "font_color": "#555555", "valign": "vcenter"}
TITLE: Look = {"font_size": 13, "bold": True, "valign": "vcenter"}
WRAPPED: Look = {"text_wrap": True}
CENTRED: Look = {"align": "center"}
PLACES = ("align", "indent")
INDENTED: Look = {**WRAPPED, "align": "left", "indent": 1}
MONEY: Look = {"num_format": "#,##0.00", "align": "right"}
COUNT: Look = {"num_format": "#,##0", "align": "right"}
DAY: Look = {"num_format": "yyyy-mm-dd", "align": "center"}

TINTS = {"red": "#FDEEEC", "orange": "#FFF4E5", "yellow": "#FFFCE8"}
LEVEL_LOOKS: dict[str, Look] = {
    "red": {"bold": True, "align": "center", "bg_color": "#F7C9C4", "font_color": "#8E1B12"},
    "orange": {"bold": True, "align": "center", "bg_color": "#FFDDB0", "font_color": "#7A4300"},
    "yellow": {"bold": True, "align": "center", "bg_color": "#FFF1A6", "font_color": "#5F5000"},
    "unknown": {"align": "center", "bg_color": "#ECEFF1", "font_color": "#444444"},
}
"""Dark words on a light ground (contrast above 7 to 1): the colour helps, the word says it."""


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its head, its width in characters, and how its cells look."""

    head: str
    width: float
    look: Look = field(default_factory=dict)


def heads(columns: Sequence[Column]) -> list[Look]:
    """Heads stand as their cells do: numbers to the right, days in the middle."""
    placed: list[Look] = [
        {key: column.look[key] for key in PLACES if key in column.look} for column in columns
    ]
    return [{**HEAD, **place} for place in placed]


class Sheet:
    """A sheet that grows row by row."""

    def __init__(self, book: Workbook, name: str) -> None:
        self.book = book
        self.sheet = book.file.add_worksheet(name)
        self.next_row = 0

    def widths(self, widths: Sequence[float]) -> None:
        for number, width in enumerate(widths):
            self.sheet.set_column(number, number, width)

    def row(self, cells: Sequence[Cell], looks: Sequence[Look], *, height: float | None = None) -> None:
        self.fill(cells, self.book.formats(looks), height=height)

    def fill(self, cells: Sequence[Cell], formats: Sequence[Format], *, height: float | None = None) -> None:
        """One row in formats that were made before; what thousands of rows share is made once."""
        if height is not None:
            self.sheet.set_row(self.next_row, height)
        for number, (cell, format_) in enumerate(zip(cells, formats, strict=True)):
            self._write(number, cell, format_)
        self.next_row += 1

    def text(self, words: str, look: Look, *, height: float | None = None) -> None:
        self.row([words], [look], height=height)

    def words(self, title: str, lines: Iterable[str], *, width: float, look: Look) -> None:
        """A sheet to be read: a title, and lines that are shown whole."""
        self.widths([width])
        self.text(title, TITLE)
        for line in lines:
            height = height_of([(line, width)], self.book.language)
            self.text(line, {**look, **WRAPPED}, height=height)

    def table(self, columns: Sequence[Column], *, keep_left: int) -> int:
        """Writes the heads, keeps them and the first columns in sight; returns the row they stand in."""
        self.widths([column.width for column in columns])
        at = self.next_row
        self.row([column.head for column in columns], heads(columns), height=HEAD_HEIGHT)
        self.sheet.freeze_panes(self.next_row, keep_left)
        self.sheet.repeat_rows(at)
        return at

    def filters(self, head: int, columns: int) -> None:
        """A filter on every column, over all rows below the heads."""
        self.sheet.autofilter(head, 0, max(head, self.next_row - 1), columns - 1)

    def print_wide(self) -> None:
        """A4 across, all columns on one page."""
        self.sheet.set_landscape()
        self.sheet.set_paper(A4)
        self.sheet.fit_to_pages(1, 0)

    def _write(self, number: int, cell: Cell, look: Format) -> None:
        if cell is None:
            self.sheet.write_blank(self.next_row, number, None, look)
        elif isinstance(cell, str):
            self.sheet.write_string(self.next_row, number, cell, look)
        elif isinstance(cell, date):
            self.sheet.write_datetime(self.next_row, number, cell, look)
        else:
            self.sheet.write_number(self.next_row, number, cell, look)


class Workbook:
    """An xlsx file in the making."""

    def __init__(self, file: xlsxwriter.Workbook, language: Language) -> None:
        self.file = file
        self.language = language
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def sheet(self, name: str) -> Sheet:
        return Sheet(self, name)

    def formats(self, looks: Sequence[Look]) -> list[Format]:
        return [self.format(look) for look in looks]

    def format(self, look: Look) -> Format:
        """The file's format for a look; looks that are alike share one."""
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self.file.add_format({"font_name": FONTS[self.language], **look})
        return self._formats[key]


def height_of(cells: Sequence[tuple[str, float]], language: Language) -> float:
    """The height of a row that shows wrapped texts whole, each in a column of its width.

    Spreadsheets differ in whether they find it by themselves.
    """
    lines = (sum(_lines(line, width) for line in text.split("\n")) for text, width in cells)
    return LINE_HEIGHTS[language] * max(lines, default=1)


def _lines(text: str, width: float) -> int:
    wide = cell_len(text) - len(text)
    return max(1, ceil((WIDE * wide + NARROW * (len(text) - wide)) / width))


@contextmanager
def workbook(path: Path, *, title: str, made_on: date, language: Language) -> Iterator[Workbook]:
    """A workbook that is written when the block ends; its date is the run's, not the clock's.

    Raises EnvironmentFailed where the file cannot be written.
    """
    # temporary rows go beside the file, where there must be room for it anyway
    options = {"constant_memory": True, "tmpdir": str(path.parent)}
    with machine_faults(path):
        file = xlsxwriter.Workbook(str(path), options)
        file.set_properties(
            {"title": title, "author": "wanliu", "created": datetime.combine(made_on, time())}
        )
        yield Workbook(file, language)
        try:
            file.close()
        except XlsxWriterException as fault:
            raise cannot_write(path, str(fault)) from fault


def workbook_bytes(
    fill: Callable[[Workbook], None], *, title: str, made_on: date, language: Language
) -> bytes:
    """The same workbook where no file is asked for; it lies in a temporary folder meanwhile."""
    with TemporaryDirectory(prefix="wanliu-workbook-") as folder:
        file = Path(folder) / "made.xlsx"
        with workbook(file, title=title, made_on=made_on, language=language) as made:
            fill(made)
        return file.read_bytes()
