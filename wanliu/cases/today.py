"""今日工作台: the tiles, and the list whose first line is the best next call.

One line per client. The order (``order.toml``): what is overdue and must be done, what must be done today,
what is overdue, then the rest; within each by kind and level, value at stake, whether the client was reached
last time, due day, client number. Where the night's run ranked clients by a model, what is not due yet goes
by that ranking within its level, after what is due: no score moves anything that is due. The list is cut at
the person's capacity, but never above the last line that is overdue or must be done today: nothing that is
due can fall out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal

from django.db.models import Case as Choice
from django.db.models import Count, DecimalField, F, IntegerField, Q, QuerySet, Value, When

from wanliu.cases import models
from wanliu.cases.figures import order
from wanliu.cases.serving import placed_in
from wanliu.clock import trading_days
from wanliu.people.rights import check_may, scope_of, sight
from wanliu.people.user import User
from wanliu.text import Text

ACTION: Final = "cases.today"
Tile = Literal["must", "soon", "new", "callbacks", "tracking"]
TILES: Final[Mapping[Tile, Text]] = {
    "must": Text(zh="今日必做", en="Must do today"),
    "soon": Text(zh="即将超时", en="Due next"),
    "new": Text(zh="新预警", en="New warnings"),
    "callbacks": Text(zh="待回访", en="Call back"),
    "tracking": Text(zh="结果跟踪中", en="Outcome tracked"),
}
OVERDUE_MUST, MUST_TODAY, OVERDUE, REST = range(4)


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty fields narrow nothing. ``team``: the whole branch, for its head."""

    tile: str = ""
    kind: str = ""
    level: str = ""
    client_id: str = ""
    assignee_id: int | None = None
    team: bool = False


@dataclass(frozen=True)
class Line:
    """One client of the list. None is unknown, or there is none."""

    client_id: str
    branch_id: str
    manager_id: str
    assignee_id: int | None
    kind: str
    case_id: int | None
    case_version: int | None
    exit_id: int | None
    state: str
    level: str
    value_at_stake: Decimal | None
    fired: tuple[str, ...]
    alarmed_on: date | None
    is_new: bool
    must: bool
    overdue: bool
    due_on: date | None
    must_due_on: date | None
    due_kind: str
    title: str
    tasks: int
    escalated_to: str
    snoozed_until: date | None
    last_contact_at: datetime | None


@dataclass(frozen=True)
class Today:
    """The tiles' numbers, and one page of the list. ``listed``: lines that the list has after the cut;
    ``waiting``: lines that lie beyond it."""

    tiles: Mapping[str, int]
    lines: tuple[Line, ...]
    listed: int
    waiting: int
    overdue: int
    page: int
    pages: int


def today(
    user: User, on: date, *, capacity: int | None = None, filters: Filters | None = None, page: int = 1
) -> Today:
    """What this person has to do on that day. Three queries. Raises NotAllowed.

    ``capacity``: calls a day, the person's own unless it is given.
    """
    check_may(user, ACTION)
    chosen = filters or Filters()
    mine = models.Line.objects.filter(_whose(user, chosen))
    counts = _counts(mine, on, chosen)
    room = max(capacity or user.capacity or order().list.capacity, counts["urgent"])
    listed = min(counts["listable"], room) if not chosen.tile else counts["listable"]
    size = order().list.page
    pages = max(1, -(-listed // size))
    page = min(max(1, page), pages)
    rows = _ordered(mine.filter(_listable(on) & _narrowed(chosen, on)), on, by_score=counts["ranked"] > 0)
    shown = rows.select_related("case")[(page - 1) * size : min(page * size, listed)]
    return Today(
        tiles={
            **{tile: counts[f"tile_{tile}"] for tile in TILES if tile != "tracking"},
            "tracking": tracking_size(user),
        },
        lines=tuple(_line(row, on) for row in shown),
        listed=listed,
        waiting=counts["listable"] - listed,
        overdue=counts["overdue"],
        page=page,
        pages=pages,
    )


def tracking_size(user: User) -> int:
    return models.Case.objects.filter(assignee=user, state="tracking").count()


def next_client(user: User, on: date, *, after: str) -> str | None:
    """The client whose line comes first, other than this one: 保存并下一位."""
    check_may(user, ACTION)
    mine = models.Line.objects.filter(_whose(user, Filters()))
    rows = mine.filter(_listable(on)).exclude(client_id=after)
    ordered = _ordered(rows, on, by_score=mine.filter(priority__isnull=False).exists())
    found: str | None = ordered.values_list("client_id", flat=True).first()
    return found


# --- whose, which, in what order ------------------------------------------------------------------


def _whose(user: User, filters: Filters) -> Q:
    """One's own lines, and what nobody has that one may take; a head also what was escalated."""
    if filters.team and scope_of(user, ACTION) == "branch" and user.has_role("branch_head"):
        return Q(branch_id=user.branch_id)
    nobodys = Q(assignee__isnull=True) | Q(assignee__is_active=False)
    own = Q(assignee=user) | (nobodys & placed_in(sight(user, ACTION)))
    if user.has_role("branch_head"):
        own |= Q(branch_id=user.branch_id) & ~Q(escalated_to="")
    return own


def _must(on: date) -> Q:
    """Never null, so that it can be negated."""
    return Q(must_due_on__isnull=False, must_due_on__lte=on)


def _overdue(on: date) -> Q:
    """As above."""
    return Q(due_on__isnull=False, due_on__lt=on)


def _listable(on: date) -> Q:
    """What may be done today: due, not tried yet, or a client who is leaving; and not put off."""
    doable = Q(due_on__lte=on) | Q(unseen=True) | Q(kind="exit")
    put_off = Q(snoozed_until__gt=on) & ~_overdue(on) & ~_must(on)
    return doable & ~put_off


def _narrowed(filters: Filters, on: date) -> Q:
    chosen = Q()
    if filters.tile in TILES:
        chosen &= _tiles(on).get(filters.tile, Q(pk__in=()))
    for column, value in (
        ("kind", filters.kind),
        ("level", filters.level),
        ("client_id", filters.client_id.strip()),
        ("assignee_id", filters.assignee_id),
    ):
        if value:
            chosen &= Q(**{column: value})
    return chosen


def _tiles(on: date) -> dict[str, Q]:
    figures = order().list
    soon = trading_days().after(on, figures.soon_days)
    return {
        "must": _must(on),
        "soon": Q(due_on__gt=on, due_on__lte=soon),
        "new": Q(unseen=True, alarmed_on__gt=_trading_day_before(on, figures.new_days)),
        "callbacks": Q(callback_on__lte=on),
    }


def _trading_day_before(day: date, count: int) -> date:
    """The last day after which fewer than so many trading days have come."""
    found = day
    while trading_days().between(found, day) < count:
        found -= timedelta(days=1)
    return found


def _counts(mine: QuerySet[models.Line], on: date, filters: Filters) -> dict[str, int]:
    narrowed, listable = _narrowed(filters, on), _listable(on)
    asked: dict[str, Any] = {f"tile_{tile}": Count("pk", filter=which) for tile, which in _tiles(on).items()}
    return mine.aggregate(
        **asked,
        listable=Count("pk", filter=listable & narrowed),
        urgent=Count("pk", filter=(_must(on) | _overdue(on)) & narrowed),
        overdue=Count("pk", filter=_overdue(on)),
        ranked=Count("priority"),
    )


def _ordered(rows: QuerySet[models.Line], on: date, *, by_score: bool) -> QuerySet[models.Line]:
    """``by_score``: whether a run ranked anybody. A score orders what may wait and nothing else: all that is
    due keeps its place before it."""
    bucket = Choice(
        When(must_due_on__lt=on, then=Value(OVERDUE_MUST)),
        When(must_due_on=on, then=Value(MUST_TODAY)),
        When(due_on__lt=on, then=Value(OVERDUE)),
        default=Value(REST),
        output_field=IntegerField(),
    )
    ranking: list[Any] = []
    if by_score:
        waits = Q(due_on__isnull=True) | Q(due_on__gt=on)
        rows = rows.annotate(
            waits=Choice(When(waits, then=Value(1)), default=Value(0), output_field=IntegerField()),
            score=Choice(When(waits, then=F("priority")), default=None, output_field=DecimalField()),
        )
        ranking = ["waits", F("score").desc(nulls_last=True)]
    return rows.annotate(bucket=bucket).order_by(
        "bucket",
        "rank",
        *ranking,
        F("value_at_stake").desc(nulls_last=True),
        "reach",
        F("due_on").asc(nulls_last=True),
        "client_id",
        "pk",
    )


def _line(row: models.Line, on: date) -> Line:
    return Line(
        client_id=row.client_id,
        branch_id=row.branch_id,
        manager_id=row.manager_id,
        assignee_id=row.assignee_id,
        kind=row.kind,
        case_id=row.case_id,
        case_version=row.case.version if row.case else None,
        exit_id=row.exit_id,
        state=row.state,
        level=row.level,
        value_at_stake=row.value_at_stake,
        fired=tuple(row.fired),
        alarmed_on=row.alarmed_on,
        is_new=row.unseen
        and row.alarmed_on is not None
        and row.alarmed_on > _trading_day_before(on, order().list.new_days),
        must=row.must_due_on is not None and row.must_due_on <= on,
        overdue=row.due_on is not None and row.due_on < on,
        due_on=row.due_on,
        must_due_on=row.must_due_on,
        due_kind=row.due_kind,
        title=row.title,
        tasks=row.tasks,
        escalated_to=row.escalated_to,
        snoozed_until=row.snoozed_until,
        last_contact_at=row.last_contact_at,
    )
