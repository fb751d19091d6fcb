"""Least squares with a penalty, in the room of the examples: one inverse gives weights and held-out scores.

With n examples the work is one n by n inverse. Scores for a writer by a model that never saw the writer
follow from the same inverse (the leave-one-group-out identity of ridge regression), so honest thresholds
cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

PENALTY = 0.5
"""Found with each writer left out; 0.3 to 0.7 are as good."""
CONSTANT = 0.01
"""Added to every similarity: it is the intercept, kept from being penalised away."""


@dataclass(frozen=True)
class Fitted:
    """``weights``: features by outputs; ``held_out``: examples by outputs, each writer's by the others."""

    weights: Floats
    intercept: Floats
    held_out: Floats


def fit(values: Any, wanted: Floats, writers: npt.NDArray[np.str_]) -> Fitted:
    """``values``: a sparse matrix, examples by features; ``wanted``: 1 where an example is of a class."""
    similar = np.asarray((values @ values.T).todense(), dtype=np.float32) + CONSTANT
    similar[np.diag_indices_from(similar)] += PENALTY
    inverse = _inverse(similar)
    dual = inverse @ wanted
    weights = np.asarray(values.T @ dual, dtype=np.float32)
    intercept = (CONSTANT * dual.sum(axis=0)).astype(np.float32)
    return Fitted(weights, intercept, _held_out(inverse, dual, wanted, writers))


def _inverse(similar: Floats) -> Floats:
    """Of a symmetric matrix, in its own place: half the work and a third of the memory of a general inverse.

    SciPy comes with scikit-learn; only training needs it.
    """
    from scipy.linalg import lapack  # type: ignore[import-untyped]  # no types are published

    root, failed = lapack.spotrf(similar.T, lower=1, overwrite_a=1)
    lower, failed_too = lapack.spotri(root, lower=1, overwrite_c=1)
    if failed or failed_too:
        raise ArithmeticError("the exemplars' similarities have no inverse")
    inverse: Floats = np.tril(lower)
    inverse += np.tril(lower, -1).T
    return inverse


def _held_out(inverse: Floats, dual: Floats, wanted: Floats, writers: npt.NDArray[np.str_]) -> Floats:
    scores = np.empty_like(wanted)
    for writer in np.unique(writers):
        own = np.flatnonzero(writers == writer)
        scores[own] = wanted[own] - np.linalg.solve(inverse[np.ix_(own, own)], dual[own])
    return scores
