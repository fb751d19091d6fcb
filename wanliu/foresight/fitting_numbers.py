"""The numbers by which a model is fitted and tried, as they stand in ``fitting.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Fitting:
    """Each field is a table of ``fitting.toml``, with its unit and source there."""

    folds: int
    trial_folds: int
    trial_repeats: int
    learning_rate: float
    tuning_rate: float
    rounds: int
    patience: int
    tuning_rows: int
    shapes: tuple[Mapping[str, Any], ...]
    fewest_of_each: int
    resamples: int
    interval: float
    rare: int
    most_categories: int
    pair_columns: int
    leak_refused: float
    leak_flagged: float
    order_flagged: float
    blank_flagged: float
    split_gap: float
    drift_flagged: float
    drift_bins: int
    reliable_low: float
    reliable_high: float


@cache
def fitting() -> Fitting:
    told = tomllib.loads((files("wanliu.foresight") / "fitting.toml").read_text("utf-8"))
    return Fitting(**{name: _hashable(one["value"]) for name, one in told.items()})


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
