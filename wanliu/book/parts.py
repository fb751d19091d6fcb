"""Writing the Parquet parts of a book: one month of a table at a time, so that memory stays bounded."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from wanliu.book.atomic import cannot_write, sync_folder
from wanliu.book.calendar import month_end
from wanliu.book.manifest import Part
from wanliu.book.sealed import quoted, sealed_columns, sha256_of, tail_of
from wanliu.book.tables import TABLES, Column, Table
from wanliu.errors import EnvironmentFailed
from wanliu.text import Text

ROW_GROUP_ROWS = 20_480
LARGE_ROW_GROUP_ROWS = 122_880
"""Rows that are decoded together to find one client's, against groups whose footers are all read first: the
tables with a row a day have so many groups that the smaller ones would take longer."""

LARGE_TABLES = ("assets",)

NAME_DIGITS = 20
"""Of the content hash, in a part's file name."""

WATCHED_FEEDS = ("assets", "trades")
"""The feeds that must have rows on every trading day."""

Progress = Callable[[Text, int, int], None]
"""Called with what was just done, how many steps are done, and how many there are."""

_NO_MEMORY = Text(
    zh="内存限额 {memory} 不够用（或溢出到磁盘时空间不足）。请提高 --memory，或腾出磁盘空间后重试。",
    en="The memory limit of {memory} was not enough (or the disk had no room to spill to). Raise --memory, "
    "or free disk space, and try again.",
)
_WRITTEN = Text(zh="已封存 {name} {month}", en="sealed {name} {month}")


def quiet(_step: Text, _done: int, _total: int) -> None:
    """The progress nobody looks at."""


@dataclass(frozen=True)
class Written:
    """A table's new parts, and the rows per day where the feed is watched."""

    parts: tuple[Part, ...]
    days: Mapping[date, int]


@contextmanager
def spilling_duckdb(
    scratch: Path, *, memory: str, threads: int | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB in memory, spilling into ``scratch``, which is removed in the end.

    Raises EnvironmentFailed where it runs out of disk or memory.
    """
    scratch.mkdir(exist_ok=True)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "temp_directory": str(scratch / "spill"),
    }
    if threads:
        settings["threads"] = threads
    try:
        with duckdb.connect(config=settings) as connection:
            yield connection
    except duckdb.OutOfMemoryException as failure:
        raise EnvironmentFailed(_NO_MEMORY.format(memory=memory)) from failure
    except duckdb.IOException as failure:
        raise cannot_write(scratch.parent, str(failure).splitlines()[0]) from failure
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def write_tables(
    connection: duckdb.DuckDBPyConnection,
    relations: Mapping[str, str],
    book: Path,
    scratch: Path,
    progress: Progress,
    only: Mapping[str, list[date]] | None = None,
) -> dict[str, Written]:
    """Writes each relation (table name → name of a relation or a bracketed SELECT) as parts into ``book``.

    A dated table without rows has no part, an undated one an empty part. ``only`` limits dated tables to some
    months.
    """
    months = {
        name: (only or {}).get(name) or months_of(connection, relation)
        for name, relation in relations.items()
        if TABLES[name].daily
    }
    jobs = [(TABLES[name], month) for name in relations for month in months.get(name, (None,))]
    parts: dict[str, list[Part]] = {name: [] for name in relations}
    for done, (table, month) in enumerate(jobs, start=1):
        parts[table.name].append(write_month(connection, table, relations[table.name], month, book, scratch))
        label = f"{month:%Y-%m}" if month else ""
        progress(_WRITTEN.format(name=table.name, month=label), done, len(jobs))
    return {
        name: Written(
            tuple(found),
            days_of(connection, [book / part.path for part in found]) if name in WATCHED_FEEDS else {},
        )
        for name, found in parts.items()
    }


def months_of(connection: duckdb.DuckDBPyConnection, relation: str) -> list[date]:
    """The first days of the months that have rows."""
    found = connection.execute(
        f"SELECT DISTINCT date_trunc('month', date)::DATE AS month FROM {relation} "
        "WHERE date IS NOT NULL ORDER BY month"
    ).fetchall()
    return [month for (month,) in found]


def days_of(connection: duckdb.DuckDBPyConnection, files: list[Path]) -> dict[date, int]:
    """Rows per day in the given parts."""
    if not files:
        return {}
    listed = ", ".join(quoted(file) for file in files)
    return dict(
        connection.execute(
            f"SELECT date, count(*) FROM read_parquet([{listed}], hive_partitioning = false) "
            "GROUP BY date ORDER BY date"
        ).fetchall()
    )


def write_month(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    relation: str,
    month: date | None,
    book: Path,
    scratch: Path,
) -> Part:
    """Writes the rows of one month (of the whole table where month is None) as one part of ``book``."""
    where = f"WHERE date BETWEEN {quoted(month)} AND {quoted(month_end(month))}" if month else ""
    select = f"{_rows(connection, table, relation, where)} ORDER BY {', '.join(_order(table))}"
    return write_part(connection, select, table.name, sealed_columns(table.name), month, book, scratch)


def write_part(
    connection: duckdb.DuckDBPyConnection,
    select: str,
    name: str,
    columns: tuple[Column, ...],
    month: date | None,
    book: Path,
    scratch: Path,
) -> Part:
    """Writes the rows of ``select``, which sorts them fully: equal rows give equal bytes and names."""
    unnamed = scratch / "part.parquet"
    with _canonical_bytes(connection):
        connection.execute(
            f"COPY ({select}) TO {quoted(unnamed)} "
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_row_group_rows(name)})"
        )
    rows, first, last, totals = _figures(connection, unnamed, columns)
    digest = sha256_of(unnamed)
    size, tail = tail_of(unnamed)
    folder = book / name / f"month={month:%Y-%m}" if month else book / name
    path = _move_into(unnamed, folder, f"{digest[:NAME_DIGITS]}.parquet")
    return Part(
        path=path.relative_to(book).as_posix(),
        month=f"{month:%Y-%m}" if month else None,
        rows=rows,
        bytes=size,
        sha256=digest,
        tail=tail,
        first=first,
        last=last,
        totals=totals,
    )


def _row_group_rows(name: str) -> int:
    return LARGE_ROW_GROUP_ROWS if name in LARGE_TABLES else ROW_GROUP_ROWS


@contextmanager
def _canonical_bytes(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Makes the bytes of a part depend on its rows alone.

    With statistics at hand, DuckDB encodes a column without blanks differently according to whether its
    source (a CSV, a table, an older part) promised that there are none.
    """
    found = connection.execute("SELECT current_setting('disabled_optimizers')").fetchall()[0][0]
    before = str(found or "")
    connection.execute(
        f"SET disabled_optimizers = {quoted(','.join(filter(None, (before, 'statistics_propagation'))))}"
    )
    try:
        yield
    finally:
        connection.execute(f"SET disabled_optimizers = {quoted(before)}")


def _move_into(file: Path, folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    sync_folder(file)
    sync_folder(folder.parent)
    path = file.rename(folder / name)
    sync_folder(folder)
    return path


def _figures(
    connection: duckdb.DuckDBPyConnection, file: Path, columns: tuple[Column, ...]
) -> tuple[int, date | None, date | None, dict[str, Decimal]]:
    """Rows, first and last day, sum of each money column: read back, so they tell what is in the file."""
    money = [column.name for column in columns if column.type == "money"]
    dated = any(column.name == "date" for column in columns)
    wanted = ["count(*)", *(["min(date)", "max(date)"] if dated else ["NULL", "NULL"])]
    wanted += [f"coalesce(sum({name}), 0)::DECIMAL(38,2)" for name in money]
    found = connection.execute(
        f"SELECT {', '.join(wanted)} FROM read_parquet({quoted(file)}, hive_partitioning = false)"
    )
    rows, first, last, *totals = found.fetchall()[0]
    return rows, first, last, dict(zip(money, totals, strict=True))


def _rows(connection: duckdb.DuckDBPyConnection, table: Table, relation: str, where: str) -> str:
    """A SELECT of the sealed columns; assets are summed over the accounts of a client and day."""
    given = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}
    columns = sealed_columns(table.name)
    if table.name != "assets":
        listed = ", ".join(f"{_value(column, column.name in given)} AS {column.name}" for column in columns)
        return f"SELECT {listed} FROM {relation} {where}"
    listed = ", ".join(
        f"sum({column.name})::{column.sql_type} AS {column.name}" if column.type == "money" else column.name
        for column in columns
    )
    return f"SELECT {listed} FROM {relation} {where} GROUP BY client_id, date"


def _value(column: Column, given: bool) -> str:
    if given:
        return f"{column.name}::{column.sql_type}"
    return f"{quoted(column.default)}::{column.sql_type}" if column.default else f"NULL::{column.sql_type}"


def _order(table: Table) -> tuple[str, ...]:
    """Client and day first, then what makes the order total: the key, or every column where there is none."""
    front = ("client_id", "date") if table.daily else ()
    columns = tuple(column.name for column in sealed_columns(table.name))
    rest = table.key or columns
    return tuple(dict.fromkeys((*front, *(name for name in rest if name in columns))))
