"""What a decision or an answer would come to, before somebody makes it."""

from __future__ import annotations

from wanliu.concessions.actions import check_may_grant
from wanliu.concessions.granting import granted_to, letter_for
from wanliu.concessions.models import CommissionRequest
from wanliu.concessions.moving import NO_SUCH_REQUEST
from wanliu.errors import NotFound, Refused
from wanliu.people.user import User
from wanliu.text import Text


def obstacle(request_id: int, user: User) -> Text | None:
    """The sentence that says why this person cannot grant it; None where they can. Raises NotFound."""
    row = _row(request_id)
    try:
        check_may_grant(row, user)
    except Refused as refused:
        return refused.message
    return None


def letter_today(request_id: int) -> Text:
    """The answer as it would be written today; for a request that is decided. Raises NotFound."""
    row = _row(request_id)
    return letter_for(row, granted_to(row) if row.decision == "granted" else None)


def _row(request_id: int) -> CommissionRequest:
    row = CommissionRequest.objects.filter(pk=request_id).first()
    if row is None:
        raise NotFound(NO_SUCH_REQUEST)
    return row
