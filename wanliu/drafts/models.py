"""The room's one table: a rule set that somebody proposed, as text with its hash."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wanliu.drafts.states import STATES
from wanliu.people.user import User


class RuleDraft(models.Model):
    """Numbers proposed beside the live ones. The text is what a back-test takes; the hash is of the text."""

    name = models.CharField(max_length=64)
    state = models.CharField(max_length=16, default="draft")
    text = models.TextField()
    hash = models.CharField(max_length=64)
    based_on = models.CharField(max_length=64)
    """Name of the live rule set on that day, with its version."""
    based_on_version = models.CharField(max_length=64)
    changes = models.JSONField()
    """Sign → parameter → live number and proposed number, as texts."""
    study = models.CharField(max_length=255, blank=True)
    """The folder of the study that the author had before them; empty where there was none."""
    reason = models.CharField(max_length=500)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="draft_has_a_state"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(text=""), name="draft_says_what_and_why"),
            models.UniqueConstraint(fields=["hash"], condition=Q(state="draft"), name="draft_sent_once"),
        ]
