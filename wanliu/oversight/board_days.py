"""The months and weeks that a board is asked about; one that is not over reaches up to today."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from wanliu.clock import today
from wanliu.errors import Refused
from wanliu.text import Text

MONTH: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
WEEK: Final = re.compile(r"(20\d\d)-W(0[1-9]|[1-4]\d|5[0-3])", re.ASCII)
DECEMBER: Final = 12


@dataclass(frozen=True)
class Period:
    """``first`` to ``ends_on``; what is known lies between ``first`` and ``last``."""

    code: str
    first: date
    ends_on: date

    @property
    def last(self) -> date:
        return min(self.ends_on, today())

    @property
    def is_over(self) -> bool:
        return self.ends_on < today()


def month_of(day: date) -> Period:
    first = day.replace(day=1)
    following = date(day.year + (day.month == DECEMBER), day.month % DECEMBER + 1, 1)
    return Period(f"{first:%Y-%m}", first, following - timedelta(days=1))


def week_of(day: date) -> Period:
    """Monday to Sunday, numbered as ISO 8601 does."""
    year, number, weekday = day.isocalendar()
    first = day - timedelta(days=weekday - 1)
    return Period(f"{year}-W{number:02}", first, first + timedelta(days=6))


def before(period: Period) -> Period:
    """The month before a month, the week before a week."""
    of = month_of if MONTH.fullmatch(period.code) else week_of
    return of(period.first - timedelta(days=1))


def month_named(code: str) -> Period:
    """This month where nothing is named. Raises Refused for what is no month that has begun."""
    found = MONTH.fullmatch(code)
    if not code:
        return month_of(today())
    if found is None or (month := date(int(found[1]), int(found[2]), 1)) > today():
        raise Refused(_NO_MONTH)
    return month_of(month)


def week_named(code: str) -> Period:
    """The last week that is over where nothing is named. Raises Refused for no week that has begun."""
    if not code:
        return before(week_of(today()))
    found = WEEK.fullmatch(code)
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:  # a year without a week 53
        monday = None
    if monday is None or monday > today():
        raise Refused(_NO_WEEK)
    return week_of(monday)


def last_of(period: Period, count: int) -> list[Period]:
    """The period and those before it, the latest first."""
    found = [period]
    while len(found) < count:
        found.append(before(found[-1]))
    return found


_NO_MONTH = Text(zh="请选择一个已经开始的月份，如 2026-10。", en="Choose a month that has begun, as 2026-10.")
_NO_WEEK = Text(zh="请选择一个已经开始的周，如 2026-W45。", en="Choose a week that has begun, as 2026-W45.")
