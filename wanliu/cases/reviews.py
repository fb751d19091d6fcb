"""Compliance reads what was doubtful, and gives its verdict: sound, or a fault."""

from __future__ import annotations

from typing import Final, Literal

from django.db import transaction

from wanliu.audit.record import record
from wanliu.cases import inputs
from wanliu.cases.models import NoteReview
from wanliu.clock import now
from wanliu.errors import Changed, NotFound, Refused
from wanliu.people.queries import person
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.text import Text

Verdict = Literal["sound", "fault"]
VERDICTS: Final[dict[Verdict, Text]] = {
    "sound": Text(zh="没有问题", en="Sound"),
    "fault": Text(zh="有问题", en="A fault"),
}


@transaction.atomic
def judge_note(*, review_id: int, verdict: Verdict, version: int, remark: str = "", by: User) -> None:
    """Gives the verdict on a contact in the queue.

    Raises NotFound, NotAllowed, Changed, Refused where it was given or is about one's own words.
    """
    inputs.check_code(verdict, VERDICTS)
    remark = inputs.label(remark)
    review = NoteReview.objects.select_for_update().filter(pk=review_id).first()
    if review is None:
        raise NotFound(_NO_REVIEW)
    check_may(by, "cases.review", person(review.client_id))
    if version != review.version:
        raise Changed(_CHANGED)
    if review.verdict is not None:
        raise Refused(_GIVEN)
    if review.contact.by_id == by.pk:
        raise Refused(_OWN)
    review.verdict, review.remark, review.decided_at, review.decided_by = verdict, remark, now(), by
    review.version += 1
    review.save()
    record(
        stream=f"contact/{review.contact_id}",
        verb="note_judged",
        by=by,
        client_id=review.client_id,
        ids={"review": review.pk, "verdict": verdict},
        payload={"remark": remark} if remark else None,
    )


_NO_REVIEW = Text(zh="没有找到这条待复核记录。", en="There is nothing like this to review.")
_CHANGED = Text(
    zh="刚才有同事处理了这一条，请刷新后再看。", en="A colleague has just dealt with this; reload the page."
)
_GIVEN = Text(zh="这一条已有结论，没有更改。", en="The verdict was given already; nothing was changed.")
_OWN = Text(zh="不能复核自己写的记录。", en="Nobody reviews words of their own.")
