"""What is due, by which day: adding tasks, ending them, and counting days as the rules of this room do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from wanliu.audit.record import Actor
from wanliu.cases.figures import sla
from wanliu.cases.models import Case, Contact, Task
from wanliu.cases.track import RESTING_KINDS, TASKS, TaskKind, TaskState
from wanliu.clock import day_of, now, today, trading_days
from wanliu.people.rights import Located


def first_contact_of(case: Case, *, by: Actor) -> Task:
    """The case's first contact as a task, due on the case's own day; not saved."""
    assert case.due_on is not None, "a case that is opened has its day"
    opens = sla().first_contact.of(case.alarm_level)
    return new_task(
        "first_contact",
        client_id=case.client_id,
        place=case,
        case=case,
        due_on=case.due_on,
        must=opens.must if opens else True,
        assignee_id=case.assignee_id,
        by=by,
    )


def new_task(
    kind: TaskKind,
    *,
    client_id: str,
    place: Located,
    due_on: date,
    by: Actor,
    case: Case | None = None,
    must: bool | None = None,
    assignee_id: int | None = None,
    title: str = "",
    to_whom: str = "",
    job: str = "",
) -> Task:
    """A task, not saved."""
    return Task(
        client_id=client_id,
        branch_id=place.branch_id,
        manager_id=place.manager_id,
        case=case,
        kind=kind,
        must=TASKS[kind].must if must is None else must,
        title=title,
        to_whom=to_whom,
        job=job,
        due_on=due_on,
        assignee_id=assignee_id,
        created_at=now(),
        created_by=by.actor_id,
    )


def end(task: Task, state: TaskState, *, by: Actor, why: str = "", contact: Contact | None = None) -> None:
    task.state, task.ended_at, task.ended_by, task.ended_why = state, now(), by.actor_id, why
    task.contact = contact
    task.version += 1
    task.save(update_fields=["state", "ended_at", "ended_by", "ended_why", "contact", "version"])


def drop_resting(case: Case, *, by: Actor) -> None:
    """The case is over: nobody calls about it any more. Promises, jobs and appointments stand."""
    for task in open_tasks_of(case):
        if task.kind in RESTING_KINDS:
            end(task, "dropped", by=by)


def open_tasks_of(case: Case) -> list[Task]:
    return list(Task.objects.select_for_update().filter(case=case, state="open").order_by("pk"))


def follow_up_day(connection: str) -> date:
    """The day for the next contact where the person sets none."""
    days = sla().follow_up
    return trading_days().after(today(), days.connected if connection == "connected" else days.missed)


def longest_follow_up() -> date:
    return trading_days().after(today(), sla().follow_up.longest)


def postponed(tasks: Iterable[Task], since: date, until: date) -> None:
    """Moves each task on by the trading days that it rested."""
    for task in tasks:
        rested_from = max(since, day_of(task.created_at))
        lost = trading_days().between(rested_from, until)
        task.due_on = trading_days().after(task.due_on, lost)
        task.version += 1
        task.save(update_fields=["due_on", "version"])
