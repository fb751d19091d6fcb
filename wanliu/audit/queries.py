"""Reading the records: a client's, a stream's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from wanliu.audit import models

MOST = 500


@dataclass(frozen=True)
class Event:
    """One recorded action. ``payload`` is None where there was none or it was deleted."""

    id: int
    stream: str
    place: int
    at: datetime
    verb: str
    actor_id: str
    actor_name: str
    client_id: str | None
    ids: Mapping[str, Any]
    payload: Mapping[str, Any] | None
    hash: str
    previous: str


def events_of_client(client_id: str, *, most: int = MOST) -> list[Event]:
    """Newest first."""
    return _events(models.Event.objects.filter(client_id=client_id).order_by("-id")[:most])


def latest_of_stream(stream: str) -> Event | None:
    return next(iter(_events(models.Event.objects.filter(stream=stream).order_by("-place")[:1])), None)


def number_of_events() -> int:
    """At most: events are only ever added, so the last number counts them without looking at each."""
    return models.Event.objects.aggregate(last=Max("id"))["last"] or 0


def events_of_stream(stream: str) -> list[Event]:
    """Newest first, all of them."""
    return _events(models.Event.objects.filter(stream=stream).order_by("-place"))


def _events(found: QuerySet[models.Event]) -> list[Event]:
    return [_event(one) for one in found.select_related("payload")]


def _event(row: models.Event) -> Event:
    payload = getattr(row, "payload", None)
    return Event(
        id=row.pk,
        stream=row.stream,
        place=row.place,
        at=datetime.fromisoformat(row.at),
        verb=row.verb,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        client_id=row.client_id,
        ids=row.ids,
        payload=json.loads(payload.body) if payload else None,
        hash=row.hash,
        previous=row.previous,
    )
