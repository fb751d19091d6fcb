"""From arrays of numbers to columns of a table as it is declared in the book's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from wanliu.book.tables import TABLES, Column
from wanliu.simulator.streams import AnyArray, Ints

ARROW_TYPES = {
    "id": pa.string(),
    "text": pa.string(),
    "code": pa.string(),
    "date": pa.date32(),
    "money": pa.decimal64(18, 2),
    "rate": pa.decimal64(12, 8),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
}
ZERO = ord("0")


@dataclass(frozen=True)
class Words:
    """Places in a vocabulary; -1 is empty."""

    places: Ints
    vocabulary: Sequence[str]


@dataclass(frozen=True)
class Numbered:
    """A letter and a number of fixed width: F000000000012."""

    letter: str
    numbers: Ints
    digits: int = 12


Values = Words | Numbered | AnyArray | None
"""Money comes in fen, a rate in hundred-millionths, a date as datetime64[D]; None is an empty column."""


def schema(table: str) -> pa.Schema:
    return pa.schema([(column.name, ARROW_TYPES[column.type]) for column in TABLES[table].columns])


def arrow_table(table: str, values: Mapping[str, Values], rows: int) -> pa.Table:
    """All columns of the table in their declared order; those not named are empty."""
    columns = [arrow_column(column, values.get(column.name), rows) for column in TABLES[table].columns]
    return pa.Table.from_arrays(columns, schema=schema(table))


def arrow_column(column: Column, values: Values, rows: int) -> pa.Array:
    kind = ARROW_TYPES[column.type]
    if values is None:
        return pa.nulls(rows, kind)
    if isinstance(values, Words):
        return _words(values)
    if isinstance(values, Numbered):
        return _numbered(values)
    if column.type in ("money", "rate"):
        return pa.Array.from_buffers(
            kind, rows, [None, pa.py_buffer(np.ascontiguousarray(values, dtype=np.int64))]
        )
    if column.type == "date":
        return pa.array(values.astype("datetime64[D]"), type=kind)
    return pa.array(values, type=kind)


def _words(words: Words) -> pa.Array:
    places = words.places
    empty = places < 0
    index = pa.array(places, mask=empty) if empty.any() else pa.array(places)
    return pa.array(words.vocabulary, type=pa.string()).take(index)


def _numbered(numbered: Numbered) -> pa.Array:
    """Written digit by digit for all rows at once: one by one would cost more than all the rest."""
    rows, width = len(numbered.numbers), numbered.digits + 1
    letters = np.empty((rows, width), dtype=np.uint8)
    letters[:, 0] = ord(numbered.letter)
    rest = numbered.numbers
    for place in range(numbered.digits, 0, -1):
        rest, digit = np.divmod(rest, 10)
        letters[:, place] = digit + ZERO
    offsets = np.arange(rows + 1, dtype=np.int32) * width
    return pa.Array.from_buffers(pa.string(), rows, [None, pa.py_buffer(offsets), pa.py_buffer(letters)])
