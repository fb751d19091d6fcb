"""Sending a draft rule set, and deciding on it. The live rules stay as they are: what is approved may be set
live (``WANLIU_RULES``), and nothing else should be."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction

from wanliu.approvals import actions as approvals
from wanliu.approvals.queries import Approval, approval_of
from wanliu.approvals.states import Decision
from wanliu.audit.record import record
from wanliu.clock import now
from wanliu.drafts import models
from wanliu.drafts.overlay import Moved, overlay
from wanliu.drafts.queries import KIND, NO_SUCH, RuleDraft, draft
from wanliu.errors import NotFound, Refused
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.ruleset import from_text, load
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
    _ask(row, why, by)
    return draft(row.pk)


@transaction.atomic
def ask_again(*, draft_id: int, why: str, by: User) -> RuleDraft:
    """Asks for the approval of a draft that was refused, taken back or left undecided.

    Raises NotAllowed, NotFound, and Refused where it waits or was approved.
    """
    check_may(by, "rules.draft")
    row = models.RuleDraft.objects.select_for_update().filter(pk=draft_id).first()
    if row is None:
        raise NotFound(NO_SUCH)
    _ask(row, why, by)
    return draft(row.pk)


@transaction.atomic
def decide_draft(*, approval_id: int, version: int, decision: Decision, reason: str, by: User) -> Approval:
    """Approves or refuses the draft. Raises UsageError for approving what is no rule set any more."""
    asked = approval_of(approval_id)
    if asked.kind != KIND:
        raise NotFound(NO_SUCH)
    found = draft(int(asked.subject))
    if decision == "granted":
        from_text(found.text, where=found.name)
    return approvals.decide(
        approval_id=approval_id, version=version, decision=decision, reason=reason, digest=found.hash, by=by
    )


def _ask(row: models.RuleDraft, why: str, by: User) -> None:
    moved = sum(len(numbers) for numbers in row.changes.values())
    approvals.ask(
        kind=KIND, subject=str(row.pk), name=row.name, digest=row.hash, why=why, size=Decimal(moved), by=by
    )


_WHY = Text(
    zh="请写明为什么改，不超过 {most} 字：批准的人要看。",
    en="Say why, in at most {most} characters: whoever approves will read it.",
)
_TWICE = Text(
    zh="同样的草案 {name} 已经送出，没有重复登记。",
    en="The same draft, {name}, has been sent before; nothing was recorded twice.",
)
