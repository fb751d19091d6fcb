"""One client's whole history from a sealed book, in milliseconds: every row of every table.

    python -m benchmarks.history BOOK

Prints JSON: opening the book (its quick check of every part included), the first client on a fresh
engine, and the median and slowest of the clients after it, as a server that keeps its engine meets them.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

import duckdb

from wanliu.book.sealed import Book

CLIENTS = 30
TABLES = ("clients", "assets", "trades", "flows", "contacts", "requests", "exits")


def main(path: Path) -> None:
    began = time.perf_counter()
    book = Book.open(path)
    opened = _ms(began)
    with duckdb.connect() as connection:
        spread = connection.execute(
            f"SELECT client_id FROM (SELECT client_id, row_number() OVER (ORDER BY hash(client_id)) AS n "
            f"FROM ({book.rows_of('clients')})) WHERE n <= {CLIENTS} ORDER BY n"
        ).fetchall()
    with duckdb.connect() as connection:
        connection.execute("SET parquet_metadata_cache = true")
        took = [_history(connection, book, client) for (client,) in spread]
    told = {"open": opened, "first": took[0], "median": statistics.median(took[1:]), "slowest": max(took[1:])}
    print(json.dumps({name: round(value, 1) for name, value in told.items()}))


def _history(connection: duckdb.DuckDBPyConnection, book: Book, client: str) -> float:
    began = time.perf_counter()
    for table in TABLES:
        connection.execute(f"SELECT * FROM ({book.rows_of(table)}) WHERE client_id = ?", [client]).fetchall()
    return _ms(began)


def _ms(began: float) -> float:
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main(Path(sys.argv[1]))
