"""Adding one event, in the transaction of the action that it records."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any, Protocol

from django.db import connection

from wanliu.audit.models import Event, Payload
from wanliu.clock import now

SALT_BYTES = 16


class Actor(Protocol):
    """Whoever acts: a person of the house, or the house's own machinery."""

    @property
    def actor_id(self) -> str: ...

    @property
    def actor_name(self) -> str: ...


class _System:
    """The nightly run and other work that nobody sits at."""

    actor_id = "system"
    actor_name = "system"


System: Actor = _System()


def record(
    *,
    stream: str,
    verb: str,
    by: Actor,
    client_id: str | None = None,
    ids: Mapping[str, str | int | None] | None = None,
    payload: Mapping[str, Any] | None = None,
) -> int:
    """Adds the event to the end of its stream and returns its number.

    Raises RuntimeError outside a transaction: an action and its record stand or fall together. Two that
    add to one stream at once follow each other.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction of its action")
    _wait_for_turn(stream)
    last = Event.objects.filter(stream=stream).order_by("-place").first()
    salt, body = (secrets.token_hex(SALT_BYTES), as_text(payload)) if payload else ("", "")
    event = Event(
        stream=stream,
        place=last.place + 1 if last else 1,
        at=now().isoformat(timespec="microseconds"),
        verb=verb,
        actor_id=by.actor_id,
        actor_name=by.actor_name,
        client_id=client_id,
        ids=dict(ids or {}),
        payload_hash=hash_of_payload(salt, body) if payload else "",
        previous=last.hash if last else "",
    )
    event.hash = hash_of(event)
    event.save(force_insert=True)
    if payload:
        Payload.objects.create(event=event, salt=salt, body=body)
    return event.pk


def _wait_for_turn(stream: str) -> None:
    """Holds the stream until the transaction ends; SQLite's transactions follow each other anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [stream])


HASHED = (
    "stream", "place", "at", "verb", "actor_id", "actor_name", "client_id", "ids", "payload_hash", "previous",
)  # fmt: skip


def hash_of(event: Event) -> str:
    """SHA-256 over the event's columns as one canonical JSON text."""
    return _sha256(as_text({name: getattr(event, name) for name in HASHED}))


def hash_of_payload(salt: str, body: str) -> str:
    return _sha256(salt + body)


def as_text(content: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no blanks; what JSON does not know (days, money) as its text."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
