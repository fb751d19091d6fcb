"""The gate between a delivery and the book: what is read is accepted, row by row, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from wanliu.book.delivery import Delivery, read_delivery
from wanliu.book.manifest import Columns
from wanliu.book.rejects import refusal, write_rejects
from wanliu.book.report import TableReport
from wanliu.book.totals import compare_totals
from wanliu.book.touched import touched, unmarked
from wanliu.errors import BookRefused
from wanliu.text import Text

OnBadRows = Literal["stop", "quarantine"]

_NO_CLIENTS = Text(
    zh="客户表没有一行可用，账簿未生成。{listed}请补齐客户表后重来。",
    en="The table clients has no row that can be used: no book was made. {listed}Mend it and try again.",
)
_LISTED = Text(zh="被剔除的行逐一列在 {folder}。", en="The rejected rows are listed in {folder}. ")
_NOTHING = Text(zh="", en="")


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

    Raises BookRefused for broken rows (policy stop), where no client at all is left, and for control totals
    that do not agree.
    """
    delivery = read_delivery(
        connection, source, mapping=mapping, known_clients=known_clients, scratch=scratch
    )
    folder = write_rejects(connection, book)
    if folder and on_bad_rows == "stop":
        raise refusal(connection, folder)
    if known_clients is None and not delivery.tables["clients"].rows_used:
        listed = _LISTED.format(folder=folder) if folder else _NOTHING
        raise BookRefused(
            Text(_NO_CLIENTS.zh.format(listed=listed.zh), _NO_CLIENTS.en.format(listed=listed.en))
        )
    tables = {
        name: TableReport(table.rows_in, table.rows_used, table.rows_rejected, table.totals, table.orders)
        for name, table in delivery.tables.items()
    }
    notices = (*delivery.notices, *compare_totals(source, tables), *unmarked(connection, delivery))
    return Accepted(delivery, tables, notices, folder, touched(connection, delivery, known_clients))


def check_nothing_lost(found: TableReport, kept: TableReport, table: str) -> None:
    """Compares rows and sums read with those written; not the rows of assets, summed over accounts.

    Raises BookRefused.
    """
    expected = found.rows_used if found.orders is None else found.orders
    rows_differ = table != "assets" and expected != kept.rows_used
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
