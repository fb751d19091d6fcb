"""What this room reads of exits: who is leaving, and who has left. Nothing here is ever told to an exit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from wanliu.clock import day_of
from wanliu.exits import queries as exits


@dataclass(frozen=True)
class Leaving:
    """An exit that is not over; ``due_on`` is the last day for our own next step."""

    exit_id: int
    client_id: str
    branch_id: str
    manager_id: str
    kind: str
    state: str
    requested_on: date
    due_on: date | None


def leaving(client_ids: Collection[str]) -> dict[str, Leaving]:
    """Client → the open exit that is due first."""
    found = sorted(exits.open_exits_of(client_ids), key=lambda one: (one.step_due_on or date.max, one.id))
    return {one.client_id: _leaving(one) for one in reversed(found)}


def leaving_by(exit_id: int) -> Leaving | None:
    """This exit, if it is not over. Raises NotFound."""
    found = exits.exit_of(exit_id)
    return _leaving(found) if found.is_open else None


def left(client_ids: Collection[str]) -> set[str]:
    """Who closed the account, or moved custody or designation away."""
    return set(exits.left_of(client_ids))


def _leaving(one: exits.Exit) -> Leaving:
    return Leaving(
        one.id,
        one.client_id,
        one.branch_id,
        one.manager_id,
        one.kind,
        one.state,
        day_of(one.requested_at),
        one.step_due_on,
    )
