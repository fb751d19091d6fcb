"""Ending the work on a case, taking it up again, and laying two of a client's cases together."""

from __future__ import annotations

from django.db import transaction

from wanliu.audit.record import record
from wanliu.cases import due, inputs
from wanliu.cases.hands import move, take_case, working_case
from wanliu.cases.limits import declined_bars
from wanliu.cases.lines import refresh
from wanliu.cases.models import Case, Folder, Offer, OutcomeCheck, Task
from wanliu.cases.outcomes import track
from wanliu.cases.serving import check_can_take, check_may_serve
from wanliu.cases.suspending import facts_of, settle
from wanliu.cases.track import CLAIMABLE, WORKING
from wanliu.clock import now, today
from wanliu.errors import NotFound, Refused
from wanliu.people.queries import Person
from wanliu.people.rights import can
from wanliu.people.user import User
from wanliu.text import Text


@transaction.atomic
def close(*, case_id: int, outcome: str, version: int, by: User) -> int:
    """Ends the work with what one holds to be the outcome; the book judges later. The new version.

    Raises NotFound, NotAllowed, Changed, and Refused where nobody has tried to reach the client.
    """
    inputs.check_code(outcome, CLAIMABLE)
    case, _ = take_case(case_id, "close", by=by, version=version)
    check_can_close(case)
    track(case, "close", outcome, by=by)
    refresh(case.client_id)
    record(
        stream=f"case/{case.pk}",
        verb="case_closed",
        by=by,
        client_id=case.client_id,
        ids={"case": case.pk, "outcome": outcome},
    )
    return case.version


def check_can_close(case: Case) -> None:
    """Raises Refused where nothing was done: no form is filled to be rid of a case."""
    if case.first_contact_at is None:
        raise Refused(_NOTHING_DONE)


def can_close(case: Case) -> bool:
    return case.first_contact_at is not None


@transaction.atomic
def reopen(*, case_id: int, why: str, version: int, by: User) -> int:
    """Takes a case up again, with a call back due; outcomes not judged yet are void. The new version.

    Raises NotFound, NotAllowed, Changed, and Refused where the client may not be kept, or another case runs.
    """
    why = inputs.label(why, needed=True)
    case, client = take_case(case_id, "reopen", by=by, version=version)
    check_can_reopen(case, client)
    move(case, "reopen")
    case.outcome_claimed = case.closed_at = case.closed_by = None
    _give_to(case, by)
    case.save()
    case.checks.filter(result__isnull=True).update(result="void", judged_on=today())
    _next_call(case, by)
    settle([case.client_id], facts_of([case.client_id]), by=by)
    refresh(case.client_id)
    record(
        stream=f"case/{case.pk}",
        verb="case_reopened",
        by=by,
        client_id=case.client_id,
        ids={"case": case.pk, "to": case.assignee_id},
        payload={"why": why},
    )
    return Case.objects.values_list("version", flat=True).get(pk=case.pk)


def check_can_reopen(case: Case, client: Person) -> None:
    """Raises Refused where another case of the kind runs, or nobody may keep this client."""
    if case.merged_into_id:
        raise Refused(_MERGED)
    if working_case(case.client_id, case.kind):
        raise Refused(_ANOTHER_RUNS)
    if case.kind != "retention":
        return
    if facts_of([case.client_id]).ends(case.client_id):
        raise Refused(_MAY_NOT)
    folder = Folder.objects.filter(pk=client.client_id).first()
    if folder and declined_bars(folder.declined_on, today()):
        raise Refused(_DECLINED)


def can_reopen(case: Case, client: Person) -> bool:
    try:
        check_can_reopen(case, client)
    except Refused:
        return False
    return True


@transaction.atomic
def merge(*, case_id: int, into: int, version: int, by: User) -> int:
    """Lays an older case of the client into the one at work: its promises, jobs and offers go along.

    The new version of the case that goes on. Raises NotFound, NotAllowed, Changed, and Refused where the
    two are not one client's and of one kind.
    """
    case, client = take_case(case_id, "merge", by=by, version=version)
    target = Case.objects.select_for_update().filter(pk=into).first()
    if target is None:
        raise NotFound(_NO_TARGET)
    check_may_serve(by, "cases.work", client.client_id, client)
    if (case.client_id, case.kind) != (target.client_id, target.kind) or target.state not in WORKING:
        raise Refused(_NOT_ALIKE)
    if case.merged_into_id:
        raise Refused(_MERGED)
    move(case, "merge")
    case.merged_into = target
    case.save(update_fields=["state", "version", "merged_into"])
    OutcomeCheck.objects.filter(case=case, result__isnull=True).update(result="void", judged_on=today())
    Task.objects.filter(case=case, state="open").update(case=target)
    open_there = target.offers.filter(state="offered").values("method")
    Offer.objects.filter(case=case, state="offered").exclude(method__in=open_there).update(case=target)
    target.version += 1
    target.save(update_fields=["version"])
    refresh(case.client_id)
    record(
        stream=f"case/{target.pk}",
        verb="case_merged",
        by=by,
        client_id=case.client_id,
        ids={"case": target.pk, "merged": case.pk},
    )
    return target.version


def _give_to(case: Case, by: User) -> None:
    """Back to whoever had it; to the one who reopens it where that person is gone."""
    if case.assignee is not None and case.assignee.is_active:
        return
    if not can(by, "cases.work"):
        raise Refused(_MAY_NOT)
    check_can_take(by, case.branch_id)
    case.assignee, case.assigned_at, case.assigned_by = by, now(), by.actor_id


def _next_call(case: Case, by: User) -> None:
    due.new_task(
        "callback",
        client_id=case.client_id,
        place=case,
        case=case,
        due_on=due.follow_up_day("connected"),
        assignee_id=case.assignee_id,
        by=by,
    ).save()


_NOTHING_DONE = Text(
    zh="还没有联系记录，不能结束。请先登记服务；预警与客户情况不符的，请用「不相关」。",
    en="Nobody has tried to reach the client, so this cannot end. Record a contact first; if the warning "
    "tells nothing about this client, use “Irrelevant”.",
)
_ANOTHER_RUNS = Text(
    zh="这位客户已有同类个案在办，请把旧个案合并过去。",
    en="Another case of this kind is at work for the client: merge the old one into it.",
)
_MERGED = Text(zh="这个个案已并入另一个个案。", en="This case was merged into another one.")
_MAY_NOT = Text(
    zh="按客户目前的情况（离开、勿扰、拒绝等）不能再作挽留，个案不能重新打开。",
    en="As things stand (left, opted out, refused …) this client may not be kept; the case stays closed.",
)
_DECLINED = Text(
    zh="客户表示过不需要，期限未满，个案不能重新打开。",
    en="The client said that this is not wanted; until the time is over the case stays closed.",
)
_NO_TARGET = Text(zh="没有找到要并入的个案。", en="There is no such case to merge into.")
_NOT_ALIKE = Text(
    zh="只能并入同一客户、同一类、正在办理的个案。",
    en="A case can only be merged into one of the same client and kind that is at work.",
)
