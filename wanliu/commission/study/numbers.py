"""The numbers of the study of cuts and leaving, as they stand in ``study.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Numbers:
    """Each field is a table of ``study.toml``, with its unit and source there."""

    horizons: tuple[int, ...]
    window: int
    smallest_cut: float
    confidence: float
    folds: int
    seed: int
    ridge: float
    most_propensity: float
    most_trimmed: float
    fewest_treated: int
    fewest_leavers: int
    fewest_expected: float
    fewest_effective: float
    margin: float
    later_cuts: tuple[int, ...]
    loyal_years: float
    loyal_active: float
    turnover_tiers: tuple[float, ...]
    asset_tiers: tuple[float, ...]
    rate_levels: int
    event_months: int
    most_rows: int
    drained: float
    cost_contact: float
    cost_adviser: float
    cost_complaint: float


@cache
def numbers() -> Numbers:
    told = tomllib.loads((files("wanliu.commission.study") / "study.toml").read_text("utf-8"))
    return Numbers(**{name: _hashable(one["value"]) for name, one in told.items()})


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
