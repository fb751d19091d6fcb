"""What this room holds on one client, for the client to read; and forgetting the words in it."""

from __future__ import annotations

from django.db.models import QuerySet

from wanliu.audit.held import Part, part
from wanliu.exits.models import Condition, Departure, Escalation, Exit, Survey
from wanliu.text import Text

GONE = "—"
"""Stands where something had to be written."""


def held_on(client_id: str) -> list[Part]:
    return [
        part(Text(zh="离开手续", en="Exits"), Exit.objects.filter(client_id=client_id)),
        part(
            Text(zh="离开手续的条件", en="Conditions of the exits"),
            Condition.objects.filter(exit__client_id=client_id),
        ),
        part(Text(zh="离开原因调查", en="Why the client left"), _surveys(client_id)),
        part(
            Text(zh="超时上报", en="Told upwards when overdue"),
            Escalation.objects.filter(exit__client_id=client_id),
        ),
        part(Text(zh="已离开", en="What has left"), Departure.objects.filter(client_id=client_id)),
    ]


def forget(client_id: str) -> int:
    """Empties the words; states and days stay, as the law wants them kept in count."""
    withdrawn = Exit.objects.filter(client_id=client_id).exclude(withdrawn_reference="")
    conditions = Condition.objects.filter(exit__client_id=client_id)
    return (
        withdrawn.update(withdrawn_reference=GONE)
        + conditions.update(note="", cleared_note="")
        + _surveys(client_id).update(words="")
    )


def _surveys(client_id: str) -> QuerySet[Survey]:
    return Survey.objects.filter(exit__client_id=client_id)
