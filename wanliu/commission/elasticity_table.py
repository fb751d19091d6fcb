"""Elasticities from a table of one's own: which rows count and which do not, by group and pooled."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet

from wanliu.book.encoding import DamagedArchive, Undecodable, detect, open_bytes
from wanliu.commission.elasticity import FEW_UNITS, CannotEstimate, Estimate, Floats, Places, elasticity
from wanliu.errors import BookRefused, UsageError
from wanliu.text import Text

Column = Sequence[str | None]
Drop = Literal["blank", "not_a_number", "not_above_zero"]
Logs = Literal["none", "quantity", "price", "both"]
"""Of which columns logarithms are taken; the others are in logs already."""

BLANKS = {"", "na", "n/a", "nan", "null", "."}
"""What programs write for no value; “none” is not among them: it is a value of many a category."""
SEPARATORS = ",\t;|"
MOST_CELLS = 200_000_000
"""Rows × columns of controls that fit into memory, 1.6 GB."""


@dataclass(frozen=True)
class Question:
    """What is asked of the table: names of its columns."""

    quantity: str
    price: str
    unit: tuple[str, ...]
    by: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    """Controls that are categories although they are written in numbers."""
    logs: Logs = "none"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.quantity, self.price, *self.unit, *self.by, *self.controls)))


@dataclass(frozen=True)
class Group:
    """One row of the answer; ``estimate`` None: ``notes`` say why not."""

    values: tuple[str, ...] | None
    """Of the ``by`` columns; None: all groups pooled."""
    estimate: Estimate | None
    notes: tuple[Text, ...]


@dataclass(frozen=True)
class Answer:
    question: Question
    rows: int
    used: int
    dropped: Mapping[Drop, int]
    groups: tuple[Group, ...]
    """By value, the pooled one last."""


@dataclass(frozen=True)
class _Usable:
    """The rows that count, as arrays."""

    quantity: Floats
    price: Floats
    unit: Places
    groups: Sequence[tuple[str, ...]]
    controls: Sequence[tuple[str, npt.NDArray[np.object_] | Floats]] = field(default_factory=tuple)


def answer(table: Mapping[str, Column], question: Question) -> Answer:
    """An estimate for each group of ``by`` and one for all together, from the rows that have every value.

    A row with a blank, with a word where a number belongs, or with nothing to take a logarithm of, is left
    out and counted under the first of these that holds.
    """
    kept, dropped = _usable(table, question)
    rows = len(table[question.quantity])
    places: dict[tuple[str, ...], list[int]] = {}
    for place, values in enumerate(kept.groups):
        places.setdefault(values, []).append(place)
    groups = [
        _group(kept, values, np.array(places[values], dtype=np.int64))
        for values in sorted(places, key=_order)
    ]
    pooled = _group(kept, None, np.arange(len(kept.quantity)))
    return Answer(
        question, rows, len(kept.quantity), dropped, (*groups, pooled) if question.by else (pooled,)
    )


def _order(values: tuple[str, ...]) -> tuple[tuple[float, str], ...]:
    """Numbers by size, 2 before 10, and words behind them."""
    numbers = (_number(value) for value in values)
    return tuple(
        (float("inf") if number is None else number, value)
        for number, value in zip(numbers, values, strict=True)
    )


def _group(kept: _Usable, values: tuple[str, ...] | None, rows: Places) -> Group:
    notes: list[Text] = []
    try:
        controls = _matrix(kept, rows)
        found = elasticity(kept.quantity[rows], kept.price[rows], kept.unit[rows], controls)
    except CannotEstimate as fault:
        return Group(values, None, (fault.why,))
    if found.singles:
        notes.append(_SINGLES.format(rows=found.singles))
    if found.units < FEW_UNITS:
        notes.append(_FEW.format(units=found.units))
    return Group(values, found, tuple(notes))


def _matrix(kept: _Usable, rows: Places) -> Floats:
    """The controls of these rows: numbers as they are, of a category a column for each value but one."""
    columns: list[Floats] = []
    for _, values in kept.controls:
        if values.dtype != np.object_:
            columns.append(np.asarray(values[rows], dtype=np.float64))
            continue
        names, codes = np.unique(values[rows].astype(str), return_inverse=True)
        if len(names) * len(rows) > MOST_CELLS:
            raise CannotEstimate(_TOO_MANY.format(values=len(names)))
        columns += [(codes == code).astype(np.float64) for code in range(1, len(names))]
    return np.column_stack(columns) if columns else np.empty((len(rows), 0))


def _usable(table: Mapping[str, Column], question: Question) -> tuple[_Usable, dict[Drop, int]]:
    why: list[Drop | None] = [None] * len(table[question.quantity])
    for name in question.columns:
        for place, value in enumerate(table[name]):
            if why[place] is None and _is_blank(value):
                why[place] = "blank"
    numbers = {
        name: _logs(table[name], why, taken=question.logs in (side, "both"))
        for name, side in ((question.quantity, "quantity"), (question.price, "price"))
    }
    keep = [place for place, reason in enumerate(why) if reason is None]
    counts = Counter(reason for reason in why if reason is not None)

    def values(name: str) -> list[str]:
        return [str(table[name][place]).strip() for place in keep]

    named = list(zip(*(values(name) for name in question.unit), strict=True))
    codes = {each: code for code, each in enumerate(dict.fromkeys(named))}
    return (
        _Usable(
            quantity=numbers[question.quantity][keep],
            price=numbers[question.price][keep],
            unit=np.array([codes[each] for each in named], dtype=np.int64),
            groups=list(zip(*(values(name) for name in question.by), strict=True)),
            controls=[
                (name, _control(values(name), name in question.categories)) for name in question.controls
            ],
        ),
        dict(counts),
    )


def _logs(column: Column, why: list[Drop | None], *, taken: bool) -> Floats:
    """The column's numbers, or their logarithms; notes in ``why`` the rows that have none."""
    found = np.full(len(column), np.nan)
    for place, value in enumerate(column):
        if why[place] is not None:
            continue
        number = _number(str(value))
        if number is None:
            why[place] = "not_a_number"
        elif taken and number <= 0:
            why[place] = "not_above_zero"
        else:
            found[place] = np.log(number) if taken else number
    return found


def _control(values: list[str], as_category: bool) -> npt.NDArray[np.object_] | Floats:
    """Numbers where every value is one, else categories."""
    numbers = [_number(value) for value in values]
    if as_category or any(number is None for number in numbers):
        return np.array(values, dtype=np.object_)
    return np.array(numbers, dtype=np.float64)


def _number(written: str) -> float | None:
    try:
        number = float(written)
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def _is_blank(value: str | None) -> bool:
    return value is None or value.strip().lower() in BLANKS


def read_table(path: Path, question: Question) -> dict[str, Column]:
    """The columns that are asked for, as text. CSV (UTF-8 or GB18030, also gzip) or Parquet.

    Raises UsageError where there is no such file or column, BookRefused for a file that cannot be read.
    """
    if not path.is_file():
        raise UsageError(_NO_FILE.format(path=path))
    try:
        columns = _parquet(path, question) if path.suffix == ".parquet" else _csv(path, question)
    except (Undecodable, DamagedArchive, pa.ArrowException, csv.Error) as fault:
        raise BookRefused(_UNREADABLE.format(path=path.name, why=type(fault).__name__)) from fault
    if not columns[question.quantity]:
        raise UsageError(_EMPTY.format(path=path.name))
    return columns


def _parquet(path: Path, question: Question) -> dict[str, Column]:
    _check(pa.parquet.read_schema(path).names, question)
    found = pa.parquet.read_table(path, columns=list(question.columns))
    return {name: found.column(name).cast(pa.string()).to_pylist() for name in question.columns}


def _csv(path: Path, question: Question) -> dict[str, Column]:
    codec = detect(path).codec
    with io.TextIOWrapper(open_bytes(path), encoding=codec, newline="") as stream:
        head = stream.readline()
        separator = max(SEPARATORS, key=head.count)
        names = [name.strip() for name in next(csv.reader([head], delimiter=separator), [])]
        _check(names, question)
        places = {name: names.index(name) for name in question.columns}
        columns: dict[str, list[str | None]] = {name: [] for name in question.columns}
        for number, row in enumerate(csv.reader(stream, delimiter=separator), start=2):
            if not row:
                continue
            if len(row) != len(names):
                raise UsageError(
                    _RAGGED.format(path=path.name, line=number, cells=len(row), names=len(names))
                )
            for name, place in places.items():
                columns[name].append(row[place])
    return dict(columns)


def _check(names: Sequence[str], question: Question) -> None:
    missing = [name for name in question.columns if name not in names]
    if missing:
        raise UsageError(_NO_COLUMN.format(missing=", ".join(missing), known=", ".join(names)))
    twice = [name for name in question.columns if list(names).count(name) > 1]
    if twice:
        raise UsageError(_TWICE.format(names=", ".join(twice)))


_SINGLES = Text(
    zh="{rows} 行的单元只有这一行，没有计入。", en="{rows} rows whose unit has no other are not counted."
)
_FEW = Text(
    zh="只有 {units} 个单元，区间偏窄，只供参考。",
    en="only {units} units: the interval is too short, take it as a hint.",
)
_TOO_MANY = Text(
    zh="一个控制变量有 {values} 个类别，放不进内存。请把它写进 --unit，或归并类别。",
    en="a control has {values} categories, more than fit into memory. Make it part of --unit, or merge some.",
)
_NO_FILE = Text(zh="找不到文件 {path}。请检查路径。", en="There is no file {path}. Check the path.")
_UNREADABLE = Text(
    zh="{path} 读不出来（{why}）。请给出 UTF-8 或 GB18030 的 CSV，或 Parquet。",
    en="{path} cannot be read ({why}). Give a CSV in UTF-8 or GB18030, or a Parquet file.",
)
_EMPTY = Text(zh="{path} 里一行数据也没有。", en="{path} has no row.")
_RAGGED = Text(
    zh="{path} 第 {line} 行有 {cells} 个单元格，表头有 {names} 个。请改正后重试。",
    en="{path}, line {line}: {cells} cells under {names} headings. Mend it and try again.",
)
_NO_COLUMN = Text(
    zh="没有这些列：{missing}。表里有：{known}。",
    en="There are no columns {missing}. The table has: {known}.",
)
_TWICE = Text(zh="这些列名出现了不止一次：{names}。", en="These column names appear more than once: {names}.")
