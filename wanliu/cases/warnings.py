"""流失预警清单: every retention case that somebody may see, in the order of urgency, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from django.db.models import Case as Choice
from django.db.models import F, IntegerField, Q, QuerySet, Value, When

from wanliu.cases import models
from wanliu.cases.figures import order
from wanliu.cases.serving import seen_by
from wanliu.cases.track import LEVELS, WORKING
from wanliu.cases.views import CaseView, case_view
from wanliu.clock import today, trading_days
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.text import Text

ACTION: Final = "cases.view"
Tab = Literal["working", "waiting", "overdue", "suspended", "tracking", "dismissed", "closed"]
TABS: Final[Mapping[Tab, Text]] = {
    "working": Text(zh="在办", en="At work"),
    "waiting": Text(zh="待分派", en="Waiting for somebody"),
    "overdue": Text(zh="首联超时", en="First contact overdue"),
    "suspended": Text(zh="已暂停", en="Suspended"),
    "tracking": Text(zh="结果跟踪中", en="Outcome tracked"),
    "dismissed": Text(zh="不相关", en="Irrelevant"),
    "closed": Text(zh="已结", en="Closed"),
}
MOST_COUNTED: Final = 10_000
"""Beyond this a list says “more than”: nobody pages so far, and counting costs a page's whole time."""


@dataclass(frozen=True)
class WarningFilters:
    """Empty fields narrow nothing. ``sign``: had fired when the case was alarmed."""

    tab: str = "working"
    level: str = ""
    sign: str = ""
    assignee_id: int | None = None
    branch_id: str = ""
    client_id: str = ""


@dataclass(frozen=True)
class WarningLine:
    """One case; ``signs`` had fired when it was alarmed.

    ``days_left``: trading days to the first contact's day; negative: so many too late; None: it was made.
    The client's figures stand in the directory: ``standings_of`` for the page's clients.
    """

    case: CaseView
    signs: tuple[str, ...]
    days_left: int | None


@dataclass(frozen=True)
class Warnings:
    """A page of the list. ``total`` is cut off at MOST_COUNTED."""

    lines: tuple[WarningLine, ...]
    total: int
    page: int
    pages: int


def warnings_list(user: User, filters: WarningFilters | None = None, page: int = 1) -> Warnings:
    """Three queries, whatever the size. Raises NotAllowed."""
    check_may(user, ACTION)
    rows = _narrowed(models.Case.objects.filter(seen_by(user, ACTION), kind="retention"), filters)
    total = rows.order_by()[:MOST_COUNTED].count()
    size = order().list.page
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    shown = list(_ordered(rows).select_related("assignee")[(page - 1) * size : page * size])
    return Warnings(_lines(shown), total, page, pages)


def _narrowed(rows: QuerySet[models.Case], filters: WarningFilters | None) -> QuerySet[models.Case]:
    chosen = filters or WarningFilters()
    rows = rows.filter(_tabs().get(chosen.tab, _tabs()["working"]))  # type: ignore[call-overload]  # from a page
    if chosen.sign:
        rows = rows.filter(pk__in=models.CaseSign.objects.filter(sign=chosen.sign).values("case"))
    for column, value in (
        ("level", chosen.level if chosen.level in LEVELS else ""),
        ("assignee_id", chosen.assignee_id),
        ("branch_id", chosen.branch_id),
        ("client_id", chosen.client_id.strip()),
    ):
        if value:
            rows = rows.filter(**{column: value})
    return rows


def _tabs() -> dict[Tab, Q]:
    return {
        "working": Q(state__in=WORKING),
        "waiting": Q(nobodys(), suspended_at__isnull=True),
        "overdue": Q(
            state__in=WORKING, first_contact_at__isnull=True, suspended_at__isnull=True, due_on__lt=today()
        ),
        "suspended": Q(state__in=WORKING, suspended_at__isnull=False),
        "tracking": Q(state="tracking"),
        "dismissed": Q(state="closed", pk__in=models.Dismissal.objects.values("case")),
        "closed": Q(state="closed"),
    }


def nobodys() -> Q:
    """What waits for somebody: nobody has it, or somebody who is gone."""
    return Q(state="open") | Q(state__in=WORKING, assignee__is_active=False)


def _ordered(rows: QuerySet[models.Case]) -> QuerySet[models.Case]:
    """By level, value at stake, the newest."""
    ranks = order().rank
    rank = Choice(
        *(When(level=level, then=Value(ranks[level])) for level in LEVELS),
        default=Value(max(ranks.values())),
        output_field=IntegerField(),
    )
    return rows.annotate(rank=rank).order_by("rank", F("value_at_stake").desc(nulls_last=True), "-pk")


def _lines(rows: list[models.Case]) -> tuple[WarningLine, ...]:
    signs = signs_of([row.pk for row in rows])
    return tuple(
        WarningLine(
            case=case_view(row),
            signs=tuple(signs.get(row.pk, ())),
            days_left=_days_left(row),
        )
        for row in rows
    )


def signs_of(case_ids: list[int]) -> dict[int, list[str]]:
    """Case → the signs that had fired."""
    found: dict[int, list[str]] = {}
    rows = models.CaseSign.objects.filter(case__in=case_ids).order_by("sign")
    for case_id, sign in rows.values_list("case_id", "sign"):
        found.setdefault(case_id, []).append(sign)
    return found


def _days_left(row: models.Case) -> int | None:
    if row.due_on is None or row.first_contact_at is not None or row.state not in WORKING:
        return None
    return trading_days().between(today(), row.due_on) - trading_days().between(row.due_on, today())
