"""Same tier, same outcome? A test of groups within strata by shuffling, with intervals; pure functions.

The question is always asked within a stratum (a tier): were groups shuffled among the people of each tier,
how often would the groups' totals lie as far from what the tiers give as they do? The shuffles are drawn
as what they are, multivariate hypergeometric numbers; nobody's row is touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from wanliu.foresight.measures import Figure, Z, wilson

Counts = npt.NDArray[np.int64]
Cell = tuple[int, int]
"""How many, and how many of them with the outcome."""
Table = Mapping[str, Mapping[str, Cell]]
"""Stratum → group → cell."""


@dataclass(frozen=True)
class Group:
    """One group over all strata: its share, and its difference to the others of the same strata."""

    name: str
    count: int
    yes: int
    share: Figure
    expected: float
    """How many it would have were its people treated as their strata are."""
    difference: Figure
    """Mantel and Haenszel's, in shares; above 0: more often than the others of the same strata."""


@dataclass(frozen=True)
class Tested:
    """The groups, and the chance of groups as far apart if only chance had parted them."""

    groups: tuple[Group, ...]
    p: float


def arrays(table: Table, groups: Sequence[str]) -> tuple[Counts, Counts]:
    """Counts and outcomes, strata × groups."""
    empty = (0, 0)
    cells = np.array([[row.get(name, empty) for name in groups] for row in table.values()], dtype=np.int64)
    return cells[:, :, 0], cells[:, :, 1]


def compared(table: Table, groups: Sequence[str], *, draws: int, seed: int) -> Tested:
    """``groups`` in the order in which they are told."""
    counts, yes = arrays(table, groups)
    return Tested(
        tuple(_group(name, place, counts, yes) for place, name in enumerate(groups)),
        p_value(counts, yes, draws=draws, seed=seed),
    )


def p_value(counts: Counts, yes: Counts, *, draws: int, seed: int) -> float:
    """(1 + shuffles as far apart) ÷ (1 + shuffles): never 0, and never too small."""
    expected, spread = moments(counts, yes)
    seen = _apart(yes.sum(axis=0), expected, spread)
    generator = np.random.default_rng(seed)
    totals = np.zeros((draws, counts.shape[1]), dtype=np.int64)
    for row, outcomes in zip(counts, yes.sum(axis=1), strict=True):
        totals += generator.multivariate_hypergeometric(row, int(outcomes), size=draws, method="marginals")
    as_far = int((_apart(totals, expected, spread) >= seen - ROUNDING).sum())
    return (1 + as_far) / (1 + draws)


ROUNDING = 1e-9


def moments(counts: Counts, yes: Counts) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean and variance of each group's total under shuffling within the strata."""
    people, outcomes = counts.sum(axis=1, keepdims=True), yes.sum(axis=1, keepdims=True)
    share = np.divide(outcomes, people, out=np.zeros(people.shape), where=people > 0)
    mean = counts * share
    rest = np.divide(people - counts, people - 1, out=np.zeros(counts.shape), where=people > 1)
    return mean.sum(axis=0), (mean * (1 - share) * rest).sum(axis=0)


def _apart(totals: Any, expected: Any, spread: Any) -> Any:
    """Squared distances from the means in units of the variances, summed over the groups."""
    distance = np.divide(
        (totals - expected) ** 2,
        spread,
        out=np.zeros(np.shape(totals)),
        where=np.broadcast_to(spread > 0, np.shape(totals)),
    )
    return distance.sum(axis=-1)


def _group(name: str, place: int, counts: Counts, yes: Counts) -> Group:
    count, outcomes = int(counts[:, place].sum()), int(yes[:, place].sum())
    expected, _ = moments(counts, yes)
    return Group(
        name=name,
        count=count,
        yes=outcomes,
        share=wilson(outcomes / count, count) if count else Figure(None),
        expected=float(expected[place]),
        difference=difference(counts, yes, place),
    )


def difference(counts: Counts, yes: Counts, place: int) -> Figure:
    """Mantel and Haenszel's difference of shares of one group to all others, with Sato's variance.

    None where no stratum holds both.
    """
    ours, theirs = counts[:, place].astype(float), counts.sum(axis=1) - counts[:, place].astype(float)
    mine, others = yes[:, place].astype(float), yes.sum(axis=1) - yes[:, place].astype(float)
    both = (ours > 0) & (theirs > 0)
    n1, n0, x, y = (one[both] for one in (ours, theirs, mine, others))
    size = n1 + n0
    weight = float((n1 * n0 / size).sum())
    if not weight:
        return Figure(None)
    value = float(((x * n0 - y * n1) / size).sum()) / weight
    first = (n1**2 * y - n0**2 * x + n1 * n0 * (n0 - n1) / 2) / size**2
    second = (x * (n0 - y) + y * (n1 - x)) / (2 * size)
    half = Z * sqrt(max(0.0, value * float(first.sum()) + float(second.sum()))) / weight
    return Figure(value, max(-1.0, value - half), min(1.0, value + half))


def holm(ps: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values, in the order given: all tests together err as often as one would."""
    adjusted, highest = [0.0] * len(ps), 0.0
    for rank, place in enumerate(sorted(range(len(ps)), key=lambda one: ps[one])):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[place]))
        adjusted[place] = highest
    return adjusted


def joined(table: Table, *, smallest: int, rest: str) -> dict[str, dict[str, Cell]]:
    """The table with every group of fewer people than ``smallest`` in one called ``rest``.

    Should the rest itself be too small, the smallest other group joins it: nothing can be found out by
    taking the shown groups from the total.
    """
    sizes: dict[str, int] = {}
    for row in table.values():
        for name, (count, _) in row.items():
            sizes[name] = sizes.get(name, 0) + count
    small = {name for name, size in sizes.items() if size < smallest}
    left = sorted((size, name) for name, size in sizes.items() if name not in small)
    while small and left and sum(sizes[name] for name in small) < smallest:
        small.add(left.pop(0)[1])
    found: dict[str, dict[str, Cell]] = {}
    for stratum, row in table.items():
        told = found.setdefault(stratum, {})
        for name, (count, yes) in row.items():
            key = rest if name in small else name
            before = told.get(key, (0, 0))
            told[key] = (before[0] + count, before[1] + yes)
    return found
