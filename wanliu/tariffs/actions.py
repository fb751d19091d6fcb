"""Drafting a version of the tariff, sending it, and deciding on it; approved, it holds from its day."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import transaction

from wanliu.approvals import actions as approvals
from wanliu.approvals.queries import Approval, approval_of, latest
from wanliu.approvals.states import Decision
from wanliu.audit.record import record
from wanliu.clock import now, today
from wanliu.commission.tariff import Tariff, faults_under
from wanliu.commission.written import written
from wanliu.errors import Changed, NotFound, Refused
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.tariffs import models
from wanliu.tariffs.beside import deepest_cut
from wanliu.tariffs.queries import KIND, NO_SUCH, Version, in_force, latest_own, version_of
from wanliu.tariffs.sheet import Sheet, read_sheet, seam_faults
from wanliu.text import Text

DRAFT = "tariff.draft"


@transaction.atomic
def save_version(*, sheet: Sheet, version_id: int | None = None, version: int = 0, by: User) -> Version:
    """Keeps what was typed as a draft, new or in place of the one with this number.

    Raises NotAllowed, NotFound, Changed, Refused where it waits or is approved, and SheetRefused with every
    fault: a rate out of bounds, a gap or an overlap of days …
    """
    check_may(by, DRAFT)
    row = models.TariffVersion() if version_id is None else _locked(version_id, version)
    tariff = read_sheet(sheet, in_force().law, latest_own(), day=today())
    row.text = written(tariff)
    row.hash = hashlib.sha256(row.text.encode("utf-8")).hexdigest()
    row.since, row.until = tariff.since, tariff.until
    row.saved_at, row.saved_by = now(), by
    if row.pk is not None:
        row.version += 1
    row.save()
    _record(row, "tariff_saved", by)
    return version_of(row.pk)


@transaction.atomic
def drop_version(*, version_id: int, version: int, by: User) -> None:
    """Deletes a draft that neither waits nor is approved; the records keep its text's hash."""
    check_may(by, DRAFT)
    row = _locked(version_id, version)
    _record(row, "tariff_dropped", by)
    row.delete()


@transaction.atomic
def send_version(*, version_id: int, version: int, why: str, by: User) -> Approval:
    """Asks for the approval of the draft as it stands. Raises as ``save_version`` does."""
    check_may(by, DRAFT)
    row = _locked(version_id, version)
    tariff = version_of(row.pk).tariff
    before = _check_fits(tariff)
    return approvals.ask(
        kind=KIND,
        subject=str(row.pk),
        name=tariff.name.zh,
        digest=row.hash,
        why=why,
        size=deepest_cut(tariff, before),
        by=by,
    )


@transaction.atomic
def decide_version(*, approval_id: int, version: int, decision: Decision, reason: str, by: User) -> Approval:
    """Approves the version, so that it holds from its day, or refuses it. What did not fit any more since it
    was sent (its day has come, another version took its place) can only be refused."""
    asked = approval_of(approval_id)
    if asked.kind != KIND:
        raise NotFound(NO_SUCH)
    list(models.TariffVersion.objects.select_for_update().order_by("pk"))  # two at once would both fit
    found = version_of(int(asked.subject))
    if decision == "granted":
        _check_fits(found.tariff)
    return approvals.decide(
        approval_id=approval_id, version=version, decision=decision, reason=reason, digest=found.hash, by=by
    )


def _check_fits(tariff: Tariff) -> Tariff:
    """The version that it follows. Raises Refused where days or law stand against it now."""
    tariffs = in_force()
    faults = [*seam_faults(tariff.since, tariff.until, latest_own(), day=today()).values()]
    for fault in faults or faults_under(tariff, tariffs.law):
        raise Refused(fault)
    return tariffs.on(tariff.since - timedelta(days=1))


def _locked(version_id: int, version: int) -> models.TariffVersion:
    row = models.TariffVersion.objects.select_for_update().filter(pk=version_id).first()
    if row is None:
        raise NotFound(NO_SUCH)
    if row.version != version:
        raise Changed(_CHANGED)
    asked = latest(KIND, [str(row.pk)]).get(str(row.pk))
    if asked is not None and asked.state in ("waiting", "granted"):
        raise Refused(_FIXED)
    return row


def _record(row: models.TariffVersion, verb: str, by: User) -> None:
    ids = {"hash": row.hash, "since": str(row.since), "until": None if row.until is None else str(row.until)}
    record(stream=f"tariff/{row.pk}", verb=verb, by=by, ids=ids)


_CHANGED = Text(
    zh="这一版刚刚被别人改过，您的改动没有保存。请刷新后再看一眼。",
    en="Somebody else has just changed this version; yours was not saved. Reload and look again.",
)
_FIXED = Text(
    zh="这一版在审批中或已经批准，不能再改。要改价，请另拟一版。",
    en="This version waits for approval or was approved and cannot be changed. Draft another.",
)
