"""The plain figures of every client for the pages: assets, flows, activity, and the months of a chart.

Nothing here judges; what the book lacks is null. Clients are taken in ranges, so that memory stays bounded.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from wanliu.book.calendar import months_earlier
from wanliu.book.sealed import Book

FIGURES = "figures.parquet"
MONTHS = 24
FLOW_DAYS = 30
FRESH_DAYS = 31
"""Assets that were last told longer ago are unknown today."""
COMMISSION_MONTHS = 12
CLIENTS_AT_ONCE = 50_000
OUTSIDE = "('bank', 'securities')"
"""Flows between the client's account and the world; interest, fees and moves inside are none."""


def write_figures(book: Book, as_of: date, file: Path, *, memory: str) -> None:
    """One row per client of the book, by client id, into a Parquet file."""
    with duckdb.connect(config={"memory_limit": memory}) as connection:
        for name, statement in _tables(book, as_of).items():
            connection.execute(f"CREATE VIEW {name} AS {statement}")
        writer: pq.ParquetWriter | None = None
        try:
            for first, before in pairwise(_borders(connection)):
                found = connection.sql(_FIGURES, params=_numbers(book, as_of, first, before)).to_arrow_table()
                writer = writer or pq.ParquetWriter(file, found.schema, compression="zstd")
                writer.write_table(found)
        finally:
            if writer:
                writer.close()


def _tables(book: Book, as_of: date) -> dict[str, str]:
    """The book's rows up to the day, as views; flows that were cancelled by then are left out."""
    first = _first_month(as_of)
    cancelled = f"SELECT reverses FROM ({book.rows_of('flows', None, as_of)}) WHERE reverses IS NOT NULL"
    return {
        "clients": book.rows_of("clients"),
        "assets": book.rows_of("assets", first, as_of),
        "flows": f"SELECT * FROM ({book.rows_of('flows', first, as_of)}) WHERE kind IN {OUTSIDE} "
        f"AND reverses IS NULL AND flow_id NOT IN ({cancelled})",
        "trades": book.rows_of("trades", None, as_of),
        "logins": book.rows_of("logins", None, as_of),
    }


def _borders(connection: duckdb.DuckDBPyConnection) -> list[str]:
    starts = connection.execute(
        "SELECT client_id FROM (SELECT client_id, row_number() OVER (ORDER BY client_id) AS place "
        "FROM clients) WHERE place % ? = 1 ORDER BY client_id",
        [CLIENTS_AT_ONCE],
    ).fetchall()
    return ["", *(client_id for (client_id,) in starts[1:]), "\U0010ffff"]


def _numbers(book: Book, as_of: date, first: str, before: str) -> dict[str, object]:
    """What the query is asked with. A table that begins too late for a figure makes it unknown."""
    return {
        "first": first,
        "before": before,
        "as_of": as_of,
        "month": _first_month(as_of),
        "held_since": as_of - timedelta(days=FRESH_DAYS),
        "out_since": as_of - timedelta(days=FLOW_DAYS),
        "year": months_earlier(as_of, COMMISSION_MONTHS),
        "flows_from": book.first_date("flows"),
        "trades_from": book.first_date("trades"),
    }


def _first_month(as_of: date) -> date:
    return months_earlier(as_of.replace(day=1), MONTHS - 1)


_FIGURES = """
WITH own AS (
    SELECT client_id, branch_id, manager_id, opened_on FROM clients
    WHERE client_id >= $first AND client_id < $before
), held AS (
    SELECT client_id, date_trunc('month', date)::DATE AS month, arg_max(net_assets, date) AS net_assets,
        max(net_assets) AS peak, max(date) AS held_on, arg_max(cash, date) AS cash,
        arg_max(position_value, date) AS position_value
    FROM assets WHERE client_id >= $first AND client_id < $before GROUP BY ALL
), moved AS (
    SELECT client_id, date_trunc('month', date)::DATE AS month,
        sum(CASE direction WHEN 'in' THEN amount ELSE -amount END) AS net_flow,
        sum(CASE direction WHEN 'out' THEN amount ELSE -amount END) FILTER (date > $out_since) AS net_out
    FROM flows WHERE client_id >= $first AND client_id < $before GROUP BY ALL
), traded AS (
    SELECT client_id, date_trunc('month', date)::DATE AS month, count(*) AS trades,
        sum(commission) AS commission, sum(commission) FILTER (date > $year) AS of_year, max(date) AS last
    FROM trades WHERE client_id >= $first AND client_id < $before GROUP BY ALL
), seen AS (
    SELECT client_id, max(date) AS last_login_on FROM logins
    WHERE client_id >= $first AND client_id < $before GROUP BY ALL
), months AS (
    SELECT unnest(generate_series($month::DATE, $as_of::DATE, INTERVAL 1 MONTH))::DATE AS month
), points AS (
    SELECT o.client_id, m.month, h.net_assets,
        CASE WHEN m.month >= date_trunc('month', $flows_from::DATE) THEN coalesce(f.net_flow, 0) END
            AS net_flow,
        CASE WHEN m.month >= date_trunc('month', $trades_from::DATE) THEN coalesce(t.trades, 0) END AS trades,
        CASE WHEN m.month >= date_trunc('month', $trades_from::DATE) THEN coalesce(t.commission, 0) END
            AS commission
    FROM own o JOIN months m ON m.month >= date_trunc('month', o.opened_on)
    LEFT JOIN held h ON h.client_id = o.client_id AND h.month = m.month
    LEFT JOIN moved f ON f.client_id = o.client_id AND f.month = m.month
    LEFT JOIN traded t ON t.client_id = o.client_id AND t.month = m.month
), charted AS (
    SELECT client_id, list({'month': strftime(month, '%Y-%m'), 'net_assets': net_assets, 'net_flow': net_flow,
        'trades': trades, 'commission': commission} ORDER BY month) AS months
    FROM points GROUP BY client_id
), latest AS (
    SELECT client_id, arg_max(net_assets, month) AS net_assets, arg_max(cash, month) AS cash,
        arg_max(position_value, month) AS position_value
    FROM held GROUP BY client_id HAVING max(held_on) > $held_since
), highest AS (
    SELECT client_id, max(peak) AS peak_assets FROM held GROUP BY client_id
), out_now AS (
    SELECT client_id, sum(net_out) AS net_out FROM moved GROUP BY client_id
), active AS (
    SELECT client_id, sum(of_year) AS commission, max(last) AS last_trade_on FROM traded GROUP BY client_id
)
SELECT o.client_id, o.branch_id, o.manager_id, l.net_assets, l.cash, l.position_value, h.peak_assets,
    CASE WHEN $flows_from::DATE <= $out_since::DATE + 1 THEN coalesce(n.net_out, 0) END AS net_out,
    CASE WHEN $trades_from::DATE <= greatest($year::DATE + 1, o.opened_on) THEN coalesce(a.commission, 0) END
        AS commission,
    a.last_trade_on, s.last_login_on, c.months
FROM own o LEFT JOIN latest l USING (client_id) LEFT JOIN highest h USING (client_id)
LEFT JOIN out_now n USING (client_id)
LEFT JOIN active a USING (client_id) LEFT JOIN seen s USING (client_id) LEFT JOIN charted c USING (client_id)
ORDER BY o.client_id
"""
