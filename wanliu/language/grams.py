"""What is seen of a text: groups of characters as numbers, in time proportional to its length.

Runs of characters carry the wording; two characters with others between them carry what a paraphrase keeps.
A mark before and after the text tells where it begins and ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Floats = NDArray[np.float32]
Shape = tuple[int, ...]
"""Which characters make a group, counted from its first: (0, 1, 2) is a run of three, (0, 3) a pair."""

STEP = np.uint64(0x9E3779B97F4A7C15)
MIX = np.uint64(0xBF58476D1CE4E5B9)
HALF = np.uint64(32)
BEGIN, END = "\x02", "\x03"


@dataclass(frozen=True)
class Grams:
    """All groups of one shape: entry k is the one that begins at character k, marks included."""

    shape: Shape
    hashes: Hashes


@dataclass(frozen=True)
class Counted:
    """Different hashes (or columns), ascending, and a number for each: how often, or how much."""

    keys: NDArray[np.int64]
    values: Floats


def shapes(longest: int, widest: int) -> tuple[Shape, ...]:
    """Runs of 1 to ``longest`` characters, and pairs that stand 2 to ``widest`` places apart."""
    runs = [tuple(range(length)) for length in range(1, longest + 1)]
    return (*runs, *((0, apart) for apart in range(2, widest + 1)))


def grams_of(text: str, wanted: Sequence[Shape]) -> Iterator[Grams]:
    """Every group of every shape; the text may hold anything, lone surrogates too."""
    marked = f"{BEGIN}{text}{END}".encode("utf-32-le", "surrogatepass")
    points = np.frombuffer(marked, dtype=np.uint32).astype(np.uint64)
    for shape in wanted:
        many = max(len(points) - shape[-1], 0)
        hashes = np.full(many, _kind(shape), dtype=np.uint64)
        for offset in shape:
            hashes = hashes * STEP + points[offset : offset + many]
        yield Grams(shape, _mixed(hashes))


def _kind(shape: Shape) -> int:
    """Runs differ by their length; a pair is the same pair, however far apart."""
    is_run = shape[-1] == len(shape) - 1
    return len(shape) if is_run else PAIR


PAIR = 0


def _mixed(hashes: Hashes) -> Hashes:
    """Spreads neighbouring values over all 64 bits, so that two groups as good as never meet."""
    once = (hashes ^ (hashes >> HALF)) * MIX
    mixed: Hashes = once ^ (once >> HALF)
    return mixed


def counted(text: str, wanted: Sequence[Shape]) -> Counted:
    """The hashes of a text, and how often each occurs in it."""
    found = np.concatenate([grams.hashes for grams in grams_of(text, wanted)])
    keys, times = np.unique(found, return_counts=True)
    return Counted(keys.view(np.int64), times.astype(np.float32))


def vocabulary(texts: Iterable[Counted], *, least: int) -> tuple[Hashes, Floats]:
    """The hashes that occur in at least ``least`` texts, ascending, and in how many texts each does."""
    known, times = np.unique(
        np.concatenate([text.keys.view(np.uint64) for text in texts]), return_counts=True
    )
    often = times >= least
    return known[often], times[often].astype(np.float32)


def places(hashes: Hashes, known: Hashes) -> NDArray[np.int64]:
    """The column of each hash in the ascending ``known``; -1 where it is not there."""
    if not len(known):
        return np.full(len(hashes), -1, dtype=np.int64)
    near = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.where(known[near] == hashes, near, -1)


def weighted(text: Counted, known: Hashes, rarity: Floats) -> Counted:
    """Columns of the known hashes with damped counts times ``rarity``; of length 1 as a vector."""
    columns = places(text.keys.view(np.uint64), known)
    there = columns >= 0
    weights = (1.0 + np.log(text.values[there])) * rarity[columns[there]]
    length = float(np.sqrt(weights @ weights)) or 1.0
    return Counted(columns[there], (weights / length).astype(np.float32))
