"""The checks on rows: each broken row is named in the relation ``rejects``, once per fault; nothing is
dropped silently.

A check is one aggregate over the parsed relation of a table; only where it counts faults are the failing rows
asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from wanliu.book.calendar import day_after, month_end, month_start
from wanliu.book.faults import FAULTS
from wanliu.book.stage import Staged
from wanliu.book.tables import Column, Table
from wanliu.book.values import quote_name, quote_text

REJECTS = "rejects"
CLIENTS = "delivered_client_ids"
"""Relation (client_id): who is known, after the faults of the table clients."""
FIELDS_OF_A_ROW = 2
"""A line with fewer filled fields is a remark below the rows, not a row that was damaged."""
ROWS_AT_ONCE = 5_000_000
"""Larger tables are searched for duplicate keys month by month, so that memory stays bounded."""


@dataclass(frozen=True)
class Survey:
    """One pass over a parsed relation: rows, faults per column, orphans, span of dates, sums of money."""

    rows: int
    faults: Mapping[str, int]
    orphans: int
    first: date | None
    last: date | None
    totals: Mapping[str, Decimal]


def create_rejects(connection: duckdb.DuckDBPyConnection) -> None:
    """An empty relation ``rejects``; ``line`` is the file's, ``date`` the row's day where it can be read.

    ``client_id`` is empty where it cannot be read. ``no_row`` says that this is no client's row: a whole
    file, or a line in which nothing can be read, as a remark below the rows.
    """
    connection.execute(
        f"""create or replace table {REJECTS} (
        table_name varchar, file varchar, line bigint, column_name varchar, value varchar,
        why_zh varchar, why_en varchar, mend_zh varchar, mend_en varchar,
        client_id varchar, date date, no_row boolean)"""
    )


def know_clients(connection: duckdb.DuckDBPyConnection, relations: list[str]) -> None:
    """Who counts as a client when the other tables are held against ``clients``."""
    asked = " union ".join(f"select client_id from {relation}" for relation in relations)
    connection.execute(
        f"create or replace table {CLIENTS} as select distinct "
        f"client_id from ({asked}) where client_id is not null"
    )


def survey(connection: duckdb.DuckDBPyConnection, table: Table, parsed: str, *, orphans: bool) -> Survey:
    money = [column.name for column in table.columns if column.type == "money"]
    asked = ["count(*)", *(f"count(f_{column.name})" for column in table.columns)]
    asked.append("count_if(p.client_id is not null and k.client_id is null)" if orphans else "0")
    asked += ["min(p.date)", "max(p.date)"] if _has_date(table) else ["null", "null"]
    asked += [f"coalesce(sum(p.{name}), 0)" for name in money]
    known = f" left join {CLIENTS} k on p.client_id = k.client_id" if orphans else ""
    rows, *answers = connection.execute(f"select {', '.join(asked)} from {parsed} p{known}").fetchall()[0]
    faults = dict(zip((column.name for column in table.columns), answers, strict=False))
    orphaned, first, last, *sums = answers[len(table.columns) :]
    return Survey(rows, faults, orphaned, first, last, dict(zip(money, sums, strict=True)))


def totals_of(
    connection: duckdb.DuckDBPyConnection, table: Table, relation: str
) -> tuple[int, dict[str, Decimal]]:
    """Rows of a relation, and the sum of each of its money columns."""
    money = [column.name for column in table.columns if column.type == "money"]
    sums = "".join(f", coalesce(sum({name}), 0)" for name in money)
    rows, *totals = connection.execute(f"select count(*){sums} from {relation}").fetchall()[0]
    return rows, dict(zip(money, totals, strict=True))


def check_rows(connection: duckdb.DuckDBPyConnection, table: Table, parsed: str, found: Survey) -> None:
    """Names every row with a fault of its own, an unknown client, or a key that is there already."""
    for column in table.columns:
        if found.faults[column.name]:
            _reject_cells(connection, table, parsed, column)
    if found.orphans:
        _reject_orphans(connection, table, parsed)
    if table.name == "clients":
        _reject_closed_before_opened(connection, table, parsed)
    if table.key:
        _reject_duplicates(connection, table, parsed, found)


def reject_file(
    connection: duckdb.DuckDBPyConnection, table: Table, staged: Staged, columns: tuple[str, ...] = ()
) -> None:
    """Names a whole file that is refused: one row per missing column, else one."""
    refused = staged.refused
    if refused is None:
        return
    for column in columns or (refused.column,):
        fault = FAULTS[refused.fault]
        connection.execute(
            f"insert into {REJECTS} values (?, ?, ?, ?, ?, ?, ?, ?, ?, null, null, true)",
            [table.name, staged.file.name, refused.line, column, refused.value,
             fault.why.zh, fault.why.en, fault.mend.zh, fault.mend.en],
        )  # fmt: skip


def reject_broken(
    connection: duckdb.DuckDBPyConnection, table: Table, staged: Staged, client_place: int | None
) -> None:
    """Names the rows whose fields could not be told apart; the client is guessed from the field where it
    should be, and believed if there is such a client.
    """
    client = f"wl_plain(fields[{client_place + 1}])" if client_place is not None else "null"
    if client_place is not None and table.name != "clients":
        client = f"case when {client} in (select client_id from {CLIENTS}) then {client} end"
    path = quote_text(str(staged.broken))
    for (name,) in connection.execute(
        f"select distinct fault from read_parquet({path}) order by all"
    ).fetchall():
        _insert(
            connection,
            table,
            name,
            column=None,
            origin=f"read_parquet({path}) where fault = {quote_text(name)}",
            value="value",
            file=quote_text(staged.file.name),
            client=client,
            day="null",
            no_row="len(fields) > 0 and "
            f"len(list_filter(fields, lambda f: trim(f) <> '')) < {FIELDS_OF_A_ROW}",
        )


def reject_reversals(connection: duckdb.DuckDBPyConnection, table: Table, unpaired: str) -> None:
    """Names the reversing rows whose partner could not be found; ``unpaired`` is a relation like the parsed
    one.
    """
    _insert(connection, table, "reversal", column=table.column("reverses"), origin=unpaired, value="s_amount")


def _reject_cells(connection: duckdb.DuckDBPyConnection, table: Table, parsed: str, column: Column) -> None:
    names = connection.execute(
        f"select distinct f_{column.name} from {parsed} where f_{column.name} is not null order by all"
    )
    for (name,) in names.fetchall():
        origin = f"{parsed} where f_{column.name} = {quote_text(name)}"
        _insert(connection, table, name, column=column, origin=origin)


def _reject_orphans(connection: duckdb.DuckDBPyConnection, table: Table, parsed: str) -> None:
    unknown = f"client_id is not null and client_id not in (select client_id from {CLIENTS})"
    _insert(connection, table, "orphan", column=table.column("client_id"), origin=f"{parsed} where {unknown}")


def _reject_closed_before_opened(connection: duckdb.DuckDBPyConnection, table: Table, parsed: str) -> None:
    _insert(
        connection,
        table,
        "order",
        column=table.column("closed_on"),
        origin=f"{parsed} where closed_on < opened_on",
    )


def _reject_duplicates(
    connection: duckdb.DuckDBPyConnection, table: Table, parsed: str, found: Survey
) -> None:
    """A key that is there twice: of equal rows the first stays, of rows that differ none, as nobody knows
    which is right. The fills of one order share its key; they must agree on what the order was.
    """
    for span in _spans(table, found):
        whole = " and ".join(
            [f"{name} is not null" for name in table.key if table.column(name).required] + span
        )
        key = f"hash({', '.join(map(quote_name, table.key))})"
        suspects = f"select {key} from {parsed} where {whole} group by 1 having count(*) > 1"
        if connection.execute(f"select 1 from ({suspects}) limit 1").fetchone():
            _reject_duplicate_rows(connection, table, f"{parsed} where {whole} and {key} in ({suspects})")


def _reject_duplicate_rows(connection: duckdb.DuckDBPyConnection, table: Table, suspects: str) -> None:
    key = ", ".join(map(quote_name, table.key))
    content = ", ".join(quote_name(column.name) for column in table.columns)
    order = ", ".join(quote_name(column.name) for column in table.columns if column.type != "money")
    connection.execute(
        f"""create or replace temp table duplicates as select *, row_number() over same as place,
        count(*) over same as copies, min(content) over same <> max(content) over same as differs,
        bool_and(is_fill) over same as fills, min(order_said) over same <> max(order_said) over same as odd
        from (select *, cast(row({content}) as varchar) as content,
            cast(row({order}) as varchar) as order_said from {suspects})
        window same as (partition by {key} order by file, line
            rows between unbounded preceding and unbounded following)"""
    )
    column = table.column(table.key[0])
    shown = "concat_ws(', ', " + ", ".join(f"cast({quote_name(name)} as varchar)" for name in table.key) + ")"
    faults = (
        ("duplicate", "differs and not fills"),
        ("repeated", "copies > 1 and not differs and place > 1 and not fills"),
        ("fills", "fills and odd"),
    )
    for name, which in faults:
        _insert(connection, table, name, column=column, origin=f"duplicates where {which}", value=shown)
    connection.execute("drop table duplicates")


def _spans(table: Table, found: Survey) -> Iterator[list[str]]:
    """Conditions that part a large dated table into months; a small one is one part."""
    if found.rows <= ROWS_AT_ONCE or "date" not in table.key or not (found.first and found.last):
        yield []
        return
    first = month_start(found.first)
    while first <= found.last:
        last = month_end(first)
        yield [f"date between date '{first}' and date '{last}'"]
        first = day_after(last)


def _insert(
    connection: duckdb.DuckDBPyConnection, table: Table, fault: str, *, column: Column | None, origin: str,
    value: str | None = None, file: str = "file", client: str | None = None, day: str | None = None,
    no_row: str | None = None,
) -> None:  # fmt: skip
    """Adds one row to ``rejects`` for each row of ``origin``, which is SQL of our own making."""
    words, allowed = FAULTS[fault], _allowed(column)
    value = value or (f"s_{column.name}" if column else "null")
    client = client or ("case when f_client_id is null then client_id end" if table.has_clients else "null")
    day = day or ("date" if _has_date(table) else "null")
    connection.execute(
        f"insert into {REJECTS} select $table, {file}, line, "
        f"$column, {value}, $why_zh, $why_en, $mend_zh, $mend_en, "
        f"{client}, {day}, {no_row or _nothing_read(table)} from {origin}",
        {
            "table": table.name,
            "column": column.name if column else None,
            "why_zh": words.why.zh,
            "why_en": words.why.en,
            "mend_zh": words.mend.zh.format(allowed=allowed),
            "mend_en": words.mend.en.format(allowed=allowed),
        },
    )


def _nothing_read(table: Table) -> str:
    """SQL of the question whether no day and no number that a row must have could be read."""
    told = [c.name for c in table.columns if c.required and c.type in ("date", "money", "integer", "rate")]
    return " and ".join(f"{quote_name(name)} is null" for name in told) or "false"


def _allowed(column: Column | None) -> str:
    """The values that a column takes, to be read."""
    if column is None:
        return ""
    if column.at_least is not None and column.at_most is not None:
        return f"{column.at_least}–{column.at_most}"
    return ", ".join(column.codes or ("true", "false"))


def _has_date(table: Table) -> bool:
    return any(column.name == "date" for column in table.columns)
