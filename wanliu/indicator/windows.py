"""The spans of days that facts are summed over, each a pure function of the as-of day and the calendar.

A window has a name (which is a column of every run), its meaning in words, and a span: first and last
day, both included, or None where it would begin before the calendar does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sqlglot import exp

from wanliu.book.calendar import Calendar, Span, day_after, month_end, month_start, months_earlier
from wanliu.indicator.term import Term
from wanliu.text import Text

LOOK_BACK_DAYS = 31
"""A value of assets "at" a day is the latest row of this many days up to it."""


@dataclass(frozen=True)
class Day:
    """The as-of day D seen on a calendar."""

    as_of: date
    calendar: Calendar

    @cached_property
    def last_trading_day(self) -> date:
        """E: the last trading day ≤ D."""
        return self.calendar.last_on_or_before(self.as_of) or self.as_of

    @cached_property
    def month(self) -> date:
        """The first day of M: D's month if no trading day of it lies after D, else the month before."""
        later = self.calendar.between(day_after(self.as_of), month_end(self.as_of))
        return month_start(self.as_of, back=1 if later else 0)


class Window:
    """A span of days relative to the as-of day."""

    @property
    def name(self) -> str:
        raise NotImplementedError

    @property
    def meaning(self) -> Text:
        raise NotImplementedError

    def span(self, day: Day) -> Span | None:
        raise NotImplementedError

    @property
    def first(self) -> Term:
        return Term(exp.column(f"{self.name}_first"), "date", frozenset((Border(self),)))

    @property
    def last(self) -> Term:
        return Term(exp.column(f"{self.name}_last"), "date", frozenset((Border(self),)))

    @property
    def exists(self) -> Term:
        """False where the window would begin before the calendar does."""
        return ~self.first.is_unknown()


@dataclass(frozen=True)
class Border:
    """The first and last day of a window, as a formula may name them."""

    window: Window

    @property
    def windows(self) -> tuple[Window, ...]:
        return (self.window,)

    @property
    def name(self) -> str:
        return f"{self.window.name}_border"


@dataclass(frozen=True)
class Month(Window):
    """The calendar month M − back."""

    back: int

    @property
    def name(self) -> str:
        return f"month_{self.back}"

    @property
    def meaning(self) -> Text:
        return Text(
            zh=f"M−{self.back} 月" if self.back else "M 月",
            en=f"month M−{self.back}" if self.back else "month M",
        )

    def span(self, day: Day) -> Span:
        first = month_start(day.month, back=self.back)
        return first, month_end(first)


@dataclass(frozen=True)
class Months(Window):
    """The calendar months M − earliest … M − latest, as one span."""

    earliest: int
    latest: int

    @property
    def name(self) -> str:
        return f"months_{self.earliest}_to_{self.latest}"

    @property
    def meaning(self) -> Text:
        return Text(
            zh=f"M−{self.earliest} 至 M−{self.latest} 月", en=f"months M−{self.earliest} to M−{self.latest}"
        )

    def span(self, day: Day) -> Span:
        return month_start(day.month, back=self.earliest), Month(self.latest).span(day)[1]


@dataclass(frozen=True)
class LastMonths(Window):
    """(D − months, D]: calendar months back, the day clamped to the month's end."""

    months: int

    @property
    def name(self) -> str:
        return f"last_{self.months}_months"

    @property
    def meaning(self) -> Text:
        return Text(zh=f"最近 {self.months} 个月", en=f"the last {self.months} months")

    def span(self, day: Day) -> Span:
        return day_after(months_earlier(day.as_of, self.months)), day.as_of


@dataclass(frozen=True)
class SinceMonthStart(Window):
    """From the first day of the month ``back`` before D's month, up to D."""

    back: int

    @property
    def name(self) -> str:
        return f"since_month_start_{self.back}"

    @property
    def meaning(self) -> Text:
        return Text(
            zh=f"当月及此前 {self.back} 个月", en=f"the month of the day and the {self.back} before it"
        )

    def span(self, day: Day) -> Span:
        return month_start(day.as_of, back=self.back), day.as_of


@dataclass(frozen=True)
class TradingDays(Window):
    """``length`` trading days that end ``before`` trading days ahead of the last one ≤ D.

    It runs from its first to its last trading day; days between them that are none belong to it.
    """

    length: int
    before: int = 0
    clipped: bool = False
    """Whether it may begin with the calendar where that does not reach back far enough."""

    @property
    def name(self) -> str:
        return f"trading_{self.length}_before_{self.before}" + ("_clipped" if self.clipped else "")

    @property
    def meaning(self) -> Text:
        if not self.before:
            return Text(zh=f"最近 {self.length} 个交易日", en=f"the last {self.length} trading days")
        return Text(
            zh=f"最近 {self.before} 个交易日之前的 {self.length} 个交易日",
            en=f"the {self.length} trading days before the last {self.before}",
        )

    def span(self, day: Day) -> Span | None:
        span = day.calendar.ending(day.as_of, length=self.length, before=self.before)
        if span is None and self.clipped and day.calendar.first <= day.as_of:
            return day.calendar.first, day.last_trading_day
        return span


@dataclass(frozen=True)
class UpTo(Window):
    """The look-back for a value of assets "at" a day: the 31 days up to it."""

    anchor: LastMonths | Month | None = None

    @property
    def name(self) -> str:
        return "up_to_as_of" if self.anchor is None else f"up_to_before_{self.anchor.name}"

    @property
    def meaning(self) -> Text:
        if self.anchor is None:
            return Text(zh="当日", en="the day itself")
        meaning = self.anchor.meaning
        return Text(zh=f"{meaning.zh}开始的前一日", en=f"the day before {meaning.en}")

    def span(self, day: Day) -> Span:
        last = day.as_of if self.anchor is None else self.anchor.span(day)[0] - timedelta(days=1)
        return last - timedelta(days=LOOK_BACK_DAYS - 1), last


TODAY = UpTo()


def at_start_of(window: LastMonths | Month) -> UpTo:
    """The day just before a window begins: where its opening value stands."""
    return UpTo(window)
