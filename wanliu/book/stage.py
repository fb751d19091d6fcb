"""One delivered file to rows that the engine can read: Parquet as it is, everything else as text with line
numbers.

Text files and workbooks go, strictly decoded, into a scratch Parquet file: columns ``line``, ``c0``, ``c1`` …
of text. Rows whose fields cannot be told apart go into a second one beside it: ``line``, ``fault``,
``value``, ``fields``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from wanliu.book.encoding import DamagedArchive, Encoding, Undecodable, detect, open_bytes
from wanliu.book.files import DataFile
from wanliu.book.lines import SEPARATORS, Row, rows, split, text_lines
from wanliu.book.mapping import same_header
from wanliu.book.sheets import html_rows, workbook_rows
from wanliu.book.values import quote_text

BATCH = 50_000
HEADER_WITHIN = 10
"""Rows in which the header must stand; above it are titles."""
SPARE_FIELDS = 1
"""Rows may end in one separator more than they have fields."""

WRONG_COUNT = "fields"
NUL_BYTE = "nul"

_TOTAL = re.compile(r"(?:总?合计|总计|小计|本页[合小]计|total|sum)(?:[:：(（].*)?", re.IGNORECASE)

_BROKEN_SCHEMA = pa.schema(
    [("line", pa.int64()), ("fault", pa.string()), ("value", pa.string()), ("fields", pa.list_(pa.string()))]
)


@dataclass(frozen=True)
class WholeFile:
    """Why a whole file is refused, and how many rows could be counted in it."""

    fault: str
    line: int
    value: str
    rows: int
    column: str = ""


@dataclass(frozen=True)
class Staged:
    """A file made readable. ``rows`` counts those in ``parquet``, ``broken_rows`` those in ``broken``."""

    file: DataFile
    kind: str
    header: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    parquet: Path | None = None
    rows: int = 0
    broken: Path | None = None
    broken_rows: int = 0
    encoding: str = ""
    separator: str = ""
    titles: int = 0
    totals: tuple[int, ...] = ()
    refused: WholeFile | None = None

    @property
    def in_sheet(self) -> bool:
        return self.kind in ("xlsx", "html")

    @property
    def is_text(self) -> bool:
        return self.kind != "parquet"


@dataclass
class _Reading:
    """What is learnt while the rows of one file go by."""

    width: int
    pads: bool
    totals: list[int] = field(default_factory=list)

    def good_and_broken(self, incoming: Iterable[Row]) -> Iterator[tuple[Row, str | None]]:
        """Each row that is one, with its fault or None; blank lines and total rows are left out."""
        for row in incoming:
            if row.is_blank:
                continue
            if row.fault:
                yield row, row.fault
            elif is_total(row.fields):
                self.totals.append(row.line)
            else:
                yield self._fitted(row)

    def _fitted(self, row: Row) -> tuple[Row, str | None]:
        fields, width = row.fields, self.width
        if self.pads and len(fields) < width:
            fields = fields + ("",) * (width - len(fields))
        spare = fields[width:]
        if len(fields) < width or any(cell.strip() for cell in spare):
            return row, WRONG_COUNT
        if any("\0" in cell for cell in fields):
            return row, NUL_BYTE
        return (Row(row.line, fields[:width]) if spare or fields is not row.fields else row), None


def is_total(fields: tuple[str, ...]) -> bool:
    """Whether the row is a sum that a spreadsheet put below the rows: its first filled cell says so."""
    first = next((cell for cell in fields if cell.strip()), "")
    return bool(_TOTAL.fullmatch("".join(first.split()))) if len(first) < len("本页合计") * 4 else False


def stage(
    connection: duckdb.DuckDBPyConnection, file: DataFile, scratch: Path, known: frozenset[str], table: str
) -> Staged:
    """Make one file readable; ``known`` are the headers that mean something.

    Faults of whole files are in ``refused``.
    """
    with file.path.open("rb") as stream:
        magic = stream.read(512)
    if magic.startswith(b"PAR1") or file.name.lower().endswith(".parquet"):
        return _parquet(connection, file)
    if magic.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _tabular(file, "xlsx", workbook_rows(file.path, table), scratch, known)
    try:
        encoding = detect(file.path)
    except Undecodable as failure:
        refused = WholeFile("bytes", failure.line, failure.found, failure.rows)
        return Staged(file, "csv", refused=refused)
    except DamagedArchive as failure:
        return Staged(file, "csv", refused=WholeFile("archive", 1, str(failure), 0))
    if _starts_like_html(file.path, encoding):
        with open_bytes(file.path) as stream:
            page = stream.read().decode(encoding.codec)
        return _tabular(file, "html", html_rows(page), scratch, known, encoding.name)
    return _separated(file, encoding, scratch, known)


def _parquet(connection: duckdb.DuckDBPyConnection, file: DataFile) -> Staged:
    path = quote_text(str(file.path))
    try:
        described = connection.execute(
            f"describe from read_parquet({path}, hive_partitioning = false)"
        ).fetchall()
        counted = connection.execute(f"select num_rows from parquet_file_metadata({path})").fetchall()
    except duckdb.Error as failure:
        first_line = str(failure).splitlines()[0].replace(str(file.path), file.name)
        return Staged(file, "parquet", refused=WholeFile("parquet", 1, first_line, 0))
    names, types = [str(row[0]) for row in described], [str(row[1]) for row in described]
    return Staged(file, "parquet", tuple(names), tuple(types), file.path, int(counted[0][0]))


def _starts_like_html(path: Path, encoding: Encoding) -> bool:
    with open_bytes(path) as stream:
        start = stream.read(4096).decode(encoding.codec, "ignore").lstrip("\ufeff \t\r\n").lower()
    return start.startswith("<") and any(
        mark in start for mark in ("<html", "<table", "<!doctype", "<meta", "<?xml")
    )


def _separated(file: DataFile, encoding: Encoding, scratch: Path, known: frozenset[str]) -> Staged:
    lines = text_lines(file.path, encoding)
    first = list(islice(lines, HEADER_WITHIN))
    separator, place = _best_header(
        [(separator, [split(line, separator) or () for _, line in first]) for separator in SEPARATORS], known
    )
    if place is None:
        return _nothing(file, "csv", encoding.name)
    header = _trimmed(split(first[place][1], separator) or ())
    following = chain(first[place + 1 :], lines)
    reading = _Reading(len(header), pads=False)
    fits = range(len(header), len(header) + SPARE_FIELDS + 1).__contains__
    titles = _filled(first[:place])
    staged = Staged(file, "csv", header, encoding=encoding.name, separator=separator, titles=titles)
    return _written(staged, rows(following, separator, fits), reading, scratch)


def _filled(lines: list[tuple[int, str]]) -> int:
    return sum(bool(line.strip()) for _, line in lines)


def _tabular(
    file: DataFile,
    kind: str,
    incoming: Iterator[Row],
    scratch: Path,
    known: frozenset[str],
    encoding: str = "",
) -> Staged:
    first = list(islice(incoming, HEADER_WITHIN))
    _, place = _best_header([("", [row.fields for row in first])], known)
    if place is None:
        return _nothing(file, kind, encoding)
    header = _trimmed(first[place].fields)
    reading = _Reading(len(header), pads=kind == "xlsx")
    titles = sum(not row.is_blank for row in first[:place])
    staged = Staged(file, kind, header, encoding=encoding, titles=titles)
    return _written(staged, chain(first[place + 1 :], incoming), reading, scratch)


def _nothing(file: DataFile, kind: str, encoding: str) -> Staged:
    return Staged(file, kind, encoding=encoding, refused=WholeFile("no_header", 1, "", 0))


def _best_header(
    readings: list[tuple[str, list[tuple[str, ...]]]], known: frozenset[str]
) -> tuple[str, int | None]:
    """The separator and the place of the header among the first rows: where the most known names stand.

    Where no name is known: the first row that is not blank, split where it has the most fields.
    """
    scored = [
        (sum(same_header(cell) in known for cell in fields), -place, len(fields), -order, separator, place)
        for order, (separator, table) in enumerate(readings)
        for place, fields in enumerate(table)
        if any(cell.strip() for cell in fields)
    ]
    if not scored:
        return "", None
    *_, separator, place = max(scored)
    return separator, place


def _trimmed(fields: tuple[str, ...]) -> tuple[str, ...]:
    """The header without the blanks that a trailing separator leaves behind."""
    cells = [cell.strip().lstrip("\ufeff") for cell in fields]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _written(staged: Staged, incoming: Iterator[Row], reading: _Reading, scratch: Path) -> Staged:
    """Writes the rows and the broken rows of one file, and says where and how many."""
    place = len(list(scratch.iterdir()))
    good = _Batches(scratch / f"{place}.parquet", _text_schema(reading.width), _columns)
    broken = _Batches(scratch / f"{place}.broken.parquet", _BROKEN_SCHEMA, _broken_columns)
    with good, broken:
        for row, fault in reading.good_and_broken(incoming):
            if fault is None:
                good.add(row)
            else:
                broken.add(Row(row.line, row.fields, fault, row.text))
    return replace(
        staged,
        types=("VARCHAR",) * reading.width,
        parquet=good.path,
        rows=good.rows,
        broken=broken.path,
        broken_rows=broken.rows,
        totals=tuple(reading.totals),
    )


def _text_schema(width: int) -> pa.Schema:
    return pa.schema([("line", pa.int64()), *((f"c{place}", pa.string()) for place in range(width))])


def _columns(batch: list[Row]) -> list[list[object]]:
    return [[row.line for row in batch], *map(list, zip(*(row.fields for row in batch), strict=True))]


def _broken_columns(batch: list[Row]) -> list[list[object]]:
    return [
        [row.line for row in batch],
        [row.fault for row in batch],
        [(row.text or " | ".join(row.fields))[:200] for row in batch],
        [list(row.fields) for row in batch],
    ]


class _Batches:
    """A Parquet file that is written in batches of rows."""

    def __init__(
        self, path: Path, schema: pa.Schema, columns: Callable[[list[Row]], list[list[object]]]
    ) -> None:
        self.path = path
        self.rows = 0
        self._schema = schema
        self._columns = columns
        self._waiting: list[Row] = []
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")

    def add(self, row: Row) -> None:
        self._waiting.append(row)
        self.rows += 1
        if len(self._waiting) == BATCH:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            arrays = [
                pa.array(values, kind.type)
                for values, kind in zip(self._columns(self._waiting), self._schema, strict=True)
            ]
            self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))
            self._waiting.clear()

    def __enter__(self) -> _Batches:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._writer.close()
