"""A sealed book: immutable Parquet parts that a manifest names, ready to be read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path

from wanliu.book.calendar import Calendar
from wanliu.book.manifest import FILE_NAME, Manifest, Part, SealedTable
from wanliu.book.tables import CLIENT_ID, TABLES, Column
from wanliu.errors import BookRefused
from wanliu.text import Text

TAIL_BYTES = 64 * 1024
"""What the quick check reads of each part: the Parquet footer, with the offsets and counts of all else."""

CHUNK_BYTES = 1 << 20

TAINTED = "tainted"
"""The part that lists the clients touched by a rejected row."""

TAINTED_COLUMNS = (
    CLIENT_ID,
    Column("table_name", "id", Text("表名", "table of the rejected row"), required=True),
    Column("first", "date", Text("该批数据的首日", "first day of the delivery that held the row")),
    Column("last", "date", Text("该批数据的末日", "last day of the delivery that held the row")),
)

OWN_DAY = Column("own", "boolean", Text("自有日历", "a day of the firm's own calendar, not of the library's"))

_NOT_SEALED = Text(
    zh="{path} 不是封存的账簿（缺少 {file}）。请先运行 wanliu seal 原始目录 -o 账簿目录。",
    en="{path} is not a sealed book (no {file} in it). Make one with: wanliu seal SOURCE -o BOOK.",
)
_UNREADABLE = Text(
    zh="账簿清单 {path} 读不懂或被改动过（{why}）。请用原始数据重新封存。",
    en="The book's manifest {path} cannot be understood or was changed ({why}). Seal the delivery again.",
)
_PART_CHANGED = Text(
    zh="账簿中的文件 {path} {why}，与清单不符。请从备份恢复，或用原始数据重新封存。",
    en="The book's file {path} {why}: it does not agree with the manifest. Restore it from a backup, or seal "
    "the delivery again.",
)
_MISSING = Text(zh="不存在或无法读取", en="is missing or cannot be read")
_SIZE = Text(zh="大小已变", en="has another size")
_CONTENT = Text(zh="内容已变", en="has other content")


class Book:
    """One state of a sealed book. An ingest makes a new state; open the book again to see it."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self.fingerprint = manifest.fingerprint

    @classmethod
    def open(cls, path: Path) -> Book:
        """The book at path, after a quick check of every part's size and footer.

        Raises BookRefused where there is none, or a part is missing or differs.
        """
        book = cls(path, _read_manifest(path))
        for part in book.manifest.parts:
            _check_quickly(path / part.path, part)
        return book

    def verify(self) -> None:
        """Compares every byte of every part with the manifest. Raises BookRefused at the first difference."""
        for part in self.manifest.parts:
            if sha256_of(self.path / part.path) != part.sha256:
                raise _changed(self.path / part.path, _CONTENT)

    @cached_property
    def calendar(self) -> Calendar:
        """The trading days as they were resolved when the book was sealed."""
        import duckdb  # only here: opening a book must not wait for the engine

        with duckdb.connect() as connection:
            rows = connection.execute(f"SELECT date FROM ({self.rows_of('calendar')})").fetchall()
        return Calendar(day for (day,) in rows)

    def has(self, table: str) -> bool:
        """Whether the table was delivered, be it without a row."""
        return table in self.manifest.tables

    def lacks(self, table: str, column: str) -> bool:
        """Whether the mapping declared the column absent: its values say nothing."""
        return column in self.manifest.absent.get(table, ())

    def paths(self, table: str, first: date | None = None, last: date | None = None) -> list[str]:
        """The Parquet files whose days meet the span (both ends included); empty where there is no such row.

        ``table`` may also be ``tainted``. A file holds its whole month: filter by date what you read.
        """
        return [
            str(self.path / part.path)
            for part in self._parts(table)
            if _meets(part, first or date.min, last or date.max)
        ]

    def rows_of(self, table: str, first: date | None = None, last: date | None = None) -> str:
        """A SELECT over the table's rows of the span, also where there is no file to read them from.

        Files carry no partition column: a part is read by its path alone.
        """
        paths = self.paths(table, first, last)
        if not paths:
            columns = ", ".join(
                f"NULL::{column.sql_type} AS {column.name}" for column in sealed_columns(table)
            )
            return f"SELECT {columns} WHERE false"
        listed = ", ".join(quoted(path) for path in paths)
        spans = [f"date >= {quoted(first)}"] if first else []
        spans += [f"date <= {quoted(last)}"] if last else []
        where = f" WHERE {' AND '.join(spans)}" if spans else ""
        return f"SELECT * FROM read_parquet([{listed}], hive_partitioning = false){where}"

    def first_date(self, table: str) -> date | None:
        return self.manifest.tables[table].first_date if self.has(table) else None

    def last_date(self, table: str) -> date | None:
        return self.manifest.tables[table].last_date if self.has(table) else None

    def rows_by_day(self, table: str) -> Mapping[date, int]:
        """Rows per day of ``assets`` or ``trades``, days without a row left out; empty for other tables."""
        return self.manifest.tables[table].days if self.has(table) else {}

    def _parts(self, table: str) -> tuple[Part, ...]:
        if table == TAINTED:
            return (self.manifest.tainted,) if self.manifest.tainted else ()
        found: SealedTable | None = self.manifest.tables.get(table)
        return found.parts if found else ()


def sealed_columns(table: str) -> tuple[Column, ...]:
    """The columns of the table's parts: the declared ones, but assets are summed over accounts."""
    if table == TAINTED:
        return TAINTED_COLUMNS
    if table == "calendar":
        return (*TABLES[table].columns, OWN_DAY)
    summed = "account_id" if table == "assets" else None
    return tuple(column for column in TABLES[table].columns if column.name != summed)


def is_sealed(path: Path) -> bool:
    """Whether a sealed book (of any state) lies at path."""
    return (path / FILE_NAME).is_file()


def quoted(value: object) -> str:
    """A path or date as an SQL literal: the one place where values that cannot be bound are quoted."""
    return "'" + str(value).replace("'", "''") + "'"


def sha256_of(file: Path) -> str:
    """The hash of the whole file, read piecewise. Raises BookRefused where it cannot be read."""
    whole = hashlib.sha256()
    try:
        for chunk in _chunks(file):
            whole.update(chunk)
    except OSError as failure:
        raise _changed(file, _MISSING) from failure
    return whole.hexdigest()


def tail_of(file: Path) -> tuple[int, str]:
    """Size in bytes, and the hash of the last TAIL_BYTES. Raises OSError."""
    with file.open("rb", buffering=0) as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - TAIL_BYTES))
        return size, hashlib.sha256(stream.read()).hexdigest()


def _read_manifest(path: Path) -> Manifest:
    file = path / FILE_NAME
    try:
        text = file.read_bytes()
    except OSError as failure:
        raise BookRefused(_NOT_SEALED.format(path=path, file=FILE_NAME)) from failure
    try:
        return Manifest.from_json(text)
    except (ValueError, KeyError, TypeError, AttributeError) as failure:
        raise BookRefused(_UNREADABLE.format(path=file, why=type(failure).__name__)) from failure


def _check_quickly(file: Path, part: Part) -> None:
    try:
        size, tail = tail_of(file)
    except OSError as failure:
        raise _changed(file, _MISSING) from failure
    if size != part.bytes:
        raise _changed(file, _SIZE)
    if tail != part.tail:
        raise _changed(file, _CONTENT)


def _changed(file: Path, why: Text) -> BookRefused:
    return BookRefused(
        Text(
            zh=_PART_CHANGED.zh.format(path=file, why=why.zh),
            en=_PART_CHANGED.en.format(path=file, why=why.en),
        )
    )


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb", buffering=0) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk


def _meets(part: Part, first: date, last: date) -> bool:
    """An undated part always meets; a dated one by its own first and last day."""
    return part.first is None or part.last is None or (part.first <= last and part.last >= first)
