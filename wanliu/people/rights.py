"""May this person do this, to this client? The answer stands in the matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from wanliu.errors import NotAllowed
from wanliu.people.roles import ROLES, Scope, matrix
from wanliu.people.user import User
from wanliu.text import Text


class Located(Protocol):
    """Anything that belongs to a branch and to a manager: a client, a case, an exit."""

    @property
    def branch_id(self) -> str: ...

    @property
    def manager_id(self) -> str: ...


@dataclass(frozen=True)
class Sight:
    """What a list may show to somebody: everything, one branch, one manager's clients, or nothing."""

    branch_id: str | None = None
    manager_id: str | None = None
    nothing: bool = False


def scope_of(user: User, action: str) -> Scope:
    """Raises KeyError where the matrix does not know the action: a slip of ours, not of the user."""
    return matrix()[action].get(user.role, "none") if user.is_active else "none"  # type: ignore[call-overload]  # a CharField is no Literal


def can(user: User, action: str, client: Located | None = None) -> bool:
    """Whether the role may do it at all, or, given a client, may do it to that one."""
    scope = scope_of(user, action)
    if client is None or scope in ("none", "all"):
        return scope != "none"
    if scope == "branch":
        return bool(user.branch_id) and client.branch_id == user.branch_id
    return bool(user.staff_id) and client.manager_id == user.staff_id


def check_may(user: User, action: str, client: Located | None = None) -> None:
    """Raises NotAllowed with the sentence that the user will read."""
    if not can(user, action, client):
        raise NotAllowed(_NO_ROLE.format(role=_role(user)) if not can(user, action) else _NOT_YOURS)


def sight(user: User, action: str) -> Sight:
    """For lists: which rows the action's scope lets this person see."""
    scope = scope_of(user, action)
    if scope == "all":
        return Sight()
    if scope == "branch" and user.branch_id:
        return Sight(branch_id=user.branch_id)
    if scope == "own" and user.staff_id:
        return Sight(manager_id=user.staff_id)
    return Sight(nothing=True)


def _role(user: User) -> Text:
    return ROLES[user.role]  # type: ignore[index]  # a CharField is no Literal


_NO_ROLE = Text(
    zh="「{role.zh}」没有这项权限。如工作需要，请联系系统管理员。",
    en="The role “{role.en}” does not include this. If your work needs it, ask the administrator.",
)
_NOT_YOURS = Text(
    zh="这位客户不在您的服务范围内。",
    en="This client is not among those you serve.",
)
