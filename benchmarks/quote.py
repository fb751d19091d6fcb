"""Quotes: one client with 5,000 orders, and a million clients in one pass held against a bare scan of trades.

    python -m benchmarks.quote FOLDER [--clients N] [--out RESULTS]

The book (clients and trades of ``benchmarks.books``, and one more client with 5,000 orders in the last twelve
months) is made in FOLDER, unless it is there. In the same engine with the same settings: ``whole scan`` reads
every column of the whole table; ``bare scan`` only the columns and the twelve months that quotes read, and
adds them up; ``grouped`` adds three of them up per client. Wall and processor seconds, medians of several
runs after one that warms the files' cache: on a busy machine the processor's tell more.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from benchmarks.books import CLIENTS, FIRST, LAST, MEMORY, PEOPLE, TRADES
from benchmarks.machine import Conditions
from wanliu.book.calendar import shanghai_days
from wanliu.book.history import reader
from wanliu.book.seal import seal_tables
from wanliu.book.sealed import Book, is_sealed
from wanliu.commission.everyone import quotes
from wanliu.commission.from_book import known_from, quote_of
from wanliu.commission.tariff import load_tariffs
from wanliu.commission.terms import Terms

RUNS = 3
AGAINST = Terms(Decimal("0.00015"), Decimal(0))
BUSY, ORDERS = "C99999999999", 5000
"""One who orders twenty times a trading day."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clients", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    conditions = Conditions.now()
    book = _book(given.folder / f"quoted-{given.clients}", given.clients)
    told = {
        "clients": given.clients,
        "orders": sum(part.rows for part in book.manifest.tables["trades"].parts),
        **_one(book),
        **_everyone(book),
        "conditions": asdict(conditions.ended()),
    }
    text = json.dumps(told, indent=2, ensure_ascii=False)
    print(text)
    if given.out:
        given.out.write_text(f"{text}\n", encoding="utf-8")


def _one(book: Book) -> dict[str, float | int]:
    """Milliseconds for the busy client, engine and reader kept open as a server keeps them."""
    tariffs = load_tariffs()
    with reader() as connection:

        def ask() -> None:
            quote_of(connection, book, BUSY, tariffs, against=AGAINST)

        first = _seconds(ask)
        runs = sorted(_seconds(ask) for _ in range(RUNS * 4))
    return {
        "one client: orders": ORDERS,
        "one client: first, ms": round(first * 1000, 1),
        "one client: median, ms": round(statistics.median(runs) * 1000, 1),
        "one client: slowest, ms": round(runs[-1] * 1000, 1),
    }


def _everyone(book: Book) -> dict[str, float | int]:
    tariffs, first = load_tariffs(), known_from(book, LAST)
    trades = book.rows_of("trades", first, LAST)
    columns = (
        "count(client_id), max(client_id), max(date), sum(turnover), sum(commission), sum(levies), max(kind)"
    )
    with duckdb.connect() as connection:
        found: list[int] = []

        def all_of_it() -> None:
            connection.execute(f"SELECT max(COLUMNS(*)) FROM ({book.rows_of('trades')})").fetchall()

        def scan() -> None:
            connection.execute(f"SELECT {columns} FROM ({trades})").fetchall()

        def grouped() -> None:
            connection.sql(
                "SELECT client_id, sum(turnover), sum(commission), sum(levies) "
                f"FROM ({trades}) GROUP BY client_id"
            ).to_arrow_table()

        def quoted() -> None:
            found.append(quotes(connection, book, tariffs, against=AGAINST, as_of=LAST).num_rows)

        works = {"whole scan": all_of_it, "bare scan": scan, "grouped": grouped, "quotes": quoted}
        for work in works.values():
            work()
        took = {name: [_both(work) for _ in range(RUNS)] for name, work in works.items()}
    told: dict[str, float | int] = {"everyone: rows": found[0]}
    for name, runs in took.items():
        for place, clock in enumerate(("s", "processor s")):
            told[f"{name}, {clock}"] = round(statistics.median(run[place] for run in runs), 2)
    for name in ("whole scan", "bare scan", "grouped"):
        for clock in ("s", "processor s"):
            told[f"quotes ÷ {name}, {clock}"] = round(told[f"quotes, {clock}"] / told[f"{name}, {clock}"], 2)
    return told


def _both(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor seconds."""
    processor = time.process_time()
    return _seconds(work), time.process_time() - processor


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _book(path: Path, clients: int) -> Book:
    if not is_sealed(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=path.parent) as spill:
            settings: dict[str, str | bool | int | float | list[str]] = {
                "memory_limit": MEMORY,
                "temp_directory": spill,
            }
            with duckdb.connect(config=settings) as connection:
                _make(connection, clients)
                seal_tables(connection, {"clients": "all_clients", "trades": "all_trades"}, path)
    return Book.open(path)


def _make(connection: duckdb.DuckDBPyConnection, clients: int) -> None:
    days = [day for day in shanghai_days() if FIRST <= day <= LAST]
    connection.execute("CREATE MACRO u(i, salt) AS (hash(i * 1009 + salt) % 1000003) / 1000003.0")
    connection.execute("CREATE TABLE days AS SELECT unnest(?::DATE[]) AS date, unnest(?::INTEGER[]) AS n",
                       [days, list(range(len(days)))])  # fmt: skip
    connection.execute(PEOPLE, {"clients": clients})
    for statement in (CLIENTS, TRADES):
        connection.execute(statement)
    connection.execute(
        f"CREATE VIEW all_clients AS FROM clients UNION ALL BY NAME SELECT '{BUSY}' AS client_id, 'B000' AS "
        "branch_id, DATE '2005-01-04' AS opened_on, 0.00025 AS commission_rate, 5.00 AS min_commission, "
        "'person' AS kind, 'normal' AS status"
    )
    year = [day for day in days if day > date(2008, 12, 31)]
    connection.execute(
        f"""CREATE VIEW all_trades AS FROM trades UNION ALL BY NAME
        SELECT printf('X%06d', i) AS order_id, '{BUSY}' AS client_id, ($1::DATE[])[1 + i % len($1)] AS date,
            turnover, greatest(5, turnover * 0.00025)::DECIMAL(18, 2) AS commission, 'buy' AS side,
            '600000' AS symbol, 'ordinary' AS kind
        FROM (SELECT i, (3000 + 60000 * u(i, 77))::DECIMAL(18, 2) AS turnover
              FROM range({ORDERS}) AS r(i))""".replace("$1", str([str(day) for day in year]))
    )


if __name__ == "__main__":
    main()
