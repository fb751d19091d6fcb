"""登记服务: starting a contact, and writing down what came of it, which ends every task that it answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db import transaction

from wanliu.audit.record import record
from wanliu.cases import aftermath, inputs, linting
from wanliu.cases.figures import feedback as feedbacks
from wanliu.cases.hands import take, working_case
from wanliu.cases.leaving import leaving
from wanliu.cases.limits import Bar, bars, check_may_contact
from wanliu.cases.lines import refresh
from wanliu.cases.models import Case, Contact, NoteReview, Unfinished
from wanliu.cases.serving import check_may_serve
from wanliu.cases.track import CONNECTIONS, DIRECTIONS, METHODS, PURPOSES, Purpose
from wanliu.clock import now
from wanliu.compliance.lint import Verdict
from wanliu.errors import NotFound, Refused
from wanliu.people.queries import Person, person
from wanliu.people.user import User
from wanliu.text import Text

RIGHTS: Final[dict[Purpose, str]] = {
    "retention": "cases.work",
    "service": "cases.work",
    "complaint": "cases.complain",
    "exit": "exits.request",
}
CASE_KINDS: Final[dict[Purpose, str | None]] = {
    "retention": "retention",
    "service": "retention",
    "complaint": "complaint",
    "exit": None,
}
"""The kind of case that a contact of this purpose belongs to, if the client has one."""


class BeyondLimit(Refused):
    """A limit forbade this contact; if it was made all the same, it is written down with a reason."""

    def __init__(self, found: Sequence[Bar]) -> None:
        why = found[0].why
        super().__init__(Text(zh=_BEYOND.zh.format(why=why.zh), en=_BEYOND.en.format(why=why.en)))
        self.bars = tuple(found)


@dataclass(frozen=True)
class Said:
    """What somebody writes down about one contact. Codes stand in ``track.py`` and ``feedback.toml``.

    ``why``: the writer's reason for a doubtful note, or for a contact beyond a limit.
    """

    method: str
    connection: str
    purpose: Purpose = "retention"
    direction: str = "out"
    feedback: str = ""
    feedback_detail: str = ""
    reason: str = ""
    said: str = ""
    note: str = ""
    why: str = ""
    happened_at: datetime | None = None
    next_follow_up_on: date | None = None


@dataclass(frozen=True)
class Recorded:
    """A contact as it was written down, and what that did."""

    contact_id: int
    case_id: int | None
    ended_tasks: tuple[int, ...]
    next_task_id: int | None
    verdict: str
    reviews: int


@transaction.atomic
def start_contact(*, client_id: str, purpose: Purpose = "retention", by: User) -> int | None:
    """Before the call: whether it may be made. Its case is in contact from now on; the case's number.

    Raises NotFound, NotAllowed, and Refused with the limit that holds the call back.
    """
    inputs.check_code(purpose, PURPOSES)
    client = served_for(client_id, purpose, by)
    take(client_id)
    check_may_contact(client, purpose=purpose)
    case = _case(client_id, purpose)
    if case:
        aftermath.turn_to(case, "start_contact", by)
        case.save()
        refresh(client_id)
    record(
        stream=f"case/{case.pk}" if case else f"client/{client_id}",
        verb="contact_started",
        by=by,
        client_id=client_id,
        ids={"purpose": purpose},
    )
    return case.pk if case else None


@transaction.atomic
def record_contact(*, client_id: str, said: Said, ticked: Collection[int] = (), by: User) -> Recorded:
    """Writes the contact down and ends every open task of the client that it answers, and those ticked.

    Raises NotFound, NotAllowed, Blocked or Doubtful for the note, BeyondLimit, and Refused for bad input;
    then nothing is saved.
    """
    said = checked(said)
    client = served_for(client_id, said.purpose, by)
    verdict = linting.judge(said.note, stage="exit" if leaving([client_id]) else "normal", by=by)
    linting.check_why(verdict, said.why)
    folder = take(client_id)
    beyond = _beyond(client, said)
    case = _case(client_id, said.purpose)
    if said.purpose == "complaint" and case is None:
        raise Refused(_NO_COMPLAINT)
    contact = _write(client_id, case, said, verdict, by)
    Unfinished.objects.filter(client_id=client_id, by=by).delete()
    reviews = _ask_compliance(contact, verdict, beyond, said.why)
    ended = aftermath.end_tasks(contact, case, ticked, by=by)
    aftermath.note_in(folder, contact)
    if case:
        aftermath.advance(case, contact, by=by)
    after = aftermath.follow_up(client, case, contact, by=by)
    refresh(client_id)
    record(
        stream=f"contact/{contact.pk}",
        verb="contact_recorded",
        by=by,
        client_id=client_id,
        ids={
            "contact": contact.pk,
            "case": case.pk if case else None,
            "purpose": contact.purpose,
            "connection": contact.connection,
            "ended": ",".join(str(task.pk) for task in ended),
            "verdict": contact.verdict,
        },
        payload={"note": contact.note, "said": contact.said, "why": said.why},
    )
    return Recorded(
        contact.pk,
        case.pk if case else None,
        tuple(task.pk for task in ended),
        after.pk if after else None,
        verdict.verdict,
        reviews,
    )


@transaction.atomic
def correct_contact(*, contact_id: int, note: str, said: str, why: str = "", by: User) -> int:
    """A new row with better words that stands for the old one; the number of the new row.

    Raises NotFound, NotAllowed, Blocked or Doubtful, and Refused where somebody corrected it already.
    """
    old = Contact.objects.filter(pk=contact_id).first()
    if old is None:
        raise NotFound(_NO_CONTACT)
    purpose: Purpose = old.purpose  # type: ignore[assignment]  # a CharField is no Literal
    served_for(old.client_id, purpose, by)
    take(old.client_id)
    if old.corrections.exists():
        raise Refused(_CORRECTED)
    note, said, why = inputs.words(note), inputs.words(said), inputs.label(why)
    verdict = linting.judge(note, stage="exit" if leaving([old.client_id]) else "normal", by=by)
    linting.check_why(verdict, why)
    new = Contact.objects.create(
        **{name: getattr(old, name) for name in KEPT_IN_CORRECTIONS},
        note=note,
        said=said,
        verdict=verdict.verdict,
        corrects=old,
        recorded_at=now(),
        by=by,
    )
    _ask_compliance(new, verdict, [], why)
    record(
        stream=f"contact/{new.pk}",
        verb="contact_corrected",
        by=by,
        client_id=new.client_id,
        ids={"contact": new.pk, "corrects": old.pk, "verdict": new.verdict},
        payload={"note": note, "said": said, "why": why},
    )
    return new.pk


KEPT_IN_CORRECTIONS: Final = (
    "client_id", "case_id", "method", "direction", "purpose", "connection", "feedback", "feedback_detail",
    "declined", "reason", "happened_at", "next_follow_up_on",
)  # fmt: skip


# --- before anything is written -------------------------------------------------------------------


def checked(said: Said) -> Said:
    """The same with texts trimmed and the moment filled in. Raises Refused."""
    for code, codes in (
        (said.method, METHODS),
        (said.connection, CONNECTIONS),
        (said.purpose, PURPOSES),
        (said.direction, DIRECTIONS),
    ):
        inputs.check_code(code, codes)
    inputs.check_feedback(said.feedback, said.feedback_detail)
    inputs.check_reason(said.reason)
    if said.direction == "in" and said.connection != "connected":
        raise Refused(_THEY_CAME)
    if said.next_follow_up_on:
        inputs.check_due(said.next_follow_up_on)
    return replace(
        said,
        said=inputs.words(said.said),
        note=inputs.words(said.note),
        why=inputs.label(said.why),
        happened_at=inputs.moment(said.happened_at),
    )


def served_for(client_id: str, purpose: Purpose, by: User) -> Person:
    """The client. Raises NotFound, and NotAllowed for who may not have such a contact with this client."""
    client = person(client_id)
    check_may_serve(by, RIGHTS[purpose], client_id, client)
    return client


def _case(client_id: str, purpose: Purpose) -> Case | None:
    kind = CASE_KINDS[purpose]
    case = working_case(client_id, kind) if kind else None
    return None if case is None or case.suspended_at else case


def _beyond(client: Person, said: Said) -> list[Bar]:
    """The limits that the contact went beyond. Raises BeyondLimit where no reason is given."""
    found = bars(
        client,
        purpose=said.purpose,
        direction=said.direction,  # type: ignore[arg-type]  # checked above
        at=said.happened_at,
    )
    if found and not said.why:
        raise BeyondLimit(found)
    return found


# --- what one contact does ------------------------------------------------------------------------


def _write(client_id: str, case: Case | None, said: Said, verdict: Verdict, by: User) -> Contact:
    declines = said.feedback in feedbacks() and feedbacks()[said.feedback].declines
    return Contact.objects.create(
        client_id=client_id,
        case=case,
        method=said.method,
        direction=said.direction,
        purpose=said.purpose,
        connection=said.connection,
        feedback=said.feedback,
        feedback_detail=said.feedback_detail,
        declined=declines and said.connection == "connected",
        reason=said.reason,
        said=said.said,
        note=said.note,
        verdict=verdict.verdict,
        happened_at=said.happened_at or now(),
        next_follow_up_on=said.next_follow_up_on,
        recorded_at=now(),
        by=by,
    )


def _ask_compliance(contact: Contact, verdict: Verdict, beyond: Sequence[Bar], why: str) -> int:
    """Puts the contact into compliance's queue for each thing that is doubtful about it; how many."""
    causes = {
        "note": linting.rules_of(verdict) if verdict.verdict == "warn" else [],
        "limit": [bar.limit for bar in beyond],
    }
    made = [
        NoteReview(contact=contact, client_id=contact.client_id, cause=cause, codes=codes, why=why)
        for cause, codes in causes.items()
        if codes
    ]
    NoteReview.objects.bulk_create(made)
    return len(made)


_BEYOND = Text(
    zh="{why}如已经联系过，请说明理由后保存，合规会复核。",
    en="{why} If the contact was made all the same, give a reason and save: compliance will look at it.",
)
_THEY_CAME = Text(
    zh="客户来找我们的，接通结果只能是「接通」。", en="Where the client came to us, the client was reached."
)
_NO_COMPLAINT = Text(
    zh="这位客户没有未办结的投诉。请先登记投诉。",
    en="This client has no open complaint. Record the complaint first.",
)
_NO_CONTACT = Text(zh="没有找到这条服务记录。", en="There is no such contact.")
_CORRECTED = Text(
    zh="这条记录已经更正过，请更正最新的那一条。", en="This was corrected already; correct the latest row."
)
