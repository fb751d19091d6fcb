"""Figures with intervals that respect that one client appears on many days.

Clients are the clusters. Each figure is a ratio of sums over clients; its variance is that of the linearised
ratio, client by client (the sandwich that surveys use), so a client who stands on the list for a year weighs
as one client and not as twelve observations. Shares get Wilson's interval with the effective number of
observations that this variance stands for; rates and lifts get theirs on the logarithm. Leads count one per
client, so the median's interval is the binomial one of order statistics. All intervals are of 95 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isfinite, log, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

CONFIDENCE = 0.95
Z = 1.959963984540054
"""The normal quantile of that confidence."""


@dataclass(frozen=True)
class Figure:
    """A number between its bounds; None where there is nothing to say."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def of(self, factor: float) -> Figure:
        return Figure(
            *(None if part is None else part * factor for part in (self.value, self.low, self.high))
        )


NOTHING = Figure(None)


class Moments:
    """Sums and products of sums over clients, of named variables, for every cell of some shape."""

    def __init__(self, names: Sequence[str], shape: tuple[int, ...] = ()) -> None:
        self.place = {name: number for number, name in enumerate(names)}
        self.sums = np.zeros((*shape, len(names)))
        self.products = np.zeros((*shape, len(names), len(names)))
        self.clients = 0

    def add(self, rows: Floats) -> None:
        """``rows``: clients × shape × variables."""
        self.sums += rows.sum(axis=0)
        self.products += np.einsum("c...v,c...w->...vw", rows, rows, optimize=True)
        self.clients += len(rows)

    def at(self, *cell: int) -> Cell:
        return Cell(self.place, self.sums[cell], self.products[cell], self.clients)


@dataclass(frozen=True)
class Cell:
    """The sums of one cell, and the figures that can be made of them."""

    place: dict[str, int]
    sums: Floats
    products: Floats
    clients: int

    def sum(self, name: str) -> float:
        return float(self.sums[self.place[name]])

    def count(self, name: str) -> int:
        return round(self.sum(name))

    def share(self, part: str, whole: str) -> Figure:
        """A part of a whole, with Wilson's interval on the effective number of observations."""
        size = self.sum(whole)
        if size <= 0:
            return NOTHING
        value = min(1.0, self.sum(part) / size)
        return wilson(value, self._effective(part, whole, value))

    def rate(self, part: str, whole: str) -> Figure:
        """A ratio that is no share of one; its interval is made on the logarithm."""
        above, below = self.sum(part), self.sum(whole)
        if below <= 0:
            return NOTHING
        if above <= 0:
            return Figure(0.0, 0.0, None)
        return _on_logarithm(above / below, self._variance({part: 1 / above, whole: -1 / below}))

    def lift(self, part: str, whole: str, base_part: str, base_whole: str) -> Figure:
        """How many times the base share the share is; both come from the same clients."""
        sums = [self.sum(name) for name in (part, whole, base_part, base_whole)]
        if min(sums[1:]) <= 0:
            return NOTHING
        value = sums[0] / sums[1] / (sums[2] / sums[3])
        if sums[0] <= 0:
            # nothing found: the bound of the share, and the base taken as it is
            high = self.share(part, whole).high
            return Figure(0.0, 0.0, None if high is None else high / (sums[2] / sums[3]))
        slopes = _added(
            {part: 1 / sums[0]}, {whole: -1 / sums[1]}, {base_part: -1 / sums[2]}, {base_whole: 1 / sums[3]}
        )
        return _on_logarithm(value, self._variance(slopes))

    def difference(self, one: tuple[str, str], other: tuple[str, str]) -> Figure:
        """Share ``other`` less share ``one`` (each a part and a whole), on the same clients."""
        wholes = self.sum(one[1]), self.sum(other[1])
        if min(wholes) <= 0:
            return NOTHING
        first, second = self.sum(one[0]) / wholes[0], self.sum(other[0]) / wholes[1]
        slopes = _added(
            {one[0]: -1 / wholes[0]},
            {one[1]: first / wholes[0]},
            {other[0]: 1 / wholes[1]},
            {other[1]: -second / wholes[1]},
        )
        half = Z * sqrt(self._variance(slopes))
        return Figure(second - first, second - first - half, second - first + half)

    def _effective(self, part: str, whole: str, value: float) -> float:
        """How many independent observations would say as much; at most as many as there are."""
        size = self.sum(whole)
        squares = float(self.products[self.place[whole], self.place[whole]])
        # where every answer is the same there is no spread to learn from: each client counts as one
        by_client = size * size / squares if squares > 0 else 0.0
        variance = self._variance({part: 1 / size, whole: -value / size})
        if not 0 < value < 1 or variance <= 0:
            return by_client
        return min(size, value * (1 - value) / variance)

    def _variance(self, slopes: dict[str, float]) -> float:
        """Of a smooth function of the sums, by its slopes; clients are independent of each other."""
        weights = np.zeros(len(self.place))
        for name, slope in slopes.items():
            weights[self.place[name]] = slope
        spread = float(weights @ self.products @ weights) - float(weights @ self.sums) ** 2 / max(
            1, self.clients
        )
        return max(0.0, spread) * self.clients / max(1, self.clients - 1)


def wilson(value: float, size: float) -> Figure:
    """Wilson's interval of a share that stands on so many observations."""
    if size <= 0 or not isfinite(size):
        return Figure(value)
    spread = Z * Z / size
    middle = (value + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * sqrt(value * (1 - value) / size + spread / (4 * size))
    return Figure(value, max(0.0, middle - half), min(1.0, middle + half))


def _on_logarithm(value: float, variance: float) -> Figure:
    half = Z * sqrt(variance)
    return Figure(value, exp(log(value) - half), exp(log(value) + half))


def _added(*slopes: dict[str, float]) -> dict[str, float]:
    """A variable that stands in several places has the sum of its slopes."""
    total: dict[str, float] = {}
    for one in slopes:
        for name, slope in one.items():
            total[name] = total.get(name, 0.0) + slope
    return total


@dataclass(frozen=True)
class Spread:
    """Median with its interval, and the quartiles, of whole numbers."""

    median: Figure
    low_quarter: float | None
    high_quarter: float | None
    count: int


def spread_of(histogram: Counts) -> Spread:
    """``histogram[n]``: how many clients have the number n."""
    count = int(histogram.sum())
    if not count:
        return Spread(NOTHING, None, None, 0)
    below = np.cumsum(histogram)
    # the ranks between which the median lies with this confidence, whatever the distribution
    half = Z * sqrt(count) / 2
    first, last = (
        max(1, int(np.floor((count + 1) / 2 - half))),
        min(count, int(np.ceil((count + 1) / 2 + half))),
    )
    median = Figure(_quantile(below, 0.5), _ranked(below, first), _ranked(below, last))
    return Spread(median, _quantile(below, 0.25), _quantile(below, 0.75), count)


def _quantile(below: Counts, share: float) -> float:
    """As a spreadsheet's QUARTILE: between two neighbours where the rank is no whole number."""
    rank = share * (int(below[-1]) - 1)
    low = _ranked(below, int(np.floor(rank)) + 1)
    high = _ranked(below, int(np.ceil(rank)) + 1)
    return low + (high - low) * (rank - int(np.floor(rank)))


def _ranked(below: Counts, rank: int) -> float:
    return float(np.searchsorted(below, rank))


def flat(name: str, figure: Figure) -> dict[str, Any]:
    """A figure as three columns of a table."""
    return {name: figure.value, f"{name}_low": figure.low, f"{name}_high": figure.high}
