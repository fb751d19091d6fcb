"""Reading how predictions came true: month after month, what is still open, and what has decayed. No
clients."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from wanliu.foresight.decay import Decay, Month, decays
from wanliu.foresight.measuring import from_json
from wanliu.nightly import models

MOST = 60
"""Months that a page shows."""


@dataclass(frozen=True)
class MeasuredMonth(Month):
    """A measured day with what is known of the prediction itself."""

    ends_on: date
    horizon: int
    clients: int
    measured_at: datetime


@dataclass(frozen=True)
class Waiting:
    """The last predicted day of a month that nobody could measure yet. Nothing is known before the day after
    ``ends_on``; ``clients``: how many were predicted."""

    as_of: date
    ends_on: date
    model: str
    clients: int


@dataclass(frozen=True)
class Watch:
    """All that is known, the oldest first. ``model``: of the latest prediction; empty where it had none."""

    months: tuple[MeasuredMonth, ...]
    waiting: tuple[Waiting, ...]
    decayed: tuple[Decay, ...]
    model: str


def watch() -> Watch:
    """One query."""
    rows = list(models.Prediction.objects.order_by("as_of"))
    months = tuple(_month(row) for row in rows if row.told is not None)[-MOST:]
    model = rows[-1].model if rows else ""
    return Watch(months, _waiting(rows), tuple(decays(months, model)), model)


def decayed() -> tuple[Decay, ...]:
    """What no longer holds."""
    return watch().decayed


def _month(row: models.Prediction) -> MeasuredMonth:
    # a constraint holds the two together
    assert row.told is not None and row.measured_at is not None, "asked for measured days alone"
    return MeasuredMonth(
        as_of=row.as_of,
        model=row.model,
        measured=from_json(row.told),
        ends_on=row.ends_on,
        horizon=row.horizon,
        clients=row.clients,
        measured_at=row.measured_at,
    )


def _waiting(rows: list[models.Prediction]) -> tuple[Waiting, ...]:
    last = last_of_months(rows).values()
    return tuple(Waiting(row.as_of, row.ends_on, row.model, row.clients) for row in last if row.told is None)


def last_of_months(rows: Iterable[models.Prediction]) -> dict[tuple[int, int], models.Prediction]:
    """Year and month → its last predicted day, of rows that come by their day."""
    return {(row.as_of.year, row.as_of.month): row for row in rows}
