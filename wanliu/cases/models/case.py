"""A client who has anything here, and the case itself with the signs that had fired."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wanliu.cases.models.columns import CLIENT, CODE, maybe_user, one_of, together
from wanliu.cases.track import KINDS, LEVELS, OUTCOMES, STATES, SUSPENSIONS, UNSEEN, WORKING


class Folder(models.Model):
    """One row per client who has anything here. Every action locks it first: one at a time for each client.

    What is derived from contacts and talks is kept beside, so that lists need not read those.
    """

    client_id = models.CharField(max_length=CLIENT, primary_key=True)
    declined_on = models.DateField(null=True)
    """The last day on which the client said 不需要; bars outreach for six months."""
    last_contact_at = models.DateTimeField(null=True)
    last_connection = models.CharField(max_length=CODE, blank=True)


class Case(models.Model):
    """A client being kept (``retention``) or answered (``complaint``).

    ``level_at_open`` stays; ``alarm_level`` is the highest alarmed on; ``level`` is the latest run's.
    While suspended the clock stands still: ``due_on`` moves on by the trading days lost when it resumes.
    """

    client_id = models.CharField(max_length=CLIENT)
    branch_id = models.CharField(max_length=CLIENT)
    manager_id = models.CharField(max_length=CLIENT, blank=True)
    kind = models.CharField(max_length=CODE)
    state = models.CharField(max_length=CODE, default="open")
    version = models.PositiveIntegerField(default=1)

    level_at_open = models.CharField(max_length=CODE, blank=True)
    alarm_level = models.CharField(max_length=CODE, blank=True)
    level = models.CharField(max_length=CODE, blank=True)
    value_at_stake = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    priority = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    """What the latest run orders calls by within a level; null: not ranked."""
    net_assets_at_open = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    """The alarm day's: what the outcome is held against."""
    opened_on = models.DateField()
    alarmed_on = models.DateField(null=True)
    """The last alarm's day; contacts are counted from it."""
    as_of = models.DateField(null=True)
    run_id = models.CharField(max_length=CLIENT, blank=True)
    book_requests = models.JSONField(default=list)
    """Of a complaint: the request ids of the book that it answers."""

    assignee = maybe_user()
    assigned_at = models.DateTimeField(null=True)
    assigned_by = models.CharField(max_length=CLIENT, blank=True)
    """An actor id: a person's, or the nightly run's."""

    due_on = models.DateField(null=True)
    """The last day for the first contact."""
    first_contact_at = models.DateTimeField(null=True)
    """The first attempt: it meets the time limit."""
    reached_at = models.DateTimeField(null=True)
    """The first time that the client was reached."""
    suspended_at = models.DateTimeField(null=True)
    suspended_why = models.CharField(max_length=CODE, null=True)

    outcome_claimed = models.CharField(max_length=CODE, null=True)
    declined_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    """When the work ended; the outcome may still be tracked."""
    closed_by = models.CharField(max_length=CLIENT, null=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, related_name="merged", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("kind", KINDS), name="case_kind"),
            models.CheckConstraint(condition=one_of("state", STATES), name="case_state"),
            models.CheckConstraint(
                condition=one_of("level_at_open", LEVELS, "") & one_of("level", LEVELS, ""),
                name="case_level",
            ),
            models.CheckConstraint(condition=one_of("outcome_claimed", OUTCOMES), name="case_outcome"),
            models.CheckConstraint(
                condition=together("suspended_at", "suspended_why"), name="case_suspended_with_why"
            ),
            models.CheckConstraint(condition=one_of("suspended_why", SUSPENSIONS), name="case_suspended_why"),
            models.CheckConstraint(
                condition=Q(kind="complaint", outcome_claimed__isnull=True)
                | (Q(kind="retention") & together("closed_at", "outcome_claimed")),
                name="case_outcome_when_closed",
            ),
            models.CheckConstraint(
                condition=together("closed_at", "closed_by"), name="case_closed_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(state__in=WORKING, closed_at__isnull=True)
                | Q(state__in=("tracking", "closed"), closed_at__isnull=False),
                name="case_closed_when_over",
            ),
            models.CheckConstraint(
                condition=Q(assignee__isnull=True) | Q(assigned_at__isnull=False), name="case_assigned_at"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("assigned", "in_contact", "offered")) | Q(assignee__isnull=False),
                name="case_in_hand_has_a_hand",
            ),
            models.UniqueConstraint(
                fields=["client_id", "kind"], condition=Q(state__in=WORKING), name="one_working_case_per_kind"
            ),
        ]
        indexes = [
            models.Index(fields=["client_id", "-id"], name="case_of_client"),
            models.Index(fields=["branch_id", "state", "-id"], name="case_of_branch"),
            models.Index(fields=["assignee", "state", "-id"], name="case_of_assignee"),
            models.Index(fields=["manager_id", "state", "-id"], name="case_of_manager"),
            models.Index(fields=["opened_on"], name="case_by_opening"),
            models.Index(
                fields=["branch_id", "due_on"],
                condition=Q(state__in=UNSEEN, suspended_at__isnull=True),
                name="case_waiting",
            ),
        ]


class CaseSign(models.Model):
    """A sign that had fired when the case was alarmed: what 不相关 and the precision of signs count."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="signs")
    sign = models.CharField(max_length=CODE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "sign"], name="sign_once_per_case")]
        indexes = [models.Index(fields=["sign", "case"], name="case_by_sign")]
