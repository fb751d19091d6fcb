"""Checking the chains at somebody's wish, with the outcome on record."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from wanliu.audit.chain import Verified, verify
from wanliu.audit.queries import number_of_events
from wanliu.audit.record import Actor, record
from wanliu.errors import Refused
from wanliu.text import Text

STREAM = "records"
MOST_AT_ONCE = 200_000
"""Events that are redone while somebody waits: some ten seconds. More is left to the night."""


def can_verify_now() -> bool:
    return number_of_events() <= MOST_AT_ONCE


def verify_now(*, head: Path | None, by: Actor) -> Verified:
    """Redoes every hash now, with what the head file names, and says so in the records.

    Raises Refused where the chains are too long to wait for.
    """
    if not can_verify_now():
        raise Refused(_TOO_MANY.format(most=f"{MOST_AT_ONCE:,}"))
    found = verify(head)
    with transaction.atomic():
        record(
            stream=STREAM,
            verb="records_verified",
            by=by,
            ids={"events": found.events, "streams": found.streams, "broken": len(found.broken)},
        )
    return found


_TOO_MANY = Text(
    zh="记录超过 {most} 条，不在页面上核对：每晚的夜间运行会全部核对一遍，结果显示在这里。",
    en="There are more than {most} events, too many to wait for: every night checks them all, and what it "
    "found is shown here.",
)
