"""The same book as a branch would send it: once in GB18030, once as a spreadsheet has mangled it.

The spreadsheet copy has a title row, a total row, thousands commas, dates as serial numbers, client
numbers as ``="…"`` and branch and security codes without their leading zeros.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from wanliu.book.tables import TABLES, ColumnType
from wanliu.errors import UsageError
from wanliu.text import Text

GB18030, EXCEL = "gb18030", "excel"
SERIAL_ZERO = date(1899, 12, 30)
"""Day 0 of a spreadsheet."""
QUOTED = ("client_id",)
SHORTENED = ("branch_id", "symbol")


def write_damaged(book: Path, out: Path) -> None:
    """Writes ``out/gb18030`` and ``out/excel`` from a simulated CSV book. Raises UsageError for others."""
    if not (book / "clients.csv").exists():
        raise UsageError(
            Text(
                zh="{book} 不是 CSV 格式的模拟数据。损坏的副本只能由 CSV 数据生成，请用 --format csv。",
                en="{book} is no simulated book in CSV. Damaged copies are made from CSV only: "
                "use --format csv.",
            ).format(book=book)
        )
    for kind in (GB18030, EXCEL):
        (out / kind).mkdir(parents=True)
    for path in sorted(book.glob("*.csv")):
        text = path.read_text(encoding="utf-8")
        (out / GB18030 / path.name).write_bytes(text.encode("gb18030"))
        _mangle(path, out / EXCEL / path.name)
    for kind in (GB18030, EXCEL):
        (out / kind / "book.toml").write_bytes((book / "book.toml").read_bytes())


def _mangle(source: Path, target: Path) -> None:
    types = {column.name: column.type for column in TABLES[source.stem].columns}
    with (
        source.open(encoding="utf-8", newline="") as read,
        target.open("w", encoding="utf-8-sig", newline="") as out,
    ):
        rows = csv.reader(read)
        header = next(rows)
        writer = csv.writer(out)
        writer.writerow([TABLES[source.stem].meaning.zh, *[""] * (len(header) - 1)])
        writer.writerow(header)
        count = 0
        for row in _mangled(rows, header, types):
            writer.writerow(row)
            count += 1
        writer.writerow(["合计", str(count), *[""] * (len(header) - 2)][: len(header)])


def _mangled(
    rows: Iterable[list[str]], header: list[str], types: dict[str, ColumnType]
) -> Iterator[list[str]]:
    for row in rows:
        yield [_cell(name, types[name], value) for name, value in zip(header, row, strict=True)]


def _cell(name: str, kind: ColumnType, value: str) -> str:
    if not value:
        return value
    if name in QUOTED:
        return f'="{value}"'
    if name in SHORTENED:
        return value.lstrip("0")
    if kind == "money":
        return f"{float(value):,.2f}"
    if kind == "date":
        return str((date.fromisoformat(value) - SERIAL_ZERO).days)
    return value
