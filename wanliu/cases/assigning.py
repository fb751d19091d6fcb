"""Who works on a case: assigning, claiming, handing over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from wanliu.audit.record import record
from wanliu.cases import inputs
from wanliu.cases.hands import move, take_case
from wanliu.cases.lines import refresh
from wanliu.cases.models import Case, Task
from wanliu.cases.serving import check_can_take, check_may_keep
from wanliu.cases.track import Verb
from wanliu.clock import now
from wanliu.errors import Changed, NotAllowed, NotFound, Refused
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.text import Text


@dataclass(frozen=True)
class Assigned:
    """Of many cases: those that were given, and those that were not: changed, over, elsewhere."""

    done: tuple[int, ...]
    left_out: tuple[int, ...]


@transaction.atomic
def assign(*, case_id: int, to: int, version: int, by: User) -> int:
    """Gives the case to a colleague of the client's branch; the case's new version.

    Raises NotFound, NotAllowed, Changed, and Refused for a colleague whose role may keep no clients.
    """
    case, _ = take_case(case_id, "assign", by=by, version=version)
    return _give(case, "assign", _colleague(to), by=by)


def assign_many(*, cases: Iterable[tuple[int, int]], to: int, by: User) -> Assigned:
    """Gives many cases, each with the version that was seen, to one colleague. Each stands for itself.

    Raises NotAllowed, NotFound for the colleague, and Refused where that role may keep no clients.
    """
    check_may(by, "cases.assign")
    check_may_keep(_colleague(to))
    done, left_out = [], []
    for case_id, version in sorted(set(cases)):
        try:
            assign(case_id=case_id, to=to, version=version, by=by)
            done.append(case_id)
        except (Changed, NotFound, NotAllowed, Refused):
            left_out.append(case_id)
    return Assigned(tuple(done), tuple(left_out))


@transaction.atomic
def claim(*, case_id: int, version: int, by: User) -> int:
    """Takes a case that waits for somebody; its new version. Raises as ``assign`` does."""
    case, _ = take_case(case_id, "claim", by=by, version=version)
    return _give(case, "claim", by, by=by)


@transaction.atomic
def hand_over(*, case_id: int, to: int, why: str, version: int, by: User) -> int:
    """Passes one's case and what is due in it to a colleague; its new version. Raises as ``assign`` does."""
    why = inputs.label(why, needed=True)
    case, _ = take_case(case_id, "hand_over", by=by, version=version)
    return _give(case, "hand_over", _colleague(to), by=by, why=why)


def _colleague(user_id: int) -> User:
    found = User.objects.filter(pk=user_id, is_active=True).first()
    if found is None:
        raise NotFound(_NOBODY)
    return found


def _give(case: Case, verb: Verb, to: User, *, by: User, why: str = "") -> int:
    check_can_take(to, case.branch_id)
    if case.assignee_id == to.pk:
        raise Refused(_HAS_IT)
    before = case.assignee_id
    move(case, verb)
    case.assignee, case.assigned_at, case.assigned_by = to, now(), by.actor_id
    case.save(update_fields=["state", "version", "assignee", "assigned_at", "assigned_by"])
    _pass_on(case, before, to)
    refresh(case.client_id)
    record(
        stream=f"case/{case.pk}",
        verb={"assign": "case_assigned", "claim": "case_claimed"}.get(verb, "case_handed_over"),
        by=by,
        client_id=case.client_id,
        ids={"case": case.pk, "from": before, "to": to.pk},
        payload={"why": why} if why else None,
    )
    return case.version


def _pass_on(case: Case, before: int | None, to: User) -> None:
    """What is due in the case goes with it; a job that somebody else does stays with that one."""
    open_tasks = Task.objects.filter(client_id=case.client_id, state="open")
    open_tasks.filter(case=case, assignee=before).update(assignee=to)
    if before is not None and case.kind == "retention":
        open_tasks.filter(case__isnull=True, assignee=before).update(assignee=to)


_NOBODY = Text(zh="没有找到这位同事，或已停用。", en="There is no such colleague, or no longer.")
_HAS_IT = Text(zh="这个个案已经由这位同事负责。", en="This colleague has the case already.")
