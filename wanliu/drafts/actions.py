"""Sending a draft rule set. Nothing comes into force here: the live rules stay as they are."""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError, transaction

from wanliu.audit.record import record
from wanliu.clock import now
from wanliu.drafts import models
from wanliu.drafts.overlay import Moved, overlay
from wanliu.drafts.queries import RuleDraft, draft
from wanliu.errors import Refused
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.ruleset import load
from wanliu.text import Text

LONGEST_REASON: Final = 500


@transaction.atomic
def submit_draft(*, source: str, moved: Moved, reason: str, study: str, by: User) -> RuleDraft:
    """Keeps the draft on the live rule set (``source``: its name or file) with author and reason.

    Raises NotAllowed, UsageError for a number out of its range, and Refused where nothing differs, no reason
    is given, or the same draft waits already.
    """
    check_may(by, "rules.draft")
    why = reason.strip()
    if not why or len(why) > LONGEST_REASON:
        raise Refused(_WHY.format(most=LONGEST_REASON))
    live, proposed = load(source), overlay(source, moved)
    row = models.RuleDraft(
        name=proposed.rules.name,
        text=proposed.text,
        hash=proposed.hash,
        based_on=live.name,
        based_on_version=live.version,
        changes=proposed.changes,
        study=study,
        reason=why,
        sent_at=now(),
        sent_by=by,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as fault:  # the same numbers on the same rules
        raise Refused(_TWICE.format(name=row.name)) from fault
    ids = {"name": row.name, "hash": row.hash, "based_on": live.name, "version": live.version, "study": study}
    record(stream=f"draft/{row.pk}", verb="rule_draft_sent", by=by, ids=ids, payload={"reason": why})
    return draft(row.pk)


_WHY = Text(
    zh="请写明为什么改，不超过 {most} 字：批准的人要看。",
    en="Say why, in at most {most} characters: whoever approves will read it.",
)
_TWICE = Text(
    zh="同样的草案 {name} 已经送出，没有重复登记。",
    en="The same draft, {name}, has been sent before; nothing was recorded twice.",
)
