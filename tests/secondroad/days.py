"""Months and trading windows (contract section 2), with nothing but datetime."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Span:
    """First and last day, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Month:
    """A calendar month, counted from the year 0: month arithmetic is integer arithmetic."""

    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year * MONTHS_A_YEAR + day.month - 1)

    def back(self, months: int) -> Month:
        return Month(self.number - months)

    @property
    def first(self) -> date:
        return date(self.number // MONTHS_A_YEAR, self.number % MONTHS_A_YEAR + 1, 1)

    @property
    def last(self) -> date:
        return self.back(-1).first - ONE_DAY

    @property
    def span(self) -> Span:
        return Span(self.first, self.last)


def months_before(day: date, months: int) -> date:
    """Calendar months back, the day clamped to the month's end (31 Aug − 6 months = 28 or 29 Feb)."""
    month = Month.of(day).back(months)
    return min(month.last, month.first + timedelta(days=day.day - 1))


def span_of_months(day: date, months: int) -> Span:
    """(D − n months, D] as a span."""
    return Span(months_before(day, months) + ONE_DAY, day)


@dataclass(frozen=True)
class TradingDays:
    """The calendar; it is exempt from the as-of rule."""

    days: tuple[date, ...]

    def month_judged(self, as_of: date) -> Month:
        """M: D's own month if no trading day of that month lies after D; otherwise the month before."""
        month = Month.of(as_of)
        after = [day for day in self.days if day in month.span and day > as_of]
        return month.back(1) if after else month

    def window(self, as_of: date, length: int, before: int = 0) -> Span | None:
        """The `length` trading days that end `before` days ahead of E; None where the calendar is shorter."""
        stop = bisect_right(self.days, as_of) - before
        start = stop - length
        return Span(self.days[start], self.days[stop - 1]) if start >= 0 else None

    def window_or_less(self, as_of: date, length: int) -> Span | None:
        """As `window`, but cut at the calendar's first day; None without any day."""
        known = self.days[: bisect_right(self.days, as_of)][-length:]
        return Span(known[0], known[-1]) if known else None

    def start(self, first_date: date) -> date:
        """A table's start: its first date, or its month's first day if no trading day comes before it."""
        month = Month.of(first_date)
        in_month = [day for day in self.days if day in month.span]
        return month.first if in_month and first_date <= in_month[0] else first_date
