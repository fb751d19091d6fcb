"""What the house owes by the clock: the night at its hour, a look at the deadlines in each working hour.

The database says what was done; a clock that stood still, jumped or was put back changes nothing but when
we look. What was missed is owed until it is done, what was done is not owed again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from wanliu.clock import SHANGHAI, day_of, trading_days
from wanliu.nightly import models

WORKING_HOURS: Final = range(8, 19)
"""Of a trading day, Shanghai time: in the first minute of each the deadlines are looked at."""
PATIENCE: Final = tuple(timedelta(minutes=one) for one in (0, 5, 15, 60))
"""How long after an attempt that failed or was killed the next one follows; the last holds for all others."""
PUT_BACK: Final = timedelta(hours=1)
"""A night that began so little in the future began before the clock was put back, and counts."""


def hour_of_night(moment: datetime) -> datetime:
    """The last hour of a night that has come by this moment."""
    at = moment.astimezone(SHANGHAI).replace(
        hour=settings.WANLIU_NIGHTLY_AT, minute=0, second=0, microsecond=0
    )
    return at if at <= moment else at - timedelta(days=1)


def is_night_owed(moment: datetime) -> bool:
    """Whether no night went through since its hour, and the last attempt is long enough ago.

    A refused delivery is an answer: the night went through. One that is marked as running counts as an
    attempt: whoever holds the lock of the nights knows that it was killed.
    """
    since = hour_of_night(moment)
    tried = models.Night.objects.filter(started_at__gte=since, started_at__lte=moment + PUT_BACK)
    if tried.filter(state__in=("done", "refused")).exists():
        return False
    attempts = tried.count()
    last = tried.order_by("-pk").first()
    return last is None or moment >= last.started_at + PATIENCE[min(attempts, len(PATIENCE)) - 1]


def hour_of_round(moment: datetime) -> datetime | None:
    """The last working hour of the day that has come; None before the first, and on days off."""
    here = moment.astimezone(SHANGHAI)
    if here.hour < WORKING_HOURS.start or not trading_days().is_trading_day(day_of(moment)):
        return None
    return here.replace(hour=min(here.hour, WORKING_HOURS.stop - 1), minute=0, second=0, microsecond=0)


def round_owed(moment: datetime) -> datetime | None:
    """The hour for which nobody looked at the deadlines yet."""
    hour = hour_of_round(moment)
    return None if hour is None or models.Round.objects.filter(hour=hour).exists() else hour
