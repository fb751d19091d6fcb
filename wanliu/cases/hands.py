"""Taking one client in hand: every action locks the client's folder first, then reads what it changes."""

from __future__ import annotations

from collections.abc import Collection

from wanliu.cases.models import Case, Folder, Task
from wanliu.cases.serving import check_may_serve
from wanliu.cases.track import MOVES, WORKING, Verb, check_move
from wanliu.errors import Changed, NotFound
from wanliu.people.queries import Person, person
from wanliu.people.user import User
from wanliu.text import Text


def take(client_id: str) -> Folder:
    """The client's folder, locked until the transaction ends."""
    there = Folder.objects.select_for_update().filter(client_id=client_id)
    if found := there.first():
        return found
    Folder.objects.get_or_create(client_id=client_id)
    return there.get()


def take_all(client_ids: Collection[str]) -> dict[str, Folder]:
    """Many folders, locked in the order of their names: two who take many never block each other."""
    Folder.objects.bulk_create([Folder(client_id=one) for one in sorted(client_ids)], ignore_conflicts=True)
    found = Folder.objects.select_for_update().filter(client_id__in=client_ids).order_by("client_id")
    return {one.client_id: one for one in found}


def take_case(case_id: int, verb: Verb, *, by: User, version: int | None = None) -> tuple[Case, Person]:
    """The case, locked with its client's folder, and the client, if this person may make this move now.

    Raises NotFound, NotAllowed, Changed where somebody saved it since that version, and Refused.
    """
    client_id = Case.objects.filter(pk=case_id).values_list("client_id", flat=True).first()
    if client_id is None:
        raise NotFound(_NO_CASE)
    take(client_id)
    case = Case.objects.select_for_update().get(pk=case_id)
    client = person(client_id)
    check_may_serve(by, MOVES[verb].action or "cases.work", client_id, client)
    if version is not None and version != case.version:
        raise Changed(_CHANGED)
    check_move(verb, case.kind, case.state)
    return case, client


def take_task(task_id: int, *, by: User, version: int | None = None) -> Task:
    """The task, locked with its client's folder. Raises NotFound, NotAllowed and Changed."""
    client_id = Task.objects.filter(pk=task_id).values_list("client_id", flat=True).first()
    if client_id is None:
        raise NotFound(_NO_TASK)
    take(client_id)
    task = Task.objects.select_for_update().get(pk=task_id)
    if task.assignee_id != by.pk:
        check_may_serve(by, "cases.work", client_id, person(client_id))
    if version is not None and version != task.version:
        raise Changed(_CHANGED)
    return task


def move(case: Case, verb: Verb) -> None:
    """Sets the state after the move and counts the version; the caller saves."""
    case.state = check_move(verb, case.kind, case.state)
    case.version += 1


def working_case(client_id: str, kind: str) -> Case | None:
    """The client's case of this kind that somebody works on, locked."""
    return Case.objects.select_for_update().filter(client_id=client_id, kind=kind, state__in=WORKING).first()


_NO_CASE = Text(zh="没有找到这个个案。", en="There is no such case.")
_NO_TASK = Text(zh="没有找到这项任务。", en="There is no such task.")
_CHANGED = Text(
    zh="刚才有同事更新了这一项，您的修改没有保存。请刷新后核对再提交，您填写的内容还在。",
    en="A colleague has just changed this; yours was not saved. Reload, compare and submit again: what you "
    "typed is still there.",
)
