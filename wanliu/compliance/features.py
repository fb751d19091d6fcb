"""What the classifier sees of a sentence: runs of characters, pairs of characters in a clause, concepts.

Runs carry the wording; pairs carry what a paraphrase keeps (亏 … 补, 销 … 领导) with anything in between;
concepts carry what other words mean (concepts.toml), each by itself and each that follows another.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

LONGEST_RUN = 4
WIDEST_PAIR = 15
WIDEST_CONCEPTS = 25
PAIR = "_"
CONCEPT = "\x03"
CONCEPTS = Path(__file__).with_name("concepts.toml")
CLAUSE_ENDS = frozenset(",。!?;:，、…~ \n")
EXIT, MASS = "\x01", "\x02"
"""Marks that stand for the stage and the channel, as characters that no sentence has."""

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Seen:
    """One feature, and the two characters (or first and last of the run) that it rests on."""

    name: str
    first: int
    last: int


def seen_in(text: str, *, at_exit: bool, mass: bool) -> Iterator[Seen]:
    """Every feature of a plain sentence; some thirty for each of its characters."""
    for size in range(1, LONGEST_RUN + 1):
        for start in range(len(text) - size + 1):
            yield Seen(text[start : start + size], start, start + size - 1)
    for first, last in _pairs(text):
        yield Seen(f"{text[first]}{PAIR}{text[last]}", first, last)
    yield from _concepts(text)
    if at_exit:
        yield Seen(EXIT, 0, 0)
    if mass:
        yield Seen(MASS, 0, 0)


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """Places of two characters of one clause that are not neighbours and stand near enough."""
    for start, end in _clauses(text):
        for first in range(start, end):
            for last in range(first + 2, min(first + WIDEST_PAIR, end)):
                yield first, last


@dataclass(frozen=True)
class _Meant:
    concept: str
    start: int
    end: int
    clause: int


def _concepts(text: str) -> Iterator[Seen]:
    """Every concept, and every one that follows another near by; apart where a clause ends between them."""
    meant = list(_words(text))
    for place, one in enumerate(meant):
        yield Seen(f"{CONCEPT}{one.concept}", one.start, one.end - 1)
        for other in meant[place + 1 :]:
            if other.start - one.start > WIDEST_CONCEPTS:
                break
            if other.start >= one.end:
                joint = ">" if other.clause == one.clause else "|"
                yield Seen(f"{CONCEPT}{one.concept}{joint}{other.concept}", one.start, other.start)


def _words(text: str) -> Iterator[_Meant]:
    words, longest = _lexicon()
    clause = 0
    for start, character in enumerate(text):
        for size in range(longest, 0, -1):
            for concept in words.get(text[start : start + size], ()):
                if start + size <= len(text):
                    yield _Meant(concept, start, start + size, clause)
        clause += character in CLAUSE_ENDS


@cache
def _lexicon() -> tuple[dict[str, tuple[str, ...]], int]:
    """The concepts of every word, and the length of the longest word."""
    words: dict[str, tuple[str, ...]] = {}
    for concept, listed in tomllib.loads(CONCEPTS.read_text(encoding="utf-8")).items():
        for word in listed.split():
            words[word] = (*words.get(word, ()), concept)
    return words, max(map(len, words))


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for place, character in enumerate(text):
        if character in CLAUSE_ENDS:
            yield start, place
            start = place + 1
    yield start, len(text)


RUNS, PAIRS, MEANT, MARKS = range(4)
SHARES = {RUNS: 0.54, PAIRS: 0.36, MEANT: 0.1, MARKS: 0.1}
"""How much of a sentence each view makes up; found with each writer left out."""


def _view(name: str) -> int:
    if name in (EXIT, MASS):
        return MARKS
    if name.startswith(CONCEPT):
        return MEANT
    return PAIRS if len(name) == 3 and name[1] == PAIR else RUNS


@dataclass(frozen=True)
class Vocabulary:
    """The features that are known, each with a column and a weight for how rare it is."""

    names: tuple[str, ...]
    rarity: Floats

    @classmethod
    def of(cls, texts: Iterable[Iterable[str]], *, least: int) -> Vocabulary:
        """From the feature names of every text; what fewer than ``least`` texts have is left out."""
        occurring: Counter[str] = Counter()
        number = 0
        for names in texts:
            occurring.update(set(names))
            number += 1
        kept = tuple(sorted(name for name, times in occurring.items() if times >= least))
        times = np.array([occurring[name] for name in kept], dtype=np.float64)
        rarity = np.log((1 + number) / (1 + times)) + 1
        return cls(kept, rarity.astype(np.float32))

    @cached_property
    def columns(self) -> dict[str, int]:
        return {name: column for column, name in enumerate(self.names)}

    @cached_property
    def views(self) -> npt.NDArray[np.int8]:
        return np.array([_view(name) for name in self.names], dtype=np.int8)

    def values(self, names: Iterable[str]) -> tuple[Numbers, Floats]:
        """Columns and values of one text: damped counts times rarity, the two views each of fixed length."""
        counts = Counter(column for name in names if (column := self.columns.get(name)) is not None)
        columns = np.fromiter(counts, dtype=np.int32, count=len(counts))
        times = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (1 + np.log(times)) * self.rarity[columns]
        views = self.views[columns]
        for view, share in SHARES.items():
            length = float(np.linalg.norm(values[views == view]))
            values[views == view] *= np.sqrt(share) / length if length else 0.0
        return columns, values
