"""What day and hour it is in Shanghai, and the trading days that deadlines are counted in."""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from wanliu.book.calendar import shanghai_days
from wanliu.text import Text

log = logging.getLogger("wanliu.clock")
SHANGHAI = ZoneInfo("Asia/Shanghai")
SATURDAY = 5
CALENDAR, HEADER = "calendar.csv", "date"
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


def trading_days() -> TradingDays:
    """The Shanghai days of the library, and the firm's own where it keeps a file (``calendar_file``).

    A file that cannot be read is complained of in the log and by ``calendar_fault``, and stops nothing.
    """
    return _read(calendar_file(), _stamp(calendar_file()))[0]


def calendar_fault() -> Text | None:
    """What is wrong with the firm's own file; None where it can be read, or there is none."""
    return _read(calendar_file(), _stamp(calendar_file()))[1]


def calendar_file() -> Path:
    """The firm's own trading days: a line ``date``, then a day in each line, in order."""
    home: Path = settings.WANLIU_HOME
    return home / CALENDAR


def _stamp(file: Path) -> tuple[int, int] | None:
    """Changes when the file does; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=4)
def _read(file: Path, stamp: tuple[int, int] | None) -> tuple[TradingDays, Text | None]:
    library = shanghai_days()
    if stamp is None:
        return TradingDays(library), None
    try:
        own = _own_days(file.read_text("utf-8-sig").split())
    except (OSError, ValueError) as fault:
        log.error("the trading days in %s cannot be used: %s", file.name, type(fault).__name__)
        return TradingDays(library), _UNUSABLE.format(file=file.name)
    before = tuple(day for day in library if day < own[0])
    return TradingDays((*before, *own, *(day for day in library if day > own[-1]))), None


def _own_days(lines: list[str]) -> tuple[date, ...]:
    """Raises ValueError where a line is no day, or the days are not in order."""
    days = tuple(date.fromisoformat(line) for line in lines if line != HEADER)
    if not days or any(day >= following for day, following in pairwise(days)):
        raise ValueError("days in order are needed")
    return days


_UNUSABLE = Text(
    zh="本公司的交易日历文件 {file} 读不出来，没有使用。每行一个日期（如 2027-01-04），从早到晚；"
    "改好后立即生效。",
    en="The firm's own trading calendar {file} cannot be read and is not used. Give a day in each line "
    "(as 2027-01-04), the earliest first; it counts as soon as it is mended.",
)
