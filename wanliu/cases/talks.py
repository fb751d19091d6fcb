"""The one retention talk about an exit: only if the client agrees, at most once, and a refusal is final.

The exit knows nothing of it and waits for nothing here: this room reads exits, and never the other way round.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from wanliu.audit.record import record
from wanliu.cases import inputs, linting
from wanliu.cases.hands import take
from wanliu.cases.leaving import Leaving, leaving_by
from wanliu.cases.lines import refresh
from wanliu.cases.models import Contact, Folder, NoteReview, Talk
from wanliu.cases.serving import check_may_serve
from wanliu.cases.track import METHODS, TALK_STATES, TalkState
from wanliu.clock import now, today
from wanliu.errors import Refused
from wanliu.people.queries import person
from wanliu.people.user import User
from wanliu.text import Text

ACTION: Final = "cases.work"
ANSWERS: Final[tuple[TalkState, ...]] = ("accepted", "declined")
ASKED: Final[tuple[TalkState, ...]] = ("offered", "not_offered", *ANSWERS)


@transaction.atomic
def talk_about_exit(*, exit_id: int, state: TalkState, by: User) -> int:
    """Notes whether the client was asked for a talk, and what the client said; the number of the talk.

    ``offered`` and ``not_offered`` are followed by an answer at most once. Raises NotFound, NotAllowed, and
    Refused where the exit is over or the client has answered: nobody asks twice.
    """
    inputs.check_code(state, ASKED)
    leaving = _open(exit_id)
    check_may_serve(by, ACTION, leaving.client_id, person(leaving.client_id))
    folder = take(leaving.client_id)
    talk = Talk.objects.select_for_update().filter(exit_id=exit_id).first()
    check_can_answer(talk, state)
    talk = talk or Talk(exit_id=exit_id, client_id=leaving.client_id, noted_at=now(), noted_by=by)
    talk.state = state
    if state in ANSWERS:
        talk.answered_at, talk.answered_by = now(), by
    talk.save()
    if state == "declined":
        _remember(folder)
    record(
        stream=f"talk/{exit_id}",
        verb=f"talk_{state}",
        by=by,
        client_id=leaving.client_id,
        ids={"exit": exit_id, "talk": talk.pk},
    )
    return talk.pk


@transaction.atomic
def hold_talk(*, exit_id: int, method: str, note: str, said: str = "", why: str = "", by: User) -> int:
    """Writes the talk down, once; the number of its contact. It ends no task and moves no exit.

    Raises NotFound, NotAllowed, Refused where the client has not agreed or it was held, Blocked or Doubtful.
    """
    inputs.check_code(method, METHODS)
    note, said, why = inputs.words(note, needed=True), inputs.words(said), inputs.label(why)
    leaving = _open(exit_id)
    check_may_serve(by, ACTION, leaving.client_id, person(leaving.client_id))
    verdict = linting.judge(note, stage="exit", by=by)
    linting.check_why(verdict, why)
    folder = take(leaving.client_id)
    talk = Talk.objects.select_for_update().filter(exit_id=exit_id).first()
    check_can_hold(talk)
    assert talk is not None, "checked above"
    talk.contact = _write(leaving, method, note, said, verdict.verdict, now(), by)
    talk.save(update_fields=["contact"])
    if verdict.verdict == "warn":
        NoteReview.objects.create(
            contact=talk.contact,
            client_id=leaving.client_id,
            cause="note",
            codes=linting.rules_of(verdict),
            why=why,
        )
    folder.last_contact_at, folder.last_connection = talk.contact.happened_at, "connected"
    folder.save()
    refresh(leaving.client_id)
    record(
        stream=f"talk/{exit_id}",
        verb="talk_held",
        by=by,
        client_id=leaving.client_id,
        ids={"exit": exit_id, "talk": talk.pk, "contact": talk.contact.pk},
        payload={"note": note, "said": said, "why": why},
    )
    return talk.contact.pk


def check_can_answer(talk: Talk | None, state: TalkState) -> None:
    """Raises Refused where the client has said yes or no, or the same was noted."""
    if talk is None:
        return
    if talk.state in ANSWERS:
        raise Refused(_ANSWERED.format(state=TALK_STATES[talk.state]))
    if state not in ANSWERS and not (talk.state == "not_offered" and state == "offered"):
        raise Refused(_NOTED)


def can_answer(talk: Talk | None, state: TalkState) -> bool:
    try:
        check_can_answer(talk, state)
    except Refused:
        return False
    return True


def check_can_hold(talk: Talk | None) -> None:
    """Raises Refused without the client's agreement, and after the one talk."""
    if talk is None or talk.state != "accepted":
        raise Refused(_NOT_AGREED)
    if talk.contact_id is not None:
        raise Refused(_HELD)


def can_hold(talk: Talk | None) -> bool:
    return talk is not None and talk.state == "accepted" and talk.contact_id is None


def _open(exit_id: int) -> Leaving:
    """Raises NotFound, and Refused where the exit is over: then there is nothing to talk about."""
    found = leaving_by(exit_id)
    if found is None:
        raise Refused(_OVER)
    return found


def _remember(folder: Folder) -> None:
    """A refusal bars outreach as 不需要 does."""
    folder.declined_on = today()
    folder.save(update_fields=["declined_on"])


def _write(
    leaving: Leaving, method: str, note: str, said: str, verdict: str, at: datetime, by: User
) -> Contact:
    return Contact.objects.create(
        client_id=leaving.client_id,
        method=method,
        direction="in",
        purpose="exit",
        connection="connected",
        said=said,
        note=note,
        verdict=verdict,
        happened_at=at,
        recorded_at=at,
        by=by,
    )


_ANSWERED = Text(
    zh="客户已经答复过（{state.zh}），不再询问。",
    en="The client has answered ({state.en}); nobody asks again.",
)
_NOTED = Text(zh="这一点已经记过。", en="This was noted already.")
_NOT_AGREED = Text(
    zh="客户还没有同意谈，不能作挽留谈话。离开手续照常办理。",
    en="The client has not agreed to talk, so there is no talk. The exit goes on as ever.",
)
_HELD = Text(zh="这次离开只谈一次，已经谈过。", en="There is one talk about an exit, and it was held.")
_OVER = Text(zh="这项离开申请已经结束，不再谈。", en="This exit is over; there is no talk about it any more.")
