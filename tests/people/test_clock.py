"""Deadlines in trading days, up to the end of the known calendar and beyond it."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from wanliu.clock import TradingDays, now, today, trading_days

FRIDAY, MONDAY = date(2009, 9, 25), date(2009, 9, 28)
DAYS = st.dates(date(2009, 1, 1), date(2030, 1, 1))


def test_two_trading_days_after_a_friday_is_the_tuesday() -> None:
    assert trading_days().after(FRIDAY, 2) == date(2009, 9, 29)


def test_a_deadline_runs_over_the_national_holiday() -> None:
    assert trading_days().after(date(2009, 9, 30), 1) == date(2009, 10, 9)


def test_no_days_after_a_saturday_is_the_saturday_itself() -> None:
    assert trading_days().after(date(2009, 9, 26), 0) == date(2009, 9, 26)


def test_beyond_the_known_days_weekdays_count_and_are_marked() -> None:
    days = TradingDays((FRIDAY,))

    assert days.after(FRIDAY, 1) == MONDAY
    assert days.after(FRIDAY, 6) == date(2009, 10, 5)
    assert not days.is_guessed(FRIDAY)
    assert days.is_guessed(MONDAY)
    assert days.is_trading_day(MONDAY)
    assert not days.is_trading_day(date(2009, 9, 26))


@pytest.mark.parametrize(("before", "soon"), [(30, False), (29, True), (0, True)])
def test_the_calendars_end_is_complained_of_thirty_days_before(before: int, soon: bool) -> None:
    days = trading_days()

    assert days.runs_out_soon(days.runs_out_on - timedelta(days=before)) is soon


@given(day=DAYS, count=st.integers(1, 40))
def test_between_undoes_after(day: date, count: int) -> None:
    days = trading_days()
    due = days.after(day, count)

    assert days.between(day, due) == count
    assert days.between(day, due - timedelta(days=1)) == count - 1
    assert days.is_trading_day(due)


def test_a_fixed_day_keeps_the_time_of_day() -> None:
    with override_settings(WANLIU_TODAY=date(2009, 10, 31)):
        assert today() == date(2009, 10, 31)
        assert now().utcoffset() == timedelta(hours=8)


def test_a_fixed_day_opens_at_its_hour_and_does_not_run_into_the_next() -> None:
    with override_settings(WANLIU_TODAY=MONDAY, WANLIU_OPENS=time(9, 30)):
        assert today() == MONDAY and now().hour >= 9
    with override_settings(WANLIU_TODAY=MONDAY, WANLIU_OPENS=time(23, 59, 59, 999999)):
        assert today() == MONDAY
