"""Who serves a client: the manager of the book, and whoever was assigned something of the client's."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from wanliu.cases.models import Case, Task
from wanliu.cases.track import WORKING
from wanliu.errors import Refused
from wanliu.people.rights import Located, Sight, can, check_may, scope_of, sight
from wanliu.people.user import User
from wanliu.text import Text

ACTION = "cases.work"


@dataclass(frozen=True)
class Place:
    """Where a client is to be looked for, for somebody's rights."""

    branch_id: str
    manager_id: str


def as_served(user: User, client_id: str, client: Located) -> Located:
    """The client as this person's rights see it: as one's own where something was assigned to one."""
    if scope_of(user, ACTION) != "none" and _is_assigned(user, client_id):
        return Place(user.branch_id, user.staff_id)
    return client


def check_may_serve(user: User, action: str, client_id: str, client: Located) -> None:
    """As check_may, for a client whom one serves by the book or by assignment. Raises NotAllowed."""
    if not can(user, action, client):
        check_may(user, action, as_served(user, client_id, client))


def _is_assigned(user: User, client_id: str) -> bool:
    return (
        Case.objects.filter(client_id=client_id, assignee=user, state__in=WORKING).exists()
        or Task.objects.filter(client_id=client_id, assignee=user, state="open").exists()
    )


def seen_by(user: User, action: str) -> Q:
    """What a list of cases, tasks or lines may show to this person."""
    seen = sight(user, action)
    if seen.nothing or seen == Sight():
        return placed_in(seen)
    if seen.branch_id is not None:
        own = Q(manager_id=user.staff_id) if user.staff_id else Q(pk__in=())
        return placed_in(seen) | (Q(assignee=user) & own)
    # what was done in another branch stays there, also where somebody moves and comes to a new number
    return placed_in(seen) | Q(assignee=user, branch_id=user.branch_id)


def placed_in(seen: Sight) -> Q:
    """Cases, tasks or lines of the clients whom a sight reaches, whoever works on them."""
    if seen.nothing:
        return Q(pk__in=())
    if seen.branch_id is not None:
        return Q(branch_id=seen.branch_id)
    return Q() if seen.manager_id is None else Q(manager_id=seen.manager_id)


def check_may_keep(to: User) -> None:
    """Raises Refused where this person's role may have no retention task."""
    if scope_of(to, ACTION) == "none":
        raise Refused(_NO_SALES_TASK)


def check_can_take(to: User, branch_id: str) -> None:
    """Raises Refused where this person may not keep clients, or sits in another branch."""
    check_may_keep(to)
    if to.branch_id != branch_id:
        raise Refused(_OTHER_BRANCH)


def colleagues(branch_id: str) -> list[User]:
    """Who may be given a case of this branch, by name."""
    found = User.objects.filter(branch_id=branch_id, is_active=True).order_by("name", "pk")
    return [one for one in found if scope_of(one, ACTION) != "none"]


def users_of_managers(manager_ids: set[str]) -> dict[str, User]:
    """Staff id → the person who signs in under it and may keep clients; nobody for the others."""
    found = User.objects.filter(staff_id__in=manager_ids - {""}, is_active=True).order_by("-pk")
    return {one.staff_id: one for one in found if scope_of(one, ACTION) != "none"}


def head_of(branch_id: str) -> User | None:
    return User.objects.filter(branch_id=branch_id, role="branch_head", is_active=True).order_by("pk").first()


_NO_SALES_TASK = Text(
    zh="这位同事的岗位不能承担挽留任务，请选客户经理、值班投顾或营业部负责人。",
    en="This colleague's role may have no retention task. Choose an adviser or the branch head.",
)
_OTHER_BRANCH = Text(
    zh="这位同事不在客户所属的营业部。",
    en="This colleague is not in the client's branch.",
)
