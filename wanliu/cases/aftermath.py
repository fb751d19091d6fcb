"""What one contact does: tasks end, the next one begins, the case moves on, the folder remembers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from wanliu.cases import due
from wanliu.cases.hands import move
from wanliu.cases.models import Case, Contact, Folder, Task
from wanliu.cases.outcomes import track
from wanliu.cases.track import RESTING_KINDS, TASKS, Verb
from wanliu.clock import day_of, now
from wanliu.errors import NotFound
from wanliu.people.queries import Person
from wanliu.people.rights import can
from wanliu.people.user import User
from wanliu.text import Text


def end_tasks(contact: Contact, case: Case | None, ticked: Collection[int], *, by: User) -> list[Task]:
    """Ends what the contact answers and what the writer ticked. Raises NotFound for another client's task."""
    open_tasks = Task.objects.select_for_update().filter(client_id=contact.client_id, state="open")
    found = [task for task in open_tasks.order_by("pk") if task.pk in ticked or _answers(contact, case, task)]
    if missing := set(ticked) - {task.pk for task in found}:
        raise NotFound(_NO_TASK.format(number=len(missing)))
    for task in found:
        due.end(task, "kept" if task.kind == "promise" else "done", by=by, contact=contact)
    return found


def _answers(contact: Contact, case: Case | None, task: Task) -> bool:
    """Whether this contact is what the task waits for: of its case, or of none; not one of a later day."""
    if contact.connection not in TASKS[task.kind].done_by:  # type: ignore[index]  # a CharField is no Literal
        return False
    if contact.purpose == "exit" or (task.case_id and task.case_id != (case.pk if case else None)):
        return False
    return task.kind in RESTING_KINDS or task.due_on <= day_of(contact.happened_at)


def note_in(folder: Folder, contact: Contact) -> None:
    """Keeps in the folder when the client was last spoken to, how that went, and a refusal."""
    if folder.last_contact_at is None or contact.happened_at >= folder.last_contact_at:
        folder.last_contact_at, folder.last_connection = contact.happened_at, contact.connection
    if contact.declined:
        folder.declined_on = max(day_of(contact.happened_at), folder.declined_on or date.min)
    folder.save()


def follow_up(client: Person, case: Case | None, contact: Contact, *, by: User) -> Task | None:
    """The next task: on the day that was agreed, else, for a case that goes on, on the house's own day."""
    goes_on = case is not None and not (contact.declined and case.kind == "retention")
    day = contact.next_follow_up_on
    if day is None and goes_on and not _has_next(case):
        day = due.follow_up_day(contact.connection)
    if day is None or (contact.declined and not goes_on):
        return None
    task = due.new_task(
        "callback",
        client_id=contact.client_id,
        place=case or client,
        case=case if goes_on else None,
        due_on=day,
        assignee_id=case.assignee_id if case else by.pk,
        by=by,
    )
    task.save()
    return task


def _has_next(case: Case | None) -> bool:
    return case is not None and any(one.kind in RESTING_KINDS for one in due.open_tasks_of(case))


def advance(case: Case, contact: Contact, *, by: User) -> None:
    """Moves the case on: in contact, reached, or, where the client wants nothing, to its outcome."""
    if contact.declined and case.kind == "retention":
        case.declined_on = day_of(contact.happened_at)
    turn_to(case, "record_contact", by)
    case.first_contact_at = case.first_contact_at or contact.happened_at
    if contact.connection == "connected":
        case.reached_at = case.reached_at or contact.happened_at
    case.save()
    if contact.declined and case.kind == "retention":
        track(case, "refuse_all", "undecided", by=by)


def turn_to(case: Case, verb: Verb, by: User) -> None:
    """Moves the case on. Whoever turns to a client of whom nobody takes care has the case from now on.

    A role that may keep no clients (the counter takes complaints) leaves it waiting for somebody who may.
    """
    if case.assignee_id is None:
        if not can(by, "cases.work"):
            case.version += 1
            return
        case.assignee, case.assigned_at, case.assigned_by = by, now(), by.actor_id
        Task.objects.filter(case=case, state="open", assignee__isnull=True).update(assignee=by)
    move(case, verb)


_NO_TASK = Text(
    zh="勾选的任务有 {number} 项已完成或不属于这位客户，没有保存。请刷新后重试。",
    en="{number} of the ticked tasks are done already or not this client's; nothing was saved. Reload.",
)
