"""Reading exits: who is leaving, who has left, what the desk has to do, and what a client may be told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, cast

from django.db.models import F, QuerySet

from wanliu.clock import SHANGHAI, day_of, now, today, trading_days
from wanliu.errors import NotFound
from wanliu.exits import models
from wanliu.exits.blocks import CLEARS, Block, blocks
from wanliu.exits.track import FINAL, STEPS, Kind, State, Verb, moves_from
from wanliu.people.rights import Sight, can
from wanliu.people.user import User
from wanliu.text import Language, Text

Why = Literal["overdue", "standing", "set_back"]
MOST = 100


@dataclass(frozen=True)
class Condition:
    """Something that stands, or stood, in the way."""

    code: str
    block: Block
    found_at: datetime
    note: str
    expected_on: date | None
    cleared_at: datetime | None
    cleared_note: str

    @property
    def is_open(self) -> bool:
        return self.cleared_at is None


@dataclass(frozen=True)
class Exit:
    """One exit as it stands. None is: has not happened, or is not known."""

    id: int
    client_id: str
    branch_id: str
    manager_id: str
    kind: Kind
    state: State
    version: int
    channel: str
    requested_at: datetime
    entered_at: datetime
    step_due_on: date | None
    identity_how: str | None
    identity_at: datetime | None
    ready_at: datetime | None
    due_on: date | None
    submitted_at: datetime | None
    set_backs: int
    done_at: datetime | None
    done_on: date | None
    withdrawn_at: datetime | None
    withdrawn_how: str | None
    withdrawn_reference: str | None
    book_request_id: str | None
    survey: Literal["answered", "skipped"] | None
    escalated_on: date | None
    """When branch head and compliance were last told that it took too long."""
    conditions: tuple[Condition, ...]

    @property
    def is_open(self) -> bool:
        return self.state not in FINAL

    @property
    def hour_is_known(self) -> bool:
        """The book gives the day of a request alone; its clock then runs from the day's first second."""
        return self.requested_at.astimezone(SHANGHAI).time().isoformat() != MIDNIGHT

    @property
    def ended_at(self) -> datetime | None:
        return self.done_at or self.withdrawn_at

    @property
    def open_conditions(self) -> tuple[Condition, ...]:
        """None once the exit is over: what was never cleared then no longer stands in any way."""
        return tuple(one for one in self.conditions if one.is_open) if self.is_open else ()


MIDNIGHT = "00:00:00"


@dataclass(frozen=True)
class Clock:
    """The two clocks: from the request's first second, and the statutory days from ready to done."""

    elapsed: timedelta
    """Until now, or until it ended."""
    due_on: date | None
    overdue: bool
    """The statutory day has passed, or had passed when it was done."""
    days_left: int | None
    """Trading days until due; 0 on the day itself. None where the clock does not run."""
    is_guessed: bool
    """The day lies beyond the known trading days: weekdays were counted."""


@dataclass(frozen=True)
class Left:
    """What the client took away last, and the day on which it took effect."""

    kind: Kind
    on: date


@dataclass(frozen=True)
class ForClient:
    """One condition in words for the client, in one language."""

    code: str
    name: str
    text: str
    can_do: str
    cleared_by: str
    expected_on: date | None
    cleared_on: date | None


@dataclass(frozen=True)
class Escalated:
    """Branch head and compliance were told of an exit."""

    exit_id: int
    client_id: str
    branch_id: str
    kind: Kind
    why: Why
    on: date
    due_on: date | None


WHY: dict[Why, Text] = {
    "overdue": Text(zh="超过两个交易日未办结", en="not done within two trading days"),
    "standing": Text(zh="我方步骤停留过久", en="a step of ours has been standing too long"),
    "set_back": Text(zh="可以办理后又出现新条件", en="a new condition came up after it was ready"),
}


def exit_of(id: int) -> Exit:
    """Raises NotFound."""
    row = _rows().filter(pk=id).first()
    if row is None:
        raise NotFound(NO_SUCH_EXIT)
    return view(row)


def exits_of(client_id: str) -> list[Exit]:
    """All of a client, the newest first."""
    return [view(row) for row in _rows().filter(client_id=client_id).order_by("-id")]


def is_leaving(client_id: str) -> bool:
    """Whether an exit of any kind is open."""
    return _open().filter(client_id=client_id).exists()


def all_leaving() -> set[str]:
    """The clients with an open exit."""
    return set(_open().values_list("client_id", flat=True))


def has_left(client_id: str) -> Left | None:
    """What the client took away last; None where nothing is known to have gone."""
    return _lefts(models.Departure.objects.filter(client_id=client_id)).get(client_id)


def all_left() -> dict[str, Left]:
    """By client id, what was taken away last."""
    return _lefts(models.Departure.objects.all())


def left_of(client_ids: Collection[str]) -> dict[str, Left]:
    """As all_left, for some clients."""
    return _lefts(models.Departure.objects.filter(client_id__in=client_ids))


def open_exits_of(client_ids: Collection[str]) -> list[Exit]:
    """All of these clients that are open, the oldest request first."""
    found = _rows().filter(client_id__in=client_ids).exclude(state__in=FINAL)
    return [view(row) for row in found.order_by("requested_at", "id")]


def open_exits(sight: Sight) -> list[Exit]:
    """All that are open and may be seen, the oldest request first."""
    return [
        view(row) for row in _within(_rows(), sight).exclude(state__in=FINAL).order_by("requested_at", "id")
    ]


def queue(sight: Sight, *, start: int = 0, most: int = MOST) -> list[Exit]:
    """The desk's work: what is due first comes first; what waits for others comes last, the oldest first."""
    found = _within(_rows(), sight).exclude(state__in=FINAL)
    ordered = found.order_by(F("step_due_on").asc(nulls_last=True), "requested_at", "id")
    return [view(row) for row in ordered[start : start + most]]


def queue_size(sight: Sight) -> int:
    return _within(_open(), sight).count()


def late_size(sight: Sight) -> int:
    """How many open exits wait for us beyond the day of their next step."""
    return _within(_open(), sight).filter(step_due_on__lt=today()).count()


def escalations(sight: Sight, *, since: date) -> list[Escalated]:
    """What branch head and compliance were told since a day, the newest first."""
    found = models.Escalation.objects.filter(
        on__gte=since, exit__in=_within(models.Exit.objects.all(), sight)
    )
    return [escalated(row) for row in found.select_related("exit").order_by("-on", "-id")]


def clock_of(leaving: Exit) -> Clock:
    """Calendars may end, exits do not: beyond the known trading days weekdays are counted, and said so."""
    until, due = leaving.ended_at or now(), leaving.due_on
    runs = due is not None and leaving.is_open
    return Clock(
        elapsed=max(until - leaving.requested_at, timedelta(0)),
        due_on=due,
        overdue=due is not None and _last_day(leaving) > due,
        days_left=trading_days().between(today(), due) if runs and due is not None else None,
        is_guessed=due is not None and trading_days().is_guessed(due),
    )


def conditions_for_client(leaving: Exit, language: Language) -> list[ForClient]:
    """What stands in the way, and what stood there, in the client's language; never the desk's own notes."""
    return [
        ForClient(
            code=one.code,
            name=one.block.name.to(language),
            text=one.block.text.to(language),
            can_do=one.block.can_do.to(language),
            cleared_by=CLEARS[one.block.clears].to(language),
            expected_on=one.expected_on,
            cleared_on=day_of(one.cleared_at) if one.cleared_at else None,
        )
        for one in leaving.conditions
    ]


def moves_for(user: User, leaving: Exit) -> tuple[Verb, ...]:
    """What this person may do with the exit now, in the track's order."""
    verbs = dict.fromkeys(move.verb for move in moves_from(leaving.state))
    return tuple(verb for verb in verbs if (action := STEPS[verb].action) and can(user, action, leaving))


def view(row: models.Exit) -> Exit:
    """For this room: the row as others may see it."""
    survey = getattr(row, "survey", None)
    conditions = sorted(row.conditions.all(), key=lambda one: one.pk)
    return Exit(
        id=row.pk,
        client_id=row.client_id,
        branch_id=row.branch_id,
        manager_id=row.manager_id,
        kind=cast(Kind, row.kind),
        state=cast(State, row.state),
        version=row.version,
        channel=row.channel,
        requested_at=row.requested_at,
        entered_at=row.entered_at,
        step_due_on=row.step_due_on,
        identity_how=row.identity_how or None,
        identity_at=row.identity_at,
        ready_at=row.ready_at,
        due_on=row.due_on,
        submitted_at=row.submitted_at,
        set_backs=row.set_backs,
        done_at=row.done_at,
        done_on=row.done_on,
        withdrawn_at=row.withdrawn_at,
        withdrawn_how=row.withdrawn_how or None,
        withdrawn_reference=row.withdrawn_reference or None,
        book_request_id=row.book_request_id,
        survey=None if survey is None else "skipped" if survey.skipped else "answered",
        escalated_on=max((one.on for one in row.escalations.all() if one.why != "set_back"), default=None),
        conditions=tuple(_condition(one) for one in conditions),
    )


def escalated(row: models.Escalation) -> Escalated:
    """For this room: the row as others may see it."""
    return Escalated(
        exit_id=row.exit_id,
        client_id=row.exit.client_id,
        branch_id=row.exit.branch_id,
        kind=cast(Kind, row.exit.kind),
        why=cast(Why, row.why),
        on=row.on,
        due_on=row.due_on,
    )


def _condition(row: models.Condition) -> Condition:
    return Condition(
        code=row.code,
        block=blocks()[row.code],
        found_at=row.found_at,
        note=row.note,
        expected_on=row.expected_on,
        cleared_at=row.cleared_at,
        cleared_note=row.cleared_note,
    )


def _last_day(leaving: Exit) -> date:
    """The day that the statutory clock is read on."""
    if leaving.done_on is not None:
        return leaving.done_on
    return day_of(leaving.withdrawn_at) if leaving.withdrawn_at else today()


def _lefts(departures: QuerySet[models.Departure]) -> dict[str, Left]:
    found = departures.order_by("on", "id").values_list("client_id", "kind", "on")
    return {client_id: Left(cast(Kind, kind), on) for client_id, kind, on in found.iterator()}


def _rows() -> QuerySet[models.Exit]:
    return models.Exit.objects.select_related("survey").prefetch_related("conditions", "escalations")


def _open() -> QuerySet[models.Exit]:
    return models.Exit.objects.exclude(state__in=FINAL)


def _within(rows: QuerySet[models.Exit], sight: Sight) -> QuerySet[models.Exit]:
    if sight.nothing:
        return rows.none()
    if sight.branch_id is not None:
        return rows.filter(branch_id=sight.branch_id)
    return rows if sight.manager_id is None else rows.filter(manager_id=sight.manager_id)


NO_SUCH_EXIT = Text(zh="没有找到这项离开申请。", en="There is no such exit.")
