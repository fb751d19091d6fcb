"""Counting cases, first contacts, promises and outcomes of a stretch of days; and the rows behind each count.

A tally is said once, as a set of rows and a part of it: what counts it and what lists it read the same words,
so a number and the rows behind it cannot differ. Counted by the database, one query for each set of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal

from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate

from wanliu.cases.models import Case, Contact, Dismissal, OutcomeCheck, Task
from wanliu.clock import SHANGHAI, today

By = Literal["branch", "adviser", "reason", "method", "sign", "day"]
Set = Literal["opened", "standing", "first_contacts", "promises", "overdue", "outcomes"]
Key = str | int | date | None
"""None: nobody, or no reason, method or sign."""
Side = Literal["whole", "part"]

JUDGED: Final = ("stayed", "reduced", "left")
PAGE: Final = 50


@dataclass(frozen=True)
class Asked:
    """Which days, both included; whose rows: a branch's, one person's, or (neither) everybody's.

    ``horizon``: the calendar days after which outcomes are looked at.
    """

    first: date
    last: date
    horizon: int
    branch_id: str | None = None
    assignee_id: int | None = None

    @property
    def end(self) -> datetime:
        """The first moment after the last day."""
        return datetime.combine(self.last + timedelta(days=1), time.min, SHANGHAI)

    @property
    def is_over(self) -> bool:
        return self.last < today()


@dataclass(frozen=True)
class Counted:
    """``part`` of ``whole``; a plain count has no whole."""

    part: int
    whole: int | None = None

    def __add__(self, other: Counted) -> Counted:
        whole = None if self.whole is None or other.whole is None else self.whole + other.whole
        return Counted(self.part + other.part, whole)


Words = Callable[[Asked, "By | None"], Q]


@dataclass(frozen=True)
class Tally:
    """Of the rows of a set those that are ``whole``; ``part`` of them. No part: the rows themselves count."""

    rows: Set
    whole: Words
    part: Words | None = None


# --- the sets of rows -----------------------------------------------------------------------------


def _opened(asked: Asked) -> QuerySet[Any]:
    return Case.objects.filter(kind="retention", opened_on__gte=asked.first, opened_on__lte=asked.last)


def _standing(asked: Asked) -> QuerySet[Any]:
    """Worked on when the last day ended."""
    going = Q(closed_at__isnull=True)
    if asked.is_over:
        going |= Q(closed_at__gte=asked.end)
    return Case.objects.filter(going, opened_on__lte=asked.last)


def _due(kind: str, asked: Asked) -> QuerySet[Any]:
    return Task.objects.filter(kind=kind, due_on__gte=asked.first, due_on__lte=asked.last)


def _first_contacts(asked: Asked) -> QuerySet[Any]:
    """With the day on which the client was tried, or on which the matter ended."""
    moment = Coalesce("contact__happened_at", "ended_at")
    ended = TruncDate(moment, tzinfo=SHANGHAI, output_field=DateField())
    found: QuerySet[Any] = _due("first_contact", asked).annotate(ended=ended)
    return found


def _overdue(asked: Asked) -> QuerySet[Any]:
    """Due by the last day, and not ended when it ended; what rests now does not count."""
    going = Q(state="open")
    if asked.is_over:
        going |= Q(ended_at__gte=asked.end)
    before = min(asked.last, today() - timedelta(days=1))
    return Task.objects.filter(going, NOT_RESTING, due_on__lte=before)


def _outcomes(asked: Asked) -> QuerySet[Any]:
    counts = Q(result__isnull=True) | ~Q(result="void")
    return OutcomeCheck.objects.filter(
        counts, horizon=asked.horizon, due_on__gte=asked.first, due_on__lte=asked.last
    )


NOT_RESTING: Final = (
    Q(case__isnull=True) | Q(case__suspended_at__isnull=True) | ~Q(kind__in=("first_contact", "callback"))
)
SETS: Final[Mapping[Set, Callable[[Asked], QuerySet[Any]]]] = {
    "opened": _opened,
    "standing": _standing,
    "first_contacts": _first_contacts,
    "promises": lambda asked: _due("promise", asked),
    "overdue": _overdue,
    "outcomes": _outcomes,
}
DAYS: Final[Mapping[Set, str]] = {"opened": "opened_on", "standing": "opened_on"}
"""The column of a set's day; ``due_on`` where nothing is said."""


def _all(asked: Asked, by: By | None) -> Q:  # noqa: ARG001 (as all words of a tally)
    return Q()


# --- what of them counts --------------------------------------------------------------------------


def _first_contact_is_known(asked: Asked, by: By | None) -> Q:  # noqa: ARG001 (as above)
    """Made; or its day is over and nobody tried. Who left or opted out before their day is not counted."""
    open_late = Q(state="open", due_on__lt=today()) & NOT_RESTING
    set_aside = Q(state="dropped", ended__gt=F("due_on"), case__in=Dismissal.objects.values("case"))
    return Q(state="done") | open_late | set_aside


def _in_time(asked: Asked, by: By | None) -> Q:  # noqa: ARG001 (as above)
    return Q(state="done", ended__lte=F("due_on"))


def _reached(asked: Asked, by: By | None) -> Q:  # noqa: ARG001 (as above)
    return Q(reached_at__isnull=False)


def _looked_at(asked: Asked, by: By | None) -> Q:  # noqa: ARG001 (as above)
    return Q(first_contact_at__isnull=False) | Q(pk__in=Dismissal.objects.values("case"))


def _dismissed(asked: Asked, by: By | None) -> Q:  # noqa: ARG001 (as above)
    """At least one sign was; by sign: this one."""
    if by != "sign":
        return Q(pk__in=Dismissal.objects.values("case"))
    return Q(Exists(Dismissal.objects.filter(case=OuterRef("pk"), sign=OuterRef("signs__sign"))))


def _telling(asked: Asked, by: By | None) -> Q:
    return ~_dismissed(asked, by)


def _promise_is_known(asked: Asked, by: By | None) -> Q:  # noqa: ARG001 (as above)
    return Q(state__in=("kept", "broken")) | Q(state="open", due_on__lt=today())


def _kept(asked: Asked, by: By | None) -> Q:  # noqa: ARG001 (as above)
    return Q(state="kept")


def _is_judged(asked: Asked, by: By | None) -> Q:  # noqa: ARG001 (as above)
    return Q(result__in=JUDGED)


def _result(*results: str) -> Words:
    return lambda asked, by: Q(result__in=results)  # noqa: ARG005 (as above)


def _unjudged(asked: Asked, by: By | None) -> Q:  # noqa: ARG001 (as above)
    return Q(result__isnull=True) | Q(result="unknown")


TALLIES: Final[Mapping[str, Tally]] = {
    "alarms": Tally("opened", _all),
    "connected": Tally("opened", _all, _reached),
    "dismissed": Tally("opened", _looked_at, _dismissed),
    "telling": Tally("opened", _looked_at, _telling),
    "load": Tally("standing", _all),
    "first_contact": Tally("first_contacts", _first_contact_is_known, _in_time),
    "promises": Tally("promises", _promise_is_known, _kept),
    "overdue": Tally("overdue", _all),
    "stayed": Tally("outcomes", _is_judged, _result("stayed")),
    "left": Tally("outcomes", _is_judged, _result("left")),
    "came_true": Tally("outcomes", _is_judged, _result("reduced", "left")),
    "unjudged": Tally("outcomes", _unjudged),
}


# --- counting -------------------------------------------------------------------------------------

Counts = dict[tuple[Key, ...], dict[str, Counted]]


def tallied(asked: Asked, *by: By, names: Iterable[str] = TALLIES) -> Counts:
    """Key → tally → count; without ``by`` one key, the empty one. One query for each set of rows.

    By method or sign a case counts under each that it has, so that these do not add up to the whole.
    """
    found: Counts = {}
    chosen: dict[Set, list[str]] = {}
    for name in names:
        chosen.setdefault(TALLIES[name].rows, []).append(name)
    for rows, tallies in chosen.items():
        for key, counts in _counted(rows, asked, by, tallies):
            found.setdefault(key, {}).update(counts)
    return found


def _counted(
    rows: Set, asked: Asked, by: tuple[By, ...], names: list[str]
) -> Iterator[tuple[tuple[Key, ...], dict[str, Counted]]]:
    finest: By | None = (
        "sign" if "sign" in by else None
    )  # one sign of a case may be set aside, and another not
    twice = "method" in by  # a case may have had two offers of one method
    columns: dict[str, Any] = {}
    for name in names:
        tally = TALLIES[name]
        whole = tally.whole(asked, finest)
        columns[f"{name}_whole"] = Count("pk", filter=whole, distinct=twice)
        if tally.part is not None:
            part = whole & tally.part(asked, finest)
            columns[f"{name}_part"] = Count("pk", filter=part, distinct=twice)
    found, keys = _by(rows_of(rows, asked), rows, by)
    told = found.order_by().values(*keys).annotate(**columns) if by else [found.aggregate(**columns)]
    for row in told:
        yield (
            tuple(row[key] for key in keys),
            {name: _pair(row[f"{name}_whole"], row.get(f"{name}_part")) for name in names},
        )


def _pair(whole: int, part: int | None) -> Counted:
    return Counted(whole) if part is None else Counted(part, whole)


def rows_of(rows: Set, asked: Asked) -> QuerySet[Any]:
    """The set, as far as it is asked for."""
    found = SETS[rows](asked)
    place = "case__" if rows == "outcomes" else ""
    if asked.branch_id is not None:
        found = found.filter(**{f"{place}branch_id": asked.branch_id})
    if asked.assignee_id is not None:
        found = found.filter(**{f"{place}assignee": asked.assignee_id})
    return found


def _by(found: QuerySet[Any], rows: Set, by: Iterable[By]) -> tuple[QuerySet[Any], list[str]]:
    """The rows with what they are counted by, and its columns."""
    is_case = rows in ("opened", "standing")
    case = "" if is_case else "case__"
    place = "case__" if rows == "outcomes" else ""
    columns = {
        "branch": f"{place}branch_id",
        "adviser": f"{place}assignee_id",
        "method": f"{case}offers__method",
        "sign": f"{case}signs__sign",
        "day": DAYS.get(rows, "due_on"),
        "reason": "named_reason",
    }
    if "reason" in by:
        named = Contact.objects.filter(case=OuterRef("pk" if is_case else "case")).exclude(reason="")
        latest = named.order_by("-happened_at", "-pk").values("reason")[:1]
        found = found.annotate(named_reason=Subquery(latest))
    return found, [columns[one] for one in by]


# --- the rows behind a count ----------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A case, task or outcome as a line. ``day``: opened, or due."""

    case_id: int | None
    client_id: str
    branch_id: str
    manager_id: str
    assignee_id: int | None
    assignee_name: str
    day: date
    kind: str
    state: str
    title: str


@dataclass(frozen=True)
class Rows:
    lines: tuple[Row, ...]
    total: int
    page: int
    pages: int


def rows_behind(asked: Asked, name: str, side: Side, by: By | None, key: Key, page: int = 1) -> Rows:
    """What a count counted, the earliest day first."""
    tally = TALLIES[name]
    found, counts = rows_of(tally.rows, asked), tally.whole(asked, by)
    if by is not None:
        found, (column,) = _by(found, tally.rows, (by,))
        counts &= Q(**({f"{column}__isnull": True} if key is None else {column: key}))
    if side == "part" and tally.part is not None:
        counts &= tally.part(asked, by)
    found = found.filter(counts)  # at once: one by one they could mean two signs of a case
    found = found.distinct() if by == "method" else found
    total = found.count()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    ordered = found.order_by(DAYS.get(tally.rows, "due_on"), "pk")
    joined = ("case__assignee",) if tally.rows == "outcomes" else ("assignee",)
    shown = ordered.select_related(*joined)[(page - 1) * PAGE : page * PAGE]
    return Rows(tuple(_row(one) for one in shown), total, page, pages)


def _row(one: Case | Task | OutcomeCheck) -> Row:
    place = one.case if isinstance(one, OutcomeCheck) else one
    who = place.assignee
    is_case, is_task = isinstance(one, Case), isinstance(one, Task)
    return Row(
        case_id=one.pk if is_case else one.case_id,  # type: ignore[union-attr]  # a case has no case
        client_id=one.client_id,
        branch_id=place.branch_id,
        manager_id=place.manager_id,
        assignee_id=place.assignee_id,
        assignee_name=who.actor_name if who else "",
        day=one.opened_on if isinstance(one, Case) else one.due_on,
        kind=one.kind if isinstance(one, (Case, Task)) else "outcome",
        state=(one.result or "") if isinstance(one, OutcomeCheck) else one.state,
        title=one.title if is_task else "",  # type: ignore[union-attr]  # as it says
    )
