"""When retention must rest or end: derived from what is so, by one function, however often it is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction

from wanliu.audit.record import Actor, System, record
from wanliu.cases import due
from wanliu.cases.barred import for_good
from wanliu.cases.hands import move, take_all
from wanliu.cases.leaving import Leaving, leaving, left
from wanliu.cases.lines import refresh
from wanliu.cases.models import Case
from wanliu.cases.track import RESTING_KINDS, WORKING, SuspendedWhy
from wanliu.clock import day_of, now, today, trading_days
from wanliu.people.queries import Person, persons

CLIENTS_AT_ONCE = 200


@dataclass(frozen=True)
class Facts:
    """What decides whether retention runs, rests or ends, for some clients."""

    people: dict[str, Person]
    leaving: dict[str, Leaving]
    left: set[str]
    complaining: set[str]

    def ends(self, client_id: str) -> str | None:
        """The outcome with which a retention case must end now; None: it may go on."""
        client = self.people.get(client_id)
        if client_id in self.left or (client is not None and client.is_closed):
            return "left"
        return "withdrawn" if client is not None and for_good(client) else None

    def rests(self, client_id: str) -> SuspendedWhy | None:
        if client_id in self.leaving:
            return "exit"
        return "complaint" if client_id in self.complaining else None


def facts_of(client_ids: Collection[str]) -> Facts:
    complaints = Case.objects.filter(client_id__in=client_ids, kind="complaint", state__in=WORKING)
    return Facts(
        persons(client_ids),
        leaving(client_ids),
        left(client_ids),
        set(complaints.values_list("client_id", flat=True)),
    )


@transaction.atomic
def reconcile(*client_ids: str, by: Actor = System) -> None:
    """Suspends, resumes or ends the retention cases of these clients, as exits, complaints and choices want.

    Twice is as good as once. To be called after every event of an exit and after every client's choice.
    """
    take_all(client_ids)
    settle(client_ids, facts_of(client_ids), by=by)
    refresh(*client_ids)


def reconcile_all(*, by: Actor = System) -> int:
    """Every client with a retention case at work, some at a time; the number of clients looked at."""
    kept = Case.objects.filter(kind="retention", state__in=WORKING).order_by("client_id")
    waiting = iter(list(kept.values_list("client_id", flat=True)))
    looked_at = 0
    for some in _batches(waiting):
        reconcile(*some, by=by)
        looked_at += len(some)
    return looked_at


def _batches(waiting: Iterator[str]) -> Iterator[list[str]]:
    while some := list(islice(waiting, CLIENTS_AT_ONCE)):
        yield some


def settle(client_ids: Collection[str], facts: Facts, *, by: Actor) -> set[str]:
    """As reconcile, where the folders are held already; the clients whose case changed."""
    kept = Case.objects.select_for_update().filter(
        client_id__in=client_ids, kind="retention", state__in=WORKING
    )
    return {case.client_id for case in kept.order_by("pk") if _settle(case, facts, by=by)}


def _settle(case: Case, facts: Facts, *, by: Actor) -> bool:
    outcome, why = facts.ends(case.client_id), facts.rests(case.client_id)
    if outcome:
        withdraw(case, outcome, by=by)
    elif why and case.suspended_why != why:
        _suspend(case, why, by=by)
    elif case.suspended_at and not why:
        _resume(case, case.suspended_at, by=by)
    else:
        return False
    return True


def withdraw(case: Case, outcome: str, *, by: Actor) -> None:
    """Ends a case that may not go on, whatever was reached; no outcome is tracked."""
    move(case, "withdraw")
    case.outcome_claimed, case.closed_at, case.closed_by = outcome, now(), by.actor_id
    case.suspended_at = case.suspended_why = None
    case.save()
    due.drop_resting(case, by=by)
    _record(case, "case_withdrawn", by, outcome=outcome)


def _suspend(case: Case, why: SuspendedWhy, *, by: Actor) -> None:
    """The clock stops; a case that rests already only gets the other cause."""
    case.suspended_at, case.suspended_why = case.suspended_at or now(), why
    case.version += 1
    case.save(update_fields=["suspended_at", "suspended_why", "version"])
    _record(case, "case_suspended", by, why=why)


def _resume(case: Case, since: datetime, *, by: Actor) -> None:
    """The clock goes on: what rested is due later by the trading days that it rested."""
    first, last = day_of(since), today()
    due.postponed((one for one in due.open_tasks_of(case) if one.kind in RESTING_KINDS), first, last)
    lost = trading_days().between(first, last)
    if case.due_on and not case.first_contact_at:
        case.due_on = trading_days().after(case.due_on, lost)
    case.suspended_at = case.suspended_why = None
    case.version += 1
    case.save(update_fields=["suspended_at", "suspended_why", "due_on", "version"])
    _record(case, "case_resumed", by, trading_days=lost)


def _record(case: Case, verb: str, by: Actor, **ids: str | int) -> None:
    record(stream=f"case/{case.pk}", verb=verb, by=by, client_id=case.client_id, ids={"case": case.pk, **ids})
