"""Reading people: one client, several, and finding one by what the client says or shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import models

from wanliu.clock import now, today
from wanliu.errors import NotFound
from wanliu.people.models import Account, Choice, Client, View
from wanliu.people.phone import masked_name, masked_phone, normal_name, normal_phone
from wanliu.people.rights import Sight, check_may, sight
from wanliu.people.sealing import finding_hash, unseal
from wanliu.people.user import User
from wanliu.text import Text

MOST_FOUND = 20
ROWS_AT_ONCE = 2000


@dataclass(frozen=True)
class Person:
    """A client: the book's latest word, and what the client decided here since. None is unknown."""

    client_id: str
    branch_id: str
    manager_id: str
    kind: str
    segment: str | None
    status: str | None
    opened_on: date
    closed_on: date | None
    birth_year: int | None
    risk_level: int | None
    commission_rate: Decimal | None
    is_employee: bool | None
    do_not_contact: bool
    scoring_opt_out: bool
    marketing_consent: str | None
    city: str | None
    in_book: bool
    frozen_at: datetime | None
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)

    @property
    def age(self) -> int | None:
        """In whole years, as far as the year of birth tells."""
        return None if self.birth_year is None else today().year - self.birth_year

    @property
    def is_closed(self) -> bool:
        return self.frozen_at is not None or (self.closed_on is not None and self.closed_on <= today())

    @property
    def masked_name(self) -> str | None:
        return masked_name(self.name)

    @property
    def masked_phone(self) -> str | None:
        return masked_phone(self.phone)


def person(client_id: str) -> Person:
    """Raises NotFound."""
    found = persons([client_id])
    if client_id not in found:
        raise NotFound(_NO_SUCH_CLIENT)
    return found[client_id]


def persons(client_ids: Iterable[str]) -> dict[str, Person]:
    """By client id; those who are unknown are left out. Two queries, however many clients."""
    ids = list(dict.fromkeys(client_ids))
    choices = _choices(ids)
    return {
        row.client_id: _person(row, choices.get(row.client_id, {}))
        for row in Client.objects.filter(client_id__in=ids)
    }


def years_of_birth() -> Iterator[tuple[str, int]]:
    """Client and year of birth, of everybody whose is known; for whoever counts them."""
    rows = Client.objects.exclude(birth_year=None).values_list("client_id", "birth_year")
    for client_id, year in rows.iterator(chunk_size=ROWS_AT_ONCE):
        if year is not None:
            yield client_id, year


def find_persons(*, user: User, text: str, action: str = "people.search") -> list[Person]:
    """Clients whose id, fund account, phone or full name is exactly the text, as far as this person may see.

    The search is logged, without its text.
    """
    check_may(user, action)
    text = text.strip()
    if not text:
        return []
    found = _within(Client.objects.filter(_matches(text)), sight(user, action))
    ids = list(found.order_by("client_id").values_list("client_id", flat=True)[:MOST_FOUND])
    seen: list[str | None] = [*ids] or [None]
    View.objects.bulk_create(View(user=user, client_id=one, what="search", at=now()) for one in seen)
    people = persons(ids)
    return [people[one] for one in ids]


def _matches(text: str) -> models.Q:
    """Each part has its own index; a subquery among them would read every client."""
    accounts = Account.objects.filter(number_hash=finding_hash("account", text)).order_by("client_id")
    owners = list(accounts.values_list("client_id", flat=True)[:MOST_FOUND])
    asked = models.Q(client_id__in=[text, *owners])
    if phone := normal_phone(text):
        asked |= models.Q(phone_hash=finding_hash("phone", phone))
    return asked | models.Q(name_hash=finding_hash("name", normal_name(text)))


def _within(rows: models.QuerySet[Client], seen: Sight) -> models.QuerySet[Client]:
    if seen.nothing:
        return rows.none()
    if seen.branch_id is not None:
        return rows.filter(branch_id=seen.branch_id)
    return rows if seen.manager_id is None else rows.filter(manager_id=seen.manager_id)


def clients_of_manager(staff_id: str) -> int:
    """How many clients of the book this member of staff looks after; nobody looks after those without one."""
    return Client.objects.filter(manager_id=staff_id, in_book=True).count() if staff_id else 0


def choices_of(client_id: str) -> list[Choice]:
    """What the client decided, the latest first."""
    return list(Choice.objects.filter(client_id=client_id).select_related("by").order_by("-id"))


def opted_out() -> set[str]:
    """Clients who refused scoring here or in the book, and those who are only kept."""
    said = {
        one for one, kinds in _latest(Choice.objects.filter(what=SCORING)).items() if kinds[SCORING] == YES
    }
    book = Client.objects.filter(models.Q(scoring_opt_out=True) | models.Q(frozen_at__isnull=False))
    return said | set(book.values_list("client_id", flat=True))


def _choices(client_ids: list[str]) -> dict[str, dict[str, str]]:
    return _latest(Choice.objects.filter(client_id__in=client_ids))


def _latest(choices: models.QuerySet[Choice]) -> dict[str, dict[str, str]]:
    """Client → what → the latest value."""
    found: dict[str, dict[str, str]] = {}
    for client_id, what, value in choices.order_by("id").values_list("client_id", "what", "value"):
        found.setdefault(client_id, {})[what] = value
    return found


def _person(row: Client, said: dict[str, str]) -> Person:
    return Person(
        client_id=row.client_id,
        branch_id=row.branch_id,
        manager_id=row.manager_id,
        kind=row.kind,
        segment=row.segment or None,
        status=row.status or None,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        birth_year=row.birth_year,
        risk_level=row.risk_level,
        commission_rate=row.commission_rate,
        is_employee=row.is_employee,
        do_not_contact=_decided(said.get(CONTACT), row.do_not_contact),
        scoring_opt_out=_decided(said.get(SCORING), row.scoring_opt_out),
        marketing_consent=said.get(MARKETING) or row.marketing_consent or None,
        city=row.city or None,
        in_book=row.in_book,
        frozen_at=row.frozen_at,
        name=unseal(row.name_sealed, place=f"{row.client_id}:name"),
        phone=unseal(row.phone_sealed, place=f"{row.client_id}:phone"),
    )


def _decided(said: str | None, book: bool | None) -> bool:
    """The client's latest word here counts; without one, the book's."""
    return bool(book) if said is None else said == YES


CONTACT, SCORING, MARKETING = "do_not_contact", "scoring_opt_out", "marketing_consent"
YES, NO = "yes", "no"

_NO_SUCH_CLIENT = Text(zh="没有找到这位客户。", en="There is no such client.")
