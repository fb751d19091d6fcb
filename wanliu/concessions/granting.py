"""What would be granted for a request today, and the answer that would be written: nothing is kept here."""

from __future__ import annotations

from typing import Final

from wanliu.book.calendar import months_earlier
from wanliu.clock import today, trading_days
from wanliu.concessions.authority import authority
from wanliu.concessions.letters import letter
from wanliu.concessions.models import CommissionRequest, Concession
from wanliu.text import Text

TOLD_BEFORE: Final = 1
"""Trading days between the answer and the day from which it holds: the client hears first."""


def granted_to(row: CommissionRequest) -> Concession:
    """The concession of a request that is answered today, not saved."""
    valid = authority().validity
    effective = trading_days().after(today(), TOLD_BEFORE)
    earlier = Concession.objects.filter(client_id=row.client_id).order_by("-number").first()
    return Concession(
        request=row,
        client_id=row.client_id,
        channel=row.channel,
        number=earlier.number + 1 if earlier else 1,
        tariff=row.tariff,
        tier=row.tier,
        rate=row.rate,
        minimum=row.minimum,
        old_rate=row.old_rate,
        old_minimum=row.old_minimum,
        effective_on=effective,
        review_on=months_earlier(effective, -valid.review_months),
        until=months_earlier(effective, -valid.months),
    )


def letter_for(row: CommissionRequest, found: Concession | None) -> Text:
    """``found`` None: the request is refused."""
    return letter(
        row,
        on=today(),
        effective_on=None if found is None else found.effective_on,
        review_on=None if found is None else found.review_on,
    )
