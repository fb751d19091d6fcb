"""From a model's raw score to a probability, learnt on rows that the model did not see.

The map is the three-number *beta calibration*: logit(p) = a·ln(s) − b·ln(1 − s) + c, with a, b ≥ 0 so that it
never turns an order round. Kept as three numbers; no library is needed to read it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SMALLEST = 1e-9
STEPS = 100
SETTLED = 1e-10
RIDGE = 1e-6


@dataclass(frozen=True)
class Calibration:
    """Applied to scores within [0, 1]; ``Calibration()`` leaves them as they are."""

    a: float = 1.0
    b: float = 1.0
    c: float = 0.0

    @classmethod
    def learnt(cls, scores: Floats, left: NDArray[np.bool_], weights: Floats | None = None) -> Calibration:
        """From held-out scores; a slope that would turn the order round is fixed at zero."""
        both = _parts(scores)
        weighed = np.ones(len(scores)) if weights is None else weights
        for used in ([0, 1], [0], [1]):
            slopes, c = _logistic(both[:, used], left, weighed)
            if (slopes >= 0).all():
                a, b = (float(slopes[used.index(n)]) if n in used else 0.0 for n in (0, 1))
                return cls(a, b, c)
        return cls(0.0, 0.0, _logit(float(np.average(left, weights=weighed))))

    def __call__(self, scores: Floats) -> Floats:
        parts = _parts(scores)
        return _sigmoid(self.a * parts[:, 0] + self.b * parts[:, 1] + self.c)

    def as_json(self) -> dict[str, float]:
        return asdict(self)


def _parts(scores: Floats) -> Floats:
    inside = np.clip(scores, SMALLEST, 1 - SMALLEST)
    return np.column_stack([np.log(inside), -np.log1p(-inside)])


def _logistic(x: Floats, left: NDArray[np.bool_], weights: Floats) -> tuple[Floats, float]:
    """Slopes and constant, by Newton's steps; few columns, any number of rows."""
    design = np.column_stack([x, np.ones(len(x))])
    held = np.zeros(design.shape[1])
    for _ in range(STEPS):
        expected = _sigmoid(design @ held)
        gradient = design.T @ (weights * (left - expected)) - RIDGE * held
        curve = (design * (weights * expected * (1 - expected))[:, None]).T @ design
        step = np.linalg.solve(curve + RIDGE * np.eye(len(held)), gradient)
        held = held + step
        if np.abs(step).max() < SETTLED:
            break
    return held[:-1], float(held[-1])


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -500, 500))), dtype=np.float64)


def _logit(p: float) -> float:
    inside = min(max(p, SMALLEST), 1 - SMALLEST)
    return float(np.log(inside / (1 - inside)))
