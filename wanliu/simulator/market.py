"""The market factor: real trading days, an index return per day, a turnover index per month, one slump.

The returns may be those of a real index; then no slump is made up, and how lively trading is stays made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from wanliu.book.calendar import continued
from wanliu.errors import UsageError
from wanliu.simulator.index import Closes, returns_of
from wanliu.simulator.streams import Days, Floats, Ints, Topic, stream
from wanliu.simulator.world import MarketNumbers
from wanliu.text import Text


@dataclass(frozen=True)
class Month:
    """A calendar month of the span: trading days [start, stop)."""

    label: str
    start: int
    stop: int


@dataclass(frozen=True)
class Market:
    """``returns`` and ``turnover`` have one entry per trading day; turnover 1.0 is usual."""

    days: Days
    returns: Floats
    turnover: Floats
    slump: tuple[int, int] | None

    @property
    def length(self) -> int:
        return len(self.days)

    @cached_property
    def month_of_day(self) -> Ints:
        """For each trading day the place of its month in ``months``."""
        return np.unique(self.days.astype("datetime64[M]"), return_inverse=True)[1].astype(np.int64)

    @cached_property
    def months(self) -> tuple[Month, ...]:
        labels, starts = np.unique(self.days.astype("datetime64[M]"), return_index=True)
        stops = [*starts[1:], self.length]
        return tuple(
            Month(str(label), int(start), int(stop))
            for label, start, stop in zip(labels, starts, stops, strict=True)
        )

    def index_of(self, moments: Days) -> Ints:
        """The first trading day on or after each moment; the length where there is none."""
        return np.searchsorted(self.days, moments).astype(np.int64)


def make_market(
    seed: int, *, first: date, last: date, numbers: MarketNumbers, index: Closes | None = None
) -> Market:
    """Raises UsageError where the span holds no trading day, or calendar or index do not reach it."""
    days = trading_days(first, last)
    rng = stream(seed, Topic.MARKET)
    slump = _slump(len(days), numbers) if index is None else None
    months = days.astype("datetime64[M]")
    number_of_months = len(np.unique(months))
    by_month = np.unique(months, return_inverse=True)[1]
    turnover = _turnover_index(rng, number_of_months, numbers)[by_month]
    if index is not None:
        return Market(days=days, returns=returns_of(index, days), turnover=turnover, slump=None)
    sigma = numbers.monthly_return_sigma / np.sqrt(numbers.days_a_month)
    returns = rng.normal(0.0, sigma, len(days))
    if slump is not None:
        start, stop = slump
        # the fall is what it says: the noise inside the slump is shifted so that it adds up to it
        returns[start:stop] += np.log1p(-numbers.slump_fall) / (stop - start) - returns[start:stop].mean()
        turnover = turnover * _slump_turnover(len(days), slump, numbers)
    return Market(days=days, returns=np.expm1(returns), turnover=turnover, slump=slump)


def trading_days(first: date, last: date) -> Days:
    """Raises UsageError where there is none, or the calendar does not reach so far."""
    calendar = continued(())
    calendar.check_covers(first)
    calendar.check_covers(last)
    days = calendar.between(first, last)
    if not days:
        raise UsageError(
            Text(
                zh="{first} 至 {last} 之间没有交易日。请把时间范围放宽。",
                en="There is no trading day from {first} to {last}. Give a longer span.",
            ).format(first=first, last=last)
        )
    return np.array(days, dtype="datetime64[D]")


def _slump(length: int, numbers: MarketNumbers) -> tuple[int, int] | None:
    if length < numbers.slump_needs_days:
        return None
    start = int(length * numbers.slump_at)
    return start, start + numbers.slump_days


def _turnover_index(rng: np.random.Generator, months: int, numbers: MarketNumbers) -> Floats:
    """Log-normal AR(1) with a mean of about one."""
    sigma, persistence = numbers.monthly_turnover_sigma, numbers.turnover_persistence
    shocks = rng.normal(0.0, sigma, months)
    level = np.empty(months)
    level[0] = shocks[0]
    for month in range(1, months):
        level[month] = persistence * level[month - 1] + np.sqrt(1 - persistence**2) * shocks[month]
    return np.exp(level - sigma**2 / 2)


def _slump_turnover(length: int, slump: tuple[int, int], numbers: MarketNumbers) -> Floats:
    start, stop = slump
    day = np.arange(length)
    back = np.clip((day - stop) / numbers.slump_recovery_days, 0.0, 1.0)
    low = numbers.slump_turnover
    return np.where(day < start, 1.0, low + (1.0 - low) * back)
