"""Whose rows were rejected: the clients for whom the signs that read the table cannot be judged.

A row whose client cannot be read may be anybody's: it marks every client, since a sign without it might say
"clear" where it should not. A line that holds no day and no number is nobody's row.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from wanliu.book.delivery import DeliveredTable, Delivery
from wanliu.text import Text

_TOUCHED = "newly_tainted"
_KNOWN = "clients_that_may_be_touched"
_UNREAD = "coalesce(client_id, '') = ''"

_ANYBODY = Text(
    zh="表 {table} 有 {count} 行坏行读不出客户号，可能属于任何客户："
    "读这张表的指标对所有客户记为数据缺失，直到改正后重新提供。",
    en="Table {table} has {count} rejected row(s) without a readable client number. They may be anybody's: "
    "the signs that read the table are missing_data for every client, until the rows are mended and "
    "delivered again.",
)
_WHOLE_FILES = Text(
    zh="表 {table} 有 {count} 个文件整个不可用，不知涉及哪些客户："
    "读这张表的指标对所有客户记为数据缺失，直到整张表重新提供。",
    en="Table {table} has {count} file(s) that were refused whole; nobody knows whose rows they held: the "
    "signs that read the table are missing_data for every client, until the whole table is delivered again.",
)
_NOBODYS = Text(
    zh="表 {table} 有 {count} 行既无客户号，也无日期和数字，视为说明文字，不标记任何客户。",
    en="Table {table} has {count} rejected line(s) with neither client nor day nor number: taken for "
    "remarks, they mark no client.",
)


def touched(connection: duckdb.DuckDBPyConnection, delivery: Delivery, known_clients: str | None) -> str:
    """The relation (client_id, table_name, first, last) of the clients touched by a rejected row.

    The days are the row's own; where that cannot be read those of the table's used rows; where there are
    none, or a whole file was refused, all days. Tables without days have NULL.
    """
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {_TOUCHED} "
        "(client_id VARCHAR, table_name VARCHAR, first DATE, last DATE)"
    )
    _know(connection, delivery, known_clients)
    for table in delivery.tables.values():
        if table.table.has_clients and (table.rows_rejected or table.refused_files):
            _mark(connection, table)
    return _TOUCHED


def unmarked(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> Iterator[Text]:
    """Sentences on the rejected rows that cannot be laid at one client's door, table by table."""
    for name, table in delivery.tables.items():
        if not table.table.daily:
            continue
        if table.refused_files:
            yield _WHOLE_FILES.format(table=name, count=len(table.refused_files))
        for sentence, nobodys in ((_ANYBODY, False), (_NOBODYS, True)):
            if count := _unread_rows(connection, table, nobodys=nobodys):
                yield sentence.format(table=name, count=count)


def _unread_rows(connection: duckdb.DuckDBPyConnection, table: DeliveredTable, *, nobodys: bool) -> int:
    """Rows (not faults) of the readable files whose client cannot be read."""
    found = connection.execute(
        f"SELECT count(DISTINCT (file, line)) FROM rejects WHERE table_name = $name AND {_UNREAD} "
        "AND no_row = $nobodys AND file NOT IN (SELECT unnest($refused::VARCHAR[]))",
        {"name": table.table.name, "nobodys": nobodys, "refused": list(table.refused_files)},
    )
    return int(found.fetchall()[0][0])


def _know(connection: duckdb.DuckDBPyConnection, delivery: Delivery, known_clients: str | None) -> None:
    relations = [known_clients] if known_clients else []
    if "clients" in delivery.tables:
        relations.append(delivery.tables["clients"].relation)
    known = " UNION ".join(f"SELECT client_id FROM {relation}" for relation in relations)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {_KNOWN} AS {known}")


def _mark(connection: duckdb.DuckDBPyConnection, table: DeliveredTable) -> None:
    rows = "SELECT client_id, date FROM rejects WHERE table_name = $name AND NOT no_row"
    marked = [
        f"SELECT client_id, date FROM ({rows}) WHERE NOT {_UNREAD}",
        # a spreadsheet has eaten the leading zeros: the row is the client's whose number it was
        f"SELECT k.client_id, r.date FROM ({rows}) AS r JOIN {_KNOWN} AS k "
        "ON ltrim(k.client_id, '0') = ltrim(r.client_id, '0') WHERE r.client_id <> ''",
    ]
    if table.table.daily:
        marked.append(
            f"SELECT k.client_id, r.date FROM {_KNOWN} AS k, "
            f"(SELECT DISTINCT date FROM ({rows}) WHERE {_UNREAD}) AS r"
        )
    first, last = _span(connection, table)
    found = [(" UNION ".join(marked), first, last)]
    if table.refused_files:
        whole = (date.min, date.max) if table.table.daily else (None, None)
        found.append((f"SELECT client_id, NULL::DATE AS date FROM {_KNOWN}", *whole))
    for select, since, until in found:
        connection.execute(
            f"INSERT INTO {_TOUCHED} SELECT DISTINCT client_id, $name, coalesce(date, $first::DATE), "
            f"coalesce(date, $last::DATE) FROM ({select})",
            {"name": table.table.name, "first": since, "last": until},
        )


def _span(connection: duckdb.DuckDBPyConnection, table: DeliveredTable) -> tuple[date | None, date | None]:
    """The days that a rejected row without a readable day may belong to."""
    if not table.table.daily:
        return None, None
    first, last = connection.execute(f"SELECT min(date), max(date) FROM {table.relation}").fetchall()[0]
    return (date.min, date.max) if first is None else (first, last)
