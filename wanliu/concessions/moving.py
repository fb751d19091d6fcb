"""Making one move: the row locked, rights and version looked at, the table asked, one event recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from wanliu.audit.record import Actor, record
from wanliu.concessions.models import CommissionRequest, Concession
from wanliu.concessions.track import STEPS, State, Verb, check_move
from wanliu.errors import Changed, NotFound
from wanliu.people.queries import person
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.text import Text


def locked_for(verb: Verb, request_id: int, version: int, by: User) -> CommissionRequest:
    """The request for a person's move. Raises NotFound, NotAllowed, Changed."""
    row = CommissionRequest.objects.select_for_update().filter(pk=request_id).first()
    if row is None:
        raise NotFound(NO_SUCH_REQUEST)
    check_may(by, STEPS[verb].action, person(row.client_id))
    if row.version != version:
        raise Changed(_CHANGED)
    return row


def locked_concession(concession_id: int, version: int, by: User) -> Concession:
    """The concession for its review or its end. Raises NotFound, NotAllowed, Changed."""
    row = Concession.objects.select_for_update().filter(pk=concession_id).first()
    if row is None:
        raise NotFound(NO_SUCH_CONCESSION)
    check_may(by, "concessions.review", person(row.client_id))
    if row.version != version:
        raise Changed(_CHANGED)
    return row


def move(
    row: CommissionRequest, verb: Verb, *, by: Actor, ids: Mapping[str, str | int | None] | None = None
) -> None:
    """Takes the row to its next state and saves it with whatever the action has set. Raises Refused."""
    before = cast(State, row.state)
    row.state = check_move(verb, before)
    row.version += 1
    row.save()
    record(
        stream=stream_of(row.pk),
        verb=STEPS[verb].event,
        by=by,
        client_id=row.client_id,
        ids={"from": before, "to": row.state, **(ids or {})},
        payload={"words": row.words} if verb == "refuse" and row.words else None,
    )


def stream_of(request_id: int) -> str:
    """One chain for a request and for the concession that came of it."""
    return f"commission_request/{request_id}"


NO_SUCH_REQUEST = Text(zh="没有找到这项佣金申请。", en="There is no such commission request.")
NO_SUCH_CONCESSION = Text(zh="没有找到这项优惠。", en="There is no such concession.")
_CHANGED = Text(
    zh="这项申请刚刚被别人更新过，您的操作没有保存。请刷新后再看一眼。",
    en="Somebody else has just updated this; your change was not saved. Reload and look again.",
)
