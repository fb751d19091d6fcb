"""The book's tables as the study reads them: cuts, requests, and running sums per client and day.

A running sum at one day less that at another is what happened between them, so any number of windows costs
one pass. Nothing here looks at an outcome.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from wanliu.book.sealed import Book, quoted
from wanliu.commission.study.numbers import Numbers

DEMANDS = ("min_fee_waiver", "margin_rate_cut", "gift", "service_upgrade", "product_access", "compensation",
           "other_demand")  # fmt: skip

READ = (
    "clients", "assets", "trades", "flows", "contacts", "requests", "rate_changes", "profile_changes",
    "logins",
)  # fmt: skip

RUNNING: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "trades": (
        "trades",
        "kind = 'ordinary'",
        {
            "orders": "count(*)",
            "turnover": "sum(turnover)::DOUBLE",
            "commission": "sum(commission)::DOUBLE",
        },
    ),
    "flows": (
        "flows",
        "kind = 'bank' AND reverses IS NULL AND flow_id NOT IN (SELECT reverses FROM study_flows "
        "WHERE reverses IS NOT NULL)",
        {"net_out": "sum(CASE direction WHEN 'out' THEN amount ELSE -amount END)::DOUBLE"},
    ),
    "contacts": ("contacts", "effective", {"contacts": "count(*)"}),
    "asked": ("requests", "kind = 'commission_cut'", {"asked": "count(*)"}),
    "demands": ("requests", f"kind IN ({', '.join(map(quoted, DEMANDS))})", {"demands": "count(*)"}),
    "complaints": ("requests", "kind = 'complaint'", {"complaints": "count(*)"}),
    "logins": ("logins", "true", {"logins": "sum(count)"}),
}
"""Name → the table it sums, which rows, and what."""

EVENTS: Mapping[str, tuple[str, str]] = {
    "cut": ("rate_changes", "SELECT client_id, date FROM study_cuts"),
    "contact": ("contacts", "SELECT client_id, date FROM study_contacts WHERE effective"),
    "adviser": (
        "profile_changes",
        "SELECT client_id, date FROM study_profile_changes "
        "WHERE what = 'manager' AND coalesce(new, '') <> ''",
    ),
    "complaint": (
        "requests",
        "SELECT client_id, closed_on AS date FROM study_requests "
        "WHERE kind = 'complaint' AND outcome = 'granted' AND closed_on IS NOT NULL",
    ),
}
"""What may be done for a client: the table that carries it with its day, and the rows."""


def prepare(connection: duckdb.DuckDBPyConnection, book: Book, numbers: Numbers) -> None:
    """Makes the views and running sums; a table that the book lacks is empty."""
    for table in READ:
        connection.execute(f"CREATE OR REPLACE TEMP VIEW study_{table} AS {book.rows_of(table)}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE study_changes AS {_changes(book)}")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE study_cuts AS SELECT *, row_number() OVER "
        "(PARTITION BY client_id ORDER BY date) AS nth FROM study_changes "
        f"WHERE old_rate - new_rate >= {numbers.smallest_cut - 1e-10!r} OR (new_rate = old_rate AND "
        "new_min < old_min)"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE run_cuts AS SELECT client_id, date, nth AS cuts FROM study_cuts"
    )
    for name, (table, which, sums) in RUNNING.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE run_{name} AS {_running(table, which, sums)}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE run_months AS {MONTHS}")


def _changes(book: Book) -> str:
    lows = [
        "NULL::DOUBLE" if book.lacks("rate_changes", name) else f"{name}::DOUBLE"
        for name in ("old_min", "new_min")
    ]
    return (
        "SELECT client_id, date, old_rate::DOUBLE AS old_rate, new_rate::DOUBLE AS new_rate, "
        f"{lows[0]} AS old_min, {lows[1]} AS new_min FROM study_rate_changes"
    )


def _running(table: str, which: str, sums: Mapping[str, str]) -> str:
    days = ", ".join(f"{what} AS {name}" for name, what in sums.items())
    over = ", ".join(
        f"sum({name}) OVER (PARTITION BY client_id ORDER BY date ROWS UNBOUNDED PRECEDING)::DOUBLE AS {name}"
        for name in sums
    )
    by_day = f"SELECT client_id, date, {days} FROM study_{table} WHERE {which} GROUP BY client_id, date"
    return f"SELECT client_id, date, {over} FROM ({by_day})"


MONTHS = """
    SELECT client_id, date, row_number() OVER (PARTITION BY client_id ORDER BY date)::DOUBLE AS months
    FROM (SELECT client_id, min(date) AS date FROM study_trades WHERE kind = 'ordinary'
          GROUP BY client_id, date_trunc('month', date))"""
"""The first order of each month: how many months with an order so far."""
