"""What day and hour it is in Shanghai, and the trading days that deadlines are counted in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings

from wanliu.book.calendar import shanghai_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
SATURDAY = 5
NOTICE = timedelta(days=30)
"""How long before its end a calendar is complained of."""


_STARTED = datetime.now(SHANGHAI)


def now() -> datetime:
    """This moment in Shanghai.

    Where a day is fixed (demonstrations), that day at this time of day; with an hour at which it opens, so
    long after that hour as this process has been running.
    """
    moment = datetime.now(SHANGHAI)
    if settings.WANLIU_TODAY is None:
        return moment
    if settings.WANLIU_OPENS is not None:
        opened = datetime.combine(settings.WANLIU_TODAY, settings.WANLIU_OPENS, SHANGHAI)
        moment = min(
            opened + (moment - _STARTED), datetime.combine(settings.WANLIU_TODAY, time.max, SHANGHAI)
        )
    return moment.replace(
        year=settings.WANLIU_TODAY.year, month=settings.WANLIU_TODAY.month, day=settings.WANLIU_TODAY.day
    )


def today() -> date:
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The day in Shanghai. The database gives moments in UTC, where the day is another for eight hours."""
    return moment.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class TradingDays:
    """Trading days without an end: beyond the known ones every weekday counts, and is marked as guessed."""

    known: tuple[date, ...]

    @property
    def runs_out_on(self) -> date:
        """The last day that is known."""
        return self.known[-1]

    def runs_out_soon(self, day: date) -> bool:
        return day > self.runs_out_on - NOTICE

    def is_guessed(self, day: date) -> bool:
        return day > self.runs_out_on

    def is_trading_day(self, day: date) -> bool:
        if self.is_guessed(day):
            return day.weekday() < SATURDAY
        place = bisect_right(self.known, day)
        return place > 0 and self.known[place - 1] == day

    def after(self, day: date, count: int) -> date:
        """The ``count``-th trading day after the day; the day itself for 0."""
        if count == 0:
            return day
        following = self._after(day)
        for _ in range(count - 1):
            next(following)
        return next(following)

    def between(self, first: date, last: date) -> int:
        """How many trading days lie after first, up to and including last; 0 where last is no later."""
        return sum(1 for _ in self._until(first, last))

    def _until(self, first: date, last: date) -> Iterator[date]:
        for day in self._after(first):
            if day > last:
                return
            yield day

    def _after(self, day: date) -> Iterator[date]:
        yield from self.known[bisect_right(self.known, day) :]
        guess = max(day, self.runs_out_on)
        while True:
            guess += timedelta(days=1)
            if guess.weekday() < SATURDAY:
                yield guess


@cache
def trading_days() -> TradingDays:
    return TradingDays(shanghai_days())
