"""What became of each night."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

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


class Prediction(models.Model):
    """What was predicted on one day, and, once the horizon has passed, how it came true.

    The rows lie in a file of the home that is written once; ``hash`` is of its bytes. ``told`` holds figures
    alone, no clients. Which clients left is read from the book whenever it is asked.
    """

    as_of = models.DateField(unique=True)
    ends_on = models.DateField()
    """The last day of the horizon: before it nobody can know."""
    horizon = models.PositiveIntegerField()
    run = models.CharField(max_length=64)
    model = models.CharField(max_length=64, blank=True)
    """Its fingerprint; empty: levels alone were predicted."""
    clients = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    stored_at = models.DateTimeField()
    measured_at = models.DateTimeField(null=True)
    told = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(measured_at__isnull=True, told__isnull=True)
                | Q(measured_at__isnull=False, told__isnull=False),
                name="prediction_measured_with_figures",
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("as_of")), name="prediction_looks_ahead"),
        ]
