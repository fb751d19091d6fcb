"""Reading approvals: what waits for whom, what became of one, and what is approved of a kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from django.db.models import QuerySet

from wanliu.approvals import models
from wanliu.approvals.authority import Kind, kind_of, kinds
from wanliu.approvals.states import State
from wanliu.errors import NotFound
from wanliu.people.rights import can
from wanliu.people.user import User
from wanliu.text import Text

MOST = 100


@dataclass(frozen=True)
class Approval:
    """One question as it stands. None is: has not happened, or there is none."""

    id: int
    kind: str
    subject: str
    name: str
    hash: str
    size: Decimal | None
    why: str
    asked_at: datetime
    asked_by: int
    asked_by_name: str
    until: date
    state: State
    version: int
    decided_at: datetime | None
    decided_by: int | None
    decided_by_name: str | None
    reason: str


def approval_of(approval_id: int) -> Approval:
    """Raises NotFound."""
    row = _rows().filter(pk=approval_id).first()
    if row is None:
        raise NotFound(NO_SUCH)
    return told(row)


def latest(kind: str, subjects: Iterable[str]) -> dict[str, Approval]:
    """Subject → its latest question; those about which nobody asked are left out. One query."""
    found = _rows().filter(kind=kind, subject__in=list(subjects)).order_by("id")
    return {row.subject: told(row) for row in found}


def history(kind: str, subject: str) -> list[Approval]:
    """Every question about it, the first one first."""
    return [told(row) for row in _rows().filter(kind=kind, subject=subject).order_by("id")]


def granted(kind: str) -> dict[str, Approval]:
    """Subject → the question that was approved."""
    found = _rows().filter(kind=kind, state="granted").order_by("id")
    return {row.subject: told(row) for row in found}


def waiting(user: User, *, most: int = MOST) -> list[Approval]:
    """What this person may ask for or decide on, the first to expire first."""
    found = _rows().filter(state="waiting", kind__in=_kinds_of(user))
    return [told(row) for row in found.order_by("until", "id")[:most]]


def decided(user: User, *, most: int = MOST) -> list[Approval]:
    """What is over, of the kinds that this person asks for or decides on, the latest first."""
    found = _rows().filter(kind__in=_kinds_of(user)).exclude(state="waiting")
    return [told(row) for row in found.order_by("-id")[:most]]


def why_not(user: User, asked: Approval) -> Text | None:
    """The sentence that says why this person does not decide on it; None where they may."""
    kind = kind_of(asked.kind)
    if not can(user, kind.decides):
        return NO_ROLE
    if asked.asked_by == user.pk:
        return OWN
    return None if kind.reaches(user.role, asked.size) else _beyond(kind)


def _beyond(kind: Kind) -> Text:
    return BEYOND.format(size=kind.size)


def _kinds_of(user: User) -> list[str]:
    return [code for code, kind in kinds().items() if can(user, kind.decides) or can(user, kind.asks)]


def _rows() -> QuerySet[models.Approval]:
    return models.Approval.objects.select_related("asked_by", "decided_by")


def told(row: models.Approval) -> Approval:
    return Approval(
        id=row.pk,
        kind=row.kind,
        subject=row.subject,
        name=row.name,
        hash=row.hash,
        size=row.size,
        why=row.why,
        asked_at=row.asked_at,
        asked_by=row.asked_by_id,
        asked_by_name=row.asked_by.actor_name,
        until=row.until,
        state=cast(State, row.state),
        version=row.version,
        decided_at=row.decided_at,
        decided_by=row.decided_by_id,
        decided_by_name=None if row.decided_by is None else row.decided_by.actor_name,
        reason=row.reason,
    )


NO_SUCH = Text(zh="没有这项审批。", en="There is no such approval.")
NO_ROLE = Text(zh="您的岗位不审批这一类事项。", en="Your role does not decide on this kind.")
OWN = Text(
    zh="自己提交的不能自己审批，请由另一位有权限的人审批。",
    en="Nobody approves what they asked for; somebody else with the authority must.",
)
BEYOND = Text(
    zh="超出您的审批权限（{size.zh}），请由权限更高的岗位审批。",
    en="This is beyond your authority ({size.en}); a role with more of it decides.",
)
