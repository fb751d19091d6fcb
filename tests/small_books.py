"""Tiny sealed books made from rows, for tests that need a real one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from wanliu.book.seal import seal_tables
from wanliu.book.sealed import Book
from wanliu.book.tables import TABLES

Rows = Sequence[Mapping[str, object]]


Touched = tuple[str, str, date, date]
"""A client, a table, and the first and last day of the delivery whose row was rejected."""


def sealed_from(tables: Mapping[str, Rows], book: Path, *, tainted: Sequence[Touched] = ()) -> Book:
    """Seals rows given as plain values; columns that a row does not have are empty or have their default."""
    with duckdb.connect() as connection:
        for name, rows in tables.items():
            _relation(connection, name, rows)
        relations = {name: f"given_{name}" for name in tables}
        if not tainted:
            return seal_tables(connection, relations, book)
        connection.execute(
            "CREATE TABLE touched (client_id VARCHAR, table_name VARCHAR, first DATE, last DATE)"
        )
        connection.executemany("INSERT INTO touched VALUES (?, ?, ?, ?)", tainted)
        return seal_tables(connection, relations, book, tainted="touched")


def _relation(connection: duckdb.DuckDBPyConnection, table: str, rows: Rows) -> None:
    columns = TABLES[table].columns
    fields = ", ".join(f"{column.name} {column.sql_type}" for column in columns)
    connection.execute(f"CREATE TABLE given_{table} ({fields})")
    if rows:
        # as one table of words, which the engine casts: row by row takes longer than all that is tested
        given = pa.table(
            {c.name: [_word(row, c.name, c.default) for row in rows] for c in columns}, _all_words(table)
        )
        connection.register("given_rows", given)
        connection.execute(f"INSERT INTO given_{table} SELECT * FROM given_rows")
        connection.unregister("given_rows")


def _all_words(table: str) -> pa.Schema:
    return pa.schema([(column.name, pa.string()) for column in TABLES[table].columns])


def _word(row: Mapping[str, object], name: str, default: str | None) -> str | None:
    value = _value(row, name, default)
    if value is None:
        return None
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _value(row: Mapping[str, object], name: str, default: str | None) -> object:
    value = row.get(name)
    if value is None and name == "effective":
        return row.get("channel") != "sms"
    return default if value is None else value
