"""Cases that were worked on before today, in bulk: the rows that the actions would have left.

Through the actions each would cost some forty queries; 200,000 of them a night of its own. So that nothing
here drifts from what the actions do, ``check`` redoes a sample: the chain of records, the lines of the lists,
and what the tables' own constraints cannot say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from benchmarks.web_rows import (
    CASES_IN,
    SIGNS,
    TODAY,
    alarm_of,
    is_at_work,
    level_of,
    opened_on,
)

CASES_AT_ONCE = 1000
HORIZONS = (30, 90, 180)
DAYS_BACK = 300
"""Cases that are over were opened within so many days."""


def lay_down(places: range, in_book: int) -> int:
    """Every case of these clients but those opened in the last days; how many."""
    from wanliu.people.user import User

    users = dict(User.objects.filter(role="adviser").values_list("staff_id", "pk"))
    waiting = iter(place for place in places if not _by_the_door(place // CASES_IN))
    laid = 0
    while some := list(islice(waiting, CASES_AT_ONCE)):
        _lay_some(some, in_book, users)
        laid += len(some)
    return laid


def _by_the_door(case: int) -> bool:
    return is_at_work(case) and opened_on(case) is not None


def _lay_some(places: list[int], in_book: int, users: dict[str, int]) -> None:
    from django.db import transaction

    from wanliu.cases import models
    from wanliu.cases.lines import refresh

    with transaction.atomic():
        rows = [_case(place, in_book, users) for place in places]
        models.Folder.objects.bulk_create(_folder(case) for case in rows)
        models.Case.objects.bulk_create(rows)
        models.CaseSign.objects.bulk_create(
            models.CaseSign(case=case, sign=sign)
            for case in rows
            for sign in sorted(SIGNS[case.level_at_open])
        )
        contacts = models.Contact.objects.bulk_create(_contact(case) for case in rows)
        models.Task.objects.bulk_create(
            task for case, contact in zip(rows, contacts, strict=True) for task in _tasks(case, contact)
        )
        models.OutcomeCheck.objects.bulk_create(check for case in rows for check in _checks(case))
        _record(rows, contacts)
        refresh(*(case.client_id for case in rows if case.closed_at is None))


def _case(place: int, in_book: int, users: dict[str, int]) -> Any:
    from wanliu.cases.models import Case

    number = place // CASES_IN
    told = alarm_of(place, in_book)
    level = level_of(number)
    state = "in_contact" if is_at_work(number) else "tracking" if number % 20 < 4 else "closed"
    # the first contact came one to three days after the alarm; a call back is due around today
    opened = TODAY - timedelta(days=5 + number % 9) if state == "in_contact" else _back(number, state)
    ended = None if state == "in_contact" else _at(opened + timedelta(days=10))
    return Case(
        client_id=told.client_id,
        branch_id=told.branch_id,
        manager_id=told.manager_id,
        kind="retention",
        state=state,
        version=3 if ended is None else 5,
        level_at_open=level,
        alarm_level=level,
        level=level,
        value_at_stake=told.value_at_stake,
        net_assets_at_open=told.net_assets,
        opened_on=opened,
        alarmed_on=opened,
        as_of=opened - timedelta(days=1),
        run_id="earlier",
        assignee_id=users[told.manager_id],
        assigned_at=_at(opened),
        assigned_by="system",
        due_on=opened + timedelta(days=3),
        first_contact_at=_at(opened + timedelta(days=2)),
        reached_at=_at(opened + timedelta(days=2)),
        outcome_claimed=None if ended is None else ("stayed", "undecided", "left")[number % 3],
        closed_at=ended,
        closed_by=None if ended is None else f"user:{users[told.manager_id]}",
    )


def _back(number: int, state: str) -> date:
    """Tracked: closed within half a year; closed: before."""
    span = 160 if state == "tracking" else DAYS_BACK
    return TODAY - timedelta(days=(20 if state == "tracking" else 200) + number % span)


def _at(day: date, hour: int = 10) -> datetime:
    from wanliu.clock import SHANGHAI

    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def _folder(case: Any) -> Any:
    from wanliu.cases.models import Folder

    return Folder(
        client_id=case.client_id, last_contact_at=case.first_contact_at, last_connection="connected"
    )


def _contact(case: Any) -> Any:
    from wanliu.cases.models import Contact

    return Contact(
        client_id=case.client_id,
        case=case,
        method="phone",
        direction="out",
        purpose="retention",
        connection="connected",
        feedback="neutral",
        feedback_detail="thinking",
        note="客户说最近没有时间看盘，约好下周再联系",
        verdict="pass",
        happened_at=case.first_contact_at,
        recorded_at=case.first_contact_at,
        by_id=case.assignee_id,
    )


def _tasks(case: Any, contact: Any) -> Iterator[Any]:
    """The first contact, made; and the call back, waiting around today or made when the case ended."""
    yield _task(case, "first_contact", case.opened_on, case.due_on, contact.happened_at, contact)
    back = TODAY + timedelta(days=case.pk % 7 - 2)
    if case.closed_at is None:
        yield _task(case, "callback", contact.happened_at.date(), back, None, None)
    else:
        day = contact.happened_at.date() + timedelta(days=3)
        yield _task(case, "callback", contact.happened_at.date(), day, case.closed_at, None)


def _task(case: Any, kind: str, made: date, due: date, ended: datetime | None, contact: Any) -> Any:
    from wanliu.cases.models import Task

    return Task(
        client_id=case.client_id,
        branch_id=case.branch_id,
        manager_id=case.manager_id,
        case=case,
        kind=kind,
        must=kind == "first_contact" and case.alarm_level != "yellow",
        due_on=due,
        state="open" if ended is None else "done" if contact else "dropped",
        assignee_id=case.assignee_id,
        created_at=_at(made),
        created_by="system" if kind == "first_contact" else f"user:{case.assignee_id}",
        ended_at=ended,
        ended_by=None if ended is None else f"user:{case.assignee_id}",
        contact=contact,
        version=1 if ended is None else 2,
    )


def _checks(case: Any) -> Iterator[Any]:
    from wanliu.cases.models import OutcomeCheck

    if case.closed_at is None:
        return
    ended = case.closed_at.date()
    for days in HORIZONS:
        due = ended + timedelta(days=days)
        judged = case.state == "closed" or due < TODAY
        yield OutcomeCheck(
            case=case,
            client_id=case.client_id,
            horizon=days,
            due_on=due,
            result="stayed" if judged else None,
            judged_on=due if judged else None,
            as_of=due if judged else None,
        )


def _record(cases: list[Any], contacts: list[Any]) -> None:
    """The events with their payloads, each stream a chain."""
    from wanliu.audit.models import Event, Payload
    from wanliu.audit.record import as_text, hash_of_payload

    salt = "0" * 32
    events, bodies = [], []
    for case, contact in zip(cases, contacts, strict=True):
        body = as_text({"note": contact.note, "said": "", "why": ""})
        events += _chain(f"case/{case.pk}", case, _happened(case))
        spoken = [("contact_recorded", contact.happened_at, f"user:{case.assignee_id}")]
        (told,) = _chain(f"contact/{contact.pk}", case, spoken, payload_hash=hash_of_payload(salt, body))
        events.append(told)
        bodies.append((told, body))
    Event.objects.bulk_create(events)
    Payload.objects.bulk_create(Payload(event=event, salt=salt, body=body) for event, body in bodies)


def _happened(case: Any) -> Iterator[tuple[str, datetime, str]]:
    yield "case_opened", case.assigned_at, "system"
    if case.closed_at is not None:
        yield "case_closed", case.closed_at, f"user:{case.assignee_id}"
    if case.state == "closed":
        yield "outcome_judged", case.closed_at + timedelta(days=HORIZONS[-1]), "system"


def _chain(
    stream: str, case: Any, happened: Iterable[tuple[str, datetime, str]], payload_hash: str = ""
) -> list[Any]:
    from wanliu.audit.models import Event
    from wanliu.audit.record import hash_of

    found: list[Any] = []
    for place, (verb, at, actor) in enumerate(happened, 1):
        event = Event(
            stream=stream,
            place=place,
            at=at.isoformat(timespec="microseconds"),
            verb=verb,
            actor_id=actor,
            actor_name="system" if actor == "system" else f"员工{case.manager_id}",
            client_id=case.client_id,
            ids={"case": case.pk, "level": case.level},
            payload_hash=payload_hash,
            previous=found[-1].hash if found else "",
        )
        event.hash = hash_of(event)
        found.append(event)
    return found


# --- whether that holds ---------------------------------------------------------------------------


def check(sample: int = 500) -> dict[str, int]:
    """Redoes a sample of the house: lines against cases and tasks, chains against their hashes.

    Raises AssertionError where a row is not as the actions would have left it.
    """
    from wanliu.audit import chain
    from wanliu.audit.models import Event
    from wanliu.cases.lines import lines_of
    from wanliu.cases.models import Case, Line, OutcomeCheck, Task
    from wanliu.cases.track import WORKING

    at_work = list(Case.objects.filter(state__in=WORKING).values_list("client_id", flat=True)[:sample])
    assert sorted(map(_told, lines_of(at_work))) == sorted(
        map(_told, Line.objects.filter(client_id__in=at_work))
    )
    over = list(Case.objects.exclude(state__in=WORKING).order_by("-pk")[:sample])
    assert not Line.objects.filter(case__in=over).exists()
    assert not Task.objects.filter(
        case__in=over, state="open", kind__in=("first_contact", "callback")
    ).exists()
    assert OutcomeCheck.objects.filter(case__in=over).count() == len(over) * len(HORIZONS)
    for case in over:
        waiting = case.checks.filter(result__isnull=True).exists()
        assert waiting == (case.state == "tracking"), case.pk
    streams = [f"case/{case.pk}" for case in over]
    events = Event.objects.filter(stream__in=streams).order_by("stream", "place")
    last: dict[str, Any] = {}
    for event in events:
        assert not list(chain._faults(event.stream, event, last.get(event.stream))), event.stream
        last[event.stream] = event
    assert len(last) == len(over)
    return {"lines": len(at_work), "chains": len(last)}


def _told(line: Any) -> str:
    return repr(
        [(field.attname, getattr(line, field.attname)) for field in line._meta.fields if field.name != "id"]
    )
