"""Reading a firm's own tables: CSV (plain or .gz) and Parquet files that share an id, joined into one.

Values of CSV files stay text here; what they mean is decided once, when a model is fitted (``columns.py``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from wanliu.book.encoding import DamagedArchive, Undecodable, detect
from wanliu.errors import BookRefused, UsageError
from wanliu.text import Text

BLANKS = ("", "-", "--", "null", "none", "nan", "na", "n/a", "\\n", "nat")
SEPARATORS = (",", "\t", "|", ";")
BLOCK = 8 << 20
SEEN = 65536


@dataclass(frozen=True)
class Joined:
    """One row per key; ``keys`` are (id,) or (id, time) as text, in the order in which they were first
    met."""

    id_name: str
    time_name: str | None
    keys: tuple[NDArray[np.object_], ...]
    columns: Mapping[str, pa.ChunkedArray]
    notes: tuple[Text, ...] = field(default=())

    @property
    def ids(self) -> NDArray[np.object_]:
        return self.keys[0]

    @property
    def times(self) -> NDArray[np.object_] | None:
        return self.keys[1] if len(self.keys) > 1 else None

    def __len__(self) -> int:
        return len(self.keys[0])


def joined(
    files: Sequence[Path], *, id_name: str, time_name: str | None = None, needs_time: bool = True
) -> Joined:
    """The files side by side. A key that one file lacks has blanks there, and a note says how many do.

    A file without the time column holds for all times of an id. Where no file has it, that is refused, or,
    with ``needs_time`` false, all rows are of one time.

    Raises UsageError for a file or column that is not there, BookRefused for what cannot be read and for keys
    that come twice.
    """
    if not files:
        raise UsageError(_NO_FILES)
    tables = [(file, _keyed(file, read(file), id_name, time_name)) for file in files]
    every = _every_key(tables, time_name if needs_time else None)
    place = {key: number for number, key in enumerate(every)}
    columns: dict[str, pa.ChunkedArray] = {}
    notes: list[Text] = []
    for file, (table, keys) in tables:
        rows = {key: number for number, key in enumerate(keys)}
        _check_once(file, rows, len(keys))
        timed = bool(keys) and len(keys[0]) == len(every[0])
        chosen = [rows.get(key if timed else key[:1]) for key in place]
        if lost := sum(row is None for row in chosen):
            notes.append(_LACKING.format(file=file.name, lost=lost, all=len(every)))
        for name in table.column_names:
            if name in columns:
                raise BookRefused(_TWICE.format(column=name, file=file.name))
            columns[name] = table[name].take(pa.array(chosen, type=pa.int64()))
    width = len(every[0]) if every else 1
    keys_out = tuple(np.array([key[part] for key in every], dtype=object) for part in range(width))
    return Joined(id_name, time_name if width > 1 else None, keys_out, columns, tuple(notes))


def read(file: Path) -> pa.Table:
    """The file's rows; every column of a CSV file is text, trimmed, with blanks as null."""
    if not file.is_file():
        raise UsageError(_NOT_THERE.format(file=file))
    try:
        table = pq.read_table(file) if file.suffix == ".parquet" else _text_of(file)
    except (pa.ArrowException, Undecodable, DamagedArchive, UnicodeDecodeError, EOFError, OSError) as fault:
        raise BookRefused(_UNREADABLE.format(file=file, why=type(fault).__name__)) from fault
    for name, times in Counter(table.column_names).items():
        if times > 1:
            raise BookRefused(_SAME_NAME.format(file=file.name, column=name))
    return table


def _text_of(file: Path) -> pa.Table:
    codec = detect(file).codec
    with pa.input_stream(str(file), compression="detect") as stream:
        head = stream.read(SEEN).decode(codec, errors="ignore").lstrip("\ufeff").splitlines()
    if not head or not head[0].strip():
        raise BookRefused(_EMPTY.format(file=file.name))
    separator = max(SEPARATORS, key=head[0].count)
    names = next(iter(_header(head[0], separator)))
    with pa.input_stream(str(file), compression="detect") as stream:
        table = pacsv.read_csv(
            stream,
            read_options=pacsv.ReadOptions(encoding=codec.removesuffix("-sig"), block_size=BLOCK),
            parse_options=pacsv.ParseOptions(delimiter=separator, newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
    trimmed = [_trimmed(column) for column in table.columns]
    return pa.Table.from_arrays(trimmed, [name.lstrip("\ufeff").strip() for name in table.column_names])


def _header(line: str, separator: str) -> list[list[str]]:
    import csv

    names = next(csv.reader([line], delimiter=separator))
    return [names]


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    blank = pc.is_in(pc.utf8_lower(text), value_set=pa.array(BLANKS))
    return pc.if_else(blank, pa.scalar(None, pa.string()), text)


Keyed = tuple[pa.Table, list[tuple[str, ...]]]


def _keyed(file: Path, table: pa.Table, id_name: str, time_name: str | None) -> Keyed:
    """The table without its key columns, and the keys of its rows."""
    if id_name not in table.column_names:
        listed = ", ".join(table.column_names[:12])
        raise UsageError(_NO_COLUMN.format(file=file.name, column=id_name, columns=listed))
    names = [name for name in (id_name, time_name) if name in table.column_names]
    parts = [table[name].cast(pa.string()).to_pylist() for name in names if name]
    if any(None in part for part in parts):
        raise BookRefused(_BLANK_ID.format(file=file.name, column=" / ".join(map(str, names))))
    keys = list(zip(*(map(str.strip, part) for part in parts), strict=True))
    return table.drop_columns(names), keys


def _every_key(tables: Sequence[tuple[Path, Keyed]], time_name: str | None) -> list[tuple[str, ...]]:
    """All keys; where some files have times and others do not, those without do not add rows."""
    widths = [len(keys[0]) for _, (_, keys) in tables if keys]
    if not widths:
        raise BookRefused(_NO_ROWS)
    if time_name and max(widths) == 1:
        raise UsageError(_NO_TIME.format(column=time_name))
    every: dict[tuple[str, ...], None] = {}
    for _, (_, keys) in tables:
        if keys and len(keys[0]) == max(widths):
            every.update(dict.fromkeys(keys))
    return list(every)


def _check_once(file: Path, rows: Mapping[tuple[str, ...], int], found: int) -> None:
    if len(rows) != found:
        raise BookRefused(_DOUBLE.format(file=file.name, times=found - len(rows)))


_NO_FILES = Text(
    zh="请至少给出一个表文件（CSV 或 Parquet）。", en="Give at least one table (CSV or Parquet)."
)
_NOT_THERE = Text(zh="找不到文件 {file}。请检查路径。", en="There is no file {file}. Check the path.")
_UNREADABLE = Text(
    zh="文件 {file} 读不出来（{why}）。请确认它是完整的 CSV（可为 .gz）或 Parquet 后重试。",
    en="The file {file} cannot be read ({why}). Make sure that it is a whole CSV (.gz or not) or Parquet "
    "file.",
)
_EMPTY = Text(
    zh="文件 {file} 没有表头。请补上列名。", en="The file {file} has no header line. Add the names."
)
_NO_COLUMN = Text(
    zh="文件 {file} 没有编号列 {column}；它有：{columns}。请检查 --id。",
    en="The file {file} has no id column {column}; it has: {columns}. Check --id.",
)
_NO_TIME = Text(
    zh="没有一个文件带有时间列 {column}。请检查 --time。",
    en="No file has the time column {column}. Check --time.",
)
_NO_ROWS = Text(zh="给出的表没有一行数据。", en="The tables have no row.")
_BLANK_ID = Text(
    zh="文件 {file} 的 {column} 有空值，无法对上。请补全或删去这些行。",
    en="The file {file} has rows without {column}; they cannot be matched. Fill it in or remove them.",
)
_DOUBLE = Text(
    zh="文件 {file} 有 {times} 行的编号（加时间）与别的行重复，不知以哪一行为准。请先去重；一个编号有多个"
    "月份时，"
    "请用 --time 指明时间列。",
    en="In the file {file} {times} rows repeat the id (with time) of another row, and nothing says which "
    "holds. Remove the repeats; where an id has several months, name the column with --time.",
)
_TWICE = Text(
    zh="列 {column} 在多个文件里都有（其一为 {file}）。请改名或只留一个。",
    en="The column {column} is in more than one file ({file} is one of them). Rename it or keep one.",
)
_SAME_NAME = Text(
    zh="文件 {file} 有两列都叫 {column}。请改名或只留一个。",
    en="The file {file} has two columns named {column}. Rename one or keep one.",
)
_LACKING = Text(
    zh="{file}：全部 {all} 行中有 {lost} 行在这个文件里没有，相应的列按空值处理。",
    en="{file}: {lost} of {all} rows are not in this file; its columns are blank there.",
)
