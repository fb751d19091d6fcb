"""How far a later table lies from the rows that a model was fitted on.

The population stability index per column: the sum over bins of (now − then) · ln(now ÷ then), blanks a bin of
their own, bins the tenths of then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wanliu.foresight.fitting_numbers import fitting

Floats = NDArray[np.float64]
LEAST_SHARE = 1e-4


def reference(features: Floats, names: Sequence[str]) -> dict[str, Any]:
    """Per feature the inner borders of its bins and the share of rows in each, blanks last."""
    return {name: _reference(features[:, place]) for place, name in enumerate(names)}


def drift(then: Mapping[str, Any], features: Floats, names: Sequence[str]) -> dict[str, float]:
    """Per feature the stability index of these rows against the kept reference."""
    found = {}
    for place, name in enumerate(names):
        now = _shares(features[:, place], np.asarray(then[name]["borders"], dtype=np.float64))
        before = np.maximum(np.asarray(then[name]["shares"]), LEAST_SHARE)
        now = np.maximum(now, LEAST_SHARE)
        found[name] = float(((now - before) * np.log(now / before)).sum())
    return found


def _reference(values: Floats) -> dict[str, list[float]]:
    known = values[np.isfinite(values)]
    inner = np.linspace(0, 1, fitting().drift_bins + 1)[1:-1]
    borders = np.unique(np.quantile(known, inner)) if len(known) else np.array([])
    return {"borders": borders.tolist(), "shares": _shares(values, borders).tolist()}


def _shares(values: Floats, borders: Floats) -> Floats:
    known = np.isfinite(values)
    placed = np.searchsorted(borders, np.nan_to_num(values), side="left")
    counted = np.bincount(np.where(known, placed, len(borders) + 1), minlength=len(borders) + 2)
    return counted / max(len(values), 1)
