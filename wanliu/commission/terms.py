"""Rate and minimum: what an order costs by them, exact to the fen, and which held on which day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

FEN = Decimal("0.01")
FEN_PER_YUAN = 100
RATE_UNIT = 100_000_000
"""A rate of 1 in the units of the book's rate columns: eight decimals."""
LARGEST = 2**62 // RATE_UNIT
"""Fen whose product with a rate of 1 fits into 64 bits: 461 million yuan."""

Fen: TypeAlias = npt.NDArray[Any]
"""Whole fen, one for each order."""


@dataclass(frozen=True)
class Terms:
    """A rate (fraction of turnover) and a minimum per order (yuan, 0: none)."""

    rate: Decimal
    minimum: Decimal

    @property
    def break_even(self) -> Decimal | None:
        """The order size from which the rate counts, to the fen upwards; None where no size does."""
        if not self.minimum:
            return Decimal(0)
        return (self.minimum / self.rate).quantize(FEN, ROUND_CEILING) if self.rate else None


def in_fen(amount: Decimal) -> int:
    """Whole fen: sums and borders are integers, so nothing is ever rounded twice."""
    return int(amount * FEN_PER_YUAN)


def in_yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def in_units(rate: Decimal) -> int:
    return int(rate * RATE_UNIT)


def exactly(fen: Sequence[int]) -> Fen:
    """Whole fen as an array: of 64 bits where a product with any rate fits, else of Python's own integers."""
    return np.array(fen, dtype=np.int64 if max(fen, default=0) <= LARGEST else np.object_)


def costs(turnovers: Fen, terms: Terms) -> Fen:
    """max(turnover × rate, minimum) of each order, in fen; the product half up, as statements have it."""
    return np.maximum(shares(turnovers, terms.rate), in_fen(terms.minimum))


def shares(amounts: Fen, rate: Decimal) -> Fen:
    """amount × rate in fen, half up."""
    return (amounts * in_units(rate) + RATE_UNIT // 2) // RATE_UNIT


def on_minimum(turnovers: Fen, terms: Terms) -> int:
    """How many orders pay the minimum because turnover × rate, unrounded, is less."""
    return int((turnovers * in_units(terms.rate) < in_fen(terms.minimum) * RATE_UNIT).sum())


def total(fen: Fen) -> int:
    """The sum as Python's own integer, which has no largest one."""
    return sum(fen.tolist())


@dataclass(frozen=True)
class Change:
    """A change of terms; an order of its day already pays the new ones."""

    date: date
    old_rate: Decimal
    new_rate: Decimal
    old_min: Decimal | None = None
    new_min: Decimal | None = None


@dataclass(frozen=True)
class Course:
    """A client's terms by day: those of the table of clients, as they are today, and every change before.

    The past is today's terms with later changes taken back; so a change after the as-of day tells nothing
    but what held before it. What the book does not know is None.
    """

    rate: Decimal | None
    minimum: Decimal | None
    changes: tuple[Change, ...] = ()
    """By date."""

    def on(self, day: date) -> tuple[Decimal | None, Decimal | None]:
        later = [one for one in self.changes if one.date > day]
        earlier = [one for one in reversed(self.changes) if one.date <= day]
        rate = _first(later, lambda one: one.old_rate, self.rate, earlier, lambda one: one.new_rate)
        minimum = _first(later, lambda one: one.old_min, self.minimum, earlier, lambda one: one.new_min)
        return rate, minimum

    def terms(self, day: date) -> Terms | None:
        """None unless both are known."""
        rate, minimum = self.on(day)
        return None if rate is None or minimum is None else Terms(rate, minimum)

    def spans(self, days: Sequence[date]) -> dict[date, Terms | None]:
        """The terms of each of these days; looked up once for all days between two changes."""
        found: dict[date, Terms | None] = {}
        borders = [one.date for one in self.changes]
        known: dict[int, Terms | None] = {}
        for day in set(days):
            place = sum(border <= day for border in borders)
            if place not in known:
                known[place] = self.terms(day)
            found[day] = known[place]
        return found


Value = Callable[[Change], Decimal | None]


def _first(
    later: Sequence[Change], before: Value, today: Decimal | None, earlier: Sequence[Change], after: Value
) -> Decimal | None:
    """What the next change took away, else today's, else what the last change brought."""
    told = (*map(before, later), today, *map(after, earlier))
    return next((value for value in told if value is not None), None)
