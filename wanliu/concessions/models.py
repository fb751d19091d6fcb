"""The room's tables: what a client asked for and what became of it, and the terms that were granted."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from wanliu.concessions.track import ENDS, OPEN, REFUSALS, STATES
from wanliu.people.user import User

ANSWERED_BY = ("letter", "app", "counter")


class CommissionRequest(models.Model):
    """A client asks for the terms of a published tier. The figures are those of the day of the request."""

    client_id = models.CharField(max_length=64)
    branch_id = models.CharField(max_length=64)
    manager_id = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16, default="requested")
    version = models.PositiveIntegerField(default=1)

    channel = models.CharField(max_length=16)
    tariff = models.CharField(max_length=64)
    tier = models.CharField(max_length=64)
    rate = models.DecimalField(max_digits=12, decimal_places=8)
    minimum = models.DecimalField(max_digits=18, decimal_places=2)
    """The published terms of the tier on the day of the request."""

    book = models.CharField(max_length=64)
    as_of = models.DateField()
    assets = models.DecimalField(max_digits=24, decimal_places=2, null=True)
    turnover = models.DecimalField(max_digits=24, decimal_places=2)
    old_rate = models.DecimalField(max_digits=12, decimal_places=8, null=True)
    old_minimum = models.DecimalField(max_digits=18, decimal_places=2, null=True)

    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    """The day by which the client has the answer in writing."""
    decision = models.CharField(max_length=16, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=32, blank=True)
    words = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_how = models.CharField(max_length=16, blank=True)
    letter_zh = models.TextField(blank=True)
    letter_en = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client_id", "channel"], condition=Q(state__in=OPEN), name="request_open_once"
            ),
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="request_has_a_state"),
            models.CheckConstraint(condition=Q(rate__gt=0, minimum__gte=0), name="request_terms_in_range"),
            models.CheckConstraint(
                condition=Q(
                    decision="", decided_at__isnull=True, decided_by__isnull=True, reason="", words=""
                )
                | Q(decision="granted", decided_at__isnull=False, decided_by__isnull=False, reason="")
                | Q(
                    decision="refused",
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    reason__in=list(REFUSALS),
                ),
                name="request_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="request_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="requested", decision="")
                | Q(state="granted", decision="granted")
                | Q(state="refused", decision="refused")
                | Q(state="answered", decision__in=("granted", "refused"))
                | Q(state="withdrawn"),
                name="request_state_has_its_decision",
            ),
            models.CheckConstraint(
                condition=Q(
                    answered_at__isnull=True,
                    answered_by__isnull=True,
                    answered_how="",
                    letter_zh="",
                    letter_en="",
                )
                | (
                    Q(
                        state="answered",
                        answered_at__isnull=False,
                        answered_by__isnull=False,
                        answered_how__in=ANSWERED_BY,
                    )
                    & ~Q(letter_zh="")
                    & ~Q(letter_en="")
                ),
                name="request_answered_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(answered_at__isnull=False), name="request_answered_when"
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
                name="request_withdrawn_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["client_id", "-id"], name="request_of_client"),
            models.Index(fields=["state", "due_on"], name="request_by_state"),
            models.Index(fields=["branch_id", "state", "due_on"], name="request_of_branch"),
            models.Index(fields=["manager_id", "state", "due_on"], name="request_of_manager"),
        ]


class Concession(models.Model):
    """Terms granted to a client for one channel, from their effective day; ``number`` counts a client's."""

    request = models.OneToOneField(CommissionRequest, on_delete=models.PROTECT, related_name="concession")
    client_id = models.CharField(max_length=64)
    channel = models.CharField(max_length=16)
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    tariff = models.CharField(max_length=64)
    tier = models.CharField(max_length=64)
    rate = models.DecimalField(max_digits=12, decimal_places=8)
    minimum = models.DecimalField(max_digits=18, decimal_places=2)
    old_rate = models.DecimalField(max_digits=12, decimal_places=8, null=True)
    old_minimum = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    effective_on = models.DateField()
    until = models.DateField()
    """The last day on which it holds, unless it is renewed or ended."""
    review_on = models.DateField()
    ended_on = models.DateField(null=True)
    """The first day on which it holds no longer."""
    ended_why = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_id", "number"], name="concession_numbered_once"),
            models.UniqueConstraint(
                fields=["client_id", "channel"],
                condition=Q(ended_on__isnull=True),
                name="concession_in_force_once",
            ),
            models.CheckConstraint(condition=Q(rate__gt=0, minimum__gte=0), name="concession_in_range"),
            models.CheckConstraint(
                condition=Q(review_on__gt=F("effective_on"), until__gte=F("review_on")),
                name="concession_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_why="")
                | Q(ended_on__isnull=False, ended_why__in=list(ENDS)),
                name="concession_ended_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["review_on"], condition=Q(ended_on__isnull=True), name="concession_by_review"
            )
        ]


__all__ = ["CommissionRequest", "Concession", "User"]
