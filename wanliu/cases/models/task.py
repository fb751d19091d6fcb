"""What is due: tasks, promises among them, and the offers that start jobs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wanliu.cases.models.case import Case
from wanliu.cases.models.columns import CLIENT, CODE, LABEL, maybe_user, one_of
from wanliu.cases.models.contact import Contact
from wanliu.cases.track import ESCALATIONS, OFFER_STATES, TASK_STATES, TASKS
from wanliu.people.user import User


class Task(models.Model):
    """Anything due for a client on a day. A promise is a task: what, ``to_whom``, by when, kept or broken."""

    client_id = models.CharField(max_length=CLIENT)
    branch_id = models.CharField(max_length=CLIENT)
    manager_id = models.CharField(max_length=CLIENT, blank=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks", null=True)
    kind = models.CharField(max_length=CODE)
    must = models.BooleanField()
    title = models.CharField(max_length=LABEL, blank=True)
    """Words of staff; empty where kind or job say it all."""
    to_whom = models.CharField(max_length=LABEL, blank=True)
    job = models.CharField(max_length=CODE, blank=True)
    due_on = models.DateField()
    state = models.CharField(max_length=CODE, default="open")
    assignee = maybe_user()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=CLIENT)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=CLIENT, null=True)
    ended_why = models.CharField(max_length=LABEL, blank=True)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="closed_tasks", null=True)
    """The contact that completed it."""
    escalated_to = models.CharField(max_length=CODE, blank=True)
    escalated_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("kind", TASKS), name="task_kind"),
            models.CheckConstraint(condition=one_of("state", TASK_STATES), name="task_state"),
            models.CheckConstraint(condition=one_of("escalated_to", ESCALATIONS), name="task_escalated_to"),
            models.CheckConstraint(
                condition=Q(escalated_to="", escalated_on__isnull=True)
                | (~Q(escalated_to="") & Q(escalated_on__isnull=False)),
                name="task_escalated_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False, ended_by__isnull=False)),
                name="task_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("kept", "broken")) | Q(kind="promise"), name="task_kept_is_a_promise"
            ),
            models.CheckConstraint(
                condition=~Q(kind="promise") | ~Q(to_whom=""), name="task_promised_to_someone"
            ),
            models.CheckConstraint(condition=~Q(kind="job") | ~Q(job=""), name="task_job_is_named"),
        ]
        indexes = [
            models.Index(fields=["client_id", "-id"], name="task_of_client"),
            models.Index(fields=["case", "kind"], name="task_of_case"),
            models.Index(fields=["kind", "due_on"], name="task_by_kind"),
            models.Index(fields=["due_on"], condition=Q(state="open"), name="task_due"),
        ]


class Offer(models.Model):
    """A method of the playbook that a client was offered, in the version that was shown."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="offers")
    client_id = models.CharField(max_length=CLIENT)
    method = models.CharField(max_length=64)
    method_version = models.PositiveIntegerField()
    method_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=CODE)
    state = models.CharField(max_length=CODE, default="offered")
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = maybe_user()
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="offer", null=True)
    """The job that an accepted offer started."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("state", OFFER_STATES), name="offer_state"),
            models.CheckConstraint(
                condition=Q(state="offered", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(state="offered") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="offer_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", task__isnull=False)
                | (~Q(state="accepted") & Q(task__isnull=True)),
                name="offer_accepted_has_its_job",
            ),
            models.UniqueConstraint(
                fields=["case", "method"], condition=Q(state="offered"), name="offer_open_once_per_method"
            ),
        ]
        indexes = [models.Index(fields=["client_id", "-id"], name="offer_of_client")]
