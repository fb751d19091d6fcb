"""One client's whole history from a sealed book: a few pages of each file, since parts are sorted by client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

import duckdb
import pyarrow as pa

from wanliu.book.engine import named_failures
from wanliu.book.sealed import Book, quoted, sealed_columns
from wanliu.book.tables import TABLES


def history(book: Book, client_id: str, *, up_to: date | None = None) -> dict[str, pa.Table]:
    """Every table of the book that has clients → the rows of this one, by date; all columns.

    ``up_to`` leaves out what is dated later. A client that the book does not know has tables without rows.
    """
    held = [name for name, table in TABLES.items() if table.has_clients and book.has(name)]
    with reader() as connection:
        return {name: rows_of_client(connection, book, name, client_id, up_to=up_to) for name in held}


def rows_of_client(
    connection: duckdb.DuckDBPyConnection,
    book: Book,
    table: str,
    client_id: str,
    *,
    first: date | None = None,
    up_to: date | None = None,
) -> pa.Table:
    """The client's rows of one table, by date and key; dated from ``first`` to ``up_to`` where the table has dates."""
    dated = TABLES[table].daily
    source = book.rows_of(table, first, up_to) if dated else book.rows_of(table)
    order = _order(table, dated=dated)
    with named_failures():
        query = f"SELECT * FROM ({source}) WHERE client_id = ? ORDER BY {order}"
        return connection.sql(query, params=[client_id]).to_arrow_table()


def reversals_of(
    connection: duckdb.DuckDBPyConnection, book: Book, flow_ids: Sequence[str], *, up_to: date
) -> dict[str, tuple[str, date]]:
    """Flow → the first flow that cancels it, and its day, as far as it is known on the day ``up_to``."""
    if not flow_ids:
        return {}
    listed = ", ".join(quoted(flow) for flow in flow_ids)
    with named_failures():
        found = connection.execute(
            f"SELECT reverses, flow_id, date FROM ({book.rows_of('flows', None, up_to)}) "
            f"WHERE reverses IN ({listed}) ORDER BY date DESC, flow_id DESC"
        ).fetchall()
    return {cancelled: (flow, day) for cancelled, flow, day in found}


@contextmanager
def reader() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for reading a few rows of many files; each file's footer is read once."""
    with duckdb.connect() as connection:
        connection.execute("SET parquet_metadata_cache = true")
        yield connection


def _order(table: str, *, dated: bool) -> str:
    known = [column.name for column in sealed_columns(table)]
    key = [name for name in TABLES[table].key if name in known]
    return ", ".join(dict.fromkeys([*(["date"] if dated else []), *key])) or "ALL"
