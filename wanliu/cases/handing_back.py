"""Somebody leaves, or moves to another branch or role: the work goes back in the moment the sight goes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from wanliu.audit.record import record
from wanliu.cases.hands import move, take_all
from wanliu.cases.lines import refresh
from wanliu.cases.models import Case, Task
from wanliu.cases.serving import ACTION
from wanliu.cases.track import WORKING
from wanliu.people.rights import scope_of
from wanliu.people.staffing import change_staff
from wanliu.people.user import User


@dataclass(frozen=True)
class Rearranged:
    """The person as changed, and how much went back to the branch they were in."""

    user: User
    cases: int
    tasks: int


@transaction.atomic
def rearrange(*, user_id: int, by: User, version: int | None = None, **changes: object) -> Rearranged:
    """Changes a member of staff as ``change_staff`` does; what they may keep no longer waits for somebody.

    Rights and work change together or not at all. Raises as ``change_staff`` does.
    """
    branch = User.objects.filter(pk=user_id).values_list("branch_id", flat=True).first()
    user = change_staff(user_id=user_id, by=by, version=version, **changes)
    if user.is_active and user.branch_id == branch and scope_of(user, ACTION) != "none":
        return Rearranged(user, 0, 0)
    return Rearranged(user, *_hand_back(user, by))


def _hand_back(user: User, by: User) -> tuple[int, int]:
    """Cases are open again, as if nobody had had them; tasks of every kind are nobody's."""
    mine = Case.objects.filter(assignee=user, state__in=WORKING)
    due = Task.objects.filter(assignee=user, state="open")
    clients = sorted({*mine.values_list("client_id", flat=True), *due.values_list("client_id", flat=True)})
    take_all(clients)
    cases = list(mine.select_for_update(of=("self",)).order_by("pk"))
    for case in cases:
        move(case, "hand_back")
        case.assignee = None
        case.save(update_fields=["state", "version", "assignee"])
        record(
            stream=f"case/{case.pk}",
            verb="case_handed_back",
            by=by,
            client_id=case.client_id,
            ids={"case": case.pk, "from": user.pk},
        )
    tasks = due.update(assignee=None)
    refresh(*clients)
    return len(cases), tasks
