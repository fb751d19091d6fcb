"""What the makers of random books share: a seeded choice, a day, its borders, and a book to write on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from functools import cached_property
from typing import TypeVar

from .days import ONE_DAY, Month, Span, TradingDays, months_before
from .rows import Book

Thing = TypeVar("Thing")
FEN = Decimal("0.01")
BESIDE = (Decimal(0), Decimal(0), FEN, -FEN)
"""On the border twice as often as one fen beside it."""


def whole_fen(amount: Decimal) -> Decimal:
    return amount.quantize(FEN, rounding=ROUND_DOWN)


@dataclass(frozen=True)
class Stage:
    chance: random.Random
    book: Book
    as_of: date
    days: TradingDays

    def one_of(self, things: Sequence[Thing]) -> Thing:
        return self.chance.choice(things)

    def happens(self, probability: float) -> bool:
        return self.chance.random() < probability

    def beside(self) -> Decimal:
        return self.one_of(BESIDE)

    def parts(self, amount: Decimal) -> list[Decimal]:
        """One to three amounts ≥ 0 that sum to the one told."""
        left, cut = max(amount, Decimal(0)), []
        for _ in range(self.chance.randrange(3)):
            part = whole_fen(left * self.chance.randrange(100) / 100)
            cut.append(part)
            left -= part
        return [*cut, left]

    @cached_property
    def month(self) -> Month:
        return self.days.month_judged(self.as_of)

    def window(self, length: int, before: int = 0) -> Span:
        span = self.days.window(self.as_of, length, before)
        assert span is not None  # the calendar of the books is long enough
        return span

    def trading_days(self, span: Span) -> list[date]:
        return [day for day in self.days.days if day in span]

    def day_in(self, span: Span) -> date:
        """Its first, its last, or any day of it, weekends included."""
        length = (span.last - span.first).days
        any_day = span.first + self.chance.randrange(length + 1) * ONE_DAY
        return self.one_of((span.first, span.last, any_day, any_day))

    @cached_property
    def borders(self) -> list[date]:
        """Days on which some window begins or ends, with the days beside them."""
        months = [self.month.back(back).first for back in range(-1, 8)]
        ago = [months_before(self.as_of, back) for back in (0, 2, 6, 12)]
        spans = [self.window(20), self.window(60, 20), self.window(120, 20), self.window(40)]
        spans += [self.window(60, 40), self.window(120, 40), self.window(120)]
        windows = [day for span in spans for day in (span.first, span.last)]
        reach = [self.as_of - days * ONE_DAY for days in (30, 31)]
        before_month = Month.of(self.as_of).back(1).first
        return [
            day + beside * ONE_DAY
            for day in (*months, *ago, *windows, *reach, before_month)
            for beside in (-1, 0, 1)
        ]

    def border(self) -> date:
        return self.one_of(self.borders)
