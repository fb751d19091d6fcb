"""The two clocks: from the request's first second, and two trading days from ready to done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exits.desk import FRIDAY, MONDAY, SATURDAY, TUESDAY, WEDNESDAY, act, again, an_exit, on
from tests.web import make_client, make_user
from wanliu.clock import SHANGHAI, trading_days
from wanliu.exits.queries import Exit, clock_of
from wanliu.exits.track import STATUTORY_DAYS
from wanliu.people.user import User

pytestmark = pytest.mark.django_db

BEFORE_THE_HOLIDAY = date(2026, 2, 13)
"""The last trading day before the Spring Festival; trading resumes on 24 February 2026."""
CALENDARS_LAST = date(2026, 12, 31)


@pytest.fixture
def clerk() -> User:
    make_client()
    return make_user("counter_clerk")


def ready_on(day: date, clerk: User) -> Exit:
    with on(day):
        return an_exit("ready", by=clerk)


@pytest.mark.parametrize(
    ("ready", "due"),
    [
        (FRIDAY, TUESDAY),
        (SATURDAY, TUESDAY),  # counted from the day after, whatever day it is
        (MONDAY, WEDNESDAY),
        (BEFORE_THE_HOLIDAY, date(2026, 2, 25)),
        (date(2026, 12, 30), date(2027, 1, 1)),  # the second day is past the known ones: a weekday
        (CALENDARS_LAST, date(2027, 1, 4)),
        (date(2027, 6, 4), date(2027, 6, 8)),
        (date(2031, 5, 2), date(2031, 5, 6)),
    ],
)
def test_due_is_the_second_trading_day_after_ready(ready: date, due: date, clerk: User) -> None:
    leaving = ready_on(ready, clerk)

    assert leaving.due_on == leaving.step_due_on == due
    assert leaving.ready_at is not None
    assert leaving.ready_at.astimezone(SHANGHAI).date() == ready


def test_due_day_itself_is_in_time_and_the_next_day_is_not(clerk: User) -> None:
    leaving = ready_on(FRIDAY, clerk)

    with on(TUESDAY):
        assert not clock_of(leaving).overdue
        assert clock_of(leaving).days_left == 0
    with on(WEDNESDAY):
        assert clock_of(leaving).overdue


def test_days_left_are_trading_days(clerk: User) -> None:
    leaving = ready_on(FRIDAY, clerk)

    for day, left in ((FRIDAY, 2), (SATURDAY, 2), (MONDAY, 1), (TUESDAY, 0)):
        with on(day):
            assert clock_of(leaving).days_left == left


@pytest.mark.parametrize(("done", "late"), [(TUESDAY, False), (WEDNESDAY, True)])
def test_done_late_stays_late_and_done_in_time_stays_in_time(done: date, late: bool, clerk: User) -> None:
    leaving = ready_on(FRIDAY, clerk)
    with on(done):
        leaving = act("finish", act("submit", leaving, by=clerk), by=clerk)

    with on(date(2026, 6, 1)):
        assert clock_of(leaving).overdue is late
        assert clock_of(leaving).days_left is None


def test_calendar_at_its_end_is_marked_and_stops_nothing(clerk: User) -> None:
    leaving = ready_on(date(2033, 3, 4), clerk)

    assert clock_of(leaving).is_guessed
    with on(date(2033, 3, 7)):
        done = act("finish", act("submit", leaving, by=clerk), by=clerk)
    assert done.state == "done"
    assert not clock_of(done).overdue


def test_first_clock_runs_from_the_request_until_the_end(clerk: User) -> None:
    with on(FRIDAY):
        leaving = an_exit(by=clerk)
        assert timedelta(0) <= clock_of(leaving).elapsed < timedelta(minutes=5)
    with on(MONDAY):
        assert timedelta(days=2, hours=23) < clock_of(leaving).elapsed < timedelta(days=3, hours=1)
        leaving = act("withdraw", leaving, by=clerk)
    with on(WEDNESDAY):
        assert clock_of(leaving).elapsed < timedelta(days=3, hours=1)
        assert clock_of(leaving).due_on is None


def test_statutory_clock_does_not_run_before_ready(clerk: User) -> None:
    clock = clock_of(an_exit("conditions_listed", by=clerk))

    assert (clock.due_on, clock.overdue, clock.days_left) == (None, False, None)


def test_new_condition_takes_the_clock_back_and_ready_starts_it_anew(clerk: User) -> None:
    leaving = ready_on(FRIDAY, clerk)
    with on(MONDAY):
        leaving = act("add_condition", leaving, by=clerk)
        assert (leaving.ready_at, leaving.due_on, leaving.set_backs) == (None, None, 1)
        leaving = act("clear_condition", leaving, by=clerk)
        leaving = act("mark_ready", leaving, by=clerk)

    assert again(leaving).due_on == WEDNESDAY


@given(ready=st.dates(date(2010, 1, 1), date(2040, 1, 1)))
def test_two_trading_days_lie_between_ready_and_due_on_any_day(ready: date) -> None:
    due = trading_days().after(ready, STATUTORY_DAYS)

    assert trading_days().is_trading_day(due)
    assert trading_days().between(ready, due) == STATUTORY_DAYS
