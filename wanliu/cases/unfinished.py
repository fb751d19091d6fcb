"""暂存: a contact half written down, kept for its writer until it is saved as a contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction

from wanliu.audit.record import record
from wanliu.cases import linting
from wanliu.cases.contacts import Said, checked, served_for
from wanliu.cases.hands import take
from wanliu.cases.leaving import leaving
from wanliu.cases.models import Unfinished
from wanliu.clock import now
from wanliu.people.user import User


@transaction.atomic
def keep_unfinished(*, client_id: str, said: Said, by: User) -> None:
    """Keeps what was typed so far, in place of what its writer kept before; it answers no task yet.

    Raises NotFound, NotAllowed, Blocked for words that may not be written down, and Refused for bad input.
    """
    said = checked(said)
    served_for(client_id, said.purpose, by)
    linting.judge(said.note, stage="exit" if leaving([client_id]) else "normal", by=by)
    take(client_id)
    Unfinished.objects.update_or_create(
        client_id=client_id, by=by, defaults={"given": _plain(said), "kept_at": now()}
    )
    record(
        stream=f"client/{client_id}",
        verb="contact_kept_unfinished",
        by=by,
        client_id=client_id,
        ids={"purpose": said.purpose},
    )


def unfinished_by(user: User, client_id: str) -> Mapping[str, Any] | None:
    """The fields of ``Said`` as this person kept them, dates as ISO text; None where nothing is kept."""
    kept = Unfinished.objects.filter(by=user, client_id=client_id).first()
    return kept.given if kept else None


def unfinished_clients(user: User) -> list[str]:
    """Clients about whom this person has a contact half written, the oldest first."""
    kept = Unfinished.objects.filter(by=user).order_by("kept_at", "pk")
    return list(kept.values_list("client_id", flat=True))


def _plain(said: Said) -> dict[str, Any]:
    given = asdict(said)
    given.pop("happened_at")
    day = said.next_follow_up_on
    return {**given, "next_follow_up_on": day.isoformat() if day else ""}
