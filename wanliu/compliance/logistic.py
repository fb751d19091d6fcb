"""Logistic regression on a handful of columns, by Newton's method; numpy is enough for the second stage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

PENALTY = 1.0
STEPS = 25


@dataclass(frozen=True)
class Logistic:
    """``mean`` and ``spread`` bring the columns to one scale; ``weights`` has the intercept first."""

    mean: Doubles
    spread: Doubles
    weights: Doubles

    def probability(self, columns: Doubles) -> Doubles:
        scaled = (columns - self.mean) / self.spread
        likely: Doubles = 1 / (1 + np.exp(-(self.weights[0] + scaled @ self.weights[1:])))
        return likely


def fit(columns: Doubles, wanted: npt.NDArray[np.bool_]) -> Logistic:
    """From examples by columns, and which of them are to have a high probability."""
    mean, spread = columns.mean(axis=0), columns.std(axis=0) + 1e-9
    scaled = np.hstack([np.ones((len(columns), 1)), (columns - mean) / spread])
    penalty = np.diag([0.0, *[PENALTY] * columns.shape[1]])
    weights = np.zeros(scaled.shape[1])
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-(scaled @ weights)))
        slope = scaled.T @ (likely - wanted) + penalty @ weights
        bend = (scaled * (likely * (1 - likely))[:, None]).T @ scaled + penalty
        weights = weights - np.linalg.solve(bend, slope)
    return Logistic(mean, spread, weights)
