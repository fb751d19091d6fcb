"""Rows of workbooks: .xlsx and real .xls by calamine, and the HTML tables that are saved as .xls."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from html.parser import HTMLParser
from pathlib import Path

from wanliu.book.lines import Row
from wanliu.errors import BookRefused
from wanliu.text import Text

LARGEST_WORKBOOK = 4 << 30
"""Bytes that a workbook may unpack to."""

_UNREADABLE = Text(
    zh="{file} 打不开（{why}）。请在表格软件中另存为 .xlsx 或 UTF-8 的 .csv。",
    en="{file} cannot be opened ({why}). Save it anew as .xlsx, or as .csv in UTF-8.",
)


def workbook_rows(path: Path, table: str) -> Iterator[Row]:
    """Rows of the sheet named like the table, else of the first; line is the sheet's row number, from 1."""
    import python_calamine  # only deliveries with workbooks need it

    _check_size(path)
    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            names = {name.strip().lower(): name for name in book.sheet_names}
            if not names:
                return
            sheet = book.get_sheet_by_name(names.get(table, book.sheet_names[0]))
            for line, cells in enumerate(sheet.iter_rows(), start=1):
                yield Row(line, tuple(cell_text(cell) for cell in cells))
    except (python_calamine.CalamineError, OSError, zipfile.BadZipFile) as failure:
        raise BookRefused(_UNREADABLE.format(file=path.name, why=failure)) from failure


def _check_size(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(item.file_size for item in archive.infolist())
    if size > LARGEST_WORKBOOK:
        raise BookRefused(_UNREADABLE.format(file=path.name, why=f"{size >> 20} MB"))


def cell_text(cell: object) -> str:
    """A cell as the text that stands in it; whole numbers without .0, so that client numbers stay what they
    are.
    """
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def html_rows(text: str) -> Iterator[Row]:
    """Rows of the largest table in a page; line is the row's number in that table, from 1."""
    reader = _Tables()
    reader.feed(text)
    reader.close()
    largest = max(reader.tables, key=len, default=[])
    for line, cells in enumerate(largest, start=1):
        yield Row(line, tuple(cells))


class _Tables(HTMLParser):
    """Collects the cells of all tables of a page; a cell over several columns fills them with blanks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self._end_cell()
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._end_cell()
            span = dict(attrs).get("colspan") or "1"
            self._cell, self._span = [], int(span) if span.isdigit() else 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        self._end_cell()

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        blanks = [""] * (min(self._span, 1000) - 1)
        self.tables[-1][-1].extend(("".join(self._cell).strip(), *blanks))
        self._cell = None
