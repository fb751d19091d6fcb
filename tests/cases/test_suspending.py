"""The suspended clock: exits and complaints stop it, their end moves what rested on by the days lost."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cases.desk import Clock, adviser, alarm, call, head, open_now, the_case
from tests.exits.desk import act
from tests.web import make_client, make_user
from wanliu.audit.queries import events_of_stream
from wanliu.cases.actions import (
    Alarm,
    close_complaint,
    open_or_update,
    promise,
    reconcile,
    reconcile_all,
    record_complaint,
)
from wanliu.cases.models import Case, Line, Task
from wanliu.exits.actions import request_exit, withdraw
from wanliu.exits.queries import exits_of
from wanliu.people.user import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    make_client()
    made = adviser()
    open_now(alarm(level="orange"))
    return made


def leave(user: User) -> None:
    request_exit(client_id="C1", kind="close_account", channel="counter", by=user)
    reconcile("C1")


def stay() -> None:
    (leaving,) = exits_of("C1")
    by = make_user("counter_clerk", staff="")
    withdraw(exit_id=leaving.id, version=leaving.version, how="signature", reference="XH-1", by=by)
    reconcile("C1")


def first_contact() -> Task:
    return Task.objects.get(kind="first_contact", case=the_case())


def test_an_exit_stops_the_clock_and_its_withdrawal_moves_the_day_on(clock: Clock, user: User) -> None:
    assert the_case().due_on == date(2026, 11, 26)
    clock.set("2026-11-24")
    leave(user)
    assert (the_case().suspended_why, the_case().state) == ("exit", "assigned")

    clock.set("2026-11-27")  # three trading days later, past the old day
    assert first_contact().due_on == date(2026, 11, 26)
    stay()

    assert the_case().suspended_at is None
    assert the_case().due_on == first_contact().due_on == date(2026, 12, 1)


def test_a_weekend_costs_nothing(clock: Clock, user: User) -> None:
    clock.set("2026-11-27", hour=16)
    Task.objects.update(due_on="2026-11-30")
    leave(user)
    clock.set("2026-11-29")
    stay()

    assert first_contact().due_on == date(2026, 11, 30)


def test_what_came_while_it_rested_is_moved_by_what_it_rested(clock: Clock, user: User) -> None:
    leave(user)
    clock.set("2026-11-25")
    open_now(alarm(level="red"))  # the rise makes the day the 26th, and nothing of it has been lost yet
    assert first_contact().due_on == date(2026, 11, 26)
    clock.set("2026-11-26")
    stay()

    assert first_contact().due_on == date(2026, 12, 1)


def test_a_promise_rests_for_nothing(clock: Clock, user: User) -> None:
    promise(client_id="C1", what="把对账单寄给客户", to_whom="客户", due_on=date(2026, 11, 25), by=user)
    leave(user)
    assert Line.objects.get().tasks == 1
    clock.set("2026-11-27")
    stay()

    assert Task.objects.get(kind="promise").due_on == date(2026, 11, 25)


def test_reconciling_again_and_again_changes_nothing(user: User) -> None:
    leave(user)
    before = Case.objects.values().get()

    reconcile("C1")
    reconcile("C1")

    assert Case.objects.values().get() == before
    verbs = [one.verb for one in events_of_stream(f"case/{the_case().pk}")]
    assert verbs == ["case_suspended", "case_opened"]


def test_a_complaint_beside_an_exit_keeps_the_case_at_rest(clock: Clock, user: User) -> None:
    boss = head(username="boss")
    case_id = record_complaint(client_id="C1", said="没人回电话", method="phone", by=user)
    assert the_case().suspended_why == "complaint"
    leave(user)
    assert the_case().suspended_why == "exit"
    since = the_case().suspended_at
    clock.days_on(1)
    close_complaint(case_id=case_id, answer="已回电说明", version=1, by=boss)
    assert (the_case().suspended_why, the_case().suspended_at) == ("exit", since)

    stay()

    assert the_case().suspended_at is None


def test_the_end_of_the_complaint_lets_retention_go_on(clock: Clock, user: User) -> None:
    boss = head(username="boss")
    case_id = record_complaint(client_id="C1", said="没人回电话", method="phone", by=user)
    clock.days_on(1)

    close_complaint(case_id=case_id, answer="已回电说明", version=1, by=boss)

    assert the_case().suspended_at is None
    assert the_case().due_on == date(2026, 11, 27)


def test_who_has_left_has_no_case_any_more(user: User) -> None:
    request_exit(client_id="C1", kind="transfer_custody", channel="counter", by=user)
    clerk = make_user("counter_clerk", staff="")
    (leaving,) = exits_of("C1")
    for verb in ("check_identity", "list_conditions", "mark_ready", "submit", "finish"):
        leaving = act(verb, leaving, by=clerk)

    reconcile("C1")

    assert (the_case().state, the_case().outcome_claimed) == ("closed", "left")
    assert not Task.objects.filter(state="open").exists()
    assert open_now(alarm()).held_back == {"left": 1}


def test_everybody_is_reconciled_at_night(user: User) -> None:
    request_exit(client_id="C1", kind="close_account", channel="counter", by=user)

    assert reconcile_all() == 1
    assert the_case().suspended_why == "exit"


def test_a_run_reconciles_those_it_tells_of(user: User) -> None:
    request_exit(client_id="C1", kind="close_account", channel="counter", by=user)

    open_or_update([Alarm("C1", "B1", "S1", "none", None, None)], run_id="run-2", as_of=date(2026, 11, 23))

    assert (the_case().suspended_why, the_case().level) == ("exit", "none")


def test_a_case_that_was_contacted_rests_with_its_call_back(clock: Clock, user: User) -> None:
    call(user, next_follow_up_on=date(2026, 11, 25))
    leave(user)
    clock.set("2026-11-26")
    stay()

    assert Task.objects.get(kind="callback").due_on == date(2026, 11, 30)
