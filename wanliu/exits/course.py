"""The course of an exit, read from its records: each state, how long it lasted, and what it waited for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from wanliu.audit.queries import Event, events_of_stream
from wanliu.clock import now
from wanliu.exits.moving import stream_of
from wanliu.exits.queries import Exit
from wanliu.exits.track import STATES, State, Waits


@dataclass(frozen=True)
class Stretch:
    """One stay in a state. ``ended`` is None while it lasts."""

    state: State
    began: datetime
    ended: datetime | None
    by: str
    """Whoever brought it there."""

    @property
    def waited_for(self) -> Waits:
        return STATES[self.state].waits_for

    @property
    def lasted(self) -> timedelta:
        """Nothing for a state in which nothing waits any more."""
        if self.waited_for == "nobody":
            return timedelta(0)
        return max((self.ended or now()) - self.began, timedelta(0))


def records_of(leaving: Exit) -> list[Event]:
    """The exit's own chain, the oldest first."""
    return list(reversed(events_of_stream(stream_of(leaving.id))))


def course_of(leaving: Exit, records: Sequence[Event]) -> list[Stretch]:
    """One row per stay in a state, the oldest first; together they cover the time from request to end."""
    turns = [one for one in records if one.ids.get("to") and one.ids.get("to") != one.ids.get("from")]
    begins = [leaving.requested_at, *(one.at for one in turns[1:])]
    ends = [*begins[1:], None]
    return [
        Stretch(cast(State, turn.ids["to"]), began, ended, turn.actor_name)
        for turn, began, ended in zip(turns, begins, ends, strict=True)
    ]


def waited(course: Sequence[Stretch]) -> dict[Waits, timedelta]:
    """How long the exit waited for whom: us, the account's conditions, the exchange."""
    spent: dict[Waits, timedelta] = {"us": timedelta(0), "conditions": timedelta(0), "exchange": timedelta(0)}
    for one in course:
        if one.waited_for != "nobody":
            spent[one.waited_for] += one.lasted
    return spent


def is_unbroken(records: Sequence[Event]) -> bool:
    """Whether each record follows from the one before, from the first on, without a gap."""
    hashes = ["", *(one.hash for one in records)]
    links = zip(records, hashes, strict=False)
    return all(
        one.place == place and one.previous == last for place, (one, last) in enumerate(links, start=1)
    )
