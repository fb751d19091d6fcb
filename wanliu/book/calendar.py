"""The trading days of the Shanghai exchange, and the arithmetic of days and months on them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from wanliu.errors import UsageError
from wanliu.text import Text

Span = tuple[date, date]
"""First and last day, both included."""


class Calendar:
    """Trading days in order; days outside its first and last day are unknown, not closed."""

    def __init__(self, days: Iterable[date]) -> None:
        self.days = tuple(sorted(set(days)))
        if not self.days:
            raise UsageError(
                Text(
                    zh="交易日历为空。请在 calendar 表中给出交易日，或删去该表以使用内置的上海日历。",
                    en="The trading calendar is empty. Give its days in the table calendar, or remove "
                    "that table to use the built-in Shanghai calendar.",
                )
            )

    @property
    def first(self) -> date:
        return self.days[0]

    @property
    def last(self) -> date:
        return self.days[-1]

    def __contains__(self, day: date) -> bool:
        place = bisect_left(self.days, day)
        return place < len(self.days) and self.days[place] == day

    def between(self, first: date, last: date) -> tuple[date, ...]:
        """The trading days from first to last, both included."""
        return self.days[bisect_left(self.days, first) : bisect_right(self.days, last)]

    def last_on_or_before(self, day: date) -> date | None:
        place = bisect_right(self.days, day)
        return self.days[place - 1] if place else None

    def ending(self, end: date, *, length: int, before: int = 0) -> Span | None:
        """The span of ``length`` trading days that ends ``before`` trading days ahead of the last one ≤ end.

        None where it would begin before the calendar does.
        """
        stop = bisect_right(self.days, end) - before
        start = stop - length
        return (self.days[start], self.days[stop - 1]) if start >= 0 else None

    def check_covers(self, day: date) -> None:
        """Raises UsageError where the calendar does not reach the end of the day's month."""
        if self.first <= day <= self.last:
            return
        raise UsageError(
            Text(
                zh="交易日历只覆盖 {first} 至 {last}，不含 {day}。请在数据目录中加入 calendar 表，"
                "列出其后的交易日。",
                en="The trading calendar covers {first} to {last}, not {day}. Add a table calendar with the "
                "trading days beyond to the delivery.",
            ).format(first=self.first, last=self.last, day=day)
        )


@cache
def shanghai_days() -> tuple[date, ...]:
    """All trading days that the library exchange-calendars knows for Shanghai (1990-12-19 …)."""
    import exchange_calendars  # slow to load, and only sealing needs it

    sessions = exchange_calendars.get_calendar("XSHG", start="1990-12-19").sessions
    return tuple(session.date() for session in sessions)


def continued(own: Iterable[date]) -> Calendar:
    """A book's own trading days; where they end, or if there are none, the Shanghai days of the library."""
    own = tuple(own)
    reach = max(own, default=date.min)
    return Calendar((*own, *(day for day in shanghai_days() if day > reach)))


def month_start(day: date, *, back: int = 0) -> date:
    """The first day of the month that lies ``back`` months before the day's month."""
    years, month = divmod(day.year * 12 + day.month - 1 - back, 12)
    return date(years, month + 1, 1)


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_earlier(day: date, months: int) -> date:
    """The same day of the month ``months`` before, clamped to that month's end (31 Aug − 6 = 28/29 Feb)."""
    start = month_start(day, back=months)
    return start.replace(day=min(day.day, month_end(start).day))


def day_after(day: date) -> date:
    return day + timedelta(days=1)
