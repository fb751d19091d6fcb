"""What reading a table has to say beside its rows: encodings, titles, sums, columns that were left aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wanliu.book.parse import Group
from wanliu.book.stage import Staged
from wanliu.book.tables import Table
from wanliu.text import Text

SHOWN = 20
"""Names or lines in one sentence; beyond it they are counted."""

_ENCODING = Text(
    zh="{table}：{count} 个文件为 {encoding} 编码（{files}）。",
    en="{table}: {count} file(s) in {encoding} ({files}).",
)
_EXTRA = Text(
    zh="{table}：以下列未使用：{columns}。",
    en="{table}: these columns are not used: {columns}.",
)
_TOTALS = Text(
    zh="{table}：{file} 第 {lines} 行是合计行，不作为数据。",
    en="{table}: {file}, line {lines}: a sum below the rows, no row.",
)
_TITLES = Text(
    zh="{table}：{file} 表头上方有 {count} 行标题，已跳过。",
    en="{table}: {file} has {count} title line(s) above its header, which were skipped.",
)
_LEFT_OUT = Text(
    zh="{table}：按映射，有 {count} 行不属于该表，未计入。",
    en="{table}: by the mapping, {count} row(s) do not belong to this table and are not counted.",
)
_DRAWN = Text(
    zh="{table}：由 {rows} 行流水归并而成，每个主键一行。",
    en="{table}: drawn from {rows} rows of a log, one row per key.",
)
_SUMMED = Text(
    zh="{table}：{fills} 行成交合并为 {orders} 笔委托。",
    en="{table}: {fills} fills were summed into {orders} orders.",
)
_UNREADABLE = Text(
    zh="表 {table} 无法读取：{file} 缺少或重复列 {columns}（表头：{header}）。"
    "请补上该列；若列名不同，在映射文件中写明；若对方没有此项数据，写入 absent。",
    en="The table {table} cannot be read: {file} has no (or two) columns {columns} (its header: {header}). "
    "Add the column; if it has another name, tell it in a mapping; if the sender has no such data, list it "
    "there under absent.",
)


def notices(
    table: Table, groups: Sequence[Group], files: Sequence[Staged], left_out: int
) -> tuple[Text, ...]:
    """The sentences on one table, in a fixed order."""
    return (
        *_encodings(table, files),
        *_extras(table, groups),
        *_sums(table, files),
        *_filters(table, groups, left_out),
    )


def summed(table: Table, fills: int, orders: int | None) -> tuple[Text, ...]:
    """How many fills became how many orders, where a mapping says that the rows are fills."""
    return () if orders is None else (_SUMMED.format(table=table.name, fills=fills, orders=orders),)


def unreadable_table(table: Table, files: Sequence[Staged], columns: list[str]) -> Text:
    first = files[0]
    return _UNREADABLE.format(
        table=table.name, file=first.file.name, columns=_listed(columns), header=_listed(first.header) or "-"
    )


def _encodings(table: Table, files: Sequence[Staged]) -> Iterator[Text]:
    by_encoding: dict[str, list[str]] = {}
    for file in files:
        if file.encoding and file.encoding != "UTF-8":
            by_encoding.setdefault(file.encoding, []).append(file.file.name)
    for encoding, names in by_encoding.items():
        yield _ENCODING.format(table=table.name, count=len(names), encoding=encoding, files=_listed(names))


def _extras(table: Table, groups: Sequence[Group]) -> Iterator[Text]:
    extras = list(dict.fromkeys(name for group in groups for name in group.resolution.extras))
    if extras:
        yield _EXTRA.format(table=table.name, columns=_listed(extras))


def _sums(table: Table, files: Sequence[Staged]) -> Iterator[Text]:
    for file in files:
        if file.titles:
            yield _TITLES.format(table=table.name, file=file.file.name, count=file.titles)
        if file.totals:
            yield _TOTALS.format(table=table.name, file=file.file.name, lines=_listed(file.totals))


def _filters(table: Table, groups: Sequence[Group], left_out: int) -> Iterator[Text]:
    if left_out:
        yield _LEFT_OUT.format(table=table.name, count=left_out)
    if any(group.source.one_row_per_key for group in groups):
        yield _DRAWN.format(table=table.name, rows=sum(file.rows for group in groups for file in group.files))


def _listed(items: Sequence[object]) -> str:
    more = f" … (+{len(items) - SHOWN})" if len(items) > SHOWN else ""
    return ", ".join(str(item) for item in items[:SHOWN]) + more
