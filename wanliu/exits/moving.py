"""Making one move: the row locked, rights and version looked at, the table asked, one event recorded."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from wanliu.audit.record import Actor, record
from wanliu.clock import now, today, trading_days
from wanliu.errors import Changed, NotFound, Refused
from wanliu.exits.blocks import blocks
from wanliu.exits.models import Exit
from wanliu.exits.queries import NO_SUCH_EXIT
from wanliu.exits.track import FINAL, ON_THE_CLOCK, STATES, STATUTORY_DAYS, STEPS, State, Verb, check_move
from wanliu.people.queries import person
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.text import Text

LONGEST_NOTE = 500


def locked(exit_id: int) -> Exit:
    """The row, held until the action ends. Raises NotFound."""
    row = Exit.objects.select_for_update().filter(pk=exit_id).first()
    if row is None:
        raise NotFound(NO_SUCH_EXIT)
    return row


def locked_for(verb: Verb, exit_id: int, version: int, by: User) -> Exit:
    """The row for a person's move. Raises NotFound, NotAllowed, Changed."""
    row = locked(exit_id)
    action = STEPS[verb].action
    assert action is not None  # the book's own move is made by nobody
    check_may(by, action, person(row.client_id))
    if row.version != version:
        raise Changed(_CHANGED)
    return row


def move(
    row: Exit,
    verb: Verb,
    *,
    by: Actor,
    some_left: bool = False,
    ids: Mapping[str, str | int | None] | None = None,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Takes the row to its next state and saves it with whatever the action has set. Raises Refused."""
    before = cast(State, row.state)
    row.state = after = check_move(verb, before, some_left=some_left)
    row.version += 1
    if after != before:
        row.entered_at = now()
    _keep_clock(row)
    row.save()
    record(
        stream=stream_of(row.pk),
        verb=STEPS[verb].event,
        by=by,
        client_id=row.client_id,
        ids={"from": before, "to": after, **(ids or {})},
        payload=payload,
    )


def stream_of(exit_id: int) -> str:
    return f"exit/{exit_id}"


def _keep_clock(row: Exit) -> None:
    """Sets the statutory day at ready, takes it back before, and says by when our next step is due."""
    state = cast(State, row.state)
    if state == "ready":
        row.ready_at, row.due_on = now(), trading_days().after(today(), STATUTORY_DAYS)
    elif state not in (*ON_THE_CLOCK, *FINAL):
        row.ready_at = row.due_on = row.submitted_at = None
    row.step_due_on = step_due(row, today())


def step_due(row: Exit, since: date) -> date | None:
    """The last day for our next step, counted from the day on which the state began."""
    state = cast(State, row.state)
    if state in ON_THE_CLOCK:
        return row.due_on
    if state == "conditions_open":
        ours = (one for one in row.conditions.filter(cleared_at=None) if blocks()[one.code].clears == "firm")
        return min((one.expected_on for one in ours if one.expected_on), default=None)
    within = STATES[state].within
    return None if within is None else trading_days().after(since, within)


def checked_words(words: str, *, most: int = LONGEST_NOTE) -> str:
    """The words without blanks around them. Raises Refused where they are too long or no plain text."""
    words = words.replace("\r\n", "\n").strip()
    if len(words) > most:
        raise Refused(_TOO_LONG.format(most=most, length=len(words)))
    if any(unicodedata.category(sign) in UNSEEN or sign in TURNING for sign in words if sign not in "\n\t"):
        raise Refused(_NO_TEXT)
    return words


UNSEEN = ("Cc", "Cs")
"""Control characters and halves of characters: no database and no printer knows what to do with them."""
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that make a text read otherwise than it is stored."""

_CHANGED = Text(
    zh="这项申请刚刚被别人更新过，您的操作没有保存。请刷新后再看一眼。",
    en="Somebody else has just updated this exit; your change was not saved. Reload and look again.",
)
_TOO_LONG = Text(
    zh="最多 {most} 个字，现在是 {length} 个，请精简后再保存。",
    en="At most {most} characters; this has {length}. Shorten it and save again.",
)
_NO_TEXT = Text(
    zh="文字里有无法显示的字符，请删去后再保存。",
    en="The text holds characters that cannot be shown; remove them and save again.",
)
