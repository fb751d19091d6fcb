"""One client's whole history from a sealed book: few pages of each file, as parts are sorted by client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from types import MappingProxyType

import duckdb
import pyarrow as pa
from sqlglot import exp

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
    computed: Mapping[str, exp.Expr] = MappingProxyType({}),
) -> pa.Table:
    """The client's rows of one table, by date and key; ``first`` and ``up_to`` bound its dates, if any.

    ``computed`` adds columns to them: a name, and an expression over the row ``r``.
    """
    dated = TABLES[table].daily
    source = book.rows_of(table, first, up_to) if dated else book.rows_of(table)
    further = "".join(f", {one.sql(dialect='duckdb')} AS {name}" for name, one in computed.items())
    order = ", ".join(f"r.{column}" for column in _order(table, dated=dated))
    query = f"SELECT r.*{further} FROM ({source}) AS r WHERE client_id = ? ORDER BY {order}"
    with named_failures():
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


def _order(table: str, *, dated: bool) -> list[str]:
    """Day and key; every column where there is no key."""
    known = [column.name for column in sealed_columns(table)]
    key = [name for name in TABLES[table].key if name in known]
    return list(dict.fromkeys([*(["date"] if dated else []), *(key or known)]))
