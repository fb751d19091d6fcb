"""The tables of clients: who they are, what they decided, who looked at them. Staff stand in ``user.py``."""

from __future__ import annotations

from django.db import models

from wanliu.people.user import User


class Client(models.Model):
    """A client as the latest delivery has them. Names and phones are sealed; keyed hashes find them."""

    client_id = models.CharField(max_length=64, primary_key=True)
    branch_id = models.CharField(max_length=64)
    manager_id = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=16)
    segment = models.CharField(max_length=16, blank=True)
    status = models.CharField(max_length=16, blank=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    birth_year = models.PositiveSmallIntegerField(null=True)
    risk_level = models.PositiveSmallIntegerField(null=True)
    commission_rate = models.DecimalField(max_digits=12, decimal_places=8, null=True)
    is_employee = models.BooleanField(null=True)
    do_not_contact = models.BooleanField(null=True)
    scoring_opt_out = models.BooleanField(null=True)
    marketing_consent = models.CharField(max_length=16, blank=True)
    name_sealed = models.BinaryField(null=True)
    phone_sealed = models.BinaryField(null=True)
    name_hash = models.CharField(max_length=64, blank=True)
    phone_hash = models.CharField(max_length=64, blank=True)
    city = models.CharField(max_length=64, blank=True)
    in_book = models.BooleanField(default=True)
    """False once a delivery no longer names the client; the records stay."""
    frozen_at = models.DateTimeField(null=True)
    """After the account was closed: only kept, no scoring, no contact."""
    fingerprint = models.CharField(max_length=64)
    """A keyed hash of the row as delivered: an unchanged row is not written again."""

    class Meta:
        indexes = [
            models.Index(fields=["phone_hash"], name="client_by_phone"),
            models.Index(fields=["name_hash"], name="client_by_name"),
            models.Index(fields=["branch_id", "client_id"], name="client_of_branch"),
            models.Index(fields=["manager_id", "client_id"], name="client_of_manager"),
        ]


class Account(models.Model):
    """A fund account of a client, by its hash alone."""

    client_id = models.CharField(max_length=64)
    number_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number_hash", "client_id"], name="account_once_per_client"),
        ]
        indexes = [models.Index(fields=["client_id"], name="account_of_client")]


class Choice(models.Model):
    """What a client decided about their data or about being contacted. The latest of each kind counts."""

    client_id = models.CharField(max_length=64)
    what = models.CharField(max_length=24)
    value = models.CharField(max_length=16)
    source = models.CharField(max_length=24)
    """Where the client said so: counter, phone, app, letter."""
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["client_id", "what", "-id"], name="choice_of_client")]


class View(models.Model):
    """Somebody looked at a client, or looked for one. Kept for the privacy register."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    client_id = models.CharField(max_length=64, null=True)
    what = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["client_id", "-at"], name="view_of_client"),
            models.Index(fields=["user", "-at"], name="view_by_user"),
        ]


class SetupCode(models.Model):
    """A one-time code by which somebody sets a password. Only its hash is kept, and only until it is used."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="setup_code")
    code_hash = models.CharField(max_length=128)
    expires_at = models.DateTimeField()


__all__ = ["Account", "Choice", "Client", "SetupCode", "User", "View"]
