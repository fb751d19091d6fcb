"""What is left to do when the keys are lost: names and phones that nobody can read any more are let go."""

from __future__ import annotations

from django.db import transaction

from wanliu.audit.record import Actor, record
from wanliu.people.models import Account, Client


@transaction.atomic
def let_go_of_names(*, by: Actor) -> int:
    """How many clients lost theirs. The next night writes those again that the book knows: with other keys
    every row of it counts as changed."""
    Account.objects.all().delete()
    lost = Client.objects.exclude(name_sealed=None, phone_sealed=None).count()
    Client.objects.update(name_sealed=None, phone_sealed=None, name_hash="", phone_hash="", fingerprint="")
    record(stream="directory", verb="names_lost", by=by, ids={"clients": lost})
    return lost
