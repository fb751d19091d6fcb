"""What tests of cases share: a clock that is set, an alarm, a case in each state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self
from unittest import mock

from tests.web import make_client, make_user
from wanliu.cases.actions import (
    Alarm,
    Opened,
    Said,
    close,
    close_complaint,
    make_offer,
    open_or_update,
    record_complaint,
    record_contact,
    start_contact,
)
from wanliu.cases.models import Case, Line, Task
from wanliu.cases.queries import CaseView, cases_of_client
from wanliu.clock import SHANGHAI
from wanliu.people.user import User

MONDAY = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
RUN_DAY = MONDAY.date()
MARKETING = {"marketing_consent": "given"}


class Clock:
    """What time it is in the test."""

    def __init__(self, moment: datetime = MONDAY) -> None:
        self.moment = moment

    def set(self, day: date | str, hour: int = 10, minute: int = 0) -> Self:
        day = date.fromisoformat(day) if isinstance(day, str) else day
        self.moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)
        return self

    def days_on(self, days: int) -> Self:
        self.moment += timedelta(days=days)
        return self

    @property
    def day(self) -> date:
        return self.moment.date()


@contextmanager
def running(clock: Clock) -> Iterator[Clock]:
    """The house's clock reads this one."""

    class Fixed(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return clock.moment.astimezone(tz)

    with mock.patch("wanliu.clock.datetime", Fixed):
        yield clock


def alarm(client_id: str = "C1", level: str = "red", **given: Any) -> Alarm:
    row = {
        "branch_id": "B1",
        "manager_id": "S1",
        "value_at_stake": Decimal("1000.00"),
        "net_assets": Decimal("100000.00"),
        "fired": ("fund_outflow", "trade_drop"),
        **given,
    }
    return Alarm(client_id=client_id, level=level, **row)  # type: ignore[arg-type]  # levels as words


def open_now(*alarms: Alarm, run_id: str = "run-1", as_of: date = RUN_DAY) -> Opened:
    return open_or_update(alarms, run_id=run_id, as_of=as_of)


def the_case(client_id: str = "C1", kind: str = "retention") -> Case:
    """The client's newest case of the kind."""
    found = Case.objects.filter(client_id=client_id, kind=kind).order_by("-pk").first()
    assert found is not None
    return found


def view_of(client_id: str = "C1", kind: str = "retention") -> CaseView:
    return next(one for one in cases_of_client(client_id) if one.kind == kind)


def open_tasks(client_id: str = "C1") -> list[str]:
    found = Task.objects.filter(client_id=client_id, state="open").order_by("due_on", "pk")
    return list(found.values_list("kind", flat=True))


def lines() -> list[Line]:
    return list(Line.objects.order_by("client_id", "assignee_id"))


def call(by: User, client_id: str = "C1", connection: str = "connected", **given: Any) -> Any:
    """The ordinary contact: a call, answered."""
    ticked = given.pop("ticked", ())
    return record_contact(
        client_id=client_id,
        said=Said(method="phone", connection=connection, **given),
        ticked=ticked,
        by=by,
    )


def case_in(state: str, by: User, *, kind: str = "retention", client_id: str = "C1") -> Case:
    """A client's case brought into the state in the ways that people have. ``by`` is the branch head."""
    make_client(client_id, manager="" if state == "open" else by.staff_id, **MARKETING)
    if kind == "complaint":
        record_complaint(client_id=client_id, said="没人回电话", method="phone", by=by)
    else:
        open_now(alarm(client_id, manager_id="" if state == "open" else by.staff_id))
    case = the_case(client_id, kind)
    purpose: Any = "complaint" if kind == "complaint" else "retention"
    if state in ("in_contact", "offered", "tracking", "closed"):
        start_contact(client_id=client_id, purpose=purpose, by=by)
        if kind == "retention":
            call(by, client_id)
    if state == "offered":
        make_offer(
            case_id=case.pk, method="named_adviser", reason="service", version=the_case().version, by=by
        )
    if state == "closed" and kind == "complaint":
        close_complaint(case_id=case.pk, answer="已回电说明", version=the_case(kind=kind).version, by=by)
    if state in ("tracking", "closed") and kind == "retention":
        close(case_id=case.pk, outcome="stayed", version=the_case().version, by=by)
    if state == "closed" and kind == "retention":
        Case.objects.filter(pk=case.pk).update(state="closed")
    return the_case(client_id, kind)


def head(**given: Any) -> User:
    return make_user("branch_head", staff="S1", name="周营业", **given)


def adviser(staff: str = "S1", **given: Any) -> User:
    return make_user("adviser", staff=staff, **given)
