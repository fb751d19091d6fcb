"""From a night's warnings to cases: opening, alarming again, and keeping the figures of open cases fresh.

A level opens a case where ``sla.toml`` gives it a time limit: red, orange and yellow. Yellow too, because a
limit of ten days that nobody is reminded of is none; its first contact is optional and gives way to all that
must be done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Final

from django.db import transaction

from wanliu.audit.record import Actor, System, record
from wanliu.cases import due
from wanliu.cases.complaints import open_complaint
from wanliu.cases.figures import sla
from wanliu.cases.hands import take_all
from wanliu.cases.limits import who_declined
from wanliu.cases.lines import refresh
from wanliu.cases.models import Case, CaseSign, Task
from wanliu.cases.serving import users_of_managers
from wanliu.cases.suspending import Facts, facts_of, settle
from wanliu.cases.track import SEVERITY, WORKING, Level
from wanliu.clock import day_of, now, today, trading_days
from wanliu.people.user import User

CLIENTS_AT_ONCE = 50
ASKED_TO_LEAVE = "exit_request"
"""Who asked to leave within this sign's window is not pressed to stay, whatever became of the request."""


@dataclass(frozen=True)
class Alarm:
    """One client as a run found them. ``complaints``: request ids that are open in the book. None is unknown.

    A level of unknown or none opens nothing; it only tells an open case how things stand now.
    """

    client_id: str
    branch_id: str
    manager_id: str
    level: Level
    value_at_stake: Decimal | None
    net_assets: Decimal | None
    fired: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    priority: Decimal | None = None
    """By which calls within a level are ordered; None: nobody ranked the client."""


@dataclass
class Opened:
    """What a run did to cases: numbers of clients. ``held_back``: why a level opened no case."""

    opened: int = 0
    alarmed_again: int = 0
    complaints: int = 0
    held_back: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Run:
    """Which run the alarms come from, and on whose behalf."""

    run_id: str
    as_of: date
    by: Actor


@dataclass(frozen=True)
class Known:
    """What stood before, for some clients."""

    working: dict[str, Case]
    last: dict[str, Case]
    managers: dict[str, User]
    declined: set[str]
    facts: Facts


def open_or_update(alarms: Iterable[Alarm], *, run_id: str, as_of: date, by: Actor = System) -> Opened:
    """Opens, alarms again or updates a case for each client, some clients in one transaction.

    The same run twice does nothing the second time; killed half-way, running it again does the rest.
    """
    run, opened = Run(run_id, as_of, by), Opened()
    waiting = iter(alarms)
    while some := list(islice(waiting, CLIENTS_AT_ONCE)):
        _open_some({one.client_id: one for one in some}, run, opened)
    return opened


@transaction.atomic
def _open_some(alarms: dict[str, Alarm], run: Run, opened: Opened) -> None:
    take_all(alarms)
    _open_complaints(alarms, run, opened)
    known = _known(alarms)
    fresh = []
    for client_id, alarm in alarms.items():
        if case := known.working.get(client_id):
            _update(case, alarm, run, opened)
        elif sla().first_contact.of(alarm.level):
            if why := held_back(alarm, known):
                opened.held_back[why] += 1
            else:
                fresh.append(_new(alarm, known.managers.get(alarm.manager_id), run))
    if known.working:
        # all rows are there: this is an update of many in one statement, far quicker than bulk_update
        Case.objects.bulk_create(
            known.working.values(), update_conflicts=True, unique_fields=["id"], update_fields=FIGURES
        )
    _save(fresh, alarms, run)
    opened.opened += len(fresh)
    settle(known.working, known.facts, by=run.by)
    refresh(*alarms)


def _known(alarms: dict[str, Alarm]) -> Known:
    cases = list(Case.objects.filter(client_id__in=alarms, kind="retention").order_by("pk"))
    return Known(
        working={case.client_id: case for case in cases if case.state in WORKING},
        last={case.client_id: case for case in cases if case.state not in WORKING},
        managers=users_of_managers({one.manager_id for one in alarms.values()}),
        declined=who_declined(today(), among=alarms),
        facts=facts_of(alarms),
    )


def held_back(alarm: Alarm, known: Known) -> str | None:
    """Why this level opens no case, as a code; None: it opens one."""
    client_id = alarm.client_id
    if outcome := known.facts.ends(client_id):
        return outcome
    if why := known.facts.rests(client_id):
        return why
    if ASKED_TO_LEAVE in alarm.fired:
        return "asked_to_leave"
    if client_id in known.declined:
        return "declined"
    last = known.last.get(client_id)
    return "recent" if last and not _again(last, alarm.level) else None


def _again(last: Case, level: str) -> bool:
    """Whether a client whose case is over may be alarmed on again: the level rose, or time has passed."""
    if SEVERITY[level] > SEVERITY[last.alarm_level]:
        return True
    assert last.closed_at is not None, "a case that is over has ended"
    return today() >= day_of(last.closed_at) + timedelta(days=sla().again.days)


# --- a new case -----------------------------------------------------------------------------------


def _new(alarm: Alarm, owner: User | None, run: Run) -> Case:
    limit = sla().first_contact.of(alarm.level)
    assert limit is not None, "only a level with a time limit opens a case"
    return Case(
        client_id=alarm.client_id,
        branch_id=alarm.branch_id,
        manager_id=alarm.manager_id,
        kind="retention",
        state="assigned" if owner else "open",
        level_at_open=alarm.level,
        alarm_level=alarm.level,
        level=alarm.level,
        value_at_stake=alarm.value_at_stake,
        priority=alarm.priority,
        net_assets_at_open=alarm.net_assets,
        opened_on=today(),
        alarmed_on=today(),
        as_of=run.as_of,
        run_id=run.run_id,
        assignee=owner,
        assigned_at=now() if owner else None,
        assigned_by=run.by.actor_id if owner else "",
        due_on=trading_days().after(today(), limit.days),
    )


def _save(cases: list[Case], alarms: dict[str, Alarm], run: Run) -> None:
    Case.objects.bulk_create(cases)
    CaseSign.objects.bulk_create(
        CaseSign(case=case, sign=sign) for case in cases for sign in sorted(alarms[case.client_id].fired)
    )
    Task.objects.bulk_create(due.first_contact_of(case, by=run.by) for case in cases)
    for case in cases:
        _record(case, "case_opened", run, to=case.assignee_id)


# --- a case that is there -------------------------------------------------------------------------

FIGURES: Final = (
    "level",
    "value_at_stake",
    "priority",
    "branch_id",
    "manager_id",
    "as_of",
    "run_id",
    "alarm_level",
    "alarmed_on",
    "due_on",
    "version",
)
"""The columns that a run may change."""


def _update(case: Case, alarm: Alarm, run: Run, opened: Opened) -> None:
    """Fresh figures; a higher level than ever alarmed on is an alarm of its own."""
    rises = SEVERITY[alarm.level] > SEVERITY[case.alarm_level]
    changed = alarm.level != case.level
    moved = (case.branch_id, case.manager_id) != (alarm.branch_id, alarm.manager_id)
    case.level, case.value_at_stake = alarm.level, alarm.value_at_stake
    case.priority = alarm.priority
    case.branch_id, case.manager_id = alarm.branch_id, alarm.manager_id
    case.as_of, case.run_id = run.as_of, run.run_id
    if moved:
        Task.objects.filter(client_id=case.client_id, state="open").update(
            branch_id=case.branch_id, manager_id=case.manager_id
        )
    if rises:
        _alarm_again(case, alarm, run)
        opened.alarmed_again += 1
    if rises or changed:
        _record(case, "case_alarmed_again" if rises else "case_level_changed", run)


def _alarm_again(case: Case, alarm: Alarm, run: Run) -> None:
    """The higher level's time limit counts from today, and the contacts of this alarm are counted anew."""
    limit = sla().first_contact.of(alarm.level)
    assert limit is not None, "a level that rises has a time limit"
    case.alarm_level, case.alarmed_on = alarm.level, today()
    case.version += 1
    due_on = trading_days().after(today(), limit.days)
    waiting = [one for one in due.open_tasks_of(case) if one.kind == "first_contact"]
    for task in waiting:
        task.due_on, task.must = min(task.due_on, due_on), task.must or limit.must
        task.version += 1
        task.save(update_fields=["due_on", "must", "version"])
    case.due_on = waiting[0].due_on if waiting else due_on
    if not waiting:
        due.first_contact_of(case, by=run.by).save()
    there = set(case.signs.values_list("sign", flat=True))
    CaseSign.objects.bulk_create(CaseSign(case=case, sign=one) for one in sorted(set(alarm.fired) - there))


# --- complaints of the book -----------------------------------------------------------------------


def _open_complaints(alarms: dict[str, Alarm], run: Run, opened: Opened) -> None:
    """A case for the open complaints of each client that no case has answered or answers."""
    complaining = {one.client_id for one in alarms.values() if one.complaints}
    if not complaining:
        return
    cases = Case.objects.filter(client_id__in=complaining, kind="complaint").order_by("pk")
    known: dict[str, list[Case]] = {}
    for case in cases:
        known.setdefault(case.client_id, []).append(case)
    for client_id in sorted(complaining):
        there = known.get(client_id, [])
        fresh = sorted(
            set(alarms[client_id].complaints) - {id for case in there for id in case.book_requests}
        )
        if fresh:
            _complain(alarms[client_id], there, fresh, run)
            opened.complaints += 1


def _complain(alarm: Alarm, there: Collection[Case], fresh: list[str], run: Run) -> None:
    case = next((one for one in there if one.state in WORKING), None)
    if case is None:
        case = open_complaint(alarm.client_id, alarm, requests=fresh, by=run.by)
    else:
        case.book_requests = sorted({*case.book_requests, *fresh})
        case.version += 1
        case.save(update_fields=["book_requests", "version"])
    _record(case, "complaint_found_in_book", run, requests=",".join(fresh))


def _record(case: Case, verb: str, run: Run, **ids: str | int | None) -> None:
    record(
        stream=f"case/{case.pk}",
        verb=verb,
        by=run.by,
        client_id=case.client_id,
        ids={
            "case": case.pk,
            "level": case.level,
            "run": run.run_id,
            "as_of": run.as_of.isoformat(),
            **ids,
        },
    )


def clients_at_work() -> set[str]:
    """Everybody with a case that is worked on: a run tells how they stand, whatever their level."""
    return set(Case.objects.filter(state__in=WORKING).values_list("client_id", flat=True))
