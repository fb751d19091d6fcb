"""The room's one table: what was asked, by whom, up to when, and what somebody else decided."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from wanliu.approvals.states import DECISIONS, STATES
from wanliu.people.user import User


class Approval(models.Model):
    """One question to somebody with the authority. ``hash`` is of what was asked for."""

    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)
    """What it is about: the asking room's own number for it."""
    name = models.CharField(max_length=200)
    hash = models.CharField(max_length=64)
    size = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    """How far it goes, in the unit of its kind; empty where the kind has none."""
    why = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    until = models.DateField()
    """The last day on which it may be decided."""
    state = models.CharField(max_length=16, default="waiting")
    version = models.PositiveIntegerField(default=1)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="approval_has_a_state"),
            models.CheckConstraint(
                condition=~Q(kind="") & ~Q(subject="") & ~Q(hash="") & ~Q(why=""), name="approval_says_what"
            ),
            models.CheckConstraint(
                condition=Q(state__in=DECISIONS, decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(reason="")
                | ~Q(state__in=DECISIONS) & Q(decided_at__isnull=True, decided_by__isnull=True, reason=""),
                name="approval_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="approval_decided_by_another",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(state="waiting"), name="approval_waits_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(state="granted"), name="approval_granted_once"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "subject", "-id"], name="approval_by_subject"),
            models.Index(fields=["until"], condition=Q(state="waiting"), name="approval_waiting"),
        ]
