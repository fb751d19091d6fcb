"""How well scores tell leavers from stayers, and how far a probability can be believed; plain arrays in
and out.

Ties count half. Rows may have weights (a sampled stayer stands for several).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wanliu.foresight import measures
from wanliu.foresight.fitting_numbers import fitting
from wanliu.foresight.measures import Moments, flat

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SMALLEST_PROBABILITY = 1e-12
TENTHS = 10


@dataclass(frozen=True)
class Figure:
    """One measure with the interval around it; both ends are None where nothing was resampled."""

    value: float
    low: float | None = None
    high: float | None = None

    def as_list(self) -> list[float | None]:
        return [_short(self.value), _short(self.low), _short(self.high)]


def auc(left: Flags, scores: Floats, weights: Floats | None = None) -> float:
    """The chance that a leaver drawn at random scores above a stayer; nan where either is missing."""
    order = np.argsort(scores, kind="stable")
    return _auc_in_order(left[order], scores[order], _ones(left, weights)[order])


def average_precision(left: Flags, scores: Floats, weights: Floats | None = None) -> float:
    """The mean precision over all leavers, from the highest score down."""
    order = np.argsort(-scores, kind="stable")
    return _precision_in_order(left[order], scores[order], _ones(left, weights)[order])


def lift(left: Flags, scores: Floats, share: float, weights: Floats | None = None) -> float:
    """How many times the base rate the leavers are in the share of rows with the highest scores."""
    order = np.argsort(-scores, kind="stable")
    return _lift_in_order(left[order], scores[order], _ones(left, weights)[order], share)


def log_loss(left: Flags, probabilities: Floats, weights: Floats | None = None) -> float:
    clipped = np.clip(probabilities, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
    losses = -np.where(left, np.log(clipped), np.log1p(-clipped))
    return float(np.average(losses, weights=weights))


def reliability(
    left: Flags,
    probabilities: Floats,
    parts: int = TENTHS,
    weights: Floats | None = None,
    clients: NDArray[np.int64] | None = None,
) -> list[dict[str, float | None]]:
    """From the highest scores down, in equal parts: rows, leavers expected and observed, their quotient, the
    lowest score, and the share that left with its interval.

    ``clients`` numbers the client of each row: rows of one client say little more than one.
    """
    order = np.argsort(-probabilities, kind="stable")
    weighed = _ones(left, weights)
    whose = np.arange(len(left)) if clients is None else clients
    reached = np.cumsum(weighed[order])
    borders = np.searchsorted(reached, reached[-1] * np.arange(1, parts) / parts) if len(order) else []
    told = []
    for rows in np.split(order, borders):
        expected = float((weighed[rows] * probabilities[rows]).sum())
        observed = float((weighed[rows] * left[rows]).sum())
        share = _share(left[rows], weighed[rows], whose[rows])
        told.append(
            {
                "rows": float(weighed[rows].sum()),
                "expected": expected,
                "observed": observed,
                "observed_to_expected": observed / expected if expected else None,
                "lowest": float(probabilities[rows].min()) if len(rows) else None,
                **flat("share", share),
            }
        )
    return told


def _share(left: Flags, weights: Floats, clients: NDArray[np.int64]) -> measures.Figure:
    """Leavers of all rows, with an interval that takes the client as one."""
    if not len(left):
        return measures.NOTHING
    _, whose = np.unique(clients, return_inverse=True)
    sums = [np.bincount(whose, weights=part) for part in (weights * left, weights)]
    found = Moments(("left", "all"))
    found.add(np.column_stack(sums))
    return found.at().share("left", "all")


def figures(
    left: Flags,
    probabilities: Floats,
    *,
    seed: int = 0,
    weights: Floats | None = None,
    clients: NDArray[np.int64] | None = None,
) -> Mapping[str, Figure]:
    """AUC, average precision, lift in the top tenth and log-loss, each with a bootstrap interval.

    ``clients`` numbers the client of each row: they are drawn whole, since rows of one client go together.
    """
    order = np.argsort(-probabilities, kind="stable")
    gone, scores, base = left[order], probabilities[order], _ones(left, weights)[order]
    measures: Mapping[str, Callable[[Floats], float]] = {
        "auc": lambda w: _auc_in_order(gone[::-1], scores[::-1], w[::-1]),
        "average_precision": lambda w: _precision_in_order(gone, scores, w),
        "lift": lambda w: _lift_in_order(gone, scores, w, 1 / TENTHS),
        "log_loss": lambda w: log_loss(gone, scores, w),
    }
    whose = np.arange(len(gone)) if clients is None else np.unique(clients[order], return_inverse=True)[1]
    rng, count = np.random.default_rng(seed), int(whose.max(initial=-1)) + 1
    resampled = [base * rng.poisson(1.0, count)[whose] for _ in range(fitting().resamples)]
    return {name: _with_interval(measure, base, resampled) for name, measure in measures.items()}


def _with_interval(measure: Callable[[Floats], float], base: Floats, resampled: list[Floats]) -> Figure:
    values = np.array([measure(weights) for weights in resampled])
    tail = (1 - fitting().interval) / 2
    low, high = (float(np.nanquantile(values, q)) if len(values) else None for q in (tail, 1 - tail))
    return Figure(measure(base), low, high)


def _auc_in_order(left: Flags, scores: Floats, weights: Floats) -> float:
    """Scores rise. Leavers' weight times the stayers' weight below, ties half."""
    starts = _starts(scores)
    if not len(starts):
        return float("nan")
    gone = np.add.reduceat(weights * left, starts)
    stayed = np.add.reduceat(weights * ~left, starts)
    pairs = gone.sum() * stayed.sum()
    below = np.cumsum(stayed) - stayed
    return float((gone * (below + stayed / 2)).sum() / pairs) if pairs else float("nan")


def _precision_in_order(left: Flags, scores: Floats, weights: Floats) -> float:
    """Scores fall; rows of one score are taken together."""
    starts = _starts(scores)
    if not len(starts):
        return float("nan")
    gone, everyone = np.add.reduceat(weights * left, starts), np.add.reduceat(weights, starts)
    reached = np.cumsum(everyone)
    precision = np.divide(np.cumsum(gone), reached, out=np.zeros_like(reached), where=reached > 0)
    return float((gone * precision).sum() / gone.sum()) if gone.sum() else float("nan")


def _lift_in_order(left: Flags, scores: Floats, weights: Floats, share: float) -> float:
    """Scores fall. Rows of one score are taken together, and those on the border in part."""
    starts = _starts(scores)
    if not len(starts):
        return float("nan")
    gone, everyone = np.add.reduceat(weights * left, starts), np.add.reduceat(weights, starts)
    if not gone.sum():
        return float("nan")
    wanted = share * everyone.sum()
    taken = np.clip(wanted - (np.cumsum(everyone) - everyone), 0, everyone)
    part = np.divide(taken, everyone, out=np.zeros_like(taken), where=everyone > 0)
    return float((part * gone).sum() / wanted / (gone.sum() / everyone.sum()))


def _starts(scores: Floats) -> NDArray[np.intp]:
    """Where in sorted scores each new value begins."""
    if not len(scores):
        return np.array([], dtype=np.intp)
    return np.flatnonzero(np.concatenate(([True], scores[1:] != scores[:-1])))


def _ones(left: Flags, weights: Floats | None) -> Floats:
    return np.ones(len(left)) if weights is None else weights


def _short(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), 6)
