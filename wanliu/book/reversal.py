"""Reversals that are only flagged (冲账标志): which earlier row does each of them cancel?

A flagged row cancels the latest earlier row, not cancelled yet, of the same client and account with the same
amount and the opposite direction. Days do not matter: a reversal on the next day cancels as well. Money that
cannot be paired is a broken row, since counting it either way would be a guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from typing import Any

import duckdb
import pyarrow as pa

PAIRS = "reversal_pairs"
"""Relation (file, line, flow_id): the flagged row, and the flow that it cancels; NULL where none is found."""
_PAIR = pa.schema([("file", pa.string()), ("line", pa.int64()), ("flow_id", pa.string())])


def pair_reversals(connection: duckdb.DuckDBPyConnection, parsed: str) -> bool:
    """Makes the relation of the pairs from a parsed ``flows``; False where no row is flagged."""
    connection.execute(f"create or replace temp table {PAIRS} (file varchar, line bigint, flow_id varchar)")
    if not connection.execute(
        f"select 1 from {parsed} where is_reversal and reverses is null limit 1"
    ).fetchone():
        return False
    pairs = _paired(_rows_of_flagged_amounts(connection, parsed))
    # handed over whole: row by row, a day of many reversals would take minutes
    given = [dict(zip(_PAIR.names, pair, strict=True)) for pair in pairs]
    connection.register("paired_rows", pa.Table.from_pylist(given, schema=_PAIR))
    connection.execute(f"insert into {PAIRS} select * from paired_rows")
    connection.unregister("paired_rows")
    return True


def _rows_of_flagged_amounts(connection: duckdb.DuckDBPyConnection, parsed: str) -> list[tuple[Any, ...]]:
    """Whole rows, in time, of every client, account and amount of which at least one row is flagged."""
    return connection.execute(
        f"""select file, line, flow_id, client_id, account_id, amount, direction, is_reversal from {parsed}
        where flow_id is not null and client_id is not null and date is not null and direction is not null and
        amount is not null
          and reverses is null
          and (client_id, coalesce(account_id, ''), amount) in (
            select (client_id, coalesce(account_id, ''), amount) from {parsed} where is_reversal and reverses
            is null)
        order by date, file, line"""
    ).fetchall()


def _paired(rows: list[tuple[Any, ...]]) -> list[tuple[str, int, str | None]]:
    open_rows: dict[Hashable, list[str]] = defaultdict(list)
    pairs: list[tuple[str, int, str | None]] = []
    for file, line, flow_id, client_id, account_id, amount, direction, is_reversal in rows:
        if is_reversal:
            opposite = "in" if direction == "out" else "out"
            waiting = open_rows[client_id, account_id, amount, opposite]
            pairs.append((file, line, waiting.pop() if waiting else None))
        else:
            open_rows[client_id, account_id, amount, direction].append(flow_id)
    return pairs
