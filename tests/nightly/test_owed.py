"""What is owed by the clock: missed hours, hours done, failures, and a clock that jumps."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from hypothesis import given
from hypothesis import strategies as st

from tests.cases.desk import Clock, running
from tests.exits.desk import an_exit
from tests.exits.test_at_once import TOGETHER, at_once
from tests.web import make_client, make_user
from wanliu.book.atomic import locked
from wanliu.clock import SHANGHAI
from wanliu.nightly import models
from wanliu.nightly.actions import run_night, run_night_if_owed, watch_deadlines_if_owed
from wanliu.nightly.owed import hour_of_night, hour_of_round, is_night_owed
from wanliu.nightly.places import Places
from wanliu.ruleset import load

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
RULES = load("standard")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def a_night(started: datetime, state: str = "done") -> None:
    ended = None if state == "running" else started + timedelta(minutes=1)
    models.Night.objects.create(started_at=started, ended_at=ended, state=state)


@pytest.mark.parametrize(
    ("moment", "hour"),
    [(at(23, 2), at(23, 2)), (at(23, 1, 59), at(22, 2)), (at(23, 23, 59), at(23, 2))],
)
def test_the_hour_of_a_night_is_the_last_that_has_come(moment: datetime, hour: datetime) -> None:
    assert hour_of_night(moment) == hour


def test_the_hour_of_the_night_is_a_setting(settings: LazySettings) -> None:
    settings.WANLIU_NIGHTLY_AT = 23
    assert hour_of_night(at(23, 10)) == at(22, 23)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_the_hour_of_a_night_is_never_more_than_a_day_ago(naive: datetime) -> None:
    moment = naive.replace(tzinfo=SHANGHAI)
    assert timedelta(0) <= moment - hour_of_night(moment) < timedelta(days=1)


def test_a_machine_that_slept_at_two_owes_the_night_when_it_wakes() -> None:
    a_night(at(20, 2))
    assert is_night_owed(at(23, 9))


def test_a_night_that_went_through_is_not_owed_again_until_the_next_hour() -> None:
    a_night(at(23, 2, 1))
    assert not is_night_owed(at(23, 2, 2)) and not is_night_owed(at(24, 1, 59))
    assert is_night_owed(at(24, 2))


def test_a_refused_delivery_is_an_answer() -> None:
    a_night(at(23, 2), "refused")
    assert not is_night_owed(at(23, 3))


@pytest.mark.parametrize(("failures", "minutes"), [(1, 0), (2, 5), (3, 15), (4, 60), (7, 60)])
@pytest.mark.parametrize("state", ["failed", "running"])
def test_a_night_that_fails_is_tried_again_ever_more_patiently(
    failures: int, minutes: int, state: str
) -> None:
    for _ in range(failures):
        a_night(at(23, 3), state)
    again = at(23, 3) + timedelta(minutes=minutes)
    assert is_night_owed(again)
    assert not is_night_owed(again - timedelta(seconds=1)) or minutes == 0


def test_a_clock_that_was_put_back_a_little_does_not_run_the_night_twice() -> None:
    a_night(at(23, 2, 0))
    assert not is_night_owed(at(23, 1, 59))
    a_night(at(22, 2, 0))
    assert not is_night_owed(at(23, 1, 30))


def test_a_night_under_a_clock_that_was_years_ahead_bars_no_later_one(home: Path) -> None:
    a_night(datetime(2031, 1, 1, 2, tzinfo=SHANGHAI))
    with running(Clock(at(23, 10))):
        assert run_night_if_owed(home, RULES) is not None
        assert run_night_if_owed(home, RULES) is None


def test_a_night_is_run_when_it_is_owed_and_only_then(home: Path) -> None:
    with running(Clock(at(23, 1))) as clock:
        assert run_night_if_owed(home, RULES) is not None  # the one of the day before was missed
        assert run_night_if_owed(home, RULES) is None
        clock.moment = at(23, 2)
        told = run_night_if_owed(home, RULES)
        assert told is not None and told.state == "done"
        assert run_night_if_owed(home, RULES) is None
        run_night(home, RULES)  # by hand, whenever one likes
    assert models.Night.objects.count() == 3


def test_while_somebody_runs_the_night_nobody_else_does(home: Path) -> None:
    home.mkdir()
    with locked(Places(home).lock):
        assert run_night_if_owed(home, RULES) is None
    assert models.Night.objects.count() == 0


def test_a_killed_night_is_marked_and_run_again(home: Path) -> None:
    with running(Clock(at(23, 3))):
        a_night(at(23, 2), "running")
        assert run_night_if_owed(home, RULES) is not None
    assert list(models.Night.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "done"]


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_runs_the_night(home: Path) -> None:
    outcomes = at_once(*[lambda: run_night_if_owed(home, RULES)] * TOGETHER)
    assert sum(one is not None for one in outcomes) == 1
    assert models.Night.objects.count() == 1
    assert not [one for one in outcomes if isinstance(one, Exception)]


# --- deadlines ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "hour"),
    [
        (at(23, 8), at(23, 8)),
        (at(23, 12, 59), at(23, 12)),
        (at(23, 22, 30), at(23, 18)),
        (at(23, 7, 59), None),
        (at(22, 12), None),
    ],
)
def test_deadlines_are_looked_at_in_working_hours_of_trading_days(
    moment: datetime, hour: datetime | None
) -> None:
    assert hour_of_round(moment) == hour


def test_an_overdue_exit_is_told_of_once_within_the_hour_and_once_a_day(home: Path) -> None:
    with running(Clock(at(16, 9))) as clock:
        make_client()
        an_exit(by=make_user("counter_clerk"))
        clock.moment = at(23, 9, 1)
        first = watch_deadlines_if_owed(home)
        assert first is not None and first.exits == 1
        assert watch_deadlines_if_owed(home) is None
        clock.moment = at(23, 10)
        second = watch_deadlines_if_owed(home)
        assert second is not None and second.exits == 0
        clock.moment = at(23, 9, 30)  # put back
        assert watch_deadlines_if_owed(home) is None
    assert models.Round.objects.count() == 2


def test_a_round_that_fails_is_made_by_the_next_look(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_: object) -> None:
        raise RuntimeError

    with running(Clock(at(23, 9))):
        with monkeypatch.context() as patch:
            patch.setattr("wanliu.nightly.actions.overdue.escalate_overdue", fails)
            with pytest.raises(RuntimeError):
                watch_deadlines_if_owed(home)
        assert watch_deadlines_if_owed(home) is not None


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_looks_at_the_deadlines(home: Path) -> None:
    with running(Clock(at(23, 9))):
        outcomes = at_once(*[lambda: watch_deadlines_if_owed(home)] * TOGETHER)
    assert sum(one is not None for one in outcomes) == 1
    assert threading.active_count() < TOGETHER
