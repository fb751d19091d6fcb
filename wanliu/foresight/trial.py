"""The honest estimate: the whole way from rows to probability, redone without the rows it is judged on.

Baselines are fitted on the same rows and judged on the same rows in the same run: the base rate, idle time
alone, logistic regression, and a plain LightGBM.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wanliu.foresight import skill
from wanliu.foresight.boosting import Bag, Flags, Floats, Training, lightgbm, stratified_parts
from wanliu.foresight.fitting_numbers import fitting

Split = Literal["random", "time"]
OURS = "model"
PLAIN_ROUNDS = 100
PLAIN: Mapping[str, Any] = {
    "objective": "binary",
    "verbosity": -1,
    "deterministic": True,
    "force_row_wise": True,
}
LATER_SHARE = 0.25
"""The share of the times, from the last back, that a split by time is judged on."""


@dataclass(frozen=True)
class Trial:
    """Scores of rows that no part of the way to them had seen; ``scores`` by name, the model's own first."""

    split: Split
    rows: NDArray[np.int64]
    left: Flags
    scores: Mapping[str, Floats]

    def figures(self) -> dict[str, dict[str, list[float | None]]]:
        """Per name, each measure as value, low, high."""
        return {
            name: {one: figure.as_list() for one, figure in skill.figures(self.left, scores).items()}
            for name, scores in self.scores.items()
        }

    def reliability(self) -> list[dict[str, float | None]]:
        return skill.reliability(self.left, self.scores[OURS])


def by_chance(on: Training, *, idle: list[int], groups: NDArray[Any] | None, seed: int) -> Trial:
    """Repeated stratified splits; rows of one group stay together."""
    found = []
    for repeat in range(fitting().trial_repeats):
        parts = stratified_parts(on.left, groups, fitting().trial_folds, seed + 1000 + repeat)
        found += [
            _one(on, parts != part, parts == part, idle, groups) for part in range(fitting().trial_folds)
        ]
    return _together("random", found)


def by_time(
    on: Training, times: NDArray[Any], *, idle: list[int], groups: NDArray[Any] | None
) -> Trial | None:
    """Fitted on the earlier times, judged on the later ones; None where there is one time only."""
    every = np.unique(times.astype(str))
    if len(every) < 2:
        return None
    first = every[-max(1, round(len(every) * LATER_SHARE))]
    later = times.astype(str) >= first
    if not _has_both(on.left[later]) or not _has_both(on.left[~later]):
        return None
    return _together("time", [_one(on, ~later, later, idle, groups)])


Piece = tuple[NDArray[np.int64], Flags, dict[str, Floats]]


def _one(on: Training, fit: Flags, out: Flags, idle: list[int], groups: NDArray[Any] | None) -> Piece:
    inside = on.only(fit)
    own = None if groups is None else groups[fit]
    inside = replace(inside, parts=stratified_parts(inside.left, own, fitting().folds, on.seed))
    scores = {OURS: Bag.fitted(inside).scores(on.features[out])}
    for name, baseline in _baselines(inside, idle):
        scores[name] = baseline(on.features[out])
    return np.flatnonzero(out), on.left[out], scores


def _together(split: Split, pieces: list[Piece]) -> Trial:
    scores = {name: np.concatenate([piece[2][name] for piece in pieces]) for name in pieces[0][2]}
    rows, left = (np.concatenate([piece[place] for piece in pieces]) for place in (0, 1))
    return Trial(split, rows.astype(np.int64), left.astype(bool), scores)


Baseline = Callable[[Floats], Floats]


def _baselines(on: Training, idle: list[int]) -> Iterator[tuple[str, Baseline]]:
    base = float(np.average(on.left, weights=on.weights))
    yield "base rate", lambda x: np.full(len(x), base)
    if idle:
        yield "idle time", plain(on, idle)
    yield "logistic", logistic(on)
    yield "plain LightGBM", plain(on, list(range(on.features.shape[1])))


def plain(on: Training, columns: list[int]) -> Baseline:
    """LightGBM as it comes, on some of the columns."""
    library = lightgbm()
    categories = [columns.index(one) for one in on.categories if one in columns]
    data = library.Dataset(
        on.features[:, columns], on.left.astype(float), weight=on.weights, categorical_feature=categories
    )
    booster = library.train({**PLAIN, "num_threads": on.threads, "seed": on.seed}, data, PLAIN_ROUNDS)
    return lambda x: np.asarray(booster.predict(x[:, columns]), dtype=np.float64)


def logistic(on: Training) -> Baseline:
    """Ridge logistic regression on logs of the features, each with a flag for its blanks."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # it has no types

    spread = _logs(on.features)
    centre, scale = spread.mean(axis=0), spread.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    learner = LogisticRegression(C=1.0, max_iter=300).fit((spread - centre) / scale, on.left, on.weights)
    return lambda x: np.asarray(learner.predict_proba((_logs(x) - centre) / scale)[:, 1], dtype=np.float64)


def _logs(features: Floats) -> Floats:
    blank = np.isnan(features)
    known = np.nan_to_num(features)
    return np.column_stack([np.sign(known) * np.log1p(np.abs(known)), blank.astype(np.float64)])


def _has_both(left: Flags) -> bool:
    return bool(left.any() and not left.all())
