"""Tasks, promises and their ends; what is overdue is told of, once to each."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.cases.desk import Clock, adviser, alarm, call, open_now, the_case
from tests.web import make_client, make_user
from wanliu.audit.queries import events_of_stream
from wanliu.cases.actions import (
    Blocked,
    Doubtful,
    add_task,
    break_promise,
    drop_task,
    escalate_overdue,
    finish_task,
    keep_promise,
    promise,
    record_complaint,
)
from wanliu.cases.models import Task
from wanliu.cases.queries import escalated_tasks, tasks_of_client
from wanliu.cases.tasks import ENDS, can_end
from wanliu.cases.track import TASK_STATES, TASKS
from wanliu.errors import NotAllowed, NotFound, Refused
from wanliu.people.user import User

pytestmark = pytest.mark.django_db
TOMORROW = date(2026, 11, 24)


@pytest.fixture
def user() -> User:
    make_client()
    return adviser()


def swear(user: User, **given: Any) -> int:
    return promise(
        **{"client_id": "C1", "what": "寄对账单", "to_whom": "客户", "due_on": TOMORROW, "by": user, **given}
    )


def test_every_task_has_one_way_to_end_at_least() -> None:
    assert set(ENDS) == set(TASK_STATES) - {"open"}
    by_hand = {kind for kinds in ENDS.values() for kind in kinds}
    assert by_hand | {kind for kind, rule in TASKS.items() if rule.done_by} == set(TASKS)


def test_a_promise_says_what_to_whom_and_by_when(user: User) -> None:
    task_id = swear(user)

    (view,) = tasks_of_client("C1")
    assert (view.id, view.kind, view.title, view.to_whom, view.due_on, view.must) == (
        task_id,
        "promise",
        "寄对账单",
        "客户",
        TOMORROW,
        True,
    )


def test_a_promise_is_kept_or_broken_and_then_it_is_over(clock: Clock, user: User) -> None:
    kept, broken = swear(user), swear(user)
    keep_promise(task_id=kept, version=1, by=user)
    clock.set("2026-11-26")
    with pytest.raises(Refused):
        break_promise(task_id=broken, why="", version=1, by=user)
    break_promise(task_id=broken, why="材料没到", version=1, by=user)

    assert [one.state for one in tasks_of_client("C1")] == ["broken", "kept"]
    assert events_of_stream(f"task/{kept}")[0].verb == "promise_kept"
    assert events_of_stream(f"task/{broken}")[0].ids["late"] == 1
    with pytest.raises(Refused, match="已兑现"):
        keep_promise(task_id=kept, version=2, by=user)


@pytest.mark.parametrize("state", ENDS)
@pytest.mark.parametrize("kind", TASKS)
def test_each_end_fits_the_kinds_of_the_table(user: User, kind: Any, state: Any) -> None:
    open_now(alarm())
    task = Task(kind=kind, state="open")
    ways = {
        "kept": keep_promise,
        "broken": lambda **given: break_promise(why="忘了", **given),
        "done": finish_task,
        "dropped": lambda **given: drop_task(why="不用了", **given),
    }
    Task.objects.update(kind=kind, to_whom="客户", job="send_material")

    if can_end(task, state):
        ways[state](task_id=Task.objects.get().pk, version=1, by=user)
        assert Task.objects.get().state == state
    else:
        with pytest.raises(Refused):
            ways[state](task_id=Task.objects.get().pk, version=1, by=user)


def test_words_of_a_promise_are_judged_before_they_are_saved(user: User) -> None:
    with pytest.raises(Blocked):
        swear(user, what="保本的，请客户放心")
    with pytest.raises(Doubtful):
        swear(user, what="说明我们是最好的券商")

    assert not Task.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": " "},
        {"to_whom": ""},
        {"what": "好" * 201},
        {"due_on": date(2026, 11, 22)},
        {"due_on": date(2030, 1, 1)},
    ],
)
def test_bad_promises_are_refused(user: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        swear(user, **wrong)
    assert not Task.objects.exists()


def test_tasks_belong_to_a_client_one_serves_and_to_that_client_s_case(user: User) -> None:
    make_client("C2", manager="S9")
    open_now(alarm("C2", manager_id="S9"))

    with pytest.raises(NotAllowed):
        swear(user, client_id="C2")
    with pytest.raises(NotFound):
        swear(user, case_id=the_case("C2").pk)
    with pytest.raises(Refused):
        add_task(client_id="C1", kind="first_contact", title="联系", due_on=TOMORROW, by=user)
    with pytest.raises(NotFound):
        keep_promise(task_id=99, version=1, by=user)


def test_a_promise_outlives_its_case(user: User) -> None:
    open_now(alarm())
    swear(user, case_id=the_case().pk)

    call(user, feedback="not_needed")

    assert the_case().state == "tracking"
    assert [one.state for one in tasks_of_client("C1")] == ["open", "done"]


def test_who_promised_keeps_it_even_when_the_client_goes_to_somebody_else(user: User) -> None:
    task_id = swear(user)
    make_client(manager="S2")

    keep_promise(task_id=task_id, version=1, by=user)


def test_the_database_knows_that_who_and_when_belong_together(user: User) -> None:
    swear(user)
    for wrong in ({"state": "kept"}, {"ended_by": "x"}, {"escalated_to": "compliance"}, {"to_whom": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Task.objects.update(**wrong)


def test_what_is_overdue_is_told_to_the_head_and_then_to_compliance(clock: Clock, user: User) -> None:
    boss, watch = make_user("branch_head", staff="S0"), make_user("compliance", staff="")
    task_id = swear(user)
    assert escalate_overdue(today=clock.set("2026-11-24").day) == []

    (told,) = escalate_overdue(today=clock.set("2026-11-25").day)
    assert (told.task_id, told.to) == (task_id, "branch_head")
    assert escalate_overdue(today=clock.day) == []
    assert [one.id for one in escalated_tasks(boss)] == [task_id]
    assert escalated_tasks(watch) == []

    assert escalate_overdue(today=clock.set("2026-11-26").day) == []
    (told,) = escalate_overdue(today=clock.set("2026-11-27").day)
    assert told.to == "compliance"
    assert [one.id for one in escalated_tasks(watch)] == [task_id]
    assert escalate_overdue(today=clock.set("2026-12-20").day) == []


def test_a_weekend_overdue_is_told_on_monday(clock: Clock, user: User) -> None:
    swear(user, due_on=date(2026, 11, 27))

    assert escalate_overdue(today=clock.set("2026-11-28").day) == []
    assert len(escalate_overdue(today=clock.set("2026-11-30").day)) == 1


def test_what_rests_is_not_told_of_and_what_does_not_is(clock: Clock, user: User) -> None:
    open_now(alarm())
    record_complaint(client_id="C1", said="没人回电话", method="phone", by=user)
    clock.set("2026-12-01")

    told = escalate_overdue(today=clock.day)

    assert [one.task_id for one in told] == [
        Task.objects.get(case=the_case(kind="complaint"), kind="first_contact").pk
    ]
