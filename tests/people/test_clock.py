"""Deadlines in trading days, up to the end of the known calendar and beyond it."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from wanliu.clock import TradingDays, calendar_fault, now, today, trading_days

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


# --- the firm's own days --------------------------------------------------------------------------


@pytest.fixture
def own_file(tmp_path: Path, settings: LazySettings) -> Path:
    settings.WANLIU_HOME = tmp_path
    return tmp_path / "calendar.csv"


def test_the_firms_own_days_take_the_place_of_the_librarys_where_they_reach(own_file: Path) -> None:
    before, last = trading_days(), trading_days().runs_out_on
    own_file.write_text(f"date\n{last}\n2027-01-05\n2027-01-07\n", "utf-8")

    days = trading_days()

    assert days.runs_out_on == date(2027, 1, 7)
    assert days.after(last, 1) == date(2027, 1, 5) and days.after(last, 2) == date(2027, 1, 7)
    assert days.known[:-2] == before.known and not days.is_guessed(date(2027, 1, 7))
    assert calendar_fault() is None


def test_a_day_off_that_the_library_does_not_know_is_one(own_file: Path) -> None:
    own_file.write_text("\ufeff2009-09-24\r\n2009-09-29\r\n", "utf-8")
    assert trading_days().after(date(2009, 9, 24), 1) == date(2009, 9, 29)
    assert trading_days().after(date(2009, 9, 29), 1) == date(2009, 9, 30)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"date\n",
        b"2027-01-05\n2027-01-04\n",
        b"2027-01-05\n2027-01-05",
        b"soon",
        b"\xff\xfe",
        b"2027-02-30",
    ],
)
def test_a_file_that_cannot_be_read_is_said_and_stops_nothing(own_file: Path, content: bytes) -> None:
    before = trading_days()
    own_file.write_bytes(content)
    assert trading_days() == before
    assert calendar_fault() is not None
    own_file.write_text("2027-01-04", "utf-8")
    assert trading_days().runs_out_on == date(2027, 1, 4) and calendar_fault() is None
