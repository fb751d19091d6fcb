"""What a column of a firm's own table means: a number, a day or a category; decided once, then held to.

``Schema.of`` decides on the rows that a model is fitted on; ``Schema.arrays`` reads any later table in the
same sense: a number that is none, or is infinite, is a blank and is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wanliu.errors import UsageError
from wanliu.foresight.fitting_numbers import fitting
from wanliu.foresight.own_tables import Joined
from wanliu.text import Text

Kind = Literal["number", "day", "category"]
Array = NDArray[Any]

DAY_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y%m%d",
    "%Y-%m",
    "%Y/%m",
)
FIRST_YEAR, LAST_YEAR = 1900, 2100
ALMOST_ALL = 0.99
EIGHT_DIGITS = 8
OTHER = "\x00other"
SECONDS_A_DAY = 86400


@dataclass(frozen=True)
class Column:
    """``values``: a category's values, the commonest first; those seen rarely are one value together."""

    name: str
    kind: Kind
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schema:
    """The columns that a model reads, and those that it leaves aside, with the reason."""

    id_name: str
    time_name: str | None
    columns: tuple[Column, ...]
    aside: Mapping[str, str]

    @classmethod
    def of(cls, table: Joined, *, without: Iterable[str] = ()) -> Schema:
        columns, aside = [], {name: "asked" for name in without if name in table.columns}
        for name, values in table.columns.items():
            if name in aside:
                continue
            column = _column(name, values)
            if isinstance(column, str):
                aside[name] = column
            else:
                columns.append(column)
        return cls(table.id_name, table.time_name, tuple(columns), aside)

    def arrays(self, table: Joined) -> tuple[dict[str, Array], list[Text]]:
        """Each column as floats (days since 1970 for days, places in ``values`` for categories; nan is blank)
        and what was noticed. Raises UsageError where a column is missing."""
        if missing := [c.name for c in self.columns if c.name not in table.columns]:
            raise UsageError(_MISSING.format(columns=", ".join(missing)))
        notes: list[Text] = []
        found: dict[str, Array] = {}
        for column in self.columns:
            given = table.columns[column.name]
            found[column.name], lost = _floats(column, given)
            if lost:
                notes.append(_SAID[column.kind].format(column=column.name, rows=lost))
        known = {c.name for c in self.columns} | set(self.aside)
        if extra := sorted(set(table.columns) - known):
            notes.append(_EXTRA.format(columns=", ".join(extra)))
        return found, notes

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Schema:
        columns = tuple(Column(c["name"], c["kind"], tuple(c["values"])) for c in told["columns"])
        return cls(told["id_name"], told["time_name"], columns, dict(told["aside"]))


def days_of(values: pa.ChunkedArray) -> Array:
    """Days since 1970, with the time of day as a fraction; nan where there is none or it makes no sense."""
    if pa.types.is_temporal(values.type):
        seconds = values.cast(pa.timestamp("us")).cast(pa.int64())
        micros = seconds.to_numpy(zero_copy_only=False).astype(np.float64)
        return np.asarray(micros / (SECONDS_A_DAY * 1e6))
    listed = ", ".join(f"'{one}'" for one in DAY_FORMATS)
    return _through(values.cast(pa.string()), f"epoch(try_strptime(v, [{listed}])) / {SECONDS_A_DAY}.0")


def numbers_of(values: pa.ChunkedArray) -> Array:
    """Floats; nan where there is none. A thousands comma is no fault, an infinite number is."""
    if pa.types.is_boolean(values.type) or not _is_text(values):
        found = values.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    else:
        found = _through(values, "TRY_CAST(replace(v, ',', '') AS DOUBLE)")
    return np.asarray(np.where(np.isfinite(found), found, np.nan))


def _column(name: str, values: pa.ChunkedArray) -> Column | str:
    """What the column is, or why it is left aside."""
    filled = len(values) - values.null_count
    if not filled:
        return "blank"
    if pa.types.is_date(values.type) or pa.types.is_timestamp(values.type):
        return Column(name, "day")
    if _is_strange(values.type):
        return "names"
    if not _is_text(values) or np.isfinite(numbers_of(values)).sum() >= ALMOST_ALL * filled:
        return _number_or_day(name, values)
    if _sensible(days_of(values)).sum() >= ALMOST_ALL * filled:
        return Column(name, "day")
    return _category(name, values)


def _is_strange(kind: pa.DataType) -> bool:
    """Lists, bytes, spans of time: nothing that a column of a client says in one word."""
    return bool(pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_temporal(kind))


def _number_or_day(name: str, values: pa.ChunkedArray) -> Column | str:
    """Eight digits that are a day everywhere, as 20091031, are days."""
    numbers = numbers_of(values)
    known = numbers[np.isfinite(numbers)]
    if not len(known) or ((known == known[0]).all() and len(known) == len(numbers)):
        return "constant"
    whole = (known == np.floor(known)).all() and (known >= FIRST_YEAR * 10_000).all()
    if whole and (known <= LAST_YEAR * 10_000 + 1231).all():
        text = pa.chunked_array([pa.array([None if np.isnan(n) else f"{n:.0f}" for n in numbers])])
        if _sensible(days_of(text)).sum() >= ALMOST_ALL * len(known):
            return Column(name, "day")
    return Column(name, "number")


def _category(name: str, values: pa.ChunkedArray) -> Column | str:
    counted = values.value_counts()
    pairs = sorted(
        ((one["counts"].as_py(), one["values"].as_py()) for one in counted if one["values"].is_valid),
        key=lambda pair: (-pair[0], pair[1]),
    )
    common = [value for count, value in pairs if count >= fitting().rare]
    if len(common) > fitting().most_categories or not common:
        return "names"
    if len(pairs) == 1 and not values.null_count:
        return "constant"
    rest = len(common) < len(pairs)
    return Column(name, "category", (*common, OTHER) if rest else tuple(common))


def _floats(column: Column, values: pa.ChunkedArray) -> tuple[Array, int]:
    """The values, and how many that are filled in could not be understood."""
    if column.kind == "category":
        return _places(column, values)
    found = numbers_of(values) if column.kind == "number" else _days(values)
    filled = values.is_valid().to_numpy() if len(values) else np.array([], dtype=bool)
    return found, int((filled & np.isnan(found)).sum())


def _days(values: pa.ChunkedArray) -> Array:
    if not pa.types.is_temporal(values.type) and not _is_text(values):
        numbers = numbers_of(values)
        values = pa.chunked_array(
            [pa.array([None if np.isnan(n) else f"{n:.0f}" for n in numbers], pa.string())]
        )
    days = days_of(values)
    return np.asarray(np.where(_sensible(days), days, np.nan))


def _places(column: Column, values: pa.ChunkedArray) -> tuple[Array, int]:
    """A value that is not in the list is the rest where there is one, else a blank."""
    place = {value: number for number, value in enumerate(column.values)}
    rest = float(place.get(OTHER, np.nan))
    text = values.cast(pa.string()).to_pylist()
    found = np.array([np.nan if v is None else float(place.get(v, rest)) for v in text], dtype=np.float64)
    strangers = sum(v is not None and v not in place for v in text) if OTHER not in place else 0
    return found, strangers


def _sensible(days: Array) -> Array:
    first, last = (np.datetime64(f"{year}-01-01", "D").astype(int) for year in (FIRST_YEAR, LAST_YEAR))
    return np.asarray(np.isfinite(days) & (days >= first) & (days < last))


def _is_text(values: pa.ChunkedArray) -> bool:
    kind = values.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _through(values: pa.ChunkedArray, expression: str) -> Array:
    """One expression over a column of text; fixed words of ours, never text from outside."""
    with duckdb.connect() as connection:
        connection.register("given", pa.table({"v": values.cast(pa.string())}))
        told = connection.sql(f"SELECT ({expression})::DOUBLE AS f FROM given").fetchnumpy()["f"]
    return np.asarray(np.ma.filled(told, np.nan), dtype=np.float64)


_MISSING = Text(
    zh="表里缺少模型要用的列：{columns}。请补上这些列，或用现有的列重新训练。",
    en="The tables lack columns that the model reads: {columns}. Add them, or fit a model on what there is.",
)
_EXTRA = Text(zh="模型不读的列：{columns}。", en="Columns that the model does not read: {columns}.")
_SAID: dict[str, Text] = {
    "number": Text(
        zh="列 {column} 有 {rows} 处不是数或是无穷大，按空值处理。",
        en="Column {column}: {rows} values are no number, or infinite; they count as blank.",
    ),
    "day": Text(
        zh="列 {column} 有 {rows} 处不是日期，按空值处理。",
        en="Column {column}: {rows} values are no day; they count as blank.",
    ),
    "category": Text(
        zh="列 {column} 有 {rows} 处是训练时没有见过的值，按空值处理。",
        en="Column {column}: {rows} values were never seen when the model was fitted; they count as blank.",
    ),
}
