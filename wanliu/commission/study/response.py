"""Leaving at each level of the effective rate, as if everybody paid it: a curve, no cause by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wanliu.commission.study.effect import (
    FEW_LEAVERS,
    CannotTell,
    Estimate,
    Flags,
    Floats,
    Places,
    Sample,
    chances,
    clustered,
    folds,
    interval,
    standardised,
)
from wanliu.commission.study.numbers import Numbers

LEAST = 0.02
"""A propensity of a level below it counts as it: else one row would stand for more than fifty."""


@dataclass(frozen=True)
class Level:
    """One level: its borders, the bare share that leaves, and the share if clients of all levels paid it."""

    low: float
    high: float
    rows: int
    leavers: int
    bare: Estimate
    like: Estimate


def response(sample: Sample, rate: Floats, numbers: Numbers) -> tuple[Level, ...]:
    """The levels from the lowest up. Raises CannotTell with too few leavers; nan rates do not count.

    ``sample.covariates`` must not hold the rate itself; ``sample.treated`` is not read.
    """
    known = ~np.isnan(rate)
    sample, rate = sample.where(known), rate[known]
    leavers = int(sample.outcome.sum())
    if leavers < numbers.fewest_leavers * numbers.rate_levels:
        raise CannotTell(
            FEW_LEAVERS.format(count=leavers, fewest=numbers.fewest_leavers * numbers.rate_levels)
        )
    borders = np.unique(np.quantile(rate, np.linspace(0, 1, numbers.rate_levels + 1)))
    place = np.searchsorted(borders[1:-1], rate, side="right").astype(np.int64)
    design, fold = standardised(sample.covariates), folds(sample, numbers)
    return tuple(_level(sample, design, fold, rate, place == one, numbers) for one in np.unique(place))


def _level(
    sample: Sample, design: Floats, fold: Places, rate: Floats, inside: Flags, numbers: Numbers
) -> Level:
    chance, expected = np.zeros(len(sample)), np.zeros(len(sample))
    for part in range(numbers.folds):
        learn, tell = fold != part, fold == part
        mine = learn & inside
        chance[tell] = chances(
            design[learn], inside[learn].astype(np.float64), sample.weight[learn], design[tell], numbers
        )
        expected[tell] = chances(
            design[mine], sample.outcome[mine], sample.weight[mine], design[tell], numbers
        )
    left = np.where(inside, (sample.outcome - expected) / chance.clip(LEAST, 1.0), 0.0)
    clients = len(np.unique(sample.client[inside]))
    return Level(
        low=float(rate[inside].min()),
        high=float(rate[inside].max()),
        rows=int(inside.sum()),
        leavers=int(sample.outcome[inside].sum()),
        bare=mean_of(sample.outcome[inside], sample.weight[inside], sample.client[inside], clients, numbers),
        like=mean_of(expected + left, sample.weight, sample.client, clients, numbers),
    )


def mean_of(values: Floats, weight: Floats, client: Places, clients: int, numbers: Numbers) -> Estimate:
    """A weighted mean with its interval, clustered by client."""
    value = float(weight @ values / weight.sum())
    return interval(value, clustered(weight * (values - value) / weight.sum(), client), clients, numbers)
