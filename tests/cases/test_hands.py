"""Who has a case: assigning, claiming, handing over; and two people who save the same case at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.cases.desk import MONDAY, adviser, alarm, call, case_in, head, open_now, the_case
from tests.web import make_client, make_user
from wanliu.cases import actions
from wanliu.cases.actions import Assigned, assign, assign_many, claim, hand_over, promise
from wanliu.cases.models import Case, Task
from wanliu.cases.queries import as_served, colleagues
from wanliu.errors import Changed, NotAllowed, NotFound, Refused
from wanliu.people.queries import person
from wanliu.people.rights import can
from wanliu.people.user import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return make_user("branch_head", staff="S0")


def test_a_case_that_is_assigned_goes_with_what_is_due_in_it(boss: User) -> None:
    make_client(manager="")
    open_now(alarm(manager_id=""))
    user = adviser()

    version = assign(case_id=the_case().pk, to=user.pk, version=1, by=boss)

    case = the_case()
    assert (case.state, case.assignee, case.assigned_by, version) == ("assigned", user, boss.actor_id, 2)
    assert Task.objects.get().assignee == user


def test_an_assigned_client_is_served_by_whom_the_case_was_given_to(boss: User) -> None:
    make_client(manager="S9")
    open_now(alarm(manager_id="S9"))
    user = adviser()
    client = person("C1")
    assert not can(user, "client.view", as_served(user, "C1", client))

    assign(case_id=the_case().pk, to=user.pk, version=1, by=boss)

    assert can(user, "client.view", as_served(user, "C1", client))
    clerk = make_user("counter_clerk", staff="")
    assert as_served(clerk, "C1", client) is client


@pytest.mark.parametrize("role", ["counter_clerk", "compliance", "head_office", "administrator"])
def test_nobody_without_a_sales_task_is_given_a_case(boss: User, role: Any) -> None:
    make_client()
    open_now(alarm())
    other = make_user(role, staff="S9")

    with pytest.raises(Refused, match="岗位"):
        assign(case_id=the_case().pk, to=other.pk, version=1, by=boss)

    assert other not in colleagues("B1")


def test_nobody_of_another_branch_or_who_left_is_given_a_case(boss: User) -> None:
    make_client()
    open_now(alarm())

    with pytest.raises(Refused, match="营业部"):
        assign(case_id=the_case().pk, to=adviser("S5", branch="B2").pk, version=1, by=boss)
    with pytest.raises(NotFound):
        assign(case_id=the_case().pk, to=adviser("S6", is_active=False).pk, version=1, by=boss)
    with pytest.raises(NotFound):
        assign(case_id=10**9, to=boss.pk, version=1, by=boss)


def test_only_the_branch_head_assigns_and_only_in_the_branch(boss: User) -> None:
    make_client()
    user = adviser()
    open_now(alarm())

    with pytest.raises(NotAllowed):
        assign(case_id=the_case().pk, to=boss.pk, version=1, by=user)
    with pytest.raises(NotAllowed):
        assign(case_id=the_case().pk, to=user.pk, version=1, by=head(branch="B2"))


def test_many_are_given_at_once_and_what_somebody_changed_is_left_out(boss: User) -> None:
    for client_id in ("C1", "C2", "C3"):
        make_client(client_id, manager="")
    open_now(*(alarm(one, manager_id="") for one in ("C1", "C2", "C3")))
    user = adviser()
    first, second, third = (the_case(one).pk for one in ("C1", "C2", "C3"))
    claim(case_id=second, version=1, by=boss)

    done = assign_many(cases=[(first, 1), (second, 1), (third, 1), (10**9, 1)], to=user.pk, by=boss)

    assert done == Assigned((first, third), (second, 10**9))
    assert the_case("C2").assignee == boss
    again = assign_many(cases=[(first, 2)], to=user.pk, by=boss)  # has it already
    assert again == Assigned((), (first,))
    with pytest.raises(Refused, match="岗位"):
        assign_many(cases=[(first, 2)], to=make_user("compliance").pk, by=boss)
    with pytest.raises(NotAllowed):
        assign_many(cases=[], to=user.pk, by=user)


def test_a_case_is_claimed_once(boss: User) -> None:
    make_client(manager="")
    open_now(alarm(manager_id=""))
    claim(case_id=the_case().pk, version=1, by=boss)

    with pytest.raises(Changed):
        claim(case_id=the_case().pk, version=1, by=make_user("duty_adviser", staff="S2"))
    assert the_case().assignee == boss


def test_a_hand_over_takes_promises_along_and_says_why(boss: User) -> None:
    make_client()
    user = adviser()
    open_now(alarm())
    promise(client_id="C1", what="寄对账单", to_whom="客户", due_on=date(2026, 11, 24), by=user)

    with pytest.raises(Refused):
        hand_over(case_id=the_case().pk, to=boss.pk, why=" ", version=1, by=user)
    hand_over(case_id=the_case().pk, to=boss.pk, why="休假", version=1, by=user)

    assert {task.assignee for task in Task.objects.all()} == {boss}


EDITS: dict[str, Callable[[Case, User], Any]] = {
    "assign": lambda case, by: actions.assign(
        case_id=case.pk, to=make_user("duty_adviser", staff="S8").pk, version=case.version, by=by
    ),
    "hand_over": lambda case, by: actions.hand_over(
        case_id=case.pk,
        to=make_user("duty_adviser", staff="S8").pk,
        why="休假",
        version=case.version,
        by=by,
    ),
    "make_offer": lambda case, by: actions.make_offer(
        case_id=case.pk, method="affirming", reason="service", version=case.version, by=by
    ),
    "dismiss": lambda case, by: actions.dismiss(
        case_id=case.pk, reason="seasonal", version=case.version, by=by
    ),
    "snooze": lambda case, by: actions.snooze(
        case_id=case.pk,
        until=MONDAY.date() + timedelta(days=1),
        reason="waiting",
        version=case.version,
        by=by,
    ),
    "close": lambda case, by: actions.close(case_id=case.pk, outcome="stayed", version=case.version, by=by),
}


@pytest.mark.parametrize("second", EDITS)
@pytest.mark.parametrize("first", ["snooze", "make_offer", "contact"])
def test_of_two_who_save_the_same_case_one_is_told_and_nothing_is_lost(first: str, second: str) -> None:
    by = head()
    seen = case_in("in_contact", by)
    if first == "contact":
        call(by, direction="in")
    else:
        EDITS[first](seen, by)
    after = Case.objects.values().get()

    with pytest.raises(Changed, match="没有保存"):
        EDITS[second](seen, by)

    assert Case.objects.values().get() == after


def test_of_two_who_end_the_same_task_one_is_told() -> None:
    make_client()
    user = adviser()
    task_id = promise(client_id="C1", what="寄对账单", to_whom="客户", due_on=date(2026, 11, 24), by=user)
    actions.keep_promise(task_id=task_id, version=1, by=user)

    with pytest.raises(Changed):
        actions.break_promise(task_id=task_id, why="忘了", version=1, by=user)
    assert Task.objects.get().state == "kept"
