"""The same delivery as a branch would send it: four copies, each with a damage of the real world.

- ``gb18030``: the encoding of most systems.
- ``excel``: opened in a spreadsheet and saved again. A title row, a total row, thousands commas, days as
  2009/10/9, client numbers as ``="…"``, TRUE and FALSE, branch and security codes without leading zeros.
- ``serials``: the same, but days are the spreadsheet's serial numbers (40095), as happens where the column is
  formatted as a number. A number alone does not say that it is a day, so such a file is refused until a
  mapping says which columns are days. ``mend.toml`` is that mapping; it also restores the leading zeros.
- ``cut``: the transfer broke off in the middle of a row of assets; ``totals.csv`` says what was sent.

Our numbers begin with a letter, so no spreadsheet turns them into 1.23E+11.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from wanliu.book.tables import TABLES, ColumnType, Table

GB18030, EXCEL, SERIALS, CUT = KINDS = ("gb18030", "excel", "serials", "cut")
MEND = "mend.toml"
TOTALS = "totals.csv"
SERIAL_ZERO = date(1899, 12, 30)
"""Day 0 of a spreadsheet."""
QUOTED = ("client_id",)
WIDTHS = {"branch_id": 4, "symbol": 6}
"""Digits of the codes that lose their leading zeros."""
BROKEN_OFF = "assets.csv"
ARRIVED = 0.6
"""Share of the bytes that arrived before the transfer broke off."""

WriteDay = Callable[[date], str]


def write_damaged(book: Path, out: Path) -> None:
    """Fills the folder ``out`` with one damaged copy of the CSV delivery per kind, and with the mapping."""
    for kind in KINDS:
        (out / kind).mkdir(parents=True)
        shutil.copyfile(book / "book.toml", out / kind / "book.toml")
    for source in sorted(book.glob("*.csv")):
        _encoded(source, out / GB18030 / source.name)
        _mangled(source, out / EXCEL / source.name, _as_shown)
        _mangled(source, out / SERIALS / source.name, _as_serial)
        shutil.copyfile(source, out / CUT / source.name)
    _break_off(out / CUT / BROKEN_OFF)
    _write_totals(book, out / CUT / TOTALS)
    out.joinpath(MEND).write_text("".join(_mapping(book)), encoding="utf-8")


def _encoded(source: Path, target: Path) -> None:
    with (
        source.open(encoding="utf-8", newline="") as read,
        target.open("w", encoding="gb18030", newline="") as out,
    ):
        shutil.copyfileobj(read, out)


def _mangled(source: Path, target: Path, write_day: WriteDay) -> None:
    table = TABLES[source.stem]
    with (
        source.open(encoding="utf-8", newline="") as read,
        target.open("w", encoding="utf-8-sig", newline="") as out,
    ):
        rows = csv.reader(read)
        header = next(rows)
        blanks = [""] * (len(header) - 1)
        writer = csv.writer(out)
        writer.writerow([table.meaning.zh, *blanks])
        writer.writerow(header)
        count = 0
        for row in _mangled_rows(rows, header, table, write_day):
            writer.writerow(row)
            count += 1
        writer.writerow(["合计", str(count), *blanks][: len(header)])


def _mangled_rows(
    rows: Iterable[list[str]], header: list[str], table: Table, write_day: WriteDay
) -> Iterator[list[str]]:
    types = [table.column(name).type for name in header]
    for row in rows:
        cells = zip(header, types, row, strict=True)
        yield [_cell(name, kind, value, write_day) for name, kind, value in cells]


def _cell(name: str, kind: ColumnType, value: str, write_day: WriteDay) -> str:
    if not value:
        return value
    if name in QUOTED:
        return f'="{value}"'
    if name in WIDTHS:
        return value.lstrip("0")
    if kind == "money":
        return f"{float(value):,.2f}"
    if kind == "boolean":
        return value.upper()
    return write_day(date.fromisoformat(value)) if kind == "date" else value


def _as_shown(day: date) -> str:
    return f"{day.year}/{day.month}/{day.day}"


def _as_serial(day: date) -> str:
    return str((day - SERIAL_ZERO).days)


def _break_off(file: Path) -> None:
    """Cuts the file inside a row."""
    with file.open("r+b") as stream:
        stream.seek(int(file.stat().st_size * ARRIVED))
        stream.readline()
        stream.truncate(stream.tell() - len(b"0.00\n"))


def _write_totals(book: Path, target: Path) -> None:
    with (book / BROKEN_OFF).open("rb") as sent:
        rows = sum(1 for _ in sent) - 1
    target.write_text(f"table,rows\n{Path(BROKEN_OFF).stem},{rows}\n", encoding="utf-8")


def _mapping(book: Path) -> Iterator[str]:
    """Lines that say which columns are days, and how many digits the shortened codes have."""
    yield "# For --map: days are a spreadsheet's serial numbers; leading zeros come back.\n[width]\n"
    for name, width in WIDTHS.items():
        yield f"{name} = {width}\n"
    for source in sorted(book.glob("*.csv")):
        days = [column.name for column in TABLES[source.stem].columns if column.type == "date"]
        if days:
            named = ", ".join(f'"{name}"' for name in days)
            yield f'\n[[sources]]\ntable = "{source.stem}"\nfiles = ["{source.stem}"]\n'
            yield f"excel_dates = [{named}]\n"
