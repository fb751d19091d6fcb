"""Reading cases: one, a client's, those that wait; tasks, contacts, offers; what compliance must look at.

Everything comes out as frozen values. Today's list is made in ``today.py``, the list of warnings in
``warnings.py``; both are asked for here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from wanliu.cases import models
from wanliu.cases.figures import order
from wanliu.cases.leaving import leaving
from wanliu.cases.limits import Bar, bars, can_contact, check_may_contact
from wanliu.cases.month import MonthSoFar, month_so_far
from wanliu.cases.offers import offers_for
from wanliu.cases.opening import clients_at_work
from wanliu.cases.outcomes import clients_to_judge
from wanliu.cases.serving import as_served, colleagues, seen_by
from wanliu.cases.talks import ASKED, can_answer, can_hold
from wanliu.cases.tasks import ENDS, NEEDS_REASON
from wanliu.cases.today import Filters, Line, Today, next_client, today
from wanliu.cases.track import MOVES, TALK_STATES, TASK_STATES, TalkState, TaskState
from wanliu.cases.unfinished import unfinished_by, unfinished_clients
from wanliu.cases.views import (
    CaseDetail,
    CaseView,
    ContactView,
    OfferView,
    OutcomeView,
    ReviewView,
    TalkView,
    TaskView,
    case_view,
    contact_view,
    offer_view,
    outcome_view,
    review_view,
    talk_view,
    task_view,
)
from wanliu.cases.warnings import (
    WarningFilters,
    WarningLine,
    Warnings,
    nobodys,
    signs_of,
    warnings_list,
)
from wanliu.clock import today as this_day
from wanliu.clock import trading_days
from wanliu.errors import NotFound
from wanliu.people.rights import check_may, scope_of
from wanliu.people.user import User
from wanliu.text import Text

MOST = 200
"""Rows of a history that a page shows at once."""


def case_of(case_id: int) -> CaseDetail:
    """A case with all that belongs to it. Raises NotFound; whoever shows it asks for the right."""
    row = models.Case.objects.select_related("assignee").filter(pk=case_id).first()
    if row is None:
        raise NotFound(_NO_CASE)
    tasks = row.tasks.select_related("assignee").order_by("due_on", "pk")
    snooze = row.snoozes.order_by("-pk").first()
    return CaseDetail(
        case=case_view(row),
        signs=tuple(signs_of([row.pk]).get(row.pk, ())),
        dismissed=tuple(row.dismissals.order_by("sign").values_list("sign", flat=True)),
        tasks=tuple(task_view(one) for one in tasks),
        contacts=tuple(contact_view(one) for one in _contacts(models.Contact.objects.filter(case=row))),
        offers=tuple(_offers(models.Offer.objects.filter(case=row))),
        outcomes=tuple(outcome_view(one) for one in row.checks.order_by("pk").exclude(result="void")),
        snoozed_until=snooze.until if snooze else None,
        moves=tuple(
            move.verb for move in MOVES.values() if row.kind in move.kinds and row.state in move.ways
        ),
    )


def cases_of_client(client_id: str) -> list[CaseView]:
    """The newest first."""
    found = models.Case.objects.filter(client_id=client_id).select_related("assignee").order_by("-pk")
    return [case_view(row) for row in found]


def tasks_of_client(client_id: str, *, open_only: bool = False) -> list[TaskView]:
    """What is open by its day, then what has ended, the latest first."""
    found = models.Task.objects.filter(client_id=client_id).select_related("assignee")
    waiting = [task_view(row) for row in found.filter(state="open").order_by("due_on", "pk")]
    if open_only:
        return waiting
    return waiting + [task_view(row) for row in found.exclude(state="open").order_by("-ended_at")[:MOST]]


def contacts_of_client(client_id: str) -> list[ContactView]:
    """The latest first; corrected rows stay, marked."""
    return [contact_view(row) for row in _contacts(models.Contact.objects.filter(client_id=client_id))]


def offers_of_client(client_id: str) -> list[OfferView]:
    """The latest first."""
    return _offers(models.Offer.objects.filter(client_id=client_id))


def outcomes_of_client(client_id: str) -> list[tuple[int, OutcomeView]]:
    """Case id and outcome, the newest case first."""
    found = models.OutcomeCheck.objects.filter(client_id=client_id).exclude(result="void")
    return [(row.case_id, outcome_view(row)) for row in found.order_by("-case_id", "horizon")]


def talk_of_exit(exit_id: int) -> TalkView | None:
    row = models.Talk.objects.select_related("contact").filter(exit_id=exit_id).first()
    return talk_view(row) if row else None


def talks_of_client(client_id: str) -> list[TalkView]:
    found = models.Talk.objects.select_related("contact").filter(client_id=client_id)
    return [talk_view(row) for row in found.order_by("-pk")]


@dataclass(frozen=True)
class TalkAtHand:
    """Beside an open exit: what was noted of the talk, what may be noted next, whether it may be held."""

    exit_id: int
    talk: TalkView | None
    answers: tuple[tuple[TalkState, Text], ...]
    may_hold: bool


def talk_at_hand(client_id: str) -> TalkAtHand | None:
    """None for a client who is not leaving."""
    found = leaving([client_id]).get(client_id)
    if found is None:
        return None
    row = models.Talk.objects.select_related("contact").filter(exit_id=found.exit_id).first()
    answers = tuple((state, TALK_STATES[state]) for state in ASKED if can_answer(row, state))
    return TalkAtHand(found.exit_id, talk_view(row) if row else None, answers, can_hold(row))


def case_to_offer_in(client_id: str) -> CaseView | None:
    """The case of this client in which something may be offered now."""
    rows = models.Case.objects.select_related("assignee").filter(
        client_id=client_id,
        kind="retention",
        suspended_why__isnull=True,
        state__in=MOVES["make_offer"].before,
    )
    return next((case_view(row) for row in rows), None)


def task_of(task_id: int) -> TaskView:
    """Raises NotFound; whoever shows it asks for the right."""
    row = models.Task.objects.select_related("assignee").filter(pk=task_id).first()
    if row is None:
        raise NotFound(_NO_TASK)
    return task_view(row)


def ends_of(task: TaskView) -> list[tuple[TaskState, Text, bool]]:
    """How a person may end this task: the state, its name, and whether it needs a reason."""
    return [
        (state, TASK_STATES[state], state in NEEDS_REASON)
        for state, kinds in ENDS.items()
        if task.kind in kinds
    ]


def offer_of(offer_id: int) -> OfferView:
    """Raises NotFound."""
    found = _offers(models.Offer.objects.filter(pk=offer_id))
    if not found:
        raise NotFound(_NO_OFFER)
    return found[0]


# --- what waits for somebody ----------------------------------------------------------------------


@dataclass(frozen=True)
class Reviews:
    """A page of compliance's queue, the oldest first."""

    reviews: tuple[ReviewView, ...]
    waiting: int
    page: int
    pages: int


def review_queue(user: User, *, decided: bool = False, page: int = 1) -> Reviews:
    """What waits for compliance's verdict; or what was decided, the latest first. Raises NotAllowed."""
    check_may(user, "cases.review")
    found = models.NoteReview.objects.filter(verdict__isnull=not decided)
    count = found.count()
    size = order().list.page
    pages = max(1, -(-count // size))
    page = min(max(1, page), pages)
    rows = (
        found.select_related("contact__by", "decided_by")
        .prefetch_related("contact__corrections")
        .order_by("-decided_at" if decided else "pk")
    )
    shown = rows[(page - 1) * size : page * size]
    return Reviews(tuple(review_view(row) for row in shown), count, page, pages)


def waiting_for_assignment(user: User, *, most: int = MOST) -> list[CaseView]:
    """Cases that nobody has, or somebody who is gone, where this person assigns: by due day, value.

    Raises NotAllowed.
    """
    check_may(user, "cases.assign")
    found = models.Case.objects.filter(nobodys(), seen_by(user, "cases.assign"), suspended_at__isnull=True)
    ordered = found.select_related("assignee").order_by(
        "due_on", F("value_at_stake").desc(nulls_last=True), "pk"
    )
    return [case_view(row) for row in ordered[:most]]


def escalated_tasks(user: User, *, most: int = MOST) -> list[TaskView]:
    """What was told to this role and is still open, the longest overdue first. Raises NotAllowed."""
    check_may(user, "cases.view")
    told = "compliance" if user.has_role("compliance") else "branch_head"
    found = models.Task.objects.filter(seen_by(user, "cases.view"), state="open", escalated_to=told)
    return [task_view(row) for row in found.select_related("assignee").order_by("due_on", "pk")[:most]]


@dataclass(frozen=True)
class ToldTask:
    """An open task that was told upwards, and where it belongs. ``late``: trading days since it was due."""

    task: TaskView
    branch_id: str
    late: int


@dataclass(frozen=True)
class ToldTasks:
    """A page of them, the longest overdue first."""

    lines: tuple[ToldTask, ...]
    total: int
    page: int
    pages: int


def told_upwards(user: User, page: int = 1) -> ToldTasks:
    """What was told to compliance; to a branch head also what went on from there. Raises NotAllowed."""
    check_may(user, ESCALATIONS)
    found = models.Task.objects.filter(seen_by(user, ESCALATIONS), state="open").exclude(escalated_to="")
    if scope_of(user, ESCALATIONS) == "all":
        found = found.filter(escalated_to="compliance")
    total = found.count()
    size = order().list.page
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    rows = found.select_related("assignee").order_by("due_on", "pk")[(page - 1) * size : page * size]
    day = this_day()
    lines = (ToldTask(task_view(one), one.branch_id, trading_days().between(one.due_on, day)) for one in rows)
    return ToldTasks(tuple(lines), total, page, pages)


ESCALATIONS = "cases.escalations"


def saved_filters(user: User, page: str) -> list[tuple[int, str, dict[str, str]]]:
    """Number, name and query, by name."""
    found = models.SavedFilter.objects.filter(user=user, page=page).order_by("name")
    return [(row.pk, row.name, row.query) for row in found]


# --- what became of it ----------------------------------------------------------------------------


@dataclass(frozen=True)
class SignPrecision:
    """How often people found that a sign told nothing. ``precision`` is None while nothing can be said."""

    sign: str
    alarmed: int
    """Cases in which it had fired and that somebody looked at: tried to reach the client, or dismissed."""
    dismissed: int

    @property
    def precision(self) -> float | None:
        return None if self.alarmed == 0 else 1 - self.dismissed / self.alarmed


def precision_of_signs(*, since: date | None = None, branch_id: str = "") -> list[SignPrecision]:
    """One row per sign, by name; of cases opened since that day. Two queries. It names no client."""
    cases = models.Case.objects.filter(kind="retention")
    if since:
        cases = cases.filter(opened_on__gte=since)
    if branch_id:
        cases = cases.filter(branch_id=branch_id)
    dismissed = _by_sign(models.Dismissal.objects.filter(case__in=cases))
    set_aside = models.Dismissal.objects.values("case")
    looked_at = models.CaseSign.objects.filter(
        Q(case__first_contact_at__isnull=False) | Q(case__in=set_aside), case__in=cases
    )
    return [
        SignPrecision(sign, alarmed, dismissed.get(sign, 0))
        for sign, alarmed in sorted(_by_sign(looked_at).items())
    ]


def _by_sign(rows: QuerySet[models.CaseSign] | QuerySet[models.Dismissal]) -> dict[str, int]:
    return dict(rows.values("sign").annotate(number=Count("pk")).values_list("sign", "number"))


def _contacts(rows: QuerySet[models.Contact]) -> QuerySet[models.Contact]:
    return rows.select_related("by").prefetch_related("corrections").order_by("-happened_at", "-pk")[:MOST]


def _offers(rows: QuerySet[models.Offer]) -> list[OfferView]:
    return [offer_view(row) for row in rows.select_related("offered_by").order_by("-pk")[:MOST]]


_NO_TASK = Text(zh="没有找到这项任务。", en="There is no such task.")
_NO_OFFER = Text(zh="没有找到这个方案。", en="There is no such offer.")
_NO_CASE = Text(zh="没有找到这个个案。", en="There is no such case.")

__all__ = [
    "Bar",
    "CaseDetail",
    "CaseView",
    "ContactView",
    "Filters",
    "Line",
    "MonthSoFar",
    "OfferView",
    "OutcomeView",
    "ReviewView",
    "Reviews",
    "SignPrecision",
    "TalkAtHand",
    "TalkView",
    "TaskView",
    "Today",
    "ToldTask",
    "ToldTasks",
    "WarningFilters",
    "WarningLine",
    "Warnings",
    "as_served",
    "bars",
    "can_contact",
    "case_of",
    "case_to_offer_in",
    "cases_of_client",
    "check_may_contact",
    "clients_at_work",
    "clients_to_judge",
    "colleagues",
    "contacts_of_client",
    "ends_of",
    "escalated_tasks",
    "month_so_far",
    "next_client",
    "offer_of",
    "offers_for",
    "offers_of_client",
    "outcomes_of_client",
    "precision_of_signs",
    "review_queue",
    "saved_filters",
    "talk_at_hand",
    "talk_of_exit",
    "talks_of_client",
    "task_of",
    "tasks_of_client",
    "today",
    "told_upwards",
    "unfinished_by",
    "unfinished_clients",
    "waiting_for_assignment",
    "warnings_list",
]
