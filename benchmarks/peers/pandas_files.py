"""Files in and out for the pandas script: pandas has neither decimals nor structs, so Arrow reads and writes.

Money is whole fen in int64, ids and codes are categories, days datetime64.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.peers.asked import LEVELS, Asked, Span

MONEY = pa.decimal128(18, 2)
CODES = ("client_id", "kind", "direction", "flow_id", "reverses")
Sign = Mapping[str, pa.Array]


def read(asked: Asked, table: str, columns: Iterable[str], span: Span | None = None) -> pd.DataFrame:
    """The rows of the span: ids and codes as categories, money as fen, days as datetime64."""
    filters = [("date", ">=", span[0]), ("date", "<=", span[1])] if span else None
    found = pq.read_table(
        list(asked.files[table]),
        columns=list(columns),
        filters=filters,
        read_dictionary=CODES,
        partitioning=None,
    )
    for place, field in enumerate(found.schema):
        if pa.types.is_decimal(field.type):
            found = found.set_column(place, field.name, in_fen(found.column(place)))
    return found.unify_dictionaries().to_pandas(date_as_object=False)


def in_fen(money: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(pc.multiply(money, pa.scalar(Decimal(100))), pa.int64())


def within(frame: pd.DataFrame, span: Span) -> pd.Series:
    return frame["date"].between(*map(pd.Timestamp, span))


def span(days: Span, rows: pd.DataFrame) -> dict[str, pa.Array]:
    return {
        name: pa.repeat(pa.scalar(day, pa.date32()), len(rows))
        for name, day in zip(("first", "last"), days, strict=True)
    }


def money(fen: pd.Series) -> pa.Array:
    wide = pc.cast(pa.array(fen, pa.int64()), pa.decimal128(19, 0))
    return pc.cast(pc.multiply(wide, pa.scalar(Decimal("0.01"))), MONEY)


def whole(number: pd.Series) -> pa.Array:
    return pa.array(number, pa.int64())


def write_signals(asked: Asked, rows: pd.DataFrame, signs: Mapping[str, Sign], out: Path) -> None:
    structs = {name: pa.StructArray.from_arrays(list(s.values()), names=list(s)) for name, s in signs.items()}
    pq.write_table(pa.table({**front(asked, rows), **structs}), out / "signals.parquet", compression="zstd")


def write_warnings(asked: Asked, rows: pd.DataFrame, out: Path) -> None:
    rows = rows[rows["place"] < LEVELS.index("none")].reset_index()
    rows = rows.sort_values(["place", "stake", "client_id"], ascending=[True, False, True])
    named = {name: pa.array(rows[name]) for name in ("branch_id", "manager_id")}
    told = {
        "level": pa.array(np.array(LEVELS, dtype=object)[rows["place"]]),
        "fired": pa.array(rows["fired"]),
        "unknown": pa.array(rows["unknown"]),
        "value_at_stake": money(rows["stake"]),
        "do_not_contact": pa.array(rows["do_not_contact"]),
    }
    who, *rest = front(asked, rows.set_index("client_id")).items()
    pq.write_table(
        pa.table(dict((who, *named.items(), *rest, *told.items()))),
        out / "warnings.parquet",
        compression="zstd",
    )


def front(asked: Asked, rows: pd.DataFrame) -> dict[str, pa.Array]:
    as_of = pa.repeat(pa.scalar(asked.as_of, pa.date32()), len(rows))
    return {
        "client_id": pa.array(rows.index, pa.string()),
        "as_of": as_of,
        "rules": pa.repeat("guide", len(rows)),
    }
