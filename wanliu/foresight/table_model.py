"""A model on a firm's own tables: fitted, tried, kept, and applied to later tables."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wanliu.errors import BookRefused, UsageError
from wanliu.foresight import drift, kept, leaks, slices, trial
from wanliu.foresight.boosting import Bag, Training, lightgbm, stratified_parts
from wanliu.foresight.columns import OTHER, Schema, numbers_of
from wanliu.foresight.fitting_numbers import fitting
from wanliu.foresight.own_tables import Joined, joined
from wanliu.foresight.recipe import Recipe, day_of_rows
from wanliu.text import Text

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Progress = Callable[[Text, int, int], None]

KIND = "table"
EPOCH = date(1970, 1, 1)
MOST_IMPORTANT = 20


@dataclass(frozen=True)
class Asked:
    """What to fit: ``positive`` is the label's value, as text, of those who leave."""

    files: Sequence[Path]
    id_name: str
    label: str
    positive: str
    time_name: str | None = None
    without: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    as_of: date | None = None
    seed: int = 1
    threads: int = 1
    progress: Progress = field(default=lambda _step, _done, _total: None)


@dataclass(frozen=True)
class Scored:
    """One row per key of the tables; ``notes`` say what was noticed while reading."""

    table: Joined
    features: Floats
    probabilities: Floats
    notes: tuple[Text, ...]


def fit(asked: Asked, out: Path, *, replace: bool = False) -> dict[str, Any]:
    """Fits, tries and keeps a model; returns its card. Raises BookRefused for a label from which nothing can
    be learnt and for columns that know too much, UsageError for columns that are not there."""
    lightgbm()
    began = time.monotonic()
    asked.progress(_READING, 0, 3)
    table, left = _labelled(asked)
    schema = Schema.of(table, without=(asked.label, *asked.without))
    if not schema.columns:
        raise BookRefused(_NO_FEATURES)
    columns, notes = schema.arrays(table)
    day = day_of_rows(schema, columns, table, _number(asked.as_of))
    suspected = leaks.suspicions(table, schema, columns, left, day)
    leaks.check(suspected, asked.accepted)
    recipe = Recipe.of(schema, columns)
    training = _training(asked, table, recipe, recipe.matrix(columns, day), left)
    asked.progress(_TRYING, 1, 3)
    tried = _trials(training, table, recipe)
    asked.progress(_FITTING, 2, 3)
    bag = Bag.fitted(training)
    card: dict[str, Any] = {
        **_about(asked, table, schema, left, day),
        "notes": [_plain(note) for note in (*table.notes, *notes)],
        "suspicions": [
            {"column": s.column, "sign": s.sign, "figure": s.figure, **_plain(s.sentence)} for s in suspected
        ],
        "trials": {one.split: _told(one, columns, schema) for one in tried},
        "importance": _importance(bag, recipe),
        "seconds": round(time.monotonic() - began, 1),
    }
    about = {
        "schema": schema.as_json(),
        "recipe": recipe.as_json(),
        "label": {"name": asked.label, "positive": asked.positive},
        "reference": {
            "features": drift.reference(training.features, recipe.names),
            "scores": drift.reference(bag.scores(training.features)[:, None], ["score"]),
        },
        "card": card,
    }
    kept.save(out, KIND, about, bag, replace=replace)
    return card


def score(model: Path, files: Sequence[Path], *, as_of: date | None = None) -> tuple[dict[str, Any], Scored]:
    """What the model says of itself, and the scores of the tables' rows. Raises UsageError for missing
    columns."""
    about, bag = kept.load(model, KIND)
    schema, recipe = Schema.from_json(about["schema"]), Recipe.from_json(about["recipe"])
    table = joined(files, id_name=schema.id_name, time_name=schema.time_name, needs_time=False)
    columns, notes = schema.arrays(table)
    day = day_of_rows(schema, columns, table, _number(as_of))
    features = recipe.matrix(columns, day)
    notes += [*table.notes, *_day_note(schema, day, as_of)]
    return about, Scored(table, features, bag.scores(features), tuple(notes))


def outcome(about: dict[str, Any], scored: Scored) -> Flags | None:
    """Who of the scored rows left, where the tables hold the label with both of its kinds."""
    label = about["label"]
    if label["name"] not in scored.table.columns:
        return None
    left, known = _is_positive(scored.table.columns[label["name"]], label["positive"])
    return left if known.all() and left.any() and not left.all() else None


def slices_of(about: dict[str, Any], scored: Scored, left: Flags) -> list[dict[str, Any]]:
    """Figures by slice for scored rows whose outcome is known."""
    schema = Schema.from_json(about["schema"])
    columns, _ = schema.arrays(scored.table)
    return slices.of_columns(schema, columns, np.arange(len(left)), left, scored.probabilities)


def _labelled(asked: Asked) -> tuple[Joined, Flags]:
    table = joined(asked.files, id_name=asked.id_name, time_name=asked.time_name)
    if asked.label not in table.columns:
        raise UsageError(_NO_LABEL.format(label=asked.label, columns=", ".join(list(table.columns)[:12])))
    left, known = _is_positive(table.columns[asked.label], asked.positive)
    if not known.all():
        keep = np.flatnonzero(known)
        note = _UNLABELLED.format(rows=len(known) - len(keep))
        columns = {name: values.take(pa.array(keep)) for name, values in table.columns.items()}
        keys = tuple(key[keep] for key in table.keys)
        table = Joined(table.id_name, table.time_name, keys, columns, (*table.notes, note))
        left = left[keep]
    gone, stayed = int(left.sum()), int((~left).sum())
    if min(gone, stayed) < fitting().fewest_of_each:
        raise BookRefused(
            _CONSTANT.format(
                label=asked.label,
                positive=asked.positive,
                gone=gone,
                stayed=stayed,
                least=fitting().fewest_of_each,
            )
        )
    return table, left


def _is_positive(values: pa.ChunkedArray, positive: str) -> tuple[Flags, Flags]:
    """Whether each row's label is the positive one, and whether it has a label; 1, 1.0 and "1" are the
    same."""
    known = np.asarray(values.is_valid().to_numpy(), dtype=bool)
    text = np.array([str(one).strip() for one in values.to_pylist()], dtype=object)
    same = text == positive.strip()
    try:
        wanted = float(positive)
    except ValueError:
        return same & known, known
    numbers = numbers_of(pa.chunked_array([pa.array(text.tolist(), type=pa.string())]))
    return (same | (numbers == wanted)) & known, known


def _training(asked: Asked, table: Joined, recipe: Recipe, features: Floats, left: Flags) -> Training:
    groups = None if table.times is None else table.ids
    parts = stratified_parts(left, groups, fitting().folds, asked.seed)
    return Training(
        features, left, parts, recipe.names, recipe.categories, seed=asked.seed, threads=asked.threads
    )


def _trials(on: Training, table: Joined, recipe: Recipe) -> list[trial.Trial]:
    idle = [place for place, feature in enumerate(recipe.features) if feature.how == "age"]
    groups = None if table.times is None else table.ids
    found = [trial.by_chance(on, idle=idle, groups=groups, seed=on.seed)]
    if table.times is not None and (later := trial.by_time(on, table.times, idle=idle, groups=groups)):
        found.append(later)
    return found


def _told(one: trial.Trial, columns: dict[str, Any], schema: Schema) -> dict[str, Any]:
    ours = one.scores[trial.OURS]
    return {
        "rows": len(one.left),
        "figures": one.figures(),
        "reliability": one.reliability(),
        "slices": slices.of_columns(schema, columns, one.rows, one.left, ours),
    }


def _about(asked: Asked, table: Joined, schema: Schema, left: Flags, day: Floats) -> dict[str, Any]:
    known = day[np.isfinite(day)]
    times = None if table.times is None else sorted({str(one) for one in table.times})
    return {
        "files": [file.name for file in asked.files],
        "rows": len(left),
        "leavers": int(left.sum()),
        "times": times,
        "day": _day(known.max() - 1) if len(known) else None,
        "columns": [column.name for column in schema.columns],
        "rest": [c.name for c in schema.columns if OTHER in c.values],
        "aside": dict(schema.aside),
        "seed": asked.seed,
        "lightgbm": lightgbm().__version__,
    }


def _importance(bag: Bag, recipe: Recipe) -> list[list[Any]]:
    gain = bag.importance()
    order = np.argsort(-gain)[:MOST_IMPORTANT]
    return [[recipe.names[place], round(float(gain[place]), 4)] for place in order if gain[place] > 0]


def _day_note(schema: Schema, day: Floats, as_of: date | None) -> Iterable[Text]:
    if as_of is None and any(column.kind == "day" for column in schema.columns):
        known = day[np.isfinite(day)]
        if len(known):
            yield _ASSUMED.format(day=_day(known.max() - 1))


def _number(day: date | None) -> float | None:
    return None if day is None else float((day - EPOCH).days)


def _day(number: float) -> str:
    return date.fromordinal(EPOCH.toordinal() + int(number)).isoformat()


def _plain(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


_READING = Text(zh="读取并检查表格", en="reading and checking the tables")
_TRYING = Text(zh="留出一部分，如实估计", en="estimating on rows left out")
_FITTING = Text(zh="用全部数据训练", en="fitting on everything")
_NO_FEATURES = Text(
    zh="除编号和标签外没有可用的列（都是空的、只有一个值，或每行都不同的文字）。请补充数据列。",
    en="Beside id and label there is no column to learn from: all are blank, constant, or text that differs "
    "in every row. Add columns.",
)
_NO_LABEL = Text(
    zh="表中没有标签列 {label}；有：{columns}。请检查 --label。",
    en="The tables have no label column {label}; they have: {columns}. Check --label.",
)
_UNLABELLED = Text(
    zh="有 {rows} 行没有标签，没有用于训练。", en="{rows} rows have no label and were not learnt from."
)
_CONSTANT = Text(
    zh="标签 {label} 学不出东西：等于 {positive} 的有 {gone} 行，不等于的有 {stayed} 行，各至少要 "
    "{least} 行。"
    "请检查 --label 和 --positive。",
    en="Nothing can be learnt from the label {label}: {gone} rows equal {positive}, {stayed} do not; at "
    "least {least} of each are needed. Check --label and --positive.",
)
_ASSUMED = Text(
    zh="没有给出 --as-of，以表中最晚的一天 {day} 为当日。",
    en="No --as-of was given; the newest day in the tables, {day}, counts as the day.",
)
