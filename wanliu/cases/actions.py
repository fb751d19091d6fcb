"""Everything that may be done with cases, in one place; each verb lives in the file of its noun."""

from __future__ import annotations

from wanliu.cases.aside import can_snooze, check_can_snooze, dismiss, snooze
from wanliu.cases.assigning import Assigned, assign, assign_many, claim, hand_over
from wanliu.cases.closing import can_close, can_reopen, close, merge, reopen
from wanliu.cases.complaints import close_complaint, record_complaint
from wanliu.cases.contacts import (
    BeyondLimit,
    Recorded,
    Said,
    correct_contact,
    record_contact,
    start_contact,
)
from wanliu.cases.escalating import Escalation, escalate_overdue
from wanliu.cases.filters import delete_filter, save_filter
from wanliu.cases.handing_back import Rearranged, rearrange
from wanliu.cases.limits import can_contact, check_may_contact
from wanliu.cases.linting import Blocked, Doubtful
from wanliu.cases.offers import answer_offer, can_offer, check_may_offer, make_offer
from wanliu.cases.opening import Alarm, Opened, open_or_update
from wanliu.cases.outcomes import Seen, judge_outcomes
from wanliu.cases.reviews import judge_note
from wanliu.cases.suspending import reconcile, reconcile_all
from wanliu.cases.talks import hold_talk, talk_about_exit
from wanliu.cases.tasks import add_task, break_promise, drop_task, finish_task, keep_promise, promise
from wanliu.cases.unfinished import keep_unfinished

__all__ = [
    "Alarm",
    "Assigned",
    "BeyondLimit",
    "Blocked",
    "Doubtful",
    "Escalation",
    "Opened",
    "Rearranged",
    "Recorded",
    "Said",
    "Seen",
    "add_task",
    "answer_offer",
    "assign",
    "assign_many",
    "break_promise",
    "can_close",
    "can_contact",
    "can_offer",
    "can_reopen",
    "can_snooze",
    "check_can_snooze",
    "check_may_contact",
    "check_may_offer",
    "claim",
    "close",
    "close_complaint",
    "correct_contact",
    "delete_filter",
    "dismiss",
    "drop_task",
    "escalate_overdue",
    "finish_task",
    "hand_over",
    "hold_talk",
    "judge_note",
    "judge_outcomes",
    "keep_promise",
    "keep_unfinished",
    "make_offer",
    "merge",
    "open_or_update",
    "promise",
    "rearrange",
    "reconcile",
    "reconcile_all",
    "record_complaint",
    "record_contact",
    "reopen",
    "save_filter",
    "snooze",
    "start_contact",
    "talk_about_exit",
]
