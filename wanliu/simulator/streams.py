"""Random streams that depend on the seed, the topic and the block of clients, and on nothing else.

So the number of processes, the order of the blocks and the size of the book's other parts leave a
block's draws alone, and one topic's change does not shift the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Days: TypeAlias = NDArray[np.datetime64]
AnyArray: TypeAlias = NDArray[Any]

FAR = 1 << 30
"""An index of a day that never comes."""


class Topic(IntEnum):
    MARKET = 0
    PROFILE = 1
    LIFE = 2
    HABITS = 3
    RETURNS = 4
    ORDERS = 5
    SERVICE = 6
    PEOPLE = 7
    FIRM = 8
    REQUESTS = 9
    FAULTS = 10
    PRICE = 11


def stream(seed: int, topic: Topic, block: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(int(topic), block))))


def uniform(rng: np.random.Generator, bounds: Sequence[float], size: int) -> Floats:
    """``size`` draws between the bounds."""
    return rng.uniform(bounds[0], bounds[1], size)


def whole(rng: np.random.Generator, bounds: Sequence[float], size: int) -> Ints:
    """``size`` whole numbers between the bounds, both included."""
    return rng.integers(int(bounds[0]), int(bounds[1]) + 1, size, dtype=np.int64)


def choose(rng: np.random.Generator, shares: Sequence[float], size: int) -> Ints:
    """Places drawn by the shares; where the shares leave a rest, it is one place more."""
    edges = np.cumsum(np.asarray(shares, dtype=np.float64))
    return np.searchsorted(edges, rng.random(size), side="right").astype(np.int64)
