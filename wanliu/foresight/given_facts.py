"""The facts of clients on a day by name, and the few quotients that features are made of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Facts = Mapping[str, Floats]

SMALL = 1.0
"""CNY added below a quotient, so that nothing divides by zero."""


class Given:
    """Facts by name, and the few quotients that features are made of."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def __getitem__(self, name: str) -> Floats:
        return self.facts[name]

    def mean(self, what: str, span: str) -> Floats:
        """Per day with a row of assets; unknown where there is none."""
        rows = self[f"rows_{span}"]
        return np.where(rows > 0, self[f"{what}_{span}"] / np.maximum(rows, 1), np.nan)

    def since(self, what: str) -> Floats:
        return self["day"] - self[what]

    def share_moved(self, way: str, *spans: str) -> Floats:
        """What was moved of what there was, as far as it is known."""
        moved = sum(self[f"{way}_{span}"] for span in spans)
        kept = np.maximum(np.nan_to_num(self["net_assets"]), 0)
        return np.asarray(moved / (kept + sum(self[f"out_{span}"] for span in spans) + SMALL))


def change(now: Floats, then: Floats) -> Floats:
    return np.log((now + SMALL) / (then + SMALL))


def rate_change(g: Given, what: str, now: str, then: str, smoothing: float = 0.02) -> Floats:
    return np.asarray(np.log((g.mean(what, now) + smoothing) / (g.mean(what, then) + smoothing)))
