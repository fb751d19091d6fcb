"""The room's one table: the versions of the firm's tariff, as text with its hash."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wanliu.people.user import User


class TariffVersion(models.Model):
    """One version as it was last saved. Whether it is approved, and since when, the approvals say."""

    text = models.TextField()
    """TOML, as ``commission.written`` writes it."""
    hash = models.CharField(max_length=64)
    since = models.DateField()
    until = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text="") & ~Q(hash=""), name="tariff_version_has_a_text"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="tariff_version_in_order",
            ),
        ]


__all__ = ["TariffVersion", "User"]
