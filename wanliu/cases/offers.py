"""What a client is offered: methods of the playbook alone, in the version shown; accepted ones start a job.

Neither level nor score nor value at stake reaches an offer, least of all one about price.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from django.db import transaction

from wanliu.advice.client import Client, Row
from wanliu.advice.offers import Offers, offers_of
from wanliu.advice.stops import stops_of
from wanliu.audit.record import record
from wanliu.cases import due, inputs
from wanliu.cases.barred import on_file
from wanliu.cases.figures import jobs
from wanliu.cases.hands import move, take_case
from wanliu.cases.leaving import leaving
from wanliu.cases.limits import counted
from wanliu.cases.lines import refresh
from wanliu.cases.models import Case, Offer, Task
from wanliu.cases.serving import head_of
from wanliu.cases.track import SUSPENSIONS, WORKING
from wanliu.clock import day_of, now, today, trading_days
from wanliu.errors import NotFound, Refused
from wanliu.people.queries import Person
from wanliu.people.user import User
from wanliu.playbook.items import Channel, Method, Stage
from wanliu.playbook.load import Playbook, load
from wanliu.text import Text


@cache
def playbook() -> Playbook:
    """Loaded once in each process."""
    return load()


def offers_for(client: Person, *, reasons: Sequence[str], channel: Channel = "phone") -> Offers:
    """What may be offered to this client today for these reasons, and why not the rest.

    What is said at the desk to a client who is there (``counter``) is no outreach.
    """
    stage: Stage = "exit" if leaving([client.client_id]) else "normal"
    stops = stops_of(_file(client), stage=stage, channel=channel)
    return offers_of(playbook(), reasons=reasons, stops=stops, stage=stage, channel=channel)


def check_may_offer(client: Person, method: str, *, reason: str, channel: Channel = "phone") -> Method:
    """The method. Raises NotFound, and Refused with the reason why it may not be offered."""
    inputs.check_reason(reason)
    if method not in playbook().methods:
        raise NotFound(_NO_METHOD)
    found = offers_for(client, reasons=[reason] if reason else [], channel=channel)
    for excluded in found.excluded:
        if excluded.method.id == method:
            raise Refused(
                Text(
                    zh=_MAY_NOT.zh.format(name=excluded.method.name.zh, why=excluded.why.zh),
                    en=_MAY_NOT.en.format(name=excluded.method.name.en, why=excluded.why.en),
                )
            )
    return playbook().methods[method]


def can_offer(client: Person, method: str, *, reason: str, channel: Channel = "phone") -> bool:
    try:
        check_may_offer(client, method, reason=reason, channel=channel)
    except (Refused, NotFound):
        return False
    return True


@transaction.atomic
def make_offer(
    *, case_id: int, method: str, reason: str, version: int, channel: Channel = "counter", by: User
) -> int:
    """Notes that the client was offered this, with the item's version; the number of the offer.

    It is made in a contact that is running, whose limits were asked before; therefore ``counter``.
    Raises NotFound, NotAllowed, Changed, and Refused where it may not be offered or was already.
    """
    case, client = take_case(case_id, "make_offer", by=by, version=version)
    if case.suspended_why:
        raise Refused(SUSPENSIONS[case.suspended_why])  # type: ignore[index]  # a CharField is no Literal
    item = check_may_offer(client, method, reason=reason, channel=channel)
    if case.offers.filter(method=method, state="offered").exists():
        raise Refused(_ALREADY)
    offer = Offer.objects.create(
        case=case,
        client_id=case.client_id,
        method=item.id,
        method_version=item.version,
        method_hash=playbook().hashes[f"{item.folder}/{item.id}"],
        reason=reason,
        offered_at=now(),
        offered_by=by,
    )
    move(case, "make_offer")
    case.save(update_fields=["state", "version"])
    refresh(case.client_id)
    record(
        stream=f"case/{case.pk}",
        verb="offer_made",
        by=by,
        client_id=case.client_id,
        ids={"offer": offer.pk, "method": item.id, "version": item.version, "hash": offer.method_hash},
    )
    return offer.pk


@transaction.atomic
def answer_offer(*, offer_id: int, accepted: bool, by: User) -> int | None:
    """Notes the client's answer; an accepted offer starts its job, whose task's number is returned.

    Raises NotFound, NotAllowed, and Refused where it was answered already.
    """
    case_id = Offer.objects.filter(pk=offer_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NotFound(_NO_OFFER)
    case, _ = take_case(case_id, "answer_offer", by=by)
    offer = Offer.objects.select_for_update().get(pk=offer_id)
    if offer.state != "offered":
        raise Refused(_ANSWERED)
    offer.state, offer.answered_at, offer.answered_by = "accepted" if accepted else "declined", now(), by
    offer.task = _job(case, offer.method, by) if accepted else None
    offer.save()
    case.version += 1
    case.save(update_fields=["version"])
    refresh(case.client_id)
    record(
        stream=f"case/{case.pk}",
        verb="offer_accepted" if accepted else "offer_declined",
        by=by,
        client_id=case.client_id,
        ids={"offer": offer.pk, "method": offer.method, "task": offer.task_id},
    )
    return offer.task_id


def _job(case: Case, method: str, by: User) -> Task:
    """The job as a task: the branch head's where the table says so, else of whoever has the case."""
    code = jobs().of(method)
    job = jobs().jobs[code]
    head = head_of(case.branch_id) if job.owner == "branch_head" else None
    task = due.new_task(
        "job",
        client_id=case.client_id,
        place=case,
        case=case,
        due_on=trading_days().after(today(), job.days),
        assignee_id=head.pk if head else case.assignee_id or by.pk,
        job=code,
        by=by,
    )
    task.save()
    return task


def _file(client: Person) -> Client:
    """The client's file with the complaints, exits and contacts that the workbench knows."""
    contacts = counted(client.client_id).filter(direction="out").order_by("-happened_at")[:LOOKED_AT]
    return on_file(
        client,
        requests=requests_here(client.client_id),
        contacts=tuple({"direction": "out", "date": day_of(one.happened_at)} for one in contacts),
    )


def requests_here(client_id: str) -> tuple[Row, ...]:
    """The open complaint and the open exit that the workbench knows of, as rows of the book's requests."""
    open_complaint = Case.objects.filter(client_id=client_id, kind="complaint", state__in=WORKING).first()
    found: list[Row] = []
    if open_complaint:
        found.append(_request(open_complaint.pk, "complaint", open_complaint.opened_on))
    if one := leaving([client_id]).get(client_id):
        found.append(_request(one.exit_id, one.kind, one.requested_on))
    return tuple(found)


LOOKED_AT = 20
"""More contacts than that make no difference to a limit of two."""


def _request(id: int, kind: str, day: date) -> Row:
    return {
        "request_id": str(id),
        "kind": kind,
        "date": day,
        "closed_on": None,
        "outcome": None,
        "text": None,
    }


_NO_METHOD = Text(
    zh="内容库里没有这个方法，不能提出。", en="The playbook has no such method; it cannot be offered."
)
_MAY_NOT = Text(zh="不能提出「{name}」：{why}", en="“{name}” may not be offered: {why}")
_ALREADY = Text(
    zh="这个方案已经提过，还在等客户答复。", en="This was offered already and waits for an answer."
)
_NO_OFFER = Text(zh="没有找到这个方案。", en="There is no such offer.")
_ANSWERED = Text(
    zh="这个方案已有答复，没有更改。", en="This offer was answered already; nothing was changed."
)
