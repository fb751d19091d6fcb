"""Branch head and compliance hear of what waits for us too long: once per exit and day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.exits.desk import FRIDAY, MONDAY, TUESDAY, WEDNESDAY, act, again, an_exit, on
from tests.web import make_client, make_user
from wanliu.audit.queries import events_of_stream
from wanliu.audit.record import System
from wanliu.exits.overdue import escalate_overdue
from wanliu.exits.queries import Escalated, escalations, late_size
from wanliu.exits.track import FINAL, OPEN, State
from wanliu.people.rights import sight
from wanliu.people.user import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    make_client()
    return make_user("counter_clerk")


def tell(day: date) -> list[Escalated]:
    with on(day):
        return escalate_overdue(day=day, by=System)


def test_overdue_is_told_once_a_day_and_again_the_next(clerk: User) -> None:
    with on(FRIDAY):
        leaving = an_exit("ready", by=clerk)

    assert tell(TUESDAY) == []
    (told,) = tell(WEDNESDAY)
    assert tell(WEDNESDAY) == []
    assert len(tell(WEDNESDAY + timedelta(days=1))) == 1

    assert (told.exit_id, told.why, told.due_on, told.branch_id) == (leaving.id, "overdue", TUESDAY, "B1")
    events = [one for one in events_of_stream(f"exit/{leaving.id}") if one.verb == "escalated"]
    assert len(events) == 2
    assert events[0].ids["told"] == "branch_head,compliance"
    assert again(leaving).escalated_on == WEDNESDAY + timedelta(days=1)


def test_branch_head_and_compliance_read_it_and_another_branch_does_not(clerk: User) -> None:
    with on(FRIDAY):
        an_exit("submitted", by=clerk)
    (told,) = tell(WEDNESDAY)

    def read_by(user: User) -> list[Escalated]:
        return escalations(sight(user, "exits.view"), since=FRIDAY)

    assert read_by(make_user("branch_head")) == [told]
    assert read_by(make_user("compliance", branch="")) == [told]
    assert read_by(make_user("branch_head", branch="B2")) == []
    assert read_by(make_user("head_office", branch="")) == []


@pytest.mark.parametrize("state", ["requested", "identity_checked", "conditions_listed"])
def test_step_of_ours_that_stands_too_long_is_told(clerk: User, state: State) -> None:
    """Without this, nobody would hear of an exit that is never marked as ready."""
    with on(FRIDAY):
        an_exit(state, by=clerk)

    assert tell(MONDAY) == []
    assert [one.why for one in tell(TUESDAY)] == ["standing"]


def test_condition_that_waits_for_the_client_is_not_told(clerk: User) -> None:
    with on(FRIDAY):
        leaving = an_exit("identity_checked", by=clerk)
        act("list_conditions", leaving, by=clerk, codes=["CASH_NONZERO", "FROZEN"])

    assert tell(date(2026, 6, 1)) == []


def test_condition_that_waits_for_us_is_told(clerk: User) -> None:
    with on(FRIDAY):
        leaving = an_exit("identity_checked", by=clerk)
        leaving = act("list_conditions", leaving, by=clerk, codes=["CASH_NONZERO", "MARGIN_ACCT_OPEN"])

    assert tell(TUESDAY) == []
    assert [one.why for one in tell(WEDNESDAY)] == ["standing"]
    with on(WEDNESDAY):
        act("clear_condition", leaving, by=clerk, code="MARGIN_ACCT_OPEN")
    assert tell(WEDNESDAY + timedelta(days=1)) == []


@pytest.mark.parametrize("state", FINAL)
def test_what_is_over_is_never_told(clerk: User, state: State) -> None:
    with on(FRIDAY):
        an_exit(state, by=clerk)

    assert tell(date(2030, 1, 7)) == []


@pytest.mark.parametrize("state", OPEN)
def test_nothing_that_waits_for_us_can_drop_out(clerk: User, state: State) -> None:
    with on(FRIDAY):
        leaving = an_exit(state, by=clerk)

    for day in (date(2026, 7, 1), date(2029, 7, 2)):
        told = tell(day)
        assert bool(told) == (leaving.step_due_on is not None)
        with on(day):
            assert late_size(sight(clerk, "exits.view")) == len(told)
    assert act("withdraw", leaving, by=clerk).state == "withdrawn_by_client"


def test_longest_overdue_is_told_first(clerk: User) -> None:
    make_client("C2")
    with on(MONDAY):
        later = an_exit("ready", by=clerk)
    with on(FRIDAY):
        sooner = an_exit("ready", by=clerk, client="C2")

    assert [one.exit_id for one in tell(date(2026, 4, 1))] == [sooner.id, later.id]
