"""What became of a case: set aside by a person, judged by the book."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wanliu.cases.models.case import Case
from wanliu.cases.models.columns import CLIENT, CODE, one_of, together
from wanliu.cases.track import RESULTS
from wanliu.people.user import User


class Dismissal(models.Model):
    """不相关: a person says that this sign told nothing about this client. Feeds the sign's precision."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="dismissals")
    client_id = models.CharField(max_length=CLIENT)
    sign = models.CharField(max_length=CODE)
    reason = models.CharField(max_length=CODE)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "sign"], name="dismissed_once_per_case")]
        indexes = [models.Index(fields=["sign"], name="dismissal_of_sign")]


class Snooze(models.Model):
    """稍后提醒: out of today's list until a day. What is overdue or must be done shows all the same."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="snoozes")
    until = models.DateField()
    reason = models.CharField(max_length=CODE)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["case", "-id"], name="snooze_of_case")]


class OutcomeCheck(models.Model):
    """What the book says so many days after the work on a case ended, beside what staff claimed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="checks")
    client_id = models.CharField(max_length=CLIENT)
    horizon = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    result = models.CharField(max_length=CODE, null=True)
    judged_on = models.DateField(null=True)
    as_of = models.DateField(null=True)
    share = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    """Net assets then, as a share of the alarm day's; None where unknown."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("result", RESULTS), name="check_result"),
            models.CheckConstraint(condition=together("result", "judged_on"), name="check_judged_on_a_day"),
            models.UniqueConstraint(
                fields=["case", "horizon"], condition=~Q(result="void") | Q(result__isnull=True),
                name="check_once_per_horizon",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["due_on"], condition=Q(result__isnull=True), name="check_due"),
            models.Index(fields=["case"], name="check_of_case"),
            models.Index(fields=["horizon", "due_on"], name="check_by_horizon"),
        ]
