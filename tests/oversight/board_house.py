"""A house of cases drawn by lot, in every state; and each number of a board counted slowly, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from tests.web import make_client, make_user
from wanliu.cases.models import Case, CaseSign, Contact, Dismissal, Offer, OutcomeCheck, Task
from wanliu.cases.tallies import Asked, Counted
from wanliu.clock import SHANGHAI, day_of, today
from wanliu.exits.models import Departure
from wanliu.people.models import Client
from wanliu.people.user import User

DAY = date(2026, 11, 23)
CASES = 60
SIGNS = ("complaint", "fund_outflow", "trade_drop")
REASONS = ("", "heavy_loss", "service")
METHODS = ("exit_help", "named_adviser")
WORKING, TRACKED = ("open", "assigned", "in_contact", "offered"), ("tracking", "closed")
PLACES = (("B1", "S1"), ("B1", "S2"), ("B2", "S3"))


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


@dataclass(frozen=True)
class House:
    head: User
    advisers: tuple[User, ...]


def furnished(seed: int = 7) -> House:
    """Two branches, three advisers; a client for each case, some of whom are gone."""
    lot = Random(seed)
    head = make_user("branch_head", staff="", name="周营业")
    advisers = tuple(make_user("adviser", branch=b, staff=s, name=f"员{s}") for b, s in PLACES)
    for number in range(CASES):
        client_id, by = f"C{number:02}", lot.choice(advisers)
        begun = DAY - timedelta(lot.randrange(10, 900))
        make_client(client_id, branch=by.branch_id, manager=by.staff_id, opened_on=begun)
        case = _case(lot, client_id, by)
        _work(lot, case, by)
        if lot.random() < 0.1:
            kind = "transfer_custody"
            left_on = DAY - timedelta(lot.randrange(60))
            Departure.objects.create(client_id=client_id, kind=kind, on=left_on, in_book=True)
    return House(head, advisers)


def _case(lot: Random, client_id: str, by: User) -> Case:
    opened = DAY - timedelta(lot.randrange(0, 70))
    kind, state = lot.choice(("retention",) * 5 + ("complaint",)), lot.choice(WORKING + TRACKED)
    over, tried = state in TRACKED, lot.random() < 0.6
    rests = state == "assigned" and kind == "retention" and lot.random() < 0.4
    return Case.objects.create(
        client_id=client_id,
        branch_id=by.branch_id,
        manager_id=by.staff_id,
        kind=kind,
        state=state,
        opened_on=opened,
        alarmed_on=opened,
        due_on=opened + timedelta(1),
        assignee=None if state == "open" else by,
        assigned_at=None if state == "open" else at(opened),
        first_contact_at=at(opened) if tried else None,
        reached_at=at(opened) if tried and lot.random() < 0.6 else None,
        suspended_at=at(opened) if rests else None,
        suspended_why="exit" if rests else None,
        closed_at=at(min(DAY, opened + timedelta(lot.randrange(0, 25)))) if over else None,
        closed_by="system" if over else None,
        outcome_claimed="stayed" if over and kind == "retention" else None,
    )


def _work(lot: Random, case: Case, by: User) -> None:
    signs = lot.sample(SIGNS, lot.randrange(0, 3)) if case.kind == "retention" else []
    for sign in signs:
        CaseSign.objects.create(case=case, sign=sign)
        if lot.random() < 0.25:
            Dismissal.objects.create(
                case=case, client_id=case.client_id, sign=sign, reason="seasonal", at=at(DAY), by=by
            )
    for reason in lot.sample(REASONS, lot.randrange(0, 3)):
        _contact(case, by, DAY - timedelta(lot.randrange(0, 9)), reason)
    for method in lot.sample(METHODS, lot.randrange(0, 3)) if case.kind == "retention" else []:
        for state in ("declined", "offered"):  # the same method twice: the case counts once
            _offer(case, by, method, state)
    for kind in ("first_contact", "promise", "callback"):
        _task(lot, case, by, kind)
    if case.state in TRACKED and case.kind == "retention":
        for horizon in (30, 90):
            result = lot.choice((None, "stayed", "stayed", "reduced", "left", "unknown", "void"))
            OutcomeCheck.objects.create(
                case=case,
                client_id=case.client_id,
                horizon=horizon,
                due_on=DAY - timedelta(lot.randrange(0, 45)),
                result=result,
                judged_on=None if result is None else DAY,
            )


def _contact(case: Case, by: User, day: date, reason: str) -> Contact:
    return Contact.objects.create(
        client_id=case.client_id,
        case=case,
        method="phone",
        direction="out",
        purpose="retention",
        connection="connected",
        reason=reason,
        verdict="pass",
        happened_at=at(day),
        recorded_at=at(day, 12),
        by=by,
    )


def _offer(case: Case, by: User, method: str, state: str) -> None:
    answered = {} if state == "offered" else {"answered_at": at(DAY), "answered_by": by}
    told: dict[str, Any] = {"method_version": 1, "method_hash": "x", "reason": "service", "state": state}
    Offer.objects.create(
        case=case,
        client_id=case.client_id,
        method=method,
        offered_at=at(DAY),
        offered_by=by,
        **told,
        **answered,
    )


def _task(lot: Random, case: Case, by: User, kind: str) -> None:
    due = case.opened_on + timedelta(lot.randrange(0, 12))
    ends = {"promise": ("open", "kept", "broken", "dropped")}.get(kind, ("open", "done", "done", "dropped"))
    state = lot.choice(ends)
    ended = (
        None if state == "open" else at(min(DAY, due + timedelta(lot.randrange(-3, 6))), lot.choice((7, 23)))
    )
    # written down some days after: the day of the contact counts
    contact = _contact(case, by, due, "") if state == "done" and lot.random() < 0.3 else None
    Task.objects.create(
        client_id=case.client_id,
        branch_id=case.branch_id,
        manager_id=case.manager_id,
        case=None if kind == "promise" and lot.random() < 0.3 else case,
        kind=kind,
        must=True,
        to_whom="客户" if kind == "promise" else "",
        due_on=due,
        state=state,
        assignee=None if lot.random() < 0.2 else by,
        created_at=at(case.opened_on),
        created_by="system",
        ended_at=ended,
        ended_by=None if state == "open" else "system",
        contact=contact,
    )


# --- counted slowly -------------------------------------------------------------------------------


def slowly(asked: Asked, by: str) -> dict[Any, dict[str, Counted]]:
    """Key → measure → count, by a loop over every row; plain counts have no whole."""
    found: dict[Any, dict[str, list[int]]] = {}
    for name, one, case, counts, hits in _each(asked):
        if not counts or not _mine(asked, one, case):
            continue
        for key in _keys(by, one, case):
            told = found.setdefault(key, {}).setdefault(name, [0, 0])
            told[1] += 1
            told[0] += hits(key) if callable(hits) else bool(hits)
    return {
        key: {name: Counted(n) if name in PLAIN else Counted(yes, n) for name, (yes, n) in told.items()}
        for key, told in found.items()
    }


PLAIN = ("alarms", "load", "overdue", "unjudged")


def _each(asked: Asked) -> Iterator[tuple[str, Any, Case | None, bool, Any]]:
    """Measure, row, its case, whether it counts, whether it is a hit (of a key, where that matters)."""
    for case in Case.objects.all():
        mine = list(case.dismissals.values_list("sign", flat=True))
        new = case.kind == "retention" and asked.first <= case.opened_on <= asked.last
        seen = new and (case.first_contact_at is not None or bool(mine))
        gone_by = case.closed_at is not None and day_of(case.closed_at) <= asked.last
        yield "alarms", case, case, new, True
        yield "connected", case, case, new, case.reached_at is not None
        yield (
            "dismissed",
            case,
            case,
            seen,
            lambda key, mine=mine: key in mine if key in SIGNS else bool(mine),
        )
        yield (
            "telling",
            case,
            case,
            seen,
            lambda key, mine=mine: key not in mine if key in SIGNS else not mine,
        )
        yield "load", case, case, case.opened_on <= asked.last and not gone_by, True
    for task in Task.objects.select_related("case", "contact"):
        yield from _task_counts(asked, task)
    for check in OutcomeCheck.objects.filter(horizon=asked.horizon).exclude(result="void"):
        there, judged = (
            asked.first <= check.due_on <= asked.last,
            check.result in ("stayed", "reduced", "left"),
        )
        yield "stayed", check, check.case, there and judged, check.result == "stayed"
        yield "left", check, check.case, there and judged, check.result == "left"
        yield "came_true", check, check.case, there and judged, check.result != "stayed"
        yield "unjudged", check, check.case, there and not judged, True


def _task_counts(asked: Asked, task: Task) -> Iterator[tuple[str, Any, Case | None, bool, Any]]:
    case, there = task.case, asked.first <= task.due_on <= asked.last
    rests = case is not None and case.suspended_at is not None and task.kind in ("first_contact", "callback")
    late = task.state == "open" and task.due_on < today() and not rests
    moment = task.contact.happened_at if task.contact else task.ended_at
    day = None if moment is None else day_of(moment)
    if task.kind == "first_contact":
        aside = task.state == "dropped" and case is not None and case.dismissals.exists()
        aside = aside and day is not None and day > task.due_on
        made = task.state == "done"
        yield (
            "first_contact",
            task,
            case,
            there and (made or late or aside),
            made and day is not None and day <= task.due_on,
        )
    if task.kind == "promise":
        yield (
            "promises",
            task,
            case,
            there and (task.state in ("kept", "broken") or late),
            task.state == "kept",
        )
    open_then = task.ended_at is None or day_of(task.ended_at) > asked.last
    due = task.due_on <= asked.last and task.due_on < today()
    yield "overdue", task, case, due and open_then and not rests, True


def _mine(asked: Asked, one: Any, case: Case | None) -> bool:
    place: Any = case if isinstance(one, OutcomeCheck) else one
    here = asked.branch_id in (None, place.branch_id)
    return here and asked.assignee_id in (None, place.assignee_id)


def _keys(by: str, one: Any, case: Case | None) -> list[Any]:
    place: Any = case if isinstance(one, OutcomeCheck) else one
    if by == "branch":
        return [place.branch_id]
    if by == "adviser":
        return [place.assignee_id]
    if case is None:
        return [None]
    if by == "reason":
        named = case.contacts.exclude(reason="").order_by("-happened_at", "-pk").first()
        return [named.reason if named else None]
    found = (
        case.offers.values_list("method", flat=True)
        if by == "method"
        else case.signs.values_list("sign", flat=True)
    )
    return sorted(set(found)) or [None]


def clients_slowly(first: date, last: date, branch_id: str) -> tuple[int, int]:
    """Clients of a branch at the start, and those of them who left."""
    there = [one for one in Client.objects.filter(branch_id=branch_id) if one.opened_on < first]
    gone = {one.client_id for one in Departure.objects.all() if first <= one.on <= last}
    return len(there), sum(one.client_id in gone for one in there)
