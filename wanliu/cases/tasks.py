"""Tasks and promises: made by people, ended by people; what a contact answers is ended by the contact."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from wanliu.audit.record import record
from wanliu.cases import due, inputs, linting
from wanliu.cases.hands import take, take_task
from wanliu.cases.lines import refresh
from wanliu.cases.models import Case, Task
from wanliu.cases.serving import check_may_serve
from wanliu.cases.track import TASK_STATES, TASKS, WORKING, TaskKind, TaskState
from wanliu.clock import today
from wanliu.errors import NotFound, Refused
from wanliu.people.queries import person
from wanliu.people.user import User
from wanliu.text import Text

MADE_BY_HAND: tuple[TaskKind, ...] = ("own", "callback", "appointment")


@transaction.atomic
def add_task(
    *, client_id: str, kind: TaskKind, title: str, due_on: date, case_id: int | None = None, by: User
) -> int:
    """A task of one's own for a client; its number.

    Raises NotFound, NotAllowed, Blocked or Doubtful for the title, and Refused for a bad day or kind.
    """
    inputs.check_code(kind, MADE_BY_HAND)
    return _add(client_id, kind, title=title, to_whom="", due_on=due_on, case_id=case_id, by=by)


@transaction.atomic
def promise(
    *, client_id: str, what: str, to_whom: str, due_on: date, case_id: int | None = None, by: User
) -> int:
    """What was promised, to whom and by when; the number of its task. Raises as ``add_task`` does.

    A promise outlives its case and rests for nothing: whoever gave it keeps it or says that it was broken.
    """
    to_whom = inputs.label(to_whom, needed=True)
    return _add(client_id, "promise", title=what, to_whom=to_whom, due_on=due_on, case_id=case_id, by=by)


@transaction.atomic
def keep_promise(*, task_id: int, version: int, by: User) -> None:
    """Raises NotFound, NotAllowed, Changed, and Refused where it is no open promise."""
    _end(task_id, "kept", version=version, by=by)


@transaction.atomic
def break_promise(*, task_id: int, why: str, version: int, by: User) -> None:
    """Says that a promise was not kept, and why. Raises as ``keep_promise`` does."""
    _end(task_id, "broken", why=inputs.label(why, needed=True), version=version, by=by)


@transaction.atomic
def finish_task(*, task_id: int, version: int, by: User) -> None:
    """Says that a job, an appointment or an own task is done. Raises as ``keep_promise`` does."""
    _end(task_id, "done", version=version, by=by)


@transaction.atomic
def drop_task(*, task_id: int, why: str, version: int, by: User) -> None:
    """Takes an own task back. Raises as ``keep_promise`` does; what must be done cannot be dropped."""
    _end(task_id, "dropped", why=inputs.label(why, needed=True), version=version, by=by)


ENDS: dict[TaskState, tuple[TaskKind, ...]] = {
    "kept": ("promise",),
    "broken": ("promise",),
    "done": ("job", "appointment", "own"),
    "dropped": ("own",),
}
"""How a person may end which task. A first contact or a call back ends with a contact, not with a tick."""


NEEDS_REASON: tuple[TaskState, ...] = ("broken", "dropped")


def check_can_end(task: Task, state: TaskState) -> None:
    """Raises Refused where the task is over, or may not end like this."""
    if task.state != "open":
        raise Refused(_over(task))
    if task.kind not in ENDS[state]:
        raise Refused(_NOT_SO)


def can_end(task: Task, state: TaskState) -> bool:
    return task.state == "open" and task.kind in ENDS[state]


def _add(
    client_id: str, kind: TaskKind, *, title: str, to_whom: str, due_on: date, case_id: int | None, by: User
) -> int:
    title = inputs.label(title, needed=True)
    inputs.check_due(due_on)
    linting.check_words(title, by=by)
    client = person(client_id)
    check_may_serve(by, "cases.work", client_id, client)
    take(client_id)
    task = due.new_task(
        kind,
        client_id=client_id,
        place=client,
        case=_case(client_id, case_id),
        title=title,
        to_whom=to_whom,
        due_on=due_on,
        assignee_id=by.pk,
        by=by,
    )
    task.save()
    refresh(client_id)
    record(
        stream=f"task/{task.pk}",
        verb="promised" if kind == "promise" else "task_added",
        by=by,
        client_id=client_id,
        ids={"task": task.pk, "kind": kind, "due_on": due_on.isoformat(), "case": case_id},
        payload={"title": title, "to_whom": to_whom},
    )
    return task.pk


def _case(client_id: str, case_id: int | None) -> Case | None:
    """The client's case that it belongs to. Raises NotFound for another client's, or one that is over."""
    if case_id is None:
        return None
    found = Case.objects.filter(pk=case_id, client_id=client_id, state__in=WORKING).first()
    if found is None:
        raise NotFound(_NO_CASE)
    return found


def _end(task_id: int, state: TaskState, *, version: int, why: str = "", by: User) -> None:
    task = take_task(task_id, by=by, version=version)
    check_can_end(task, state)
    late = today() > task.due_on
    due.end(task, state, by=by, why=why)
    refresh(task.client_id)
    record(
        stream=f"task/{task.pk}",
        verb=f"promise_{state}" if task.kind == "promise" else f"task_{state}",
        by=by,
        client_id=task.client_id,
        ids={"task": task.pk, "kind": task.kind, "late": int(late)},
        payload={"why": why} if why else None,
    )


def _over(task: Task) -> Text:
    name = TASK_STATES[task.state]  # type: ignore[index]  # a CharField is no Literal
    kind = TASKS[task.kind].name  # type: ignore[index]  # as above
    return Text(
        zh=_OVER.zh.format(kind=kind.zh, state=name.zh), en=_OVER.en.format(kind=kind.en, state=name.en)
    )


_OVER = Text(
    zh="这项{kind}已经是「{state}」，没有更改。", en="This {kind} is “{state}” already; nothing was changed."
)
_NOT_SO = Text(
    zh="这项任务不能这样结束。首次联系和回访，登记服务后自动完成；承诺只能记「已兑现」或「未兑现」。",
    en="This task cannot end like this. A first contact or a call back ends when a contact is recorded; a "
    "promise is kept or broken.",
)
_NO_CASE = Text(zh="没有找到这位客户在办的这个个案。", en="This client has no such case at work.")
