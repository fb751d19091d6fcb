"""The tariff as plain values: what holds on which day, and the firm's versions with what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache

from wanliu.approvals.queries import Approval, granted, latest
from wanliu.clock import day_of
from wanliu.commission.law import SHIPPED
from wanliu.commission.shapes import read_text
from wanliu.commission.tariff import Tariff, Tariffs, load_tariffs, succeeded
from wanliu.errors import NotFound
from wanliu.tariffs import models
from wanliu.tariffs.sheet import NOBODY
from wanliu.text import Text

KIND = "tariff"
KEPT = 64


@dataclass(frozen=True)
class Version:
    """One version of the firm's own, with the latest question about it; None: nobody asked."""

    id: int
    tariff: Tariff
    hash: str
    version: int
    saved_at: datetime
    saved_by: int
    saved_by_name: str
    approval: Approval | None

    @property
    def may_change(self) -> bool:
        return self.approval is None or self.approval.state not in ("waiting", "granted")

    @property
    def is_approved(self) -> bool:
        return self.approval is not None and self.approval.state == "granted"


def in_force() -> Tariffs:
    """The shipped versions until the firm's own begin, and every approved one of its own, at their dates."""
    return _joined(tuple(_approved()))


def latest_own() -> Tariff | None:
    """The firm's approved version that begins last; None before the first."""
    own = sorted((tariff_in(*one) for one in _approved()), key=lambda version: version.since)
    return own[-1] if own else None


Signed = tuple[str, str, str, date]
"""Text, maker, checker, day of approval."""


def _approved() -> list[Signed]:
    rows = granted(KIND)
    own = models.TariffVersion.objects.filter(pk__in=[int(one) for one in rows]) if rows else []
    return [(row.text, *_signed(rows[str(row.pk)])) for row in own]


def version_of(version_id: int) -> Version:
    """Raises NotFound."""
    row = models.TariffVersion.objects.select_related("saved_by").filter(pk=version_id).first()
    if row is None:
        raise NotFound(NO_SUCH)
    return _version(row, latest(KIND, [str(row.pk)]))


def versions() -> list[Version]:
    """Every version of the firm's own, the latest first."""
    rows = list(models.TariffVersion.objects.select_related("saved_by").order_by("-since", "-id"))
    asked = latest(KIND, [str(row.pk) for row in rows])
    return [_version(row, asked) for row in rows]


@cache
def shipped() -> Tariffs:
    """Loaded once in each process."""
    return load_tariffs(SHIPPED)


def _version(row: models.TariffVersion, asked: Mapping[str, Approval]) -> Version:
    found = asked.get(str(row.pk))
    signed = _signed(found) if found is not None and found.state == "granted" else (*NOBODY, row.since)
    return Version(
        id=row.pk,
        tariff=tariff_in(row.text, *signed),
        hash=row.hash,
        version=row.version,
        saved_at=row.saved_at,
        saved_by=row.saved_by_id,
        saved_by_name=row.saved_by.actor_name,
        approval=found,
    )


def _signed(found: Approval) -> tuple[str, str, date]:
    """Maker, checker and day; the numbers keep two people of one name apart."""
    assert found.decided_at is not None, "whatever is granted was decided"
    return (
        f"{found.asked_by_name} (#{found.asked_by})",
        f"{found.decided_by_name} (#{found.decided_by})",
        day_of(found.decided_at),
    )


@lru_cache(maxsize=KEPT)
def tariff_in(text: str, maker: str, checker: str, approved_on: date) -> Tariff:
    """The text as a value. Raises ContentRefused where it is none any more."""
    told = read_text(Tariff, text, place=KIND, id="-", maker=maker, checker=checker, approved_on=approved_on)
    return told.model_copy(update={"id": told.since.isoformat()})


@lru_cache(maxsize=KEPT)
def _joined(own: tuple[Signed, ...]) -> Tariffs:
    return succeeded(shipped(), [tariff_in(*one) for one in own])


NO_SUCH = Text(zh="没有这一版收费标准。", en="There is no such version of the tariff.")
