"""What became of each night."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

STATES = ("running", "done", "refused", "failed")


class Night(models.Model):
    """One nightly run. ``refused``: a delivery was not taken, and the list before stands."""

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=16)
    as_of = models.DateField(null=True)
    run = models.CharField(max_length=64, blank=True)
    delivery = models.CharField(max_length=200, blank=True)
    """The one that was refused."""
    why_zh = models.TextField(blank=True)
    why_en = models.TextField(blank=True)
    steps = models.JSONField(default=list)
    """Step, seconds and counts, in the order of the night."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="night_state"),
            models.CheckConstraint(
                condition=Q(state="running", ended_at__isnull=True)
                | (~Q(state="running") & Q(ended_at__isnull=False)),
                name="night_ends_once",
            ),
        ]


class Round(models.Model):
    """Deadlines were looked at for this working hour: what was told upwards then."""

    hour = models.DateTimeField(unique=True)
    ended_at = models.DateTimeField()
    exits = models.PositiveIntegerField()
    tasks = models.PositiveIntegerField()
