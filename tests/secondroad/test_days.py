"""The second road's months and trading windows."""

from __future__ import annotations

from datetime import date

import pytest

from .days import Month, TradingDays, months_before
from .shanghai import TRADING_DAYS

D = date(2009, 10, 31)


def test_months_before_clamps_to_the_months_end() -> None:
    assert months_before(date(2009, 8, 31), 6) == date(2009, 2, 28)
    assert months_before(date(2008, 8, 31), 6) == date(2008, 2, 29)


@pytest.mark.parametrize(
    ("as_of", "month"),
    [
        (date(2009, 10, 31), 10),
        (date(2009, 10, 30), 10),
        (date(2009, 10, 29), 9),
        (date(2009, 10, 1), 9),
    ],
)
def test_month_judged_is_the_own_month_once_its_last_trading_day_is_reached(as_of: date, month: int) -> None:
    assert TradingDays(TRADING_DAYS).month_judged(as_of) == Month.of(date(2009, month, 1))


def test_start_of_a_table_is_the_first_of_the_month_on_its_first_trading_day() -> None:
    days = TradingDays(TRADING_DAYS)
    assert days.start(date(2009, 10, 9)) == date(2009, 10, 1)
    assert days.start(date(2009, 10, 3)) == date(2009, 10, 1)
    assert days.start(date(2009, 10, 12)) == date(2009, 10, 12)


def test_window_ends_on_the_last_trading_day_and_begins_after_the_base() -> None:
    days = TradingDays(TRADING_DAYS)
    current, base = days.window(D, 20), days.window(D, 60, before=20)
    assert current and (current.first, current.last) == (date(2009, 9, 25), date(2009, 10, 30))
    assert base and (base.first, base.last) == (date(2009, 7, 3), date(2009, 9, 24))


def test_window_is_none_before_the_calendar_begins() -> None:
    days = TradingDays(TRADING_DAYS[:10])
    assert days.window(D, 10) is not None
    assert days.window(D, 11) is None
