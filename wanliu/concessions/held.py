"""What this room holds on one client, for the client to read; and forgetting the words in it."""

from __future__ import annotations

from wanliu.audit.held import Part, part
from wanliu.concessions.models import CommissionRequest, Concession
from wanliu.text import Text

GONE = "—"
"""Stands where something had to be written."""


def held_on(client_id: str) -> list[Part]:
    return [
        part(
            Text(zh="佣金申请", en="Commission requests"),
            CommissionRequest.objects.filter(client_id=client_id),
        ),
        part(Text(zh="给予的佣金优惠", en="Concessions"), Concession.objects.filter(client_id=client_id)),
    ]


def forget(client_id: str) -> int:
    """Empties the words; terms, decisions and days stay, as the law wants them kept in count."""
    asked = CommissionRequest.objects.filter(client_id=client_id)
    decided = asked.exclude(words="").update(words="")
    return decided + asked.exclude(letter_zh="").update(letter_zh=GONE, letter_en=GONE)
