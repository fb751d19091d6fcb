"""The same figures for parts of the clients: a model that is good on the whole may be poor for some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wanliu.foresight import skill
from wanliu.foresight.columns import OTHER, Schema

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

QUARTERS = 4
MOST_VALUES = 8
FEWEST = 200
"""Rows below which a slice is not shown by itself: its figures would be noise."""

MOST_COLUMNS = 6


def of_columns(
    schema: Schema, columns: Mapping[str, Floats], rows: NDArray[Any], left: Flags, probabilities: Floats
) -> list[dict[str, Any]]:
    """Figures per value of the categories and per quarter of days and numbers; ``rows`` are places in the
    columns of the judged rows."""
    found: list[dict[str, Any]] = []
    ordered = sorted(schema.columns, key=lambda column: ("category", "day", "number").index(column.kind))
    shown = 0
    for column in ordered:
        values = columns[column.name][rows]
        if column.kind == "category":
            parts = _values(values, column.values)
        else:
            parts = _quarters(values, column.kind)
        told = [one for name, part in parts if (one := _slice(column.name, name, part, left, probabilities))]
        if len(told) > 1:
            found += told
            shown += 1
        if shown == MOST_COLUMNS:
            break
    return found


def of_parts(
    what: str,
    parts: Iterator[tuple[str, Flags]],
    left: Flags,
    probabilities: Floats,
    weights: Floats | None = None,
) -> list[dict[str, Any]]:
    """Figures per named part of the rows."""
    return [one for name, part in parts if (one := _slice(what, name, part, left, probabilities, weights))]


def _values(values: Floats, names: tuple[str, ...]) -> Iterator[tuple[str, Flags]]:
    for place, name in enumerate(names[:MOST_VALUES]):
        yield ("…" if name == OTHER else name), values == place
    yield "—", np.isnan(values)


def _quarters(values: Floats, kind: str) -> Iterator[tuple[str, Flags]]:
    known = values[np.isfinite(values)]
    if len(known):
        borders = np.unique(np.quantile(known, np.linspace(0, 1, QUARTERS + 1)))
        for low, high in pairwise(borders):
            last = high == borders[-1]
            yield _between(low, high, kind), (values >= low) & ((values < high) | (last & (values == high)))
    yield "—", np.isnan(values)


def _between(low: float, high: float, kind: str) -> str:
    if kind == "day":
        return " – ".join(str(np.datetime64(int(one), "D")) for one in (low, high))
    return f"{low:,.10g} – {high:,.10g}"


def _slice(
    what: str, name: str, part: Flags, left: Flags, probabilities: Floats, weights: Floats | None = None
) -> dict[str, Any] | None:
    if part.sum() < FEWEST:
        return None
    own = None if weights is None else weights[part]
    expected = float(np.average(probabilities[part], weights=own))
    observed = float(np.average(left[part], weights=own))
    value = skill.auc(left[part], probabilities[part], own)
    return {
        "what": what, "part": name, "rows": int(part.sum()), "leavers": int(left[part].sum()),
        "auc": value if np.isfinite(value) else None,
        "observed_to_expected": observed / expected if expected else None,
    }  # fmt: skip
