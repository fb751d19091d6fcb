"""Setting a case aside: for good, because its signs told nothing (不相关), or for some days (稍后提醒)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction

from wanliu.audit.record import record
from wanliu.cases import due, inputs
from wanliu.cases.figures import aside
from wanliu.cases.hands import take_case
from wanliu.cases.lines import refresh
from wanliu.cases.models import Case, Dismissal, Snooze
from wanliu.cases.suspending import withdraw
from wanliu.clock import now, today
from wanliu.errors import Refused
from wanliu.people.user import User
from wanliu.text import Text


@transaction.atomic
def dismiss(
    *, case_id: int, reason: str, version: int, signs: Collection[str] | None = None, by: User
) -> int:
    """Says that these signs (all of the case) told nothing about this client; the case's new version.

    Where none is left the case ends. Feeds the signs' precision. Promises and jobs stand. Raises NotFound,
    NotAllowed, Changed, and Refused for an unknown reason or a sign that the case does not have.
    """
    inputs.check_code(reason, aside().dismissals)
    case, _ = take_case(case_id, "dismiss", by=by, version=version)
    there = set(case.signs.values_list("sign", flat=True))
    gone = set(case.dismissals.values_list("sign", flat=True))
    named = set(signs) if signs is not None else there - gone
    if not named <= there or named & gone:
        raise Refused(_NOT_ITS_SIGN)
    Dismissal.objects.bulk_create(
        Dismissal(case=case, client_id=case.client_id, sign=sign, reason=reason, at=now(), by=by)
        for sign in sorted(named)
    )
    record(
        stream=f"case/{case.pk}",
        verb="signs_dismissed",
        by=by,
        client_id=case.client_id,
        ids={"case": case.pk, "signs": ",".join(sorted(named)), "reason": reason},
    )
    if there == gone | named:
        withdraw(case, "withdrawn", by=by)
    else:
        case.version += 1
        case.save(update_fields=["version"])
    refresh(case.client_id)
    return case.version


@transaction.atomic
def snooze(*, case_id: int, until: date, reason: str, version: int, by: User) -> int:
    """Takes the case out of today's list until that day; its new version.

    Raises NotFound, NotAllowed, Changed, and Refused where it must be done before, or the day is too far.
    """
    inputs.check_code(reason, aside().snoozes)
    case, _ = take_case(case_id, "snooze", by=by, version=version)
    check_can_snooze(case, until)
    Snooze.objects.create(case=case, until=until, reason=reason, at=now(), by=by)
    case.version += 1
    case.save(update_fields=["version"])
    refresh(case.client_id)
    record(
        stream=f"case/{case.pk}",
        verb="case_snoozed",
        by=by,
        client_id=case.client_id,
        ids={"case": case.pk, "until": until.isoformat(), "reason": reason},
    )
    return case.version


def check_can_snooze(case: Case, until: date) -> None:
    """Raises Refused for a day that is past or too far, and where something is overdue or due before."""
    longest = today() + timedelta(days=aside().longest.days)
    if not today() < until <= longest:
        raise Refused(_BAD_DAY.format(days=aside().longest.days, last=longest))
    for task in due.open_tasks_of(case):
        if task.due_on < today():
            raise Refused(_OVERDUE)
        if task.must and task.due_on < until:
            raise Refused(_MUST.format(day=task.due_on))


def can_snooze(case: Case, until: date) -> bool:
    try:
        check_can_snooze(case, until)
    except Refused:
        return False
    return True


_NOT_ITS_SIGN = Text(
    zh="这个个案没有这项指标，或已标为不相关。", en="The case has no such sign, or it was dismissed already."
)
_BAD_DAY = Text(zh="最多推迟 {days} 天（到 {last}）。", en="At most {days} days (until {last}) may pass.")
_OVERDUE = Text(
    zh="已经超时，不能推迟。请先联系客户或转派同事。",
    en="This is overdue and cannot be put off. Contact the client, or hand the case over.",
)
_MUST = Text(
    zh="{day} 前必须办理，不能推迟到那天之后。", en="This must be done by {day}; it cannot be put off beyond."
)
