"""From warnings to cases: who gets one, by when, and when again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.cases.desk import Clock, adviser, alarm, call, head, open_now, open_tasks, the_case
from tests.web import make_client, make_user
from wanliu.audit.queries import events_of_stream
from wanliu.cases.actions import close, close_complaint, dismiss, open_or_update, reconcile, record_complaint
from wanliu.cases.figures import limits, sla
from wanliu.cases.models import Case, Task
from wanliu.cases.queries import clients_at_work
from wanliu.cases.track import LEVELS
from wanliu.exits.actions import request_exit
from wanliu.people.actions import note_choice

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("level", "due"), [("red", "2026-11-24"), ("orange", "2026-11-26"), ("yellow", "2026-12-07")]
)
def test_a_level_opens_a_case_with_its_limit_in_trading_days(level: str, due: str) -> None:
    make_client()
    user = adviser()

    opened = open_now(alarm(level=level))

    case = the_case()
    assert opened.opened == 1
    assert (case.state, case.assignee, case.level_at_open) == ("assigned", user, level)
    assert case.due_on == date.fromisoformat(due)
    task = Task.objects.get()
    assert (task.kind, task.due_on, task.must) == ("first_contact", case.due_on, level != "yellow")
    assert sorted(case.signs.values_list("sign", flat=True)) == ["fund_outflow", "trade_drop"]
    assert [one.verb for one in events_of_stream(f"case/{case.pk}")] == ["case_opened"]


@pytest.mark.parametrize("level", ["unknown", "none"])
def test_a_level_without_a_limit_opens_nothing(level: str) -> None:
    make_client()

    assert open_now(alarm(level=level)).opened == 0
    assert not Case.objects.exists()


def test_who_asked_to_leave_is_not_pressed_to_stay() -> None:
    make_client()

    opened = open_now(alarm(fired=("exit_request", "fund_outflow")))

    assert (opened.opened, opened.held_back) == (0, {"asked_to_leave": 1})
    assert not Case.objects.exists()


def test_levels_and_limits_are_the_same_words() -> None:
    assert {level for level in LEVELS if sla().first_contact.of(level)} == {"red", "orange", "yellow"}


def test_a_client_whose_manager_does_not_sign_in_waits_for_somebody() -> None:
    make_client(manager="S9")
    make_user("counter_clerk", staff="S9")

    open_now(alarm(manager_id="S9"))

    assert (the_case().state, the_case().assignee) == ("open", None)


def test_the_same_run_twice_does_nothing_the_second_time() -> None:
    make_client()
    adviser()
    open_now(alarm())
    before = Case.objects.values().get(), list(Task.objects.values())

    again = open_now(alarm())

    assert (again.opened, again.alarmed_again) == (0, 0)
    assert (Case.objects.values().get(), list(Task.objects.values())) == before
    assert len(events_of_stream(f"case/{the_case().pk}")) == 1


def test_fresh_figures_reach_an_open_case_and_no_one_is_alarmed(clock: Clock) -> None:
    make_client()
    adviser()
    open_now(alarm(level="orange"))
    clock.days_on(1)

    opened = open_now(alarm(level="yellow", value_at_stake=Decimal("7.00")), run_id="run-2")

    case = the_case()
    assert (opened.alarmed_again, case.level, case.alarm_level) == (0, "yellow", "orange")
    assert (case.value_at_stake, case.run_id) == (Decimal("7.00"), "run-2")
    assert open_tasks() == ["first_contact"]


def test_a_level_that_rises_alarms_again_and_shortens_the_limit(clock: Clock) -> None:
    make_client()
    adviser()
    open_now(alarm(level="yellow"))
    clock.days_on(1)

    opened = open_now(alarm(level="red", fired=("exit_request",)), run_id="run-2")

    case = the_case()
    assert opened.alarmed_again == 1
    assert (case.alarm_level, case.level_at_open, case.alarmed_on) == ("red", "yellow", clock.day)
    task = Task.objects.get()
    assert (task.due_on, task.must) == (date(2026, 11, 25), True) == (case.due_on, True)
    assert case.signs.count() == 3


def test_a_rise_after_the_first_contact_asks_for_a_contact_again(clock: Clock) -> None:
    make_client()
    user = adviser()
    open_now(alarm(level="orange"))
    call(user)
    clock.days_on(1)

    open_now(alarm(level="red"))

    assert sorted(open_tasks()) == ["callback", "first_contact"]


def test_down_and_up_again_is_no_rise() -> None:
    make_client()
    adviser()
    open_now(alarm(level="red"))
    open_now(alarm(level="yellow"))

    assert open_now(alarm(level="orange")).alarmed_again == 0


def test_unknown_between_two_levels_is_neither_rise_nor_relief() -> None:
    make_client()
    adviser()
    open_now(alarm(level="orange"))
    open_now(alarm(level="unknown"))

    assert the_case().level == "unknown"
    assert open_now(alarm(level="orange")).alarmed_again == 0
    assert the_case().level == "orange"


@pytest.mark.parametrize(
    ("days", "level", "opens"),
    [
        (29, "orange", False),
        (30, "orange", True),
        (1, "red", True),
        (1, "yellow", False),
        (29, "yellow", False),
    ],
)
def test_after_the_end_the_next_case_waits_thirty_days_unless_the_level_rises(
    clock: Clock, days: int, level: str, opens: bool
) -> None:
    make_client()
    user = adviser()
    open_now(alarm(level="orange"))
    call(user)
    close(case_id=the_case().pk, outcome="stayed", version=the_case().version, by=user)
    clock.days_on(days)

    opened = open_now(alarm(level=level))

    assert (opened.opened == 1) == opens
    assert opens or opened.held_back == {"recent": 1}


def test_a_dismissed_case_counts_as_one_that_ended() -> None:
    make_client()
    user = adviser()
    open_now(alarm(level="red"))
    dismiss(case_id=the_case().pk, reason="own_money_plan", version=1, by=user)

    assert open_now(alarm(level="red")).held_back == {"recent": 1}


@pytest.mark.parametrize(("day", "opens"), [("2027-05-22", False), ("2027-05-23", True)])
def test_who_wants_nothing_is_left_alone_for_six_months_whatever_the_level(
    clock: Clock, day: str, opens: bool
) -> None:
    make_client()
    user = adviser()
    open_now(alarm(level="yellow"))
    call(user, feedback="not_needed")
    clock.set(day)

    opened = open_now(alarm(level="red"))

    assert (opened.opened == 1) == opens
    assert opens or opened.held_back == {"declined": 1}
    assert limits().declined.months == 6


@pytest.mark.parametrize(
    "flags",
    [
        {"do_not_contact": True},
        {"scoring_opt_out": True},
        {"marketing_consent": "refused"},
        {"marketing_consent": "withdrawn"},
        {"status": "deceased"},
        {"status": "frozen"},
        {"is_employee": True},
        {"kind": "institution"},
        {"birth_year": 2010},
    ],
)
def test_who_may_not_be_kept_gets_no_case(flags: dict[str, Any]) -> None:
    make_client(**flags)

    assert open_now(alarm()).held_back == {"withdrawn": 1}
    assert not Case.objects.exists()


def test_a_closed_account_gets_no_case_and_a_running_one_ends_as_left() -> None:
    make_client("C1")
    adviser()
    open_now(alarm("C1"))
    for client_id in ("C1", "C2"):
        make_client(client_id, closed_on=date(2026, 11, 20))

    assert open_now(alarm("C1"), alarm("C2")).held_back == {"left": 1}
    assert (the_case("C1").state, the_case("C1").outcome_claimed) == ("closed", "left")


def test_who_is_leaving_gets_no_case_and_a_running_one_rests() -> None:
    make_client("C1")
    make_client("C2")
    user = adviser()
    open_now(alarm("C1"))
    for client_id in ("C1", "C2"):
        request_exit(client_id=client_id, kind="close_account", channel="counter", by=user)

    opened = open_now(alarm("C1"), alarm("C2"))

    assert opened.held_back == {"exit": 1}
    assert the_case("C1").suspended_why == "exit"


def test_an_open_complaint_opens_a_complaint_case_and_no_retention_case() -> None:
    make_client()
    adviser()

    opened = open_now(alarm(complaints=("R1",)))

    assert (opened.complaints, opened.opened, opened.held_back) == (1, 0, {"complaint": 1})
    case = the_case(kind="complaint")
    assert (case.state, case.due_on, case.book_requests) == ("assigned", date(2026, 11, 24), ["R1"])


def test_a_complaint_of_the_book_is_answered_once() -> None:
    make_client()
    adviser()
    user = head()
    open_now(alarm(complaints=("R1",)))
    open_now(alarm(complaints=("R1", "R2")))
    case = the_case(kind="complaint")
    assert (case.book_requests, case.version) == (["R1", "R2"], 2)
    close_complaint(case_id=case.pk, answer="已回电说明", version=2, by=user)

    opened = open_now(alarm(complaints=("R1", "R2")))

    assert opened.complaints == 0
    assert opened.opened == 1


def test_a_client_who_opts_out_loses_the_case_the_same_day() -> None:
    make_client()
    user = adviser()
    open_now(alarm())
    note_choice(client_id="C1", what="scoring_opt_out", value="yes", source="phone", by=user)

    reconcile("C1")

    assert (the_case().state, the_case().outcome_claimed) == ("closed", "withdrawn")
    assert open_tasks() == []


def test_branch_and_manager_follow_the_book() -> None:
    make_client()
    adviser()
    open_now(alarm())

    open_now(alarm(branch_id="B2", manager_id="S2"))

    assert (the_case().branch_id, the_case().manager_id) == ("B2", "S2")
    assert Task.objects.get().branch_id == "B2"


def test_clients_at_work_are_those_with_a_case_that_somebody_works_on() -> None:
    user = adviser()
    for client_id in ("C1", "C2", "C3"):
        make_client(client_id)
    open_now(alarm("C1"), alarm("C2", level="none"))
    record_complaint(client_id="C3", said="没人回电话", method="phone", by=user)

    assert clients_at_work() == {"C1", "C3"}


def test_a_thousand_alarms_cost_no_query_for_each(django_assert_max_num_queries: Any) -> None:
    for number in range(40):
        make_client(f"C{number}")
    adviser()
    open_or_update([alarm(f"C{number}") for number in range(40)], run_id="run-1", as_of=date(2026, 11, 20))

    with django_assert_max_num_queries(25):
        open_or_update([alarm(f"C{n}") for n in range(40)], run_id="run-2", as_of=date(2026, 11, 23))
