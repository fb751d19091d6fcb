"""The exit desk's tables. A client has at most one open exit of a kind, each with its own track and clock.

Custody, designation and closing are three things with three sets of conditions: held in one, a transfer would
wait for what only the closing needs, while the law gives each its two days.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from wanliu.exits.track import FINAL, KINDS, ON_THE_CLOCK, STATES
from wanliu.people.user import User

STAFF_CHANNELS = ("counter", "phone", "app")
NIGHTLY = "nightly"
SIGNS = ("signature", "app")
IDENTITY_CHECKS = ("document", "app", "phone")


class Exit(models.Model):
    """One request of a client to leave, or to move one thing away. ``entered_at`` is when its state began."""

    client_id = models.CharField(max_length=64)
    branch_id = models.CharField(max_length=64)
    manager_id = models.CharField(max_length=64, blank=True)
    """Branch and manager are the client's; the nightly run follows them."""
    kind = models.CharField(max_length=24)
    state = models.CharField(max_length=24, default="requested")
    version = models.PositiveIntegerField(default=1)

    channel = models.CharField(max_length=16)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    book_request_id = models.CharField(max_length=64, null=True, unique=True)

    entered_at = models.DateTimeField()
    step_due_on = models.DateField(null=True)
    """The last day for our own next step; None while the client or somebody else has the word."""
    identity_how = models.CharField(max_length=16, blank=True)
    identity_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    """The second trading day after ready."""
    submitted_at = models.DateTimeField(null=True)
    set_backs = models.PositiveSmallIntegerField(default=0)
    """How often a new condition took it back from ready or submitted."""
    done_at = models.DateTimeField(null=True)
    done_on = models.DateField(null=True)
    """The day on which it took effect: the book's, where the book told us."""
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_how = models.CharField(max_length=16, blank=True)
    withdrawn_reference = models.CharField(max_length=64, blank=True)
    """What the client signed, or confirmed in the app."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client_id", "kind"], condition=~Q(state__in=FINAL), name="exit_open_once_per_kind"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="exit_has_a_kind"),
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="exit_has_a_state"),
            models.CheckConstraint(
                condition=Q(channel__in=STAFF_CHANNELS, requested_by__isnull=False)
                | Q(channel=NIGHTLY, requested_by__isnull=True, book_request_id__isnull=False),
                name="exit_came_from_somebody",
            ),
            models.CheckConstraint(
                condition=Q(identity_how="", identity_at__isnull=True)
                | Q(identity_how__in=IDENTITY_CHECKS, identity_at__isnull=False),
                name="exit_identity_whole",
            ),
            models.CheckConstraint(
                condition=Q(ready_at__isnull=True, due_on__isnull=True)
                | Q(ready_at__isnull=False, due_on__isnull=False),
                name="exit_ready_with_its_clock",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ON_THE_CLOCK) | Q(ready_at__isnull=False, step_due_on=F("due_on")),
                name="exit_on_the_clock",
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False), name="exit_submitted_when"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(ready_at__isnull=False), name="exit_ready_first"
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False, done_on__isnull=False)
                | (~Q(state="done") & Q(done_at__isnull=True, done_on__isnull=True)),
                name="exit_done_whole",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="withdrawn_by_client", withdrawn_at__isnull=False, withdrawn_how__in=SIGNS)
                    & ~Q(withdrawn_reference="")
                )
                | (
                    ~Q(state="withdrawn_by_client")
                    & Q(withdrawn_at__isnull=True, withdrawn_how="", withdrawn_reference="")
                ),
                name="exit_withdrawn_by_a_sign",
            ),
        ]
        indexes = [
            models.Index(fields=["client_id", "-id"], name="exit_of_client"),
            models.Index(
                fields=["step_due_on", "requested_at"], condition=~Q(state__in=FINAL), name="exit_open_by_due"
            ),
            models.Index(
                fields=["branch_id", "step_due_on"], condition=~Q(state__in=FINAL), name="exit_of_branch"
            ),
        ]


class Condition(models.Model):
    """One thing that stands in the way of an exit. Of a kind, at most one is open at a time."""

    exit = models.ForeignKey(Exit, on_delete=models.PROTECT, related_name="conditions")
    code = models.CharField(max_length=32)
    found_at = models.DateTimeField()
    found_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    expected_on = models.DateField(null=True)
    """When it is usually cleared; None where nobody can say."""
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cleared_note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["exit", "code"], condition=Q(cleared_at__isnull=True), name="condition_open_once"
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True, cleared_by__isnull=True, cleared_note="")
                | Q(cleared_at__isnull=False, cleared_by__isnull=False),
                name="condition_cleared_whole",
            ),
        ]


class Survey(models.Model):
    """Why the client leaves, if the client cares to say; asked once, after the exit was submitted."""

    exit = models.OneToOneField(Exit, on_delete=models.PROTECT, related_name="survey")
    skipped = models.BooleanField()
    answer = models.CharField(max_length=24, blank=True)
    words = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(skipped=True, answer="", words="") | (Q(skipped=False) & ~Q(answer="")),
                name="survey_answered_or_skipped",
            ),
        ]


class Escalation(models.Model):
    """An exit that branch head and compliance were told of on a day."""

    exit = models.ForeignKey(Exit, on_delete=models.PROTECT, related_name="escalations")
    on = models.DateField()
    why = models.CharField(max_length=16)
    state = models.CharField(max_length=24)
    due_on = models.DateField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exit", "on", "why"], name="escalation_once_a_day"),
            models.CheckConstraint(
                condition=Q(why__in=("overdue", "standing", "set_back")), name="escalation_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["-on"], name="escalation_by_day")]


class Departure(models.Model):
    """Something that has left: carried out here (``exit``) or known from the book alone."""

    client_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=24)
    on = models.DateField()
    exit = models.OneToOneField(Exit, on_delete=models.PROTECT, null=True, related_name="+")
    in_book = models.BooleanField(default=False)
    """Taken from the book: that row of the book has been dealt with."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client_id", "kind", "on"], condition=Q(in_book=True), name="departure_of_book_once"
            ),
            models.CheckConstraint(
                condition=Q(in_book=True, exit__isnull=True) | Q(in_book=False, exit__isnull=False),
                name="departure_known_from",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="departure_has_a_kind"),
        ]
        indexes = [models.Index(fields=["client_id", "on"], name="departure_of_client")]
