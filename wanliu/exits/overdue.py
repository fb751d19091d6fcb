"""Telling branch head and compliance of exits that wait for us too long: once per exit and day."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from wanliu.audit.record import Actor, record
from wanliu.clock import now
from wanliu.exits.models import Escalation
from wanliu.exits.models import Exit as Row
from wanliu.exits.moving import locked, stream_of
from wanliu.exits.queries import Escalated, Why, escalated
from wanliu.exits.track import FINAL, ON_THE_CLOCK

TOLD = "branch_head,compliance"


def escalate_overdue(*, day: date, by: Actor) -> list[Escalated]:
    """What was told now, the longest overdue first; nothing where the day's round was made before.

    Each exit is told of in a transaction of its own: killed half-way, the rest follows with the next call.
    """
    late = Row.objects.exclude(state__in=FINAL).filter(step_due_on__lt=day).order_by("step_due_on", "id")
    told = [_tell(exit_id, day, by) for exit_id in list(late.values_list("pk", flat=True))]
    return [one for one in told if one is not None]


@transaction.atomic
def _tell(exit_id: int, day: date, by: Actor) -> Escalated | None:
    row = locked(exit_id)
    if row.state in FINAL or row.step_due_on is None or row.step_due_on >= day:
        return None  # it moved on since the list was made
    why: Why = "overdue" if row.state in ON_THE_CLOCK else "standing"
    if row.escalations.filter(on=day, why__in=("overdue", "standing")).exists():
        return None
    made = Escalation.objects.create(
        exit=row, on=day, why=why, state=row.state, due_on=row.step_due_on, at=now()
    )
    record(
        stream=stream_of(row.pk),
        verb="escalated",
        by=by,
        client_id=row.client_id,
        ids={"why": why, "told": TOLD, "state": row.state, "due_on": row.step_due_on.isoformat()},
    )
    return escalated(made)
