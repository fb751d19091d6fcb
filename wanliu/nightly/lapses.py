"""What ends by itself when its day has passed: concessions, and approvals that nobody decided."""

from __future__ import annotations

from wanliu.approvals.actions import expire
from wanliu.audit.record import Actor
from wanliu.clock import today
from wanliu.concessions.actions import end_expired
from wanliu.concessions.queries import reviews_due_size
from wanliu.people.rights import Sight


def lapse(by: Actor) -> dict[str, int]:
    """Ends them, and counts the reviews that are due. Asked again on the same day it ends nothing."""
    day = today()
    return {
        "terms_ended": len(end_expired(day=day, by=by)),
        "approvals_expired": len(expire(day=day, by=by)),
        "reviews_due": reviews_due_size(day, Sight()),
    }
