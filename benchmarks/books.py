"""The book that speed is measured on: made in minutes from hashes, and knowing nothing of any formula.

1,000,000 clients × 24 months has 1,000,000 clients × the trading days since each opened rows of assets
(about 450 million), some 16 million orders (a quarter of the clients, about two a month), 7 million flows,
2 million contacts and 0.2 million requests. One client in ten leaves on a day of their own: money out,
positions and orders down. What a sign makes of it, and whether it fires, is not decided here. For a
brokerage whose people behave like people there is ``wanliu simulate``; this one only has to be large.

Every number is a hash of the client's place and a salt: the same size gives the same book.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from wanliu.book.calendar import shanghai_days
from wanliu.book.seal import seal_tables
from wanliu.book.sealed import Book, is_sealed

Settings = dict[str, str | bool | int | float | list[str]]

FIRST, LAST = date(2008, 1, 1), date(2009, 12, 31)
MEMORY = "5GB"
MADE = "made.json"


def book_of(folder: Path, clients: int) -> Book:
    """The book of this many clients, made now if the folder does not have it yet."""
    path = folder / f"book-{clients}"
    if not is_sealed(path):
        started = time.perf_counter()
        _make(path, clients)
        made = {"clients": clients, "seconds": round(time.perf_counter() - started, 1)}
        (folder / f"{path.name}.{MADE}").write_text(json.dumps(made), encoding="utf-8")
    return Book.open(path)


def delivery_of(book: Book, folder: Path) -> Path:
    """The same rows as a raw delivery of Parquet folders, for timing ``wanliu seal``: links, not copies."""
    for name, table in book.manifest.tables.items():
        for part in table.parts:
            if name == "calendar":
                continue
            linked = folder / part.path
            linked.parent.mkdir(parents=True, exist_ok=True)
            os.link(book.path / part.path, linked)
    return folder


def made_in(folder: Path, book: Book) -> dict[str, object]:
    """Rows of every table, bytes of the files, and the seconds that making and sealing it took."""
    rows = {name: sum(part.rows for part in table.parts) for name, table in book.manifest.tables.items()}
    size = sum(part.bytes for table in book.manifest.tables.values() for part in table.parts)
    note = folder / f"{book.path.name}.{MADE}"
    made = json.loads(note.read_text(encoding="utf-8"))["seconds"] if note.is_file() else "unknown"
    return {**rows, "bytes": size, "seconds to make and seal": made}


def _make(path: Path, clients: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _connection(path.parent) as connection:
        _days(connection)
        connection.execute(PEOPLE, {"clients": clients})
        for statement in (CLIENTS, ASSETS, TRADES, FLOWS, CONTACTS, REQUESTS, EXITS):
            connection.execute(statement)
        tables = ("clients", "assets", "trades", "flows", "contacts", "requests", "exits")
        seal_tables(connection, {name: name for name in tables}, path)


@contextmanager
def _connection(beside: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with TemporaryDirectory(prefix="spill-", dir=beside) as spill:
        settings: Settings = {"memory_limit": MEMORY, "temp_directory": spill}
        with duckdb.connect(config=settings) as connection:
            # u: a number in [0, 1) for a client (or order …) and a salt
            connection.execute("CREATE MACRO u(i, salt) AS (hash(i * 1009 + salt) % 1000003) / 1000003.0")
            yield connection


def _days(connection: duckdb.DuckDBPyConnection) -> None:
    """Trading days with their number and the market's level that day: up, a slump of a year, up again."""
    days = [day for day in shanghai_days() if FIRST <= day <= LAST]
    connection.execute("CREATE TABLE days (date DATE, n INTEGER, level DOUBLE)")
    connection.execute(
        """INSERT INTO days SELECT day, n, 1 + 0.35 * cos(6.2832 * n / len($days)) + 0.03 * sin(n / 3.0)
        FROM (SELECT unnest($days::DATE[]) AS day, generate_subscripts($days, 1) AS n)""",
        {"days": days},
    )


PEOPLE = """
CREATE TABLE people AS
SELECT i, printf('C%011d', i) AS client_id,
    exp(10.8 + 1.5 * sqrt(-2 * ln(u(i, 1) + 1e-7)) * cos(6.2832 * u(i, 2))) AS wealth,
    u(i, 3) AS habit,  -- below 0.25 trades, below 0.5 holds, else sleeps
    CASE WHEN u(i, 4) < 0.15 THEN DATE '2008-01-01' + (u(i, 5) * 640)::INTEGER
         ELSE DATE '1997-01-01' + (u(i, 5) * 4000)::INTEGER END AS opened_on,
    CASE WHEN u(i, 6) < 0.1 THEN DATE '2008-03-01' + (u(i, 7) * 670)::INTEGER END AS leaves_on
FROM range($clients) AS r(i)
"""

CLIENTS = """
CREATE VIEW clients AS
SELECT client_id, printf('B%03d', hash(i) % 200) AS branch_id, opened_on,
    CASE WHEN u(i, 8) < 0.3 AND leaves_on >= opened_on THEN leaves_on + 30 END AS closed_on,
    CASE WHEN u(i, 9) < 0.97 THEN 'person' WHEN u(i, 9) < 0.99 THEN 'institution' ELSE 'product' END AS kind,
    CASE WHEN u(i, 10) < 0.3 THEN CASE WHEN wealth > 500000 THEN 'large' ELSE 'regular' END END AS segment,
    CASE WHEN u(i, 11) < 0.01 THEN 'deceased' ELSE 'normal' END AS status,
    printf('S%05d', hash(i + 1) % 4000) AS manager_id,
    1940 + (u(i, 12) * 55)::INTEGER AS birth_year, 0.0003 + 0.0025 * u(i, 13) AS commission_rate,
    5.00 AS min_commission, u(i, 14) < 0.003 AS is_employee, u(i, 15) < 0.02 AS do_not_contact,
    u(i, 16) < 0.01 AS scoring_opt_out
FROM people
"""

# One client in five hundred has a lost quarter, so that not everything is known of everyone.
ASSETS = """
CREATE VIEW assets AS
SELECT client_id, date, cash, position_value, (cash + position_value)::DECIMAL(18, 2) AS net_assets
FROM (
    SELECT client_id, date,
        (wealth * (0.1 + 0.05 * sin(n / 40.0 + habit * 9)) * CASE WHEN date >= leaves_on THEN 0.4 ELSE 1 END)
            ::DECIMAL(18, 2) AS cash,
        (CASE WHEN habit >= 0.5 OR date >= leaves_on THEN 0
              ELSE wealth * (level + 0.15 * sin(n * (0.05 + habit / 5) + i)) END)
            ::DECIMAL(18, 2) AS position_value
    FROM people CROSS JOIN days
    WHERE date >= opened_on AND (leaves_on IS NULL OR u(i, 8) >= 0.3 OR date <= leaves_on + 30)
        AND (u(i, 17) >= 0.002 OR n NOT BETWEEN 390 AND 450)
)
"""

TRADES = """
CREATE TABLE trades AS
SELECT printf('O%012d', place) AS order_id, client_id, date, turnover,
    greatest(5, turnover * rate)::DECIMAL(18, 2) AS commission, side, symbol,
    (turnover * 0.0002)::DECIMAL(18, 2) AS levies, kind
FROM (
    SELECT (i * 512 + n) * 2 + slot AS place, client_id, date,
        (wealth * 0.2 * (0.1 + u(i * 977 + n, 21 + slot)))::DECIMAL(18, 2) AS turnover,
        0.0005 + 0.0025 * u(i, 13) AS rate, CASE WHEN u(i + n, 23) < 0.5 THEN 'buy' ELSE 'sell' END AS side,
        printf('%06d', 600000 + hash(i + n) % 900) AS symbol,
        CASE WHEN u(i + n, 24) < 0.02 THEN 'ipo' WHEN u(i + n, 24) < 0.03 THEN 'repo'
             ELSE 'ordinary' END AS kind
    FROM people CROSS JOIN days CROSS JOIN range(2) AS s(slot)
    WHERE habit < 0.25 AND date >= opened_on AND (leaves_on IS NULL OR date < leaves_on)
        -- two orders in a month of 21 days for the middle client, by turns more and fewer
        AND u(i * 977 + n, 25 + slot) < 0.096 * (0.1 + 1.8 * u(i, 18)) * (0.75 + 0.5 * sin(n / 30.0 + i))
)
"""

FLOWS = """
CREATE TABLE flows AS
WITH moved AS (
    SELECT i, client_id, date, direction, amount, kind FROM (
        SELECT i, client_id, date, CASE WHEN u(i * 977 + n, 31) < 0.5 THEN 'in' ELSE 'out' END AS direction,
            (wealth * 0.1 * u(i * 977 + n, 32))::DECIMAL(18, 2) AS amount,
            CASE WHEN u(i * 977 + n, 33) < 0.80 THEN 'bank' WHEN u(i * 977 + n, 33) < 0.90 THEN 'interest'
                 WHEN u(i * 977 + n, 33) < 0.95 THEN 'internal' ELSE 'securities' END AS kind
        FROM people CROSS JOIN days WHERE date >= opened_on AND u(i * 977 + n, 34) < 0.3 / 20.5
    )
    UNION ALL
    SELECT i, client_id, leaves_on, 'out', (wealth * 0.6)::DECIMAL(18, 2), 'bank'
    FROM people WHERE leaves_on IS NOT NULL AND leaves_on > opened_on
), numbered AS (SELECT *, row_number() OVER (ORDER BY i, date, direction, amount) AS number FROM moved)
SELECT printf('F%012d', number) AS flow_id, client_id, date, direction, amount, kind, NULL AS reverses
FROM numbered
UNION ALL BY NAME  -- one flow in a thousand is cancelled the next day
SELECT printf('R%012d', number) AS flow_id, client_id, date + 1 AS date,
    CASE direction WHEN 'in' THEN 'out' ELSE 'in' END AS direction, amount, kind,
    printf('F%012d', number) AS reverses
FROM numbered WHERE u(number, 35) < 0.001 AND date < DATE '2009-12-31'
"""

CONTACTS = """
CREATE TABLE contacts AS
SELECT printf('K%012d', i * 512 + n) AS contact_id, client_id, date,
    CASE WHEN u(i * 977 + n, 41) < 0.2 THEN 'sms' ELSE 'phone' END AS channel, 'out' AS direction,
    u(i * 977 + n, 41) >= 0.2 AND u(i * 977 + n, 42) < 0.9 AS effective,
    printf('S%05d', hash(i + 1) % 4000) AS staff_id
FROM people CROSS JOIN days
WHERE date >= opened_on AND u(i * 977 + n, 43) < 0.1 / 20.5 * CASE WHEN habit < 0.25 THEN 3 ELSE 0.33 END
"""

REQUESTS = """
CREATE TABLE requests AS
SELECT printf('Q%012d', i * 512 + n) AS request_id, client_id, date,
    ['complaint', 'commission_cut', 'gift', 'service_upgrade', 'transfer_custody', 'close_account']
        [1 + (hash(i * 977 + n) % 6)::INTEGER] AS kind, 'open' AS outcome
FROM people CROSS JOIN days WHERE date >= opened_on AND u(i * 977 + n, 51) < 0.01 / 20.5
"""

EXITS = """
CREATE TABLE exits AS
SELECT client_id, leaves_on + 30 AS date, 'closed_account' AS kind FROM people
WHERE leaves_on >= opened_on AND u(i, 8) < 0.3 AND leaves_on + 30 <= DATE '2009-12-31'
UNION ALL
SELECT client_id, leaves_on, 'transferred_custody' FROM people WHERE leaves_on >= opened_on AND u(i, 8) >= 0.8
"""
