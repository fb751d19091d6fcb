"""Control totals: what the sender says the delivery holds, compared with what we found in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from wanliu.book.report import TableReport
from wanliu.errors import BookRefused
from wanliu.text import Text

FILE_NAME = "totals.csv"
ENCODINGS = ("utf-8-sig", "gb18030")

_DIFFERS = Text(
    zh="控制总数不符：表 {table} 的{what}应为 {expected}，实为 {found}。",
    en="The control totals do not agree: table {table}, {what}: {expected} expected, {found} found.",
)
_ROWS = Text(zh="行数", en="rows")
_SUM = Text(zh="列 {column} 合计", en="sum of {column}")
_ADVICE = Text(
    zh="数据可能只送来一半。请向提供方补要，或更正 {file} 后重来。",
    en="The delivery may be incomplete. Ask its sender for the rest, or mend {file}, and try again.",
)
_BROKEN = Text(
    zh="{file} 第 {line} 行读不懂。每行应为：table,rows[,column,sum]。",
    en="{file}, line {line} cannot be understood. A line is: table,rows[,column,sum].",
)
_NOT_COMPARED = Text(
    zh="表 {table} 有坏行被剔除，未核对其控制合计（行数已核对）。",
    en="Table {table} has rejected rows: its control sums were not compared (its rows were).",
)


@dataclass(frozen=True)
class ControlTotal:
    """One line of the totals file; ``column`` and ``expected_sum`` are None where only rows are told."""

    table: str
    rows: int | None
    column: str | None
    expected_sum: Decimal | None


def compare_totals(source: Path, tables: Mapping[str, TableReport]) -> tuple[Text, ...]:
    """Compares ``totals.csv``, where the delivery has one, with what was read; returns notices.

    Raises BookRefused naming table, expected and found. Sums are not compared for a table with rejected rows.
    """
    file = source / FILE_NAME
    if not file.is_file():
        return ()
    controls = list(_controls(file))
    if differences := [text for control in controls for text in _differences(control, tables)]:
        raise BookRefused(_joined([*differences, _ADVICE.format(file=FILE_NAME)]))
    skipped = {
        control.table for control in controls if control.column and tables[control.table].rows_rejected
    }
    return tuple(_NOT_COMPARED.format(table=table) for table in sorted(skipped))


def _differences(control: ControlTotal, tables: Mapping[str, TableReport]) -> Iterable[Text]:
    found = tables.get(control.table) or TableReport(0, 0, 0, {})
    if control.rows is not None and control.rows != found.rows_in:
        yield _difference(control.table, _ROWS, control.rows, found.rows_in)
    if control.column and control.expected_sum is not None and not found.rows_rejected:
        total = found.totals.get(control.column, Decimal(0))
        if total != control.expected_sum:
            yield _difference(control.table, _SUM.format(column=control.column), control.expected_sum, total)


def _difference(table: str, what: Text, expected: object, found: object) -> Text:
    return Text(
        zh=_DIFFERS.zh.format(table=table, what=what.zh, expected=expected, found=found),
        en=_DIFFERS.en.format(table=table, what=what.en, expected=expected, found=found),
    )


def _controls(file: Path) -> Iterable[ControlTotal]:
    for line, row in enumerate(csv.DictReader(io.StringIO(_decoded(file))), start=2):
        try:
            yield _control({name: (value or "").strip() for name, value in row.items() if name})
        except (KeyError, ValueError, InvalidOperation, AttributeError) as failure:
            raise BookRefused(_BROKEN.format(file=FILE_NAME, line=line)) from failure


def _control(row: Mapping[str, str]) -> ControlTotal:
    column = row.get("column") or None
    return ControlTotal(
        table=row["table"],
        rows=int(row["rows"].replace(",", "")) if row["rows"] else None,
        column=column,
        expected_sum=Decimal(row["sum"].replace(",", "")) if column else None,
    )


def _decoded(file: Path) -> str:
    content = file.read_bytes()
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BookRefused(_BROKEN.format(file=FILE_NAME, line=1))


def _joined(texts: Iterable[Text]) -> Text:
    texts = list(texts)
    return Text(zh="\n".join(text.zh for text in texts), en="\n".join(text.en for text in texts))
