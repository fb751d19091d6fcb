"""Reading the list of staff: who signs in, as what, since when last, and what they still need for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet

from wanliu.clock import now
from wanliu.errors import NotFound
from wanliu.people.models import Client, SetupCode
from wanliu.people.rights import check_may
from wanliu.people.staffing import ADMINISTER, NOBODY
from wanliu.people.user import User

PAGE = 50
MOST_COUNTED = 10_000
"""Clients of one number are counted up to here."""


@dataclass(frozen=True)
class StaffFilters:
    """``state``: at work, left, or empty for all. ``text``: part of a name, user name or number."""

    text: str = ""
    role: str = ""
    branch_id: str = ""
    state: str = "here"


@dataclass(frozen=True)
class Member:
    """One who signs in. ``code_until``: a one-time code waits until then; past: it has expired."""

    id: int
    username: str
    name: str
    role: str
    branch_id: str
    staff_id: str
    certificate: str
    capacity: int
    is_active: bool
    version: int
    last_sign_in: datetime | None
    has_password: bool
    has_second_factor: bool
    code_until: datetime | None

    @property
    def code_waits(self) -> bool:
        return self.code_until is not None and self.code_until > now()


@dataclass(frozen=True)
class Staff:
    """A page of the list."""

    members: tuple[Member, ...]
    total: int
    page: int
    pages: int


def staff(user: User, chosen: StaffFilters, page: int = 1) -> Staff:
    """By branch and name; four queries, whatever the size. Raises NotAllowed."""
    check_may(user, ADMINISTER)
    rows = _narrowed(User.objects.all(), chosen)
    total = rows.count()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    shown = rows.order_by("branch_id", "name", "pk")[(page - 1) * PAGE : page * PAGE]
    return Staff(tuple(_members(list(shown))), total, page, pages)


def member(user: User, user_id: int) -> Member:
    """Raises NotAllowed and NotFound."""
    check_may(user, ADMINISTER)
    row = User.objects.filter(pk=user_id).first()
    if row is None:
        raise NotFound(NOBODY)
    return _members([row])[0]


def branches() -> list[str]:
    """Where somebody of the staff sits."""
    found = User.objects.exclude(branch_id="").order_by("branch_id").values_list("branch_id", flat=True)
    return list(found.distinct())


def branch_is_known(branch_id: str) -> bool:
    """Whether the latest delivery has a client of this branch."""
    return Client.objects.filter(branch_id=branch_id).exists()


def clients_under(staff_id: str, *, branch_id: str) -> tuple[int, int]:
    """How many clients the book has under this number, and how many of them in other branches."""
    if not staff_id:
        return 0, 0
    found = Client.objects.filter(manager_id=staff_id, in_book=True)
    elsewhere = found.exclude(branch_id=branch_id)
    return found[:MOST_COUNTED].count(), elsewhere[:MOST_COUNTED].count()


def _narrowed(rows: QuerySet[User], chosen: StaffFilters) -> QuerySet[User]:
    if text := chosen.text.strip():
        rows = rows.filter(
            Q(name__icontains=text) | Q(username__icontains=text) | Q(staff_id__icontains=text)
        )
    if chosen.state in ("here", "left"):
        rows = rows.filter(is_active=chosen.state == "here")
    given = {"role": chosen.role, "branch_id": chosen.branch_id}
    return rows.filter(**{name: value for name, value in given.items() if value})


def _members(rows: list[User]) -> list[Member]:
    ids = [row.pk for row in rows]
    codes = dict(SetupCode.objects.filter(user__in=ids).values_list("user_id", "expires_at"))
    totp = Authenticator.objects.filter(user__in=ids, type=Authenticator.Type.TOTP)
    secured = set(totp.values_list("user_id", flat=True))
    return [
        Member(
            id=row.pk,
            username=row.username,
            name=row.name,
            role=row.role,
            branch_id=row.branch_id,
            staff_id=row.staff_id,
            certificate=row.certificate,
            capacity=row.capacity,
            is_active=row.is_active,
            version=row.version,
            last_sign_in=row.last_login,
            has_password=row.has_usable_password(),
            has_second_factor=row.pk in secured,
            code_until=codes.get(row.pk),
        )
        for row in rows
    ]
