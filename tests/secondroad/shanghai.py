"""The trading days of Shanghai, 2008 to 2010: weekdays without the exchange's holidays."""

from __future__ import annotations

from datetime import date, timedelta

SATURDAY = 5
HOLIDAYS = (
    "2008-01-01/2008-01-01 2008-02-06/2008-02-12 2008-04-04/2008-04-04 2008-05-01/2008-05-02 "
    "2008-06-09/2008-06-09 2008-09-15/2008-09-15 2008-09-29/2008-10-03 2009-01-01/2009-01-02 "
    "2009-01-26/2009-01-30 2009-04-06/2009-04-06 2009-05-01/2009-05-01 2009-05-28/2009-05-29 "
    "2009-10-01/2009-10-08 2010-01-01/2010-01-01 2010-02-15/2010-02-19 2010-04-05/2010-04-05 "
    "2010-05-03/2010-05-03 2010-06-14/2010-06-16 2010-09-22/2010-09-24 2010-10-01/2010-10-07"
)


def all_days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _closed() -> set[date]:
    spans = [span.split("/") for span in HOLIDAYS.split()]
    return {
        day for first, last in spans for day in all_days(date.fromisoformat(first), date.fromisoformat(last))
    }


TRADING_DAYS: tuple[date, ...] = tuple(
    day
    for day in all_days(date(2008, 1, 1), date(2010, 12, 31))
    if day.weekday() < SATURDAY and day not in _closed()
)
