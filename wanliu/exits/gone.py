"""Who took something away in a stretch of days: closed the account, moved custody or designation."""

from __future__ import annotations

from datetime import date

from wanliu.exits.models import Departure


def gone_between(first: date, last: date) -> set[str]:
    """Clients, both days included; carried out here or known from the book alone."""
    found = Departure.objects.filter(on__gte=first, on__lte=last)
    return set(found.values_list("client_id", flat=True))
