"""The gate between a delivery and the book: what is read is accepted, row by row, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import duckdb

from wanliu.book.delivery import DeliveredTable, Delivery, read_delivery
from wanliu.book.manifest import Columns
from wanliu.book.rejects import refusal, write_rejects
from wanliu.book.report import TableReport
from wanliu.book.totals import compare_totals
from wanliu.errors import BookRefused
from wanliu.text import Text

OnBadRows = Literal["stop", "quarantine"]

_NOBODY = Text(
    zh="有 {count} 行坏行没有可用的客户号，无法标记到客户。",
    en="{count} rejected rows bear no client number, so no client could be marked for them.",
)


@dataclass(frozen=True)
class Accepted:
    """A delivery that may enter the book. ``tainted``: the relation of clients touched by rejected rows."""

    delivery: Delivery
    tables: Mapping[str, TableReport]
    notices: tuple[Text, ...]
    rejects: Path | None
    tainted: str

    @property
    def absent(self) -> Columns:
        return {name: table.absent for name, table in self.delivery.tables.items() if table.absent}

    @property
    def derived(self) -> Columns:
        return {name: table.derived for name, table in self.delivery.tables.items() if table.derived}


def accept(
    connection: duckdb.DuckDBPyConnection,
    source: Path,
    book: Path,
    scratch: Path,
    *,
    mapping: str | Path | None,
    on_bad_rows: OnBadRows,
    known_clients: str | None = None,
) -> Accepted:
    """Reads and judges a delivery for ``book``; its broken rows are written to ``BOOK.rejects`` anyway.

    Raises BookRefused for broken rows (policy stop) and for control totals that do not agree.
    """
    delivery = read_delivery(
        connection, source, mapping=mapping, known_clients=known_clients, scratch=scratch
    )
    folder = write_rejects(connection, book)
    if folder and on_bad_rows == "stop":
        raise refusal(connection, folder)
    tables = {
        name: TableReport(table.rows_in, table.rows_used, table.rows_rejected, table.totals)
        for name, table in delivery.tables.items()
    }
    notices = (*delivery.notices, *compare_totals(source, tables), *_unmarked(connection))
    return Accepted(delivery, tables, notices, folder, _tainted(connection, delivery, known_clients))


def check_nothing_lost(found: TableReport, kept: TableReport, table: str) -> None:
    """Compares rows (assets: not, they are summed) and sums read with those written. Raises BookRefused."""
    rows_differ = table != "assets" and found.rows_used != kept.rows_used
    if rows_differ or any(
        kept.totals[name] != total for name, total in found.totals.items() if name in kept.totals
    ):
        raise BookRefused(
            Text(
                zh="写入表 {table} 后核对不符，账簿未生成。数据可能在读取期间被改动；请重试。",
                en="What was written of table {table} does not agree with what was read: no book was made. "
                "The delivery may have changed meanwhile: try again.",
            ).format(table=table)
        )


def _unmarked(connection: duckdb.DuckDBPyConnection) -> tuple[Text, ...]:
    found = connection.execute("SELECT count(*) FROM rejects WHERE coalesce(client_id, '') = ''").fetchall()
    count = found[0][0]
    return (_NOBODY.format(count=count),) if count else ()


def _tainted(connection: duckdb.DuckDBPyConnection, delivery: Delivery, known_clients: str | None) -> str:
    """Clients and tables of the rejected rows, with the days that their delivery spans (NULL: not known).

    Nobody knows whose rows were in a file that was refused whole: it marks every client.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE newly_tainted "
        "(client_id VARCHAR, table_name VARCHAR, first DATE, last DATE)"
    )
    known = [f"SELECT client_id FROM {known_clients}"] if known_clients else []
    if "clients" in delivery.tables:
        known.append(f"SELECT client_id FROM {delivery.tables['clients'].relation}")
    for name, table in delivery.tables.items():
        touched = ["SELECT client_id FROM rejects WHERE table_name = $name AND coalesce(client_id, '') <> ''"]
        if table.rows_rejected or table.refused_files:
            clients = " UNION ".join([*touched, *(known if table.refused_files else [])])
            first, last = _span(connection, table)
            connection.execute(
                f"INSERT INTO newly_tainted SELECT DISTINCT client_id, $name, $first::DATE, $last::DATE "
                f"FROM ({clients})",
                {"name": name, "first": first, "last": last},
            )
    return "newly_tainted"


def _span(connection: duckdb.DuckDBPyConnection, table: DeliveredTable) -> tuple[date | None, date | None]:
    if not table.table.daily:
        return None, None
    first, last = connection.execute(f"SELECT min(date), max(date) FROM {table.relation}").fetchall()[0]
    return first, last
