"""What the pages read of a run: one row per client, the signs behind a level, the months of a chart."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

CLIENT = 64
CODE = 16


def amount() -> models.DecimalField[Decimal | None, Decimal | None]:
    """CNY; null is unknown."""
    return models.DecimalField(max_digits=24, decimal_places=2, null=True)


class Run(models.Model):
    """One run of the rules over a book, as pages show it. At most one is current; a new one replaces it."""

    name = models.CharField(max_length=CLIENT, unique=True)
    as_of = models.DateField()
    book = models.CharField(max_length=CLIENT)
    rules = models.CharField(max_length=CLIENT)
    rules_version = models.CharField(max_length=CLIENT)
    published_at = models.DateTimeField(null=True)
    is_current = models.BooleanField(default=False)
    told = models.JSONField(default=dict)
    """What run.json says of the whole: counts by level and sign, absent columns, lost days."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=Q(is_current=True), name="one_current_run"
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(published_at__isnull=False), name="current_is_published"
            ),
        ]


class Standing(models.Model):
    """How one client stands in a run. None is unknown; an empty level: not judged."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE)
    client_id = models.CharField(max_length=CLIENT)
    branch_id = models.CharField(max_length=CLIENT)
    manager_id = models.CharField(max_length=CLIENT, blank=True)
    level = models.CharField(max_length=CODE, blank=True)
    value_at_stake = amount()
    net_assets = amount()
    cash = amount()
    position_value = amount()
    peak_assets = amount()
    net_out = amount()
    """Moved out less moved in, in 30 days, by bank and securities transfer."""
    commission = amount()
    """Of the twelve months up to the day."""
    last_trade_on = models.DateField(null=True)
    last_login_on = models.DateField(null=True)
    fired = models.JSONField(default=list)
    unknown = models.JSONField(default=list)
    why_zh = models.CharField(max_length=300, blank=True)
    why_en = models.CharField(max_length=300, blank=True)
    chance = models.FloatField(null=True)
    """Of leaving within the model's horizon; null: not scored."""
    expected = amount()
    """What a call may save by the ranking's basis; null: not ranked."""
    priority = amount()
    """``expected``, favoured where the client was listed before: what calls are ordered by."""
    call_place = models.PositiveIntegerField(null=True)
    explained = models.JSONField(default=list)
    """Three sentences on the chance, in both languages; empty where none were made."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "client_id"], name="one_standing_per_run"),
            models.CheckConstraint(
                condition=Q(chance__isnull=True) | Q(chance__gte=0, chance__lte=1), name="chance_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(expected__isnull=True, priority__isnull=True)
                | Q(expected__isnull=False, priority__isnull=False, chance__isnull=False),
                name="ranked_by_a_chance",
            ),
            models.CheckConstraint(
                condition=Q(call_place__isnull=True) | Q(priority__isnull=False), name="listed_is_ranked"
            ),
        ]
        indexes = [models.Index(fields=["run", "branch_id", "level"], name="standing_branch_level")]


class Signals(models.Model):
    """Every sign of one client who has a level: status, value, threshold, evidence."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE)
    client_id = models.CharField(max_length=CLIENT)
    signs = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "client_id"], name="one_signals_per_run")]


class Months(models.Model):
    """The month points of one client's chart, the oldest first: lists of equal length."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE)
    client_id = models.CharField(max_length=CLIENT)
    points = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "client_id"], name="one_series_per_run")]
