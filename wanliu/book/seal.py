"""Sealing: a checked delivery becomes an immutable book of sorted Parquet parts, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from wanliu.book.accept import Accepted, OnBadRows, accept, check_nothing_lost
from wanliu.book.atomic import appearing, check_free, locked
from wanliu.book.calendar import continued
from wanliu.book.manifest import FILE_NAME, Columns, Frequency, Manifest, Part, SealedTable
from wanliu.book.parts import Progress, Written, quiet, spilling_duckdb, write_part, write_tables
from wanliu.book.report import SealReport, TableReport, missing_days, thin_days
from wanliu.book.sealed import TAINTED, TAINTED_COLUMNS, Book

LOCK_NAME = ".lock"
"""In every book: held by the one process that changes it."""

SCRATCH_NAME = ".scratch"
"""In a book that is being written: spilled rows and unnamed parts."""

MEMORY = "2GB"
"""What DuckDB may use before it spills to disk."""


@dataclass(frozen=True)
class Counts:
    """Rows of one table as delivered: rows_in = rows_used + rows_rejected."""

    rows_in: int
    rows_used: int
    rows_rejected: int = 0


@dataclass(frozen=True)
class Contents:
    """What a book is filled with: per table the name of a relation, and what the delivery says about it.

    ``tainted`` names a relation (client_id, table_name, first, last), or is None.
    """

    relations: Mapping[str, str]
    counts: Mapping[str, Counts] = field(default_factory=dict)
    absent: Columns = field(default_factory=dict)
    derived: Columns = field(default_factory=dict)
    assets_frequency: Frequency = "daily"
    tainted: str | None = None


def seal(
    source: Path,
    book: Path,
    *,
    mapping: str | Path | None = None,
    on_bad_rows: OnBadRows = "stop",
    replace: bool = False,
    memory: str = MEMORY,
    progress: Progress = quiet,
) -> SealReport:
    """Checks a delivery and makes a sealed book of it.

    Raises UsageError where the book exists, BookRefused where the delivery has faults (they are listed in
    ``BOOK.rejects``), EnvironmentFailed where the machine fails. The book appears whole or not at all.
    """
    with _not_changing(book, replace=replace), appearing(book, replace=replace) as folder:
        scratch = folder / SCRATCH_NAME
        with spilling_duckdb(scratch, memory=memory) as connection:
            accepted = accept(connection, source, book, scratch, mapping=mapping, on_bad_rows=on_bad_rows)
            manifest = fill(connection, contents_of(accepted), folder, scratch, progress)
        for name, table in accepted.tables.items():
            if name != "calendar":
                kept = manifest.tables[name]
                check_nothing_lost(table, TableReport(0, kept.rows, 0, kept.totals), name)
    return report(Book.open(book), accepted)


def seal_tables(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, str],
    book: Path,
    *,
    absent: Columns | None = None,
    derived: Columns | None = None,
    assets_frequency: Frequency = "daily",
    tainted: str | None = None,
    replace: bool = False,
    progress: Progress = quiet,
) -> Book:
    """Seals relations that are clean already: table name → name of a relation on the connection.

    The relations have the declared columns; those that are not there are empty or have their default. For
    callers that make their own rows (the simulator, tests); a delivery is sealed by ``seal``.
    Raises UsageError where the book exists.
    """
    contents = Contents(
        tables, absent=absent or {}, derived=derived or {}, assets_frequency=assets_frequency, tainted=tainted
    )
    with appearing(book, replace=replace) as folder:
        scratch = folder / SCRATCH_NAME
        scratch.mkdir()
        fill(connection, contents, folder, scratch, progress)
        scratch.rmdir()
    return Book.open(book)


def fill(
    connection: duckdb.DuckDBPyConnection, contents: Contents, folder: Path, scratch: Path, progress: Progress
) -> Manifest:
    """Writes all parts and the manifest into an empty folder."""
    relations = {
        **contents.relations,
        "calendar": _resolved_calendar(connection, contents.relations.get("calendar")),
    }
    written = write_tables(connection, relations, folder, scratch, progress)
    manifest = Manifest(
        tables={
            name: sealed_table(table, contents.counts.get(name) or _counted(connection, relations[name]))
            for name, table in written.items()
        },
        assets_frequency=contents.assets_frequency,
        absent=contents.absent,
        derived=contents.derived,
        tainted=write_tainted(connection, contents.tainted, folder, scratch),
    )
    (folder / FILE_NAME).write_text(manifest.to_json(), encoding="utf-8")
    (folder / LOCK_NAME).touch()
    return manifest


def contents_of(accepted: Accepted) -> Contents:
    tables = accepted.delivery.tables
    return Contents(
        relations={name: table.relation for name, table in tables.items()},
        counts={
            name: Counts(table.rows_in, table.rows_used, table.rows_rejected)
            for name, table in tables.items()
        },
        absent=accepted.absent,
        derived=accepted.derived,
        assets_frequency=accepted.delivery.assets_frequency,
        tainted=accepted.tainted,
    )


def report(book: Book, accepted: Accepted) -> SealReport:
    return SealReport(
        book=book.path,
        fingerprint=book.fingerprint,
        tables=accepted.tables,
        notices=accepted.notices,
        thin=thin_days(book),
        missing=missing_days(book),
        rejects=accepted.rejects,
    )


def sealed_table(written: Written, counts: Counts) -> SealedTable:
    return SealedTable(
        parts=written.parts,
        rows_in=counts.rows_in,
        rows_used=counts.rows_used,
        rows_rejected=counts.rows_rejected,
        days=written.days,
    )


def write_tainted(
    connection: duckdb.DuckDBPyConnection, relation: str | None, folder: Path, scratch: Path
) -> Part | None:
    """The part of the clients touched by rejected rows; None where nobody is."""
    if relation is None or not connection.execute(f"SELECT 1 FROM {relation} LIMIT 1").fetchone():
        return None
    names = ", ".join(column.name for column in TAINTED_COLUMNS)
    select = f"SELECT DISTINCT {names} FROM {relation} ORDER BY ALL"
    return write_part(connection, select, TAINTED, TAINTED_COLUMNS, None, folder, scratch)


def calendar_relation(connection: duckdb.DuckDBPyConnection, own: set[date]) -> str:
    """A relation of all trading days: the book's own (column ``own``), continued by the library's."""
    days = continued(own).days
    connection.execute("CREATE OR REPLACE TEMP TABLE resolved_calendar (date DATE, own BOOLEAN)")
    connection.execute(
        "INSERT INTO resolved_calendar SELECT unnest($days::DATE[]), unnest($own::BOOLEAN[])",
        {"days": list(days), "own": [day in own for day in days]},
    )
    return "resolved_calendar"


def _resolved_calendar(connection: duckdb.DuckDBPyConnection, delivered: str | None) -> str:
    own = connection.execute(f"SELECT date FROM {delivered}").fetchall() if delivered else []
    return calendar_relation(connection, {day for (day,) in own})


def _counted(connection: duckdb.DuckDBPyConnection, relation: str) -> Counts:
    rows = connection.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0]
    return Counts(rows_in=rows, rows_used=rows)


@contextmanager
def _not_changing(book: Path, *, replace: bool) -> Iterator[None]:
    """Keeps an ingest out of a book that is about to be replaced."""
    check_free(book, replace=replace)
    if not (book / LOCK_NAME).is_file():
        yield
        return
    with locked(book / LOCK_NAME):
        yield
