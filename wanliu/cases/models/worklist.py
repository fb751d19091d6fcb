"""Somebody's list: the lines that are derived for it, and the filters that people keep."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wanliu.cases.models.case import Case
from wanliu.cases.models.columns import CLIENT, CODE, LABEL, maybe_user
from wanliu.people.user import User


class Line(models.Model):
    """A client's line in somebody's list: derived from cases, tasks and exits by ``lines.refresh``.

    One row per client and person (nobody: who waits for assignment). All of it is known elsewhere.
    """

    client_id = models.CharField(max_length=CLIENT)
    branch_id = models.CharField(max_length=CLIENT)
    manager_id = models.CharField(max_length=CLIENT, blank=True)
    assignee = maybe_user()
    kind = models.CharField(max_length=CODE)
    """``exit``, ``complaint``, ``retention`` or ``task``: the first that there is."""
    rank = models.PositiveSmallIntegerField()
    """Kind and level as one number; the smallest is called first."""
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", null=True)
    exit_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=CODE, blank=True)
    level = models.CharField(max_length=CODE, blank=True)
    value_at_stake = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    priority = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    """Of a retention case alone; null: ordered by value at stake."""
    fired = models.JSONField(default=list)
    alarmed_on = models.DateField(null=True)
    unseen = models.BooleanField()
    """The first contact has not been tried: the client may be called before the day that it is due."""
    due_on = models.DateField(null=True)
    must_due_on = models.DateField(null=True)
    callback_on = models.DateField(null=True)
    due_kind = models.CharField(max_length=CODE, blank=True)
    title = models.CharField(max_length=LABEL, blank=True)
    tasks = models.PositiveSmallIntegerField()
    reach = models.PositiveSmallIntegerField()
    """0: reached last time; larger: less likely to be reached."""
    escalated_to = models.CharField(max_length=CODE, blank=True)
    snoozed_until = models.DateField(null=True)
    last_contact_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_id", "assignee"], name="line_once_per_person"),
            models.UniqueConstraint(
                fields=["client_id"], condition=Q(assignee__isnull=True), name="line_once_for_nobody"
            ),
        ]
        indexes = [
            models.Index(fields=["assignee", "due_on"], name="line_of_assignee"),
            models.Index(fields=["branch_id", "assignee"], name="line_of_branch"),
            models.Index(fields=["manager_id"], name="line_of_manager"),
        ]


class SavedFilter(models.Model):
    """A filter that somebody keeps under a name, for one page."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=CODE)
    name = models.CharField(max_length=64)
    query = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="filter_name_once")]
