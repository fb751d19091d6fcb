"""Reading what became of the nights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wanliu.nightly import models
from wanliu.text import Text

MOST = 30


@dataclass(frozen=True)
class NightView:
    """One night; ``why`` is empty where it went well. ``state``: running, done, refused or failed."""

    id: int
    started_at: datetime
    ended_at: datetime | None
    state: str
    as_of: date | None
    run: str
    delivery: str
    why: Text
    steps: tuple[dict[str, Any], ...]


def last_night() -> NightView | None:
    """The latest that has ended; None before the first."""
    row = models.Night.objects.exclude(state="running").order_by("-pk").first()
    return view(row) if row else None


def last_done() -> datetime | None:
    """When the last night that went well ended; None before the first."""
    return (
        models.Night.objects.filter(state="done").order_by("-pk").values_list("ended_at", flat=True).first()
    )


def nights(most: int = MOST) -> list[NightView]:
    """The latest first."""
    return [view(row) for row in models.Night.objects.order_by("-pk")[:most]]


def view(row: models.Night) -> NightView:
    return NightView(
        id=row.pk,
        started_at=row.started_at,
        ended_at=row.ended_at,
        state=row.state,
        as_of=row.as_of,
        run=row.run,
        delivery=row.delivery,
        why=Text(zh=row.why_zh, en=row.why_en),
        steps=tuple(row.steps),
    )
