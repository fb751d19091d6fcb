"""What people do with their own second factor, on record; allauth's pages do it, and say so by signals."""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.db.models.signals import post_save
from django.dispatch import receiver

from wanliu.people.staffing import note_second_factor
from wanliu.people.user import User


@receiver(post_save, sender=Authenticator)
def added(instance: Authenticator, created: bool, **_: Any) -> None:
    """In the transaction of the saving itself: allauth's own signal comes after it."""
    if created and instance.type == Authenticator.Type.TOTP:  # recovery codes come along with it
        note_second_factor(verb="second_factor_set_up", by=User.objects.get(pk=instance.user_id))


@receiver(signals.authenticator_removed)
def removed(user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        note_second_factor(verb="second_factor_removed", by=user)


@receiver(signals.authenticator_reset)
def renewed(user: User, **_: Any) -> None:
    note_second_factor(verb="recovery_codes_renewed", by=user)
