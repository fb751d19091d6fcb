"""Feeding a sealed book: the days of a delivery replace the same days in the book, the rest stays.

New parts are written beside the old ones; the one step that changes the book is the swap of its manifest. So
a kill leaves the old state or the new, and at most files that no manifest names: the next ingest sweeps them.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from wanliu.book.accept import OnBadRows, accept
from wanliu.book.atomic import locked, sweep, write_file
from wanliu.book.calendar import month_end
from wanliu.book.manifest import FILE_NAME, Columns, Manifest, SealedTable, united
from wanliu.book.parts import Progress, Written, months_of, quiet, spilling_duckdb, write_tables
from wanliu.book.report import SealReport
from wanliu.book.seal import (
    LOCK_NAME,
    MEMORY,
    SCRATCH_NAME,
    Contents,
    calendar_relation,
    contents_of,
    report,
    sealed_table,
    write_tainted,
)
from wanliu.book.sealed import TAINTED, Book, sealed_columns
from wanliu.book.tables import TABLES, Table
from wanliu.errors import BookRefused
from wanliu.text import Text

_KNOWN_ELSEWHERE = Text(
    zh="表 {table} 有 {count} 个编号（{key}）在账簿的其他日期已经存在。请把原来的日期（{days}）"
    "一并重新提供，或更正编号。",
    en="Table {table}: {count} numbers ({key}) are in the book already, on other days. Deliver those days "
    "({days}) again with it, or mend the numbers.",
)
DAYS_SHOWN = 5


def ingest(
    book: Path,
    delivery: Path,
    *,
    mapping: str | Path | None = None,
    on_bad_rows: OnBadRows = "stop",
    memory: str = MEMORY,
    progress: Progress = quiet,
) -> SealReport:
    """Adds a delivery to a sealed book. The same delivery twice leaves the same book as once.

    Dated tables: the days that the delivery has replace those days. Others are replaced as a whole, but a
    client who is missing from a new ``clients`` keeps the last known row. Raises BookRefused where delivery
    or book have faults, EnvironmentFailed where another process is changing the book or the machine fails.
    """
    Book.open(book)  # before a lock file is put into a folder that is no book
    with locked(book / LOCK_NAME):
        old = Book.open(book)
        remove_unnamed(old)
        scratch = book / SCRATCH_NAME
        with spilling_duckdb(scratch, memory=memory) as connection:
            connection.execute(
                f"CREATE TEMP VIEW known_clients AS SELECT client_id FROM ({old.rows_of('clients')})"
            )
            accepted = accept(
                connection,
                delivery,
                book,
                scratch,
                mapping=mapping,
                on_bad_rows=on_bad_rows,
                known_clients="known_clients",
            )
            manifest = _Change(connection, old, contents_of(accepted), progress).manifest()
        if manifest != old.manifest:
            write_file(book / FILE_NAME, manifest.to_json().encode())
        new = Book.open(book)
        remove_unnamed(new)
    return report(new, accepted)


def remove_unnamed(book: Book) -> None:
    """Sweeps what killed runs left in the book: parts that its manifest does not name, unfinished files."""
    named = {book.path / part.path for part in book.manifest.parts}
    shutil.rmtree(book.path / SCRATCH_NAME, ignore_errors=True)
    sweep(book.path / FILE_NAME)
    for table in (*TABLES, TAINTED):
        for file in (book.path / table).rglob("*.parquet"):
            if file not in named:
                file.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Change:
    """From the old state of a book and the contents of a delivery to the manifest of the new state."""

    connection: duckdb.DuckDBPyConnection
    old: Book
    new: Contents
    progress: Progress

    @property
    def scratch(self) -> Path:
        return self.old.path / SCRATCH_NAME

    def manifest(self) -> Manifest:
        """Writes the parts that the delivery changes; the manifest names them and the old ones that stay."""
        tables = dict(self.old.manifest.tables)
        for name in self.new.relations:
            tables[name] = self._table(name)
        return Manifest(
            tables={name: tables[name] for name in TABLES if name in tables},
            assets_frequency=self.old.manifest.assets_frequency,
            absent=self._columns(self.old.manifest.absent, self.new.absent),
            derived=self._columns(self.old.manifest.derived, self.new.derived),
            tainted=write_tainted(self.connection, self._tainted(), self.old.path, self.scratch),
        )

    def _table(self, name: str) -> SealedTable:
        if TABLES[name].daily:
            return self._with_days_replaced(TABLES[name])
        relation = {"clients": self._clients, "calendar": self._calendar}.get(
            name, lambda: self.new.relations[name]
        )()
        written = write_tables(self.connection, {name: relation}, self.old.path, self.scratch, self.progress)
        return sealed_table(written[name], self.new.counts[name])

    def _with_days_replaced(self, table: Table) -> SealedTable:
        delivered = self.new.relations[table.name]
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE delivered_days AS SELECT DISTINCT date FROM {delivered}"
        )
        self._check_numbers_are_new(table)
        months = months_of(self.connection, "delivered_days")
        columns = ", ".join(column.name for column in sealed_columns(table.name))
        rows = " UNION ALL ".join(
            f"SELECT {columns} FROM {source}"
            for source in (
                delivered,
                *(self._rows_kept(table.name, month, month_end(month)) for month in months),
            )
        )
        written = write_tables(
            self.connection,
            {table.name: f"({rows})"},
            self.old.path,
            self.scratch,
            self.progress,
            {table.name: months},
        )[table.name]
        return sealed_table(self._with_other_months(table.name, written, months), self.new.counts[table.name])

    def _with_other_months(self, name: str, written: Written, months: list[date]) -> Written:
        """The new parts of the changed months between the old ones of the others."""
        before = self.old.manifest.tables.get(name)
        if before is None:
            return written
        changed = {f"{month:%Y-%m}" for month in months}
        parts = [part for part in before.parts if part.month not in changed]
        days = {day: rows for day, rows in before.days.items() if f"{day:%Y-%m}" not in changed}
        return Written(
            parts=tuple(sorted((*parts, *written.parts), key=lambda part: part.month or "")),
            days={**days, **written.days},
        )

    def _rows_kept(self, name: str, first: date | None = None, last: date | None = None) -> str:
        """The book's rows of the days that the delivery does not have."""
        return f"({self.old.rows_of(name, first, last)}) WHERE date NOT IN (SELECT date FROM delivered_days)"

    def _check_numbers_are_new(self, table: Table) -> None:
        """Raises BookRefused where a number that must be unique stays in the book on another day."""
        if "date" in table.key or not table.key or not self.old.has(table.name):
            return
        key = table.key[0]
        count, days = self.connection.execute(
            f"SELECT count(*), list_sort(list(DISTINCT kept.date)) "
            f"FROM {self.new.relations[table.name]} AS delivered "
            f"JOIN (SELECT {key}, date FROM {self._rows_kept(table.name)}) AS kept USING ({key})"
        ).fetchall()[0]
        if count:
            shown = ", ".join(str(day) for day in days[:DAYS_SHOWN]) + (
                " …" if len(days) > DAYS_SHOWN else ""
            )
            raise BookRefused(_KNOWN_ELSEWHERE.format(table=table.name, count=count, key=key, days=shown))

    def _clients(self) -> str:
        """The delivered clients, and those whom the firm's export no longer has: history needs them."""
        columns = ", ".join(column.name for column in sealed_columns("clients"))
        delivered = self.new.relations["clients"]
        return (
            f"(SELECT {columns} FROM {delivered} UNION ALL "
            f"SELECT {columns} FROM ({self.old.rows_of('clients')}) "
            f"WHERE client_id NOT IN (SELECT client_id FROM {delivered}))"
        )

    def _calendar(self) -> str:
        """The delivered trading days in place of those of the same span, continued by the library."""
        delivered = {day for (day,) in self._fetched(f"SELECT date FROM {self.new.relations['calendar']}")}
        known = self._fetched(f"SELECT date, own FROM ({self.old.rows_of('calendar')})")
        first, last = min(delivered, default=date.max), max(delivered, default=date.max)
        before = {day for day, own in known if day < first and (own or delivered)}
        after = {day for day, own in known if day > last and own}
        return calendar_relation(self.connection, before | delivered | after)

    def _tainted(self) -> str:
        """Clients marked earlier, but for deliveries that this one replaces wholly; and those marked now."""
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE all_tainted AS {self.old.rows_of(TAINTED)}")
        for name, first, last in self._fetched("SELECT DISTINCT table_name, first, last FROM all_tainted"):
            if self._replaces(name, first, last):
                self.connection.execute(
                    "DELETE FROM all_tainted WHERE table_name = $name "
                    "AND first IS NOT DISTINCT FROM $first AND last IS NOT DISTINCT FROM $last",
                    {"name": name, "first": first, "last": last},
                )
        self.connection.execute(f"INSERT INTO all_tainted SELECT * FROM {self.new.tainted}")
        return "all_tainted"

    def _replaces(self, name: str, first: date | None, last: date | None) -> bool:
        """Whether the table is delivered again for the days first to last: both of them, and every day
        between that has rows in the book. Where the days are not known, the whole table must come again.
        """
        if name not in self.new.relations or not TABLES[name].daily:
            return name in self.new.relations
        delivered = self.new.relations[name]
        days = {day for (day,) in self._fetched(f"SELECT DISTINCT date FROM {delivered}")}
        known = first is not None and last is not None and first > date.min
        if known and not {first, last} <= days:
            return False
        if not known and not self.old.paths(name):
            return False
        stays = (
            f"SELECT 1 FROM ({self.old.rows_of(name, first if known else None, last if known else None)}) "
            f"WHERE date NOT IN (SELECT date FROM {delivered}) LIMIT 1"
        )
        return not self._fetched(stays)

    def _columns(self, before: Columns, delivered: Columns) -> Columns:
        """Absent (or derived) columns: a dated table keeps its old rows, and so what was said of them."""
        kept = {
            name: columns
            for name, columns in before.items()
            if name not in self.new.relations or TABLES[name].daily or name == "clients"
        }
        return united(kept, delivered)

    def _fetched(self, select: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(select).fetchall()
