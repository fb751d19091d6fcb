"""Bringing the directory of clients up to the latest delivery: only rows that changed are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice

from django.db import transaction

from wanliu.audit.record import Actor, record
from wanliu.people.models import Account, Client
from wanliu.people.phone import normal_name, normal_phone
from wanliu.people.sealing import finding_hash, seal

ROWS_AT_ONCE = 250
"""In one transaction: on SQLite whoever saves something waits for it, so it is short."""


@dataclass(frozen=True, repr=False)
class ClientRow:
    """One client as the book has them: columns of ``clients`` and ``persons``, and the accounts."""

    client_id: str
    branch_id: str
    opened_on: date
    manager_id: str | None = None
    kind: str = "person"
    segment: str | None = None
    status: str | None = None
    closed_on: date | None = None
    birth_year: int | None = None
    risk_level: int | None = None
    commission_rate: Decimal | None = None
    is_employee: bool | None = None
    do_not_contact: bool | None = None
    scoring_opt_out: bool | None = None
    marketing_consent: str | None = None
    name: str | None = None
    phone: str | None = None
    city: str | None = None
    accounts: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        return finding_hash("row", repr(tuple(vars(self).values())))


@dataclass(frozen=True)
class Synced:
    """How many clients a delivery added, changed, and no longer names."""

    added: int
    changed: int
    gone: int


def sync_clients(rows: Iterable[ClientRow], *, by: Actor) -> Synced:
    """Writes what is new or changed, a few thousand rows at a time, so that no page waits for long.

    ``rows`` is the whole directory. Killed half-way, run it again. Frozen clients stay frozen.
    """
    seen: set[str] = set()
    added = changed = 0
    for some in _batches(rows):
        seen.update(row.client_id for row in some)
        new, different = _write(some)
        added, changed = added + new, changed + different
    gone = _leave_out(seen)
    synced = Synced(added, changed, gone)
    with transaction.atomic():
        counts = {"added": added, "changed": changed, "gone": gone}
        record(stream="directory", verb="clients_synced", by=by, ids=counts)
    return synced


def _batches(rows: Iterable[ClientRow]) -> Iterator[list[ClientRow]]:
    left = iter(rows)
    while some := list(islice(left, ROWS_AT_ONCE)):
        yield some


def _write(rows: Sequence[ClientRow]) -> tuple[int, int]:
    """The numbers of rows added and changed."""
    known = dict(
        Client.objects.filter(client_id__in=[row.client_id for row in rows], in_book=True).values_list(
            "client_id", "fingerprint"
        )
    )
    different = [row for row in rows if known.get(row.client_id) != row.fingerprint]
    if not different:
        return 0, 0
    clients = [_client(row) for row in different]  # sealed before anybody has to wait for the table
    with transaction.atomic():
        Client.objects.bulk_create(
            clients,
            update_conflicts=True,
            unique_fields=["client_id"],
            update_fields=WRITTEN,
        )
        _write_accounts(different)
    new = sum(row.client_id not in known for row in different)
    return new, len(different) - new


def _write_accounts(rows: Sequence[ClientRow]) -> None:
    Account.objects.filter(client_id__in=[row.client_id for row in rows]).delete()
    Account.objects.bulk_create(
        Account(client_id=row.client_id, number_hash=finding_hash("account", number))
        for row in rows
        for number in sorted(set(row.accounts))
    )


def _leave_out(seen: set[str]) -> int:
    """Marks those whom the delivery no longer names; their records stay."""
    known = Client.objects.filter(in_book=True).values_list("client_id", flat=True)
    gone = [client_id for client_id in known.iterator(chunk_size=ROWS_AT_ONCE) if client_id not in seen]
    for start in range(0, len(gone), ROWS_AT_ONCE):
        Client.objects.filter(client_id__in=gone[start : start + ROWS_AT_ONCE]).update(in_book=False)
    return len(gone)


def _client(row: ClientRow) -> Client:
    name, phone = normal_name(row.name), normal_phone(row.phone)
    return Client(
        client_id=row.client_id,
        branch_id=row.branch_id,
        manager_id=row.manager_id or "",
        kind=row.kind,
        segment=row.segment or "",
        status=row.status or "",
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        birth_year=row.birth_year,
        risk_level=row.risk_level,
        commission_rate=row.commission_rate,
        is_employee=row.is_employee,
        do_not_contact=row.do_not_contact,
        scoring_opt_out=row.scoring_opt_out,
        marketing_consent=row.marketing_consent or "",
        name_sealed=seal(row.name, place=f"{row.client_id}:name"),
        phone_sealed=seal(row.phone, place=f"{row.client_id}:phone"),
        name_hash=finding_hash("name", name) if name else "",
        phone_hash=finding_hash("phone", phone) if phone else "",
        city=row.city or "",
        in_book=True,
        fingerprint=row.fingerprint,
    )


WRITTEN = [
    field.name for field in Client._meta.concrete_fields if field.name not in ("client_id", "frozen_at")
]
