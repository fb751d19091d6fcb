"""One client's whole history from a sealed book, in milliseconds: every row of every table that has clients.

    python -m benchmarks.history BOOK

Prints JSON: opening the book (its quick check of every part included); ``alone``, the median of calls that
each open an engine of their own; then one engine kept open, as a server keeps it: its first client, the
median and the slowest of the clients after it.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from wanliu.book.history import history, reader, rows_of_client
from wanliu.book.sealed import Book
from wanliu.book.tables import TABLES

CLIENTS = 30
ALONE = 5


def main(path: Path) -> None:
    books: list[Book] = []
    opened = _ms(lambda: books.append(Book.open(path)))
    (book,) = books
    clients = _spread(book)
    alone = [_ms(lambda: history(book, client)) for client in clients[:ALONE]]  # noqa: B023  called at once
    with reader() as connection:
        kept = [_ms(lambda: _whole(connection, book, client)) for client in clients]  # noqa: B023  called at once
    told = {
        "open": opened,
        "alone": statistics.median(alone),
        "first": kept[0],
        "median": statistics.median(kept[1:]),
        "slowest": max(kept[1:]),
    }
    print(json.dumps({name: round(value, 1) for name, value in told.items()}))


def _spread(book: Book) -> list[str]:
    """Clients from all over the book, in no order."""
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT client_id FROM ({book.rows_of('clients')}) ORDER BY hash(client_id) LIMIT {CLIENTS}"
        ).fetchall()
    return [client for (client,) in found]


def _whole(connection: duckdb.DuckDBPyConnection, book: Book, client: str) -> None:
    for name, table in TABLES.items():
        if table.has_clients and book.has(name):
            rows_of_client(connection, book, name, client)


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main(Path(sys.argv[1]))
