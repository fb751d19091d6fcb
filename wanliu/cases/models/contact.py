"""What was said and when: contacts, what compliance must look at, the one talk about an exit."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from wanliu.cases.models.case import Case
from wanliu.cases.models.columns import CLIENT, CODE, LABEL, LONG, maybe_user, one_of, together
from wanliu.cases.track import CONNECTIONS, DIRECTIONS, METHODS, PURPOSES, TALK_STATES
from wanliu.people.user import User


class Contact(models.Model):
    """登记服务: one contact or attempt. Only added; a correction is a new row that names the old one."""

    client_id = models.CharField(max_length=CLIENT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="contacts", null=True)
    method = models.CharField(max_length=CODE)
    direction = models.CharField(max_length=CODE)
    purpose = models.CharField(max_length=CODE)
    connection = models.CharField(max_length=CODE)
    feedback = models.CharField(max_length=CODE, blank=True)
    feedback_detail = models.CharField(max_length=CODE, blank=True)
    declined = models.BooleanField(default=False)
    """The client said 不需要."""
    reason = models.CharField(max_length=CODE, blank=True)
    said = models.TextField(max_length=LONG, blank=True)
    """The client's own words; never linted."""
    note = models.TextField(max_length=LONG, blank=True)
    verdict = models.CharField(max_length=CODE)
    happened_at = models.DateTimeField()
    next_follow_up_on = models.DateField(null=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, related_name="corrections", null=True)
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("method", METHODS), name="contact_method"),
            models.CheckConstraint(condition=one_of("direction", DIRECTIONS), name="contact_direction"),
            models.CheckConstraint(condition=one_of("purpose", PURPOSES), name="contact_purpose"),
            models.CheckConstraint(condition=one_of("connection", CONNECTIONS), name="contact_connection"),
            models.CheckConstraint(condition=~Q(verdict="block"), name="contact_never_blocked"),
            models.CheckConstraint(
                condition=Q(happened_at__lte=F("recorded_at")), name="contact_happened_before_recorded"
            ),
        ]
        indexes = [
            models.Index(fields=["client_id", "-happened_at"], name="contact_of_client"),
            models.Index(fields=["case", "-id"], name="contact_of_case"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds the row. Raises TypeError for one that is there already."""
        if not self._state.adding:
            raise TypeError("a contact is only added; a correction is a new row")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("a contact is never deleted")


class Unfinished(models.Model):
    """暂存: what somebody has typed so far about a contact; gone with the contact that is written down."""

    client_id = models.CharField(max_length=CLIENT)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given = models.JSONField()
    """The fields of ``contacts.Said``, by name."""
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "client_id"], name="unfinished_once_each"),
        ]
        indexes = [models.Index(fields=["client_id"], name="unfinished_of_client")]


class NoteReview(models.Model):
    """A contact that compliance must look at: its note was doubtful, or it went beyond a limit.

    The writer says why; compliance gives a verdict later, or has not yet.
    """

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="reviews")
    client_id = models.CharField(max_length=CLIENT)
    cause = models.CharField(max_length=CODE)
    """``note`` or ``limit``."""
    codes = models.JSONField(default=list)
    """The rules (H01 …) or the limits that it touched."""
    why = models.CharField(max_length=LABEL)
    verdict = models.CharField(max_length=CODE, null=True)
    remark = models.CharField(max_length=LABEL, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = maybe_user()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("cause", ("note", "limit")), name="review_cause"),
            models.CheckConstraint(condition=~Q(why=""), name="review_has_a_why"),
            models.CheckConstraint(
                condition=together("verdict", "decided_at", "decided_by"), name="review_decided_by_somebody"
            ),
            models.CheckConstraint(condition=one_of("verdict", ("sound", "fault")), name="review_verdict"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(verdict__isnull=True), name="review_waiting"),
            models.Index(fields=["client_id"], name="review_of_client"),
        ]


class Talk(models.Model):
    """The one retention talk about an exit. The exit knows nothing of it. ``declined`` is final."""

    exit_id = models.BigIntegerField(unique=True)
    client_id = models.CharField(max_length=CLIENT)
    state = models.CharField(max_length=CODE)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = maybe_user()
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="talk", null=True)
    """The talk itself, once it was held."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("state", TALK_STATES), name="talk_state"),
            models.CheckConstraint(
                condition=Q(
                    state__in=("offered", "not_offered"), answered_at__isnull=True, answered_by__isnull=True
                )
                | Q(state__in=("accepted", "declined"), answered_at__isnull=False, answered_by__isnull=False),
                name="talk_answered_by_the_client",
            ),
            models.CheckConstraint(
                condition=Q(contact__isnull=True) | Q(state="accepted"), name="talk_held_only_if_accepted"
            ),
        ]
        indexes = [models.Index(fields=["client_id"], name="talk_of_client")]
