"""Asking, deciding, taking back, and letting expire.

The room that asks looks at its own rules in the same transaction.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction

from wanliu.approvals import models
from wanliu.approvals.authority import kind_of
from wanliu.approvals.queries import NO_SUCH, Approval, approval_of, told, why_not
from wanliu.approvals.states import DECISIONS, Decision
from wanliu.audit.record import Actor, System, record
from wanliu.clock import now, today, trading_days
from wanliu.errors import Changed, NotFound, Refused
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.text import Text, is_plain

LONGEST: Final = 500


@transaction.atomic
def ask(
    *, kind: str, subject: str, name: str, digest: str, why: str, size: Decimal | None = None, by: User
) -> Approval:
    """Asks for the approval of what has this hash.

    Raises NotFound, NotAllowed, and Refused without a reason, or where one waits or was granted already.
    """
    found = kind_of(kind)
    check_may(by, found.asks)
    row = models.Approval(
        kind=kind,
        subject=subject,
        name=name,
        hash=digest,
        size=size,
        why=_words(why, _WHY),
        asked_at=now(),
        asked_by=by,
        until=trading_days().after(today(), found.days),
    )
    if models.Approval.objects.filter(kind=kind, subject=subject, state="granted").exists():
        raise Refused(_GRANTED_ALREADY)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as fault:  # somebody asked before, or in this moment
        raise Refused(_WAITS_ALREADY) from fault
    _record(row, "approval_asked", by, row.why)
    return told(row)


@transaction.atomic
def decide(
    *, approval_id: int, version: int, decision: Decision, reason: str, digest: str, by: User
) -> Approval:
    """Approves or refuses, with a reason; ``digest`` is of the subject now: of another one nobody asked.

    Raises NotFound, NotAllowed, Changed, and Refused for one's own, beyond one's authority, or after its day.
    """
    row = _locked(approval_id, version)
    check_may(by, kind_of(row.kind).decides)
    _check_waits(row)
    if (hindrance := why_not(by, told(row))) is not None:
        raise Refused(hindrance)
    if row.until < today():
        raise Refused(_TOO_LATE.format(until=row.until))
    if row.hash != digest:
        raise Changed(_OTHER_TEXT)
    if decision not in DECISIONS:
        raise Refused(_NO_DECISION)
    row.state, row.reason = decision, _words(reason, _REASON)
    row.decided_at, row.decided_by = now(), by
    _saved(row)
    _record(row, f"approval_{decision}", by, row.reason)
    return approval_of(row.pk)


@transaction.atomic
def take_back(*, approval_id: int, version: int, by: User) -> Approval:
    """Whoever asked takes it back. Raises NotFound, NotAllowed, Changed, Refused."""
    row = _locked(approval_id, version)
    check_may(by, kind_of(row.kind).asks)
    _check_waits(row)
    if row.asked_by_id != by.pk:
        raise Refused(_NOT_YOURS)
    row.state = "withdrawn"
    _saved(row)
    _record(row, "approval_withdrawn", by)
    return approval_of(row.pk)


@transaction.atomic
def expire(*, day: date, by: Actor = System) -> list[int]:
    """Ends what nobody decided before the day; their numbers. Asked again it does nothing."""
    found = models.Approval.objects.select_for_update().filter(state="waiting", until__lt=day).order_by("pk")
    for row in found:
        row.state = "expired"
        _saved(row)
        _record(row, "approval_expired", by)
    return [row.pk for row in found]


def _locked(approval_id: int, version: int) -> models.Approval:
    row = models.Approval.objects.select_for_update().filter(pk=approval_id).first()
    if row is None:
        raise NotFound(NO_SUCH)
    if row.version != version:
        raise Changed(_CHANGED)
    return row


def _check_waits(row: models.Approval) -> None:
    if row.state != "waiting":
        raise Refused(_OVER)


def _saved(row: models.Approval) -> None:
    row.version += 1
    row.save()


def _record(row: models.Approval, verb: str, by: Actor, words: str = "") -> None:
    ids = {"kind": row.kind, "subject": row.subject, "hash": row.hash, "until": str(row.until)}
    size = None if row.size is None else str(row.size)
    record(
        stream=f"approval/{row.pk}",
        verb=verb,
        by=by,
        ids={**ids, "size": size},
        payload={"words": words} if words else None,
    )


def _words(written: str, asks: Text) -> str:
    words = written.strip()
    if not words or not is_plain(words, most=LONGEST):
        raise Refused(asks.format(most=LONGEST))
    return words


_WHY = Text(
    zh="请写明为什么，不超过 {most} 个普通文字：审批的人要看。",
    en="Say why, in at most {most} characters of plain text: whoever approves will read it.",
)
_REASON = Text(
    zh="请写明审批意见，不超过 {most} 个普通文字。",
    en="Give the reason of the decision, in at most {most} characters of plain text.",
)
_GRANTED_ALREADY = Text(zh="这一项已经批准，不用再报。", en="This was approved already.")
_WAITS_ALREADY = Text(
    zh="这一项已经在审批，没有重复报送。", en="This waits for approval already; nothing was sent twice."
)
_OVER = Text(zh="这项审批已经结束，不能再更改。", en="This approval is over and cannot be changed.")
_TOO_LATE = Text(
    zh="审批期限 {until} 已过，请重新报送。", en="It was to be decided by {until}; it must be asked for anew."
)
_OTHER_TEXT = Text(
    zh="报送之后内容变了，不能按原来的审批。请重新报送。",
    en="What is to be approved is no longer what was sent. It must be sent anew.",
)
_NO_DECISION = Text(zh="请选择批准或不批准。", en="Choose to approve it or not to.")
_NOT_YOURS = Text(zh="只有报送的人可以撤回。", en="Only whoever sent it takes it back.")
_CHANGED = Text(
    zh="这项审批刚刚被别人更新过，您的操作没有保存。请刷新后再看一眼。",
    en="Somebody else has just updated this; your change was not saved. Reload and look again.",
)
