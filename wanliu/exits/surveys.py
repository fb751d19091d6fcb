"""Why the client leaves: asked once, after the exit was submitted, and only if the client cares to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db import transaction

from wanliu.audit.record import record
from wanliu.clock import now
from wanliu.errors import Refused
from wanliu.exits.models import Exit as Row
from wanliu.exits.models import Survey
from wanliu.exits.moving import checked_words, locked, stream_of
from wanliu.people.queries import person
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.text import Text

LONGEST_WORDS: Final = 1000
ASKED_IN: Final = ("submitted", "done")
ANSWERS: Final[Mapping[str, Text]] = {
    "moved": Text(zh="搬家或工作变动，不方便", en="Moved, or changed jobs; it is no longer convenient"),
    "fees": Text(zh="费用", en="The fees"),
    "service": Text(zh="服务", en="The service"),
    "results": Text(zh="投资结果", en="The results"),
    "products": Text(zh="产品或交易工具", en="Products or trading tools"),
    "recommended": Text(zh="亲友或他人介绍了别家", en="Somebody recommended another firm"),
    "needs_money": Text(zh="资金另有用途", en="The money is needed elsewhere"),
    "stops_investing": Text(zh="不再投资证券", en="No more investing in securities"),
    "other": Text(zh="其他", en="Something else"),
}


@transaction.atomic
def answer_survey(*, exit_id: int, answer: str, words: str = "", by: User) -> None:
    """Keeps the client's answer. Raises NotFound, NotAllowed, and Refused too early or a second time."""
    row = _askable(exit_id, by)
    words = checked_words(words, most=LONGEST_WORDS)
    if answer not in ANSWERS:
        raise Refused(_NO_SUCH_ANSWER)
    Survey.objects.create(exit=row, skipped=False, answer=answer, words=words, at=now(), by=by)
    record(
        stream=stream_of(row.pk),
        verb="survey_answered",
        by=by,
        client_id=row.client_id,
        ids={"answer": answer},
        payload={"words": words} if words else None,
    )


@transaction.atomic
def skip_survey(*, exit_id: int, by: User) -> None:
    """The client would rather not say; nobody asks again. Raises as ``answer_survey`` does."""
    row = _askable(exit_id, by)
    Survey.objects.create(exit=row, skipped=True, at=now(), by=by)
    record(stream=stream_of(row.pk), verb="survey_skipped", by=by, client_id=row.client_id)


def check_may_be_asked(row: Row) -> None:
    """Raises Refused before the exit was submitted, and where the client was asked before."""
    if row.state not in ASKED_IN:
        raise Refused(_NOT_YET)
    if Survey.objects.filter(exit=row).exists():
        raise Refused(_ASKED_BEFORE)


def can_be_asked(row: Row) -> bool:
    return row.state in ASKED_IN and not Survey.objects.filter(exit=row).exists()


def _askable(exit_id: int, by: User) -> Row:
    row = locked(exit_id)
    check_may(by, "exits.survey", person(row.client_id))
    check_may_be_asked(row)
    return row


_NO_SUCH_ANSWER = Text(zh="请从选项中选择一项。", en="Choose one of the answers.")
_NOT_YET = Text(
    zh="报送之后才询问原因；现在先把手续办好。",
    en="The reason is asked after the exit was submitted; see to the exit first.",
)
_ASKED_BEFORE = Text(zh="已经问过客户，不再询问。", en="The client was asked before and is not asked again.")
