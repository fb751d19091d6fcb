"""Whatever people and nights do, in whatever order: what must always hold, holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cases.desk import Clock, alarm, open_now
from tests.web import make_client, make_user
from wanliu.audit.chain import verify
from wanliu.cases import actions
from wanliu.cases.actions import Said
from wanliu.cases.lines import lines_of
from wanliu.cases.models import Case, Contact, Line, Offer, Task
from wanliu.cases.queries import today
from wanliu.cases.track import RESTING_KINDS, UNSEEN, WORKING
from wanliu.errors import WanliuError
from wanliu.exits.actions import request_exit, withdraw
from wanliu.exits.queries import exits_of
from wanliu.people.user import User

pytestmark = pytest.mark.django_db

CLIENTS = ("C1", "C2")
SELDOM = (
    "refuse", "miss", "assign", "hand_over", "keep", "break", "own", "drop", "snooze", "dismiss", "merge",
    "complain", "leave", "escalate", "judge", "talk",
)  # fmt: skip
OFTEN = (
    "night", "next_day", "call", "start", "claim", "offer", "accept", "promise", "close", "reopen",
    "answer_complaint", "stay",
)  # fmt: skip
STEPS = (*SELDOM, *OFTEN, *OFTEN, "night", "night", "call", "call", "next_day")
LEVELS = ("red", "orange", "yellow", "unknown", "none")


class House:
    """One branch at work. Each step is tried; what a rule refuses changes nothing."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.boss: User = make_user("branch_head", staff="S0")
        self.staff = [make_user("adviser", staff="S1"), make_user("duty_adviser", staff="S2"), self.boss]
        for client_id in CLIENTS:
            make_client(client_id, marketing_consent="given")

    def step(self, name: str, client_id: str, number: int) -> None:
        by = self.staff[number % len(self.staff)]
        kind = "complaint" if number % 9 == 0 else "retention"
        case = Case.objects.filter(client_id=client_id, kind=kind).order_by("-pk").first()
        with self.undone_if_refused():
            getattr(self, f"_{name}")(client_id, case, by, number)

    @contextmanager
    def undone_if_refused(self) -> Iterator[None]:
        before = self._all()
        try:
            with transaction.atomic():
                yield
        except (WanliuError, _NothingToDo):
            assert self._all() == before

    def _all(self) -> Any:
        return [list(model.objects.order_by("pk").values()) for model in (Case, Task, Contact, Offer)]

    def _night(self, client_id: str, _case: Any, _by: User, number: int) -> None:
        told = alarm(client_id, LEVELS[number % len(LEVELS)], complaints=("R1",) if number % 19 == 0 else ())
        told = replace(told, manager_id="" if number % 4 == 0 else "S1")
        open_now(told, run_id=f"run-{self.clock.day}", as_of=self.clock.day - timedelta(days=1))

    def _next_day(self, _client_id: str, _case: Any, _by: User, number: int) -> None:
        self.clock.days_on(1 + number % 12)

    def _call(self, client_id: str, _case: Any, by: User, number: int) -> None:
        purpose = ("retention", "service", "retention", "complaint")[number % 4]
        why = "客户要求" if number % 3 == 0 else ""
        self._record(client_id, by, "connected", purpose=purpose, why=why)

    def _miss(self, client_id: str, _case: Any, by: User, _number: int) -> None:
        self._record(client_id, by, "no_answer")

    def _refuse(self, client_id: str, _case: Any, by: User, _number: int) -> None:
        self._record(client_id, by, "connected", feedback="not_needed")

    def _record(self, client_id: str, by: User, connection: str, **more: Any) -> None:
        said = Said(method="phone", connection=connection, **more)
        actions.record_contact(client_id=client_id, said=said, by=by)

    def _start(self, client_id: str, _case: Any, by: User, _number: int) -> None:
        actions.start_contact(client_id=client_id, by=by)

    def _assign(self, _client_id: str, case: Any, _by: User, number: int) -> None:
        to = self.staff[number % len(self.staff)]
        actions.assign(case_id=_(case).pk, to=to.pk, version=case.version, by=self.boss)

    def _claim(self, _client_id: str, case: Any, by: User, _number: int) -> None:
        actions.claim(case_id=_(case).pk, version=case.version, by=by)

    def _hand_over(self, _client_id: str, case: Any, by: User, number: int) -> None:
        to = self.staff[number // 2 % len(self.staff)]
        actions.hand_over(case_id=_(case).pk, to=to.pk, why="休假", version=case.version, by=by)

    def _offer(self, client_id: str, case: Any, by: User, number: int) -> None:
        if _(case).state in UNSEEN:  # the client comes by, and they talk
            said = Said(method="visit", connection="connected", direction="in")
            actions.record_contact(client_id=client_id, said=said, by=by)
            case.refresh_from_db()
        method = ("named_adviser", "affirming", "service_facts", "gifts_and_points")[number % 4]
        actions.make_offer(case_id=case.pk, method=method, reason="service", version=case.version, by=by)

    def _accept(self, client_id: str, case: Any, by: User, number: int) -> None:
        offers = Offer.objects.filter(client_id=client_id, state="offered")
        if not offers.exists():
            self._offer(client_id, case, by, number // 2)
        offer = offers.order_by("-pk").first()
        actions.answer_offer(offer_id=_(offer).pk, accepted=number % 2 == 0, by=by)

    def _promise(self, client_id: str, _case: Any, by: User, number: int) -> None:
        day = self.clock.day + timedelta(days=number % 5)
        actions.promise(client_id=client_id, what="寄对账单", to_whom="客户", due_on=day, by=by)

    def _own(self, client_id: str, _case: Any, by: User, number: int) -> None:
        kind: Any = ("own", "callback", "appointment")[number % 3]
        actions.add_task(client_id=client_id, kind=kind, title="整理资料", due_on=self.clock.day, by=by)

    def _end(self, client_id: str, verb: Any, by: User, **more: Any) -> None:
        found = Task.objects.filter(client_id=client_id, state="open").exclude(kind__in=RESTING_KINDS)
        task = found.order_by("-pk").first()
        verb(task_id=_(task).pk, version=task.version, by=by, **more)  # type: ignore[union-attr]  # is there

    def _keep(self, client_id: str, _case: Any, by: User, number: int) -> None:
        self._end(client_id, (actions.keep_promise, actions.finish_task)[number % 2], by)

    def _break(self, client_id: str, _case: Any, by: User, _number: int) -> None:
        self._end(client_id, actions.break_promise, by, why="忘了")

    def _drop(self, client_id: str, _case: Any, by: User, _number: int) -> None:
        self._end(client_id, actions.drop_task, by, why="不用了")

    def _snooze(self, _client_id: str, case: Any, by: User, number: int) -> None:
        until = self.clock.day + timedelta(days=number % 14)
        actions.snooze(case_id=_(case).pk, until=until, reason="waiting", version=case.version, by=by)

    def _dismiss(self, _client_id: str, case: Any, by: User, number: int) -> None:
        signs = ["trade_drop"] if number % 2 else None
        actions.dismiss(case_id=_(case).pk, reason="seasonal", signs=signs, version=case.version, by=by)

    def _close(self, _client_id: str, case: Any, by: User, number: int) -> None:
        outcome = ("stayed", "left", "undecided")[number % 3]
        actions.close(case_id=_(case).pk, outcome=outcome, version=case.version, by=by)

    def _reopen(self, _client_id: str, case: Any, by: User, _number: int) -> None:
        actions.reopen(case_id=_(case).pk, why="来电", version=case.version, by=by)

    def _merge(self, client_id: str, case: Any, by: User, _number: int) -> None:
        found = Case.objects.filter(client_id=client_id, kind=_(case).kind, merged_into__isnull=True)
        old = found.order_by("pk").first()
        actions.merge(case_id=_(old).pk, into=case.pk, version=old.version, by=by)  # type: ignore[union-attr]  # is there

    def _complain(self, client_id: str, _case: Any, by: User, _number: int) -> None:
        actions.record_complaint(client_id=client_id, said="没人回电话", method="phone", by=by)

    def _answer_complaint(self, client_id: str, _case: Any, _by: User, _number: int) -> None:
        case = Case.objects.filter(client_id=client_id, kind="complaint").order_by("-pk").first()
        actions.close_complaint(
            case_id=_(case).pk, answer="已回电说明", version=_(case).version, by=self.boss
        )

    def _leave(self, client_id: str, _case: Any, by: User, _number: int) -> None:
        request_exit(client_id=client_id, kind="close_account", channel="counter", by=by)
        actions.reconcile(client_id)

    def _stay(self, client_id: str, _case: Any, _by: User, _number: int) -> None:
        leaving = next((one for one in exits_of(client_id) if one.is_open), None)
        withdraw(
            exit_id=_(leaving).id, version=_(leaving).version, how="signature", reference="XH-1", by=self.boss
        )
        actions.reconcile(client_id)

    def _escalate(self, _client_id: str, _case: Any, _by: User, _number: int) -> None:
        actions.escalate_overdue(today=self.clock.day)

    def _judge(self, client_id: str, _case: Any, _by: User, number: int) -> None:
        self.clock.days_on(30)
        actions.judge_outcomes(
            [actions.Seen(client_id, self.clock.day, alarm().net_assets if number % 2 else None, None)]
        )

    def _talk(self, client_id: str, _case: Any, by: User, number: int) -> None:
        leaving = next((one for one in exits_of(client_id) if one.is_open), None)
        state: Any = ("offered", "accepted", "declined", "not_offered")[number % 4]
        actions.talk_about_exit(exit_id=_(leaving).id, state=state, by=by)


class _NothingToDo(Exception):
    """The step has nothing to work on."""


def _(found: Any) -> Any:
    if found is None:
        raise _NothingToDo
    return found


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    stateful_step_count=1,
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(STEPS), st.sampled_from(CLIENTS), st.integers(0, 40)),
        min_size=12,
        max_size=35,
    )
)
def test_what_must_hold_holds_after_any_sequence_of_steps(
    clock: Clock, steps: list[tuple[str, str, int]]
) -> None:
    clock.set("2026-11-23")
    with transaction.atomic():
        house, kept = House(clock), Counter[int]()
        for name, client_id, number in steps:
            house.step(name, client_id, number)
            check_cases()
            check_tasks(kept)
            check_today(house)
        assert verify().holds
        transaction.set_rollback(True)


def check_cases() -> None:
    working = Case.objects.filter(state__in=WORKING)
    pairs = Counter(working.values_list("client_id", "kind"))
    assert all(number == 1 for number in pairs.values())
    for case in working:
        resting = Task.objects.filter(case=case, state="open", kind__in=RESTING_KINDS)
        assert resting.exists(), "a case at work always has its next day"
        assert (case.state == "open") == (case.assignee_id is None)


def check_tasks(kept: Counter[int]) -> None:
    """Nothing is lost: tasks are only added, and every one is open or ended by somebody."""
    ids = Counter(Task.objects.values_list("pk", flat=True))
    assert not kept - ids
    kept.update(ids - kept)
    over = Task.objects.exclude(case__isnull=True).exclude(case__state__in=WORKING)
    assert not over.filter(state="open", kind__in=RESTING_KINDS).exists()


def check_today(house: House) -> None:
    """Lines are what cases and tasks make of them, and what is overdue is in the list of whoever has it."""

    def told(line: Line) -> str:
        return str({name: value for name, value in vars(line).items() if name not in ("_state", "id")})

    assert sorted(map(told, Line.objects.all())) == sorted(map(told, lines_of(CLIENTS)))
    on: date = house.clock.day
    overdue = Task.objects.filter(state="open", due_on__lt=on).select_related("case")
    for task in overdue:
        rests = task.kind in RESTING_KINDS and task.case is not None and task.case.suspended_at is not None
        if rests or task.assignee is None:
            continue
        listed = [line.client_id for line in today(task.assignee, on, capacity=1).lines]
        assert task.client_id in listed
