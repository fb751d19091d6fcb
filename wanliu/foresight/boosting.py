"""Boosted trees: several models, each stopped on the part of the rows that it did not see, averaged.

The parts also give every row a score from models that never saw it; the calibration is learnt on those.
Nothing that is reported may come from the rows that a bag was fitted on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wanliu.errors import EnvironmentFailed
from wanliu.foresight.calibration import Calibration
from wanliu.foresight.fitting_numbers import fitting
from wanliu.text import Text

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Parts = NDArray[np.int64]

QUIET: Mapping[str, Any] = {
    "objective": "binary",
    "metric": "binary_logloss",
    "verbosity": -1,
    "deterministic": True,
    "force_row_wise": True,
    "feature_pre_filter": False,
    "bagging_freq": 1,
    "bagging_fraction": 0.7,
    "max_bin": 127,
    "cat_smooth": 20,
}


@dataclass(frozen=True)
class Training:
    """What a bag is fitted on. ``parts`` says which part each row is in: rows that belong together share
    one."""

    features: Floats
    left: Flags
    parts: Parts
    names: Sequence[str]
    categories: Sequence[int] = ()
    weights: Floats | None = None
    monotone: Sequence[int] | None = None
    seed: int = 0
    threads: int = 1

    def only(self, rows: NDArray[Any]) -> Training:
        weights = None if self.weights is None else self.weights[rows]
        return Training(
            self.features[rows], self.left[rows], self.parts[rows], self.names, self.categories, weights,
            self.monotone, self.seed, self.threads,
        )  # fmt: skip


@dataclass(frozen=True)
class Bag:
    """Boosters whose log-odds are averaged, and the way from there to a probability."""

    boosters: tuple[Any, ...]
    calibration: Calibration

    @classmethod
    def fitted(cls, on: Training) -> Bag:
        shape = _best_shape(on)
        boosters, held_out = [], np.full(len(on.left), np.nan)
        for part in np.unique(on.parts):
            out = on.parts == part
            booster = _boosted(on, ~out, out, shape, seed=on.seed + int(part))
            boosters.append(booster)
            held_out[out] = _sigmoid(booster.predict(on.features[out], raw_score=True))
        return cls(tuple(boosters), Calibration.learnt(held_out, on.left, on.weights))

    def scores(self, features: Floats) -> Floats:
        """Calibrated probabilities."""
        return self.calibration(_sigmoid(self.log_odds(features)))

    def log_odds(self, features: Floats) -> Floats:
        """The average of the boosters' log-odds, before calibration."""
        told = [booster.predict(features, raw_score=True) for booster in self.boosters]
        return np.asarray(np.mean(told, axis=0), dtype=np.float64)

    def contributions(self, features: Floats) -> Floats:
        """Per row what each feature adds to the log-odds, and in the last column where they begin; exact."""
        told = [booster.predict(features, pred_contrib=True) for booster in self.boosters]
        return np.asarray(np.mean(told, axis=0), dtype=np.float64)

    def importance(self) -> Floats:
        """The share of the gain that each feature brought."""
        gain = np.mean([booster.feature_importance("gain") for booster in self.boosters], axis=0)
        return np.asarray(gain / gain.sum() if gain.sum() else gain, dtype=np.float64)


def lightgbm() -> Any:
    """The library, or the sentence that says how to get it."""
    try:
        import lightgbm as library
    except ImportError as fault:
        raise EnvironmentFailed(_NOT_INSTALLED) from fault
    return library


def stratified_parts(left: Flags, groups: NDArray[Any] | None, count: int, seed: int) -> Parts:
    """A part number for each row, at random, leavers spread evenly; rows of one group share a part."""
    rng = np.random.default_rng(seed)
    if groups is None:
        parts = np.empty(len(left), dtype=np.int64)
        for side in (left, ~left):
            parts[side] = rng.permutation(int(side.sum())) % count
        return parts
    names, place = np.unique(groups, return_inverse=True)
    ever = np.zeros(len(names), dtype=bool)
    np.logical_or.at(ever, place, left)
    return stratified_parts(ever, None, count, seed)[place]


def _best_shape(on: Training) -> Mapping[str, Any]:
    """The shape with the smallest loss on the first held-out part; never on rows that are reported on."""
    shapes = fitting().shapes
    if len(shapes) == 1:
        return shapes[0]
    small = on
    if len(on.left) > fitting().tuning_rows:
        rows = np.random.default_rng(on.seed).choice(len(on.left), fitting().tuning_rows, replace=False)
        small = on.only(np.sort(rows))
    out = small.parts == small.parts.min()
    quick = [{**shape, "learning_rate": fitting().tuning_rate} for shape in shapes]
    tried = [_boosted(small, ~out, out, shape, seed=on.seed) for shape in quick]
    losses = [booster.best_score["held_out"]["binary_logloss"] for booster in tried]
    return shapes[int(np.argmin(losses))]


def _boosted(on: Training, fit: Flags, out: Flags, shape: Mapping[str, Any], *, seed: int) -> Any:
    library = lightgbm()
    settings: dict[str, Any] = {
        **QUIET, "seed": seed, "num_threads": on.threads, "learning_rate": fitting().learning_rate, **shape,
    }  # fmt: skip
    if on.monotone is not None:
        settings |= {"monotone_constraints": list(on.monotone), "monotone_constraints_method": "basic"}
    sets = [_dataset(library, on, rows) for rows in (fit, out)]
    stop = library.early_stopping(fitting().patience, verbose=False)
    return library.train(
        settings, sets[0], fitting().rounds, valid_sets=[sets[1]], valid_names=["held_out"], callbacks=[stop]
    )


def _dataset(library: Any, on: Training, rows: Flags) -> Any:
    return library.Dataset(
        on.features[rows],
        on.left[rows].astype(np.float64),
        weight=None if on.weights is None else on.weights[rows],
        feature_name=[f"f{place}" for place in range(on.features.shape[1])],
        categorical_feature=list(on.categories),
        free_raw_data=True,
    )


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -500, 500))), dtype=np.float64)


_NOT_INSTALLED = Text(
    zh="没有安装建模所需的部分。请运行 pip install 'wanliu[model]' 后重试。",
    en="The part that models need is not installed. Run pip install 'wanliu[model]' and try again.",
)
