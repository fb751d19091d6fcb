"""Which days a back-test asks about: regular ones whose horizon lies wholly in the book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from wanliu.book.sealed import Book
from wanliu.errors import UsageError
from wanliu.foresight.labels import last_day
from wanliu.text import Text
from wanliu.warning.run import days_between

EVERY = {"month": "month-end", "week": "week"}


@dataclass(frozen=True)
class AskedDays:
    """The days that are judged, and those left out because their horizon runs out of the book."""

    days: tuple[date, ...]
    too_late: tuple[date, ...]
    book_ends: date


def asked_days(book: Book, first: date, last: date, every: str, horizon: int) -> AskedDays:
    """``every``: ``month``, ``week``, or a number of trading days. Raises UsageError where no day is left."""
    book_ends = last_day(book)
    starts = [day for table in ("assets", "flows", "trades") if (day := book.first_date(table))]
    if first > last or last > book_ends or first < min(starts):
        raise UsageError(_OUTSIDE.format(first=first, last=last, begins=min(starts), ends=book_ends))
    days = _every(book, first, last, every)
    whole = tuple(day for day in days if day + timedelta(days=horizon) <= book_ends)
    if not whole:
        latest = book_ends - timedelta(days=horizon)
        raise UsageError(_NONE_LEFT.format(horizon=horizon, ends=book_ends, latest=latest))
    return AskedDays(whole, days[len(whole) :], book_ends)


def _every(book: Book, first: date, last: date, every: str) -> tuple[date, ...]:
    if every in EVERY:
        return days_between(book.calendar, first, last, EVERY[every])
    if not every.isdigit() or int(every) < 1:
        raise UsageError(_NO_STEP.format(every=every))
    return book.calendar.between(first, last)[:: int(every)]


_OUTSIDE = Text(
    zh="{first} 至 {last} 不全在账簿里：数据自 {begins} 起，至 {ends} 止。请换一段日期。",
    en="{first} to {last} does not lie within the book: its data run from {begins} to {ends}. Choose "
    "other days.",
)
_NONE_LEFT = Text(
    zh="没有一天可以检验：观察期 {horizon} 天要整段落在账簿里，而账簿到 {ends} 为止，最晚只能判到 "
    "{latest}。请把 --from 提前，或用更短的 --horizon。",
    en="No day can be tested: a horizon of {horizon} days must lie wholly in the book, which ends on "
    "{ends}, so the last day that can be judged is {latest}. Begin earlier with --from, or use a "
    "shorter --horizon.",
)
_NO_STEP = Text(
    zh="--every {every} 看不懂。请写 month、week，或交易日的个数（如 5）。",
    en="--every {every} means nothing. Give month, week, or a number of trading days (such as 5).",
)
