"""What the printed proof says: an exit, its records and the track, put into the words of one language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from wanliu.audit.queries import Event
from wanliu.audit.record import System
from wanliu.clock import SHANGHAI, day_of, now
from wanliu.exits import proof_words as say
from wanliu.exits.blocks import CLEARS
from wanliu.exits.course import Stretch, course_of, is_unbroken, waited
from wanliu.exits.queries import Condition, Exit, clock_of
from wanliu.exits.track import KINDS, MOVES, OPEN, STATES, STEPS, WAITS, Move, State, Waits
from wanliu.people.queries import Person
from wanliu.people.roles import ROLES, matrix
from wanliu.text import Language, Text

COLOURS: dict[Waits, str] = {"us": "#1d4ed8", "conditions": "#b45309", "exchange": "#6b7280"}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
GROUP = 16
"""Figures of a hash in a row, so that a person can compare them."""


def said(
    leaving: Exit, client: Person, records: Sequence[Event], *, by: str, language: Language
) -> dict[str, Any]:
    """All that the template shows, as strings and lists of strings."""
    to = _Words(language)
    course = course_of(leaving, records)
    taken_by = to.actor(records[0])
    return {
        "language": language,
        "title": to(say.TITLE),
        "number": to(say.NUMBER.format(id=leaving.id)),
        "footer": to(say.FOOTER.format(id=leaving.id, at=to.moment(now()), by=by)),
        "words": _headings(to),
        "verdict": to(_verdict(leaving)),
        "remarks": [to(one) for one in _remarks(leaving)],
        "request": _request(leaving, client, taken_by, to),
        "clock": _clock(leaving, to),
        "course": [_stretch(one, to) for one in course],
        "waited": _waited(course, to),
        "conditions": [_condition(one, leaving, to) for one in leaving.conditions],
        "statement": [to(one) for one in say.STATEMENT],
        "moves": [_move(move, before, to) for move, before in _moves()],
        "chain": to((say.UNBROKEN if is_unbroken(records) else say.BROKEN).format(number=len(records))),
        "records": [_record(one, to) for one in records],
    }


class _Words:
    """Text, times and names in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, text: Text) -> str:
        return text.to(self.language)

    def joined(self, texts: Iterable[Text]) -> str:
        return self(say.COMMA).join(self(one) for one in texts)

    def moment(self, at: datetime | None) -> str:
        return self(say.NOT_YET) if at is None else at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")

    def day(self, on: date | None) -> str:
        return self(say.NOT_YET) if on is None else on.isoformat()

    def span(self, lasted: timedelta) -> str:
        hours, rest = divmod(lasted, HOUR)
        minutes, seconds = divmod(rest, MINUTE)
        if lasted >= timedelta(days=1):
            return self(say.DAYS.format(days=lasted.days, hours=hours % 24))
        if hours:
            return self(say.HOURS.format(hours=hours, minutes=minutes))
        return self(say.MINUTES.format(minutes=minutes, seconds=seconds.seconds))

    def actor(self, record: Event) -> str:
        return self(say.SYSTEM) if record.actor_id == System.actor_id else record.actor_name


def _headings(to: _Words) -> dict[str, Any]:
    lists = {name: [to(one) for one in texts] for name, texts in say.LISTS.items()}
    return {name: to(text) for name, text in say.HEADINGS.items()} | lists


def _verdict(leaving: Exit) -> Text:
    kind, result = KINDS[leaving.kind], say.RESULTS[_result(leaving)]
    if leaving.state == "withdrawn_by_client":
        how = say.SIGNS[str(leaving.withdrawn_how)]
        return say.VERDICTS[leaving.state].format(kind=kind, how=how, reference=leaving.withdrawn_reference)
    if leaving.state == "done":
        return say.VERDICTS["done"].format(kind=kind, day=leaving.done_on, result=result)
    return say.VERDICTS["open"].format(kind=kind, state=STATES[leaving.state].name, result=result)


def _result(leaving: Exit) -> str:
    clock = clock_of(leaving)
    if leaving.state == "withdrawn_by_client":
        return "withdrawn"
    if leaving.state == "done":
        return "unknown" if clock.due_on is None else "late" if clock.overdue else "in_time"
    if clock.due_on is None:
        return "not_running"
    return "overdue" if clock.overdue else "running"


def _remarks(leaving: Exit) -> list[Text]:
    """What whoever checks the exit has to mind."""
    found = []
    if leaving.set_backs:
        found.append(say.SET_BACK.format(number=leaving.set_backs))
    if leaving.escalated_on is not None:
        found.append(say.ESCALATED.format(day=leaving.escalated_on))
    return found


def _request(leaving: Exit, client: Person, taken_by: str, to: _Words) -> list[tuple[str, str, str, str]]:
    requested = to.moment(leaving.requested_at)
    if not leaving.hour_is_known:
        requested = to(say.DAY_ONLY.format(day=to.day(day_of(leaving.requested_at))))
    identity = to(say.NOT_YET)
    if leaving.identity_how is not None:
        identity = f"{to(say.IDENTITY_CHECKS[leaving.identity_how])} · {to.moment(leaving.identity_at)}"
    return _in_pairs(
        (to(say.CLIENT), leaving.client_id),
        (to(say.NAME), client.masked_name or to(say.UNKNOWN)),
        (to(say.KIND), to(KINDS[leaving.kind])),
        (to(say.BRANCH), leaving.branch_id),
        (to(say.REQUESTED_AT), requested),
        (to(say.CHANNEL), to(say.CHANNELS[leaving.channel])),
        (to(say.TAKEN_BY), taken_by),
        (to(say.IDENTITY), identity),
        (to(say.STATE), to(STATES[leaving.state].name)),
        (to(say.BOOK_REQUEST), leaving.book_request_id or to(say.NONE)),
    )


def _clock(leaving: Exit, to: _Words) -> list[tuple[str, str, str, str]]:
    clock = clock_of(leaving)
    due = to(say.GUESSED.format(day=clock.due_on)) if clock.is_guessed else to.day(clock.due_on)
    ended = (to(say.DONE_ON), to.day(leaving.done_on))
    if leaving.state == "withdrawn_by_client":
        ended = (to(say.WITHDRAWN_AT), to.moment(leaving.withdrawn_at))
    return _in_pairs(
        (to(say.ELAPSED), to.span(clock.elapsed)),
        (to(say.READY_AT), to.moment(leaving.ready_at)),
        (to(say.DUE_ON), due),
        (to(say.SUBMITTED_AT), to.moment(leaving.submitted_at)),
        ended,
        (to(say.RESULT), to(say.RESULTS[_result(leaving)])),
    )


def _in_pairs(*facts: tuple[str, str]) -> list[tuple[str, str, str, str]]:
    return [(*left, *right) for left, right in zip(facts[::2], facts[1::2], strict=True)]


def _stretch(one: Stretch, to: _Words) -> list[str]:
    by = to(say.SYSTEM) if one.by == System.actor_name else one.by
    lasted = to(say.NONE) if one.waited_for == "nobody" else to.span(one.lasted)
    return [to(STATES[one.state].name), to.moment(one.began), by, lasted, to(WAITS[one.waited_for])]


def _waited(course: Sequence[Stretch], to: _Words) -> list[dict[str, Any]]:
    spent = waited(course)
    whole = sum(spent.values(), timedelta(0)) or timedelta(seconds=1)
    return [
        {
            "name": to(WAITS[who]),
            "share": 100 * lasted / whole,
            "lasted": to.span(lasted),
            "colour": COLOURS[who],
        }
        for who, lasted in spent.items()
    ]


def _condition(one: Condition, leaving: Exit, to: _Words) -> list[str]:
    cleared = to.moment(one.cleared_at)
    if one.cleared_at is None:
        cleared = to(say.STILL_OPEN if leaving.is_open else say.NEVER_CLEARED)
    ended = one.cleared_at or leaving.ended_at or now()
    return [
        to(one.block.name),
        "\n".join(words for words in (one.code, one.note, one.cleared_note) if words),
        to.moment(one.found_at),
        cleared,
        to.span(ended - one.found_at),
        to(CLEARS[one.block.clears]),
    ]


def _moves() -> list[tuple[Move, list[State]]]:
    """The track's moves; those that differ in the state before alone are one row."""
    found: dict[Move, list[State]] = {}
    for move in MOVES:
        found.setdefault(replace(move, before="requested"), []).append(move.before)
    return list(found.items())


def _move(move: Move, before: Sequence[State], to: _Words) -> list[str]:
    step = STEPS[move.verb]
    depends = say.OWN_SIGN if move.verb == "withdraw" else say.BOOK_ROW if step.action is None else None
    return [
        to(step.name),
        to(say.ANY_OPEN) if tuple(before) == OPEN else to.joined(STATES[state].name for state in before),
        to(STATES[move.after].name),
        to(depends or say.DEPENDS[move.left]),
        to.joined(_who(step.action)),
    ]


def _who(action: str | None) -> list[Text]:
    if action is None:
        return [say.BOOK]
    return [ROLES[role] for role, scope in matrix()[action].items() if scope != "none"]


def _record(one: Event, to: _Words) -> list[str]:
    figures = " ".join(one.hash[start : start + GROUP] for start in range(0, len(one.hash), GROUP))
    what = f"{to(say.RECORDED[one.verb])} {one.ids.get('code', '')}".strip()
    return [str(one.place), to.moment(one.at), what, to.actor(one), figures]
