"""From a firm's own columns to features, by a recipe that never looks at the label.

A recipe is a list of *features*, each a few words: how, and of which columns. It is decided on the rows that
a model is fitted on and kept as JSON; amounts enter as they are and as ratios to one another, days as ages,
so that a table of a later quarter reads the same. The order of rows and the ids are no features.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wanliu.book.calendar import month_end
from wanliu.foresight.columns import SECONDS_A_DAY, Column, Schema, days_of
from wanliu.foresight.fitting_numbers import fitting
from wanliu.foresight.own_tables import Joined

Floats = NDArray[np.float64]
Columns = Mapping[str, Floats]

AMOUNT_FROM, AMOUNT_VALUES = 1000.0, 100
"""A column of amounts: never negative, reaching so high, with so many different values."""

STRAYS = 0.0005
"""The share of rows whose days may lie behind the day of the table: mistyped years."""

MONTH_LENGTH = 7
CENTS, MOST_ZEROS = 100, 9
STEM = re.compile(r"^(.*?)[\s_\-]*\d+$")


@dataclass(frozen=True)
class Feature:
    """``how`` names a function of this file; ``shares`` are a category's shares when the model was fitted."""

    name: str
    how: str
    of: tuple[str, ...]
    shares: tuple[float, ...] = ()


@dataclass(frozen=True)
class Recipe:
    features: tuple[Feature, ...]

    @property
    def names(self) -> list[str]:
        return [feature.name for feature in self.features]

    @property
    def categories(self) -> list[int]:
        return [place for place, feature in enumerate(self.features) if feature.how == "place"]

    @classmethod
    def of(cls, schema: Schema, columns: Columns) -> Recipe:
        return cls(tuple(_features(schema.columns, columns)))

    def matrix(self, columns: Columns, day: Floats) -> Floats:
        """One row per row of the table, one column per feature; ``day`` is the day that each row speaks
        of."""
        filled = np.empty((len(day), len(self.features)), dtype=np.float64)
        with np.errstate(all="ignore"):
            for place, feature in enumerate(self.features):
                filled[:, place] = HOW[feature.how](feature, [columns[name] for name in feature.of], day)
        return np.where(np.isfinite(filled), filled, np.nan)

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(feature) for feature in self.features]

    @classmethod
    def from_json(cls, told: Iterable[Mapping[str, Any]]) -> Recipe:
        return cls(tuple(Feature(f["name"], f["how"], tuple(f["of"]), tuple(f["shares"])) for f in told))


def day_of_rows(schema: Schema, columns: Columns, table: Joined, as_of: float | None = None) -> Floats:
    """The end of the day that each row speaks of, in days since 1970: as asked, or the row's own time, or the
    newest day that is found in the table (but for strays). nan where there is no day at all."""
    if as_of is not None:
        return np.full(len(table), as_of + 1.0)
    days = [columns[column.name] for column in schema.columns if column.kind == "day"]
    newest = _newest(np.fmax.reduce(days)) if days else np.nan
    if table.times is None:
        return np.full(len(table), newest)
    own = _ends_of_times(table.times)
    return np.where(np.isnan(own), newest, own)


def _newest(days: Floats) -> float:
    known = days[np.isfinite(days)]
    if not len(known):
        return float("nan")
    return float(np.floor(np.quantile(known, 1 - STRAYS, method="higher"))) + 1.0


def _ends_of_times(times: NDArray[np.object_]) -> Floats:
    import pyarrow as pa

    days = days_of(pa.chunked_array([pa.array([str(time) for time in times], type=pa.string())]))
    ends = days + 1.0
    for place, time in enumerate(times):
        if len(str(time)) == MONTH_LENGTH and np.isfinite(days[place]):
            first = np.datetime64(int(days[place]), "D").astype(object)
            ends[place] = float(np.datetime64(month_end(first), "D").astype(int)) + 1.0
    return ends


# --- which features there are ------------------------------------------------------------------------


def _features(columns: Sequence[Column], values: Columns) -> Iterator[Feature]:
    for column in columns:
        yield from _alone(column, values[column.name])
    if len(columns) > 1:
        yield Feature("blanks", "blanks", tuple(column.name for column in columns))
    numbers = [column.name for column in columns if column.kind == "number"]
    amounts = [name for name in numbers if _is_amount(values[name])]
    yield from (Feature(f"zeros({name})", "zeros", (name,)) for name in amounts)
    families = list(_families(amounts))
    for stem, members in families:
        yield from _of_family(stem, members)
    yield from _pairs(amounts, families)
    days = [column.name for column in columns if column.kind == "day"]
    yield from (Feature(f"{a} - {b}", "apart", (a, b)) for a, b in combinations(days, 2))


def _alone(column: Column, values: Floats) -> Iterator[Feature]:
    name, blank = column.name, np.isnan(values)
    if column.kind == "number":
        yield Feature(name, "value", (name,))
    elif column.kind == "day":
        yield Feature(f"age({name})", "age", (name,))
        if (np.nan_to_num(values) % 1 > 0).any():
            yield Feature(f"hour({name})", "hour", (name,))
    else:
        shares = tuple(float((values == place).mean()) for place in range(len(column.values)))
        yield Feature(name, "place", (name,))
        yield Feature(f"share({name})", "seen", (name,), shares)
    if blank.any() and not blank.all():
        yield Feature(f"blank({name})", "blank", (name,))


def _is_amount(values: Floats) -> bool:
    known = values[np.isfinite(values)]
    return bool(
        len(known)
        and known.min() >= 0
        and known.max() >= AMOUNT_FROM
        and len(np.unique(known)) > AMOUNT_VALUES
    )


def _families(names: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Columns whose names differ by a number at the end."""
    stems: dict[str, list[str]] = {}
    for name in names:
        if found := STEM.match(name):
            stems.setdefault(found[1], []).append(name)
    yield from ((stem, members) for stem, members in stems.items() if len(members) > 1)


def _of_family(stem: str, members: Sequence[str]) -> Iterator[Feature]:
    whole = tuple(members)
    yield Feature(f"total({stem}*)", "total", whole)
    yield Feature(f"filled({stem}*)", "filled", whole)
    yield Feature(f"largest({stem}*)", "largest", whole)
    for name in members:
        yield Feature(f"{name} / total({stem}*)", "part", (name, *whole))


def _pairs(amounts: Sequence[str], families: Sequence[tuple[str, Sequence[str]]]) -> Iterator[Feature]:
    for a, b in combinations(amounts[: fitting().pair_columns], 2):
        yield Feature(f"{a} : {b}", "ratio", (a, b))
    for stem, members in families:
        outside = [name for name in amounts if name not in members]
        yield from (Feature(f"{name} : total({stem}*)", "ratio", (name, *members)) for name in outside)
        yield from (Feature(f"{name} - total({stem}*)", "left_over", (name, *members)) for name in outside)


# --- how each is computed -------------------------------------------------------------------------------

How = Callable[[Feature, Sequence[Floats], Floats], Floats]


def _sum(parts: Sequence[Floats]) -> Floats:
    return np.asarray(np.nansum(np.column_stack(parts), axis=1))


def _seen(feature: Feature, of: Sequence[Floats], _day: Floats) -> Floats:
    shares = np.array([*feature.shares, 0.0])
    known = np.isfinite(of[0])
    return np.asarray(shares[np.where(known, np.nan_to_num(of[0]), len(shares) - 1).astype(int)])


def _zeros(_feature: Feature, of: Sequence[Floats], _day: Floats) -> Floats:
    """How many zeros an amount ends in, counted from the cent: people move round sums. −1 for nothing."""
    cents = np.round(np.nan_to_num(of[0]) * CENTS)
    found = np.zeros(len(cents))
    for power in range(1, MOST_ZEROS + 1):
        found += np.fmod(cents, 10.0**power) == 0
    return np.where(np.isnan(of[0]), np.nan, np.where(cents == 0, -1.0, found))


HOW: Mapping[str, How] = {
    "value": lambda _f, of, _d: of[0],
    "place": lambda _f, of, _d: of[0],
    "blank": lambda _f, of, _d: np.isnan(of[0]).astype(np.float64),
    "age": lambda _f, of, day: day - of[0],
    "hour": lambda _f, of, _d: np.floor(np.mod(of[0], 1.0) * SECONDS_A_DAY / 3600),
    "apart": lambda _f, of, _d: of[0] - of[1],
    "seen": _seen,
    "blanks": lambda _f, of, _d: np.isnan(np.column_stack(of)).sum(axis=1).astype(np.float64),
    "zeros": _zeros,
    "total": lambda _f, of, _d: _sum(of),
    "filled": lambda _f, of, _d: (np.nan_to_num(np.column_stack(of)) > 0).sum(axis=1).astype(np.float64),
    "largest": lambda _f, of, _d: np.nanmax(np.column_stack(of), axis=1) / _sum(of),
    "part": lambda _f, of, _d: of[0] / _sum(of[1:]),
    "ratio": lambda _f, of, _d: np.log1p(of[0]) - np.log1p(_sum(of[1:])),
    "left_over": lambda _f, of, _d: of[0] - _sum(of[1:]),
}
