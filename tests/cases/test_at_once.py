"""Several people and a nightly run in the same moment: one wins, the others are told, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.cases.desk import alarm, call, head, open_now, the_case
from tests.exits.test_at_once import TOGETHER, at_once
from tests.web import make_client, make_user
from wanliu.audit.chain import verify
from wanliu.cases.actions import claim, close, promise, reconcile, record_complaint
from wanliu.cases.lines import lines_of
from wanliu.cases.models import Case, Contact, Line, Task
from wanliu.cases.track import RESTING_KINDS
from wanliu.errors import Changed
from wanliu.exits.actions import request_exit
from wanliu.people.user import User

pytestmark = pytest.mark.django_db(transaction=True)


def lines_hold(client_id: str = "C1") -> None:
    def told(line: Line) -> str:
        return str({name: value for name, value in vars(line).items() if name not in ("_state", "id")})

    assert sorted(map(told, Line.objects.all())) == sorted(map(told, lines_of([client_id])))


@pytest.fixture
def people() -> list[User]:
    return [make_user("duty_adviser", staff=f"S{number}") for number in range(TOGETHER)]


def each(people: list[User], act: Callable[[User], Any]) -> list[Any]:
    return at_once(*((lambda one=one: act(one)) for one in people))


def test_a_case_is_claimed_by_one(people: list[User]) -> None:
    make_client(manager="")
    open_now(alarm(manager_id=""))
    case_id = the_case().pk

    outcomes = each(people, lambda one: claim(case_id=case_id, version=1, by=one))

    assert sorted(type(one).__name__ for one in outcomes) == ["Changed"] * (TOGETHER - 1) + ["int"]
    assert the_case().assignee_id in {one.pk for one in people}
    lines_hold()


def test_complaints_of_one_client_are_one_case_and_no_word_is_lost(people: list[User]) -> None:
    make_client()

    outcomes = each(
        people, lambda one: record_complaint(client_id="C1", said="没人回电话", method="phone", by=one)
    )

    assert len(set(outcomes)) == 1 == Case.objects.count()
    assert Contact.objects.count() == TOGETHER
    lines_hold()


def test_every_contact_is_kept_and_one_next_day_is_left(people: list[User]) -> None:
    make_client()
    open_now(alarm())

    outcomes = each(people, lambda one: call(one, direction="in", note="客户会考虑"))

    assert len({one.contact_id for one in outcomes}) == TOGETHER == Contact.objects.count()
    assert Task.objects.filter(state="open", kind__in=RESTING_KINDS).count() == 1
    assert verify().holds
    lines_hold()


def test_of_two_who_close_a_case_one_is_told() -> None:
    make_client(manager="S1")
    boss, other = head(), make_user("duty_adviser", staff="S2")
    open_now(alarm())
    call(boss)
    case_id, version = the_case().pk, the_case().version

    outcomes = each(
        [boss, other], lambda one: close(case_id=case_id, outcome="stayed", version=version, by=one)
    )

    assert sum(isinstance(one, Changed) for one in outcomes) == 1
    assert the_case().checks.count() == 3


def test_a_night_an_exit_a_complaint_and_a_promise_at_once_leave_what_one_after_the_other_would() -> None:
    make_client()
    by = make_user("duty_adviser", staff="S2")
    open_now(alarm(level="orange"))

    def leave() -> None:
        request_exit(client_id="C1", kind="close_account", channel="counter", by=by)
        reconcile("C1")

    outcomes = at_once(
        leave,
        lambda: open_now(alarm(level="red"), run_id="run-2"),
        lambda: record_complaint(client_id="C1", said="没人回电话", method="phone", by=by),
        lambda: promise(client_id="C1", what="寄对账单", to_whom="客户", due_on=date(2026, 11, 24), by=by),
    )

    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert (the_case().suspended_why, the_case().alarm_level) == ("exit", "red")
    assert verify().holds
    lines_hold()
