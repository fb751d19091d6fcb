"""Today's list: the best next call first, nothing that is due can fall out, one line per client."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases.desk import Clock, adviser, alarm, call, head, open_now, the_case
from tests.web import make_client, make_user
from wanliu.cases.actions import (
    add_task,
    assign,
    escalate_overdue,
    promise,
    reconcile,
    record_complaint,
    snooze,
)
from wanliu.cases.figures import order
from wanliu.cases.lines import lines_of
from wanliu.cases.models import Line
from wanliu.cases.queries import Filters, Today, next_client, tasks_of_client, waiting_for_assignment
from wanliu.cases.queries import today as todays
from wanliu.cases.today import TILES
from wanliu.cases.track import CONNECTIONS, KINDS, LEVELS
from wanliu.errors import NotAllowed
from wanliu.exits.actions import request_exit
from wanliu.people.user import User

pytestmark = pytest.mark.django_db


def clients(*client_ids: str) -> None:
    for client_id in client_ids:
        make_client(client_id)


def listed(user: User, clock: Clock, **given: Any) -> list[str]:
    return [line.client_id for line in todays(user, clock.day, **given).lines]


def seen(user: User, clock: Clock, **given: Any) -> Today:
    return todays(user, clock.day, **given)


def test_the_order_names_every_kind_level_and_connection() -> None:
    assert set(order().rank) == {"exit", "task", "complaint", *LEVELS}
    assert set(KINDS) <= {"complaint", "retention"}
    assert set(order().reach) == {*CONNECTIONS, "never"}


def test_level_then_value_then_reach_make_the_order(clock: Clock) -> None:
    clients("C1", "C2", "C3", "C4", "C5")
    user = adviser()
    open_now(
        alarm("C1", "yellow", value_at_stake=Decimal(9000)),
        alarm("C2", "red", value_at_stake=Decimal(10)),
        alarm("C3", "red", value_at_stake=None),
        alarm("C4", "orange", value_at_stake=Decimal(500)),
        alarm("C5", "orange", value_at_stake=Decimal(800)),
    )

    assert listed(user, clock) == ["C2", "C3", "C5", "C4", "C1"]


def test_overdue_comes_first_then_what_must_be_done_today(clock: Clock) -> None:
    clients("C1", "C2", "C3", "C4")
    user = adviser()
    open_now(alarm("C1", "red"), alarm("C2", "orange"))
    clock.set("2026-11-24")  # C1 is due today
    add_task(client_id="C3", kind="own", title="整理资料", due_on=date(2026, 11, 24), by=user)
    promise(client_id="C4", what="寄对账单", to_whom="客户", due_on=date(2026, 11, 24), by=user)
    assert listed(user, clock) == ["C1", "C4", "C2", "C3"]

    clock.set("2026-11-25")
    promise(client_id="C2", what="寄对账单", to_whom="客户", due_on=date(2026, 11, 25), by=user)
    # overdue musts, must today, overdue without a must
    assert listed(user, clock) == ["C1", "C4", "C2", "C3"]


def test_a_client_has_one_line_with_the_exit_before_the_complaint_before_the_case(clock: Clock) -> None:
    clients("C1")
    user = adviser()
    open_now(alarm("C1"))
    record_complaint(client_id="C1", said="没人回电话", method="phone", by=user)
    promise(client_id="C1", what="寄对账单", to_whom="客户", due_on=date(2026, 11, 24), by=user)
    (line,) = seen(user, clock).lines
    assert (line.kind, line.level, line.value_at_stake, line.tasks) == ("complaint", "", None, 2)

    request_exit(client_id="C1", kind="close_account", channel="counter", by=user)
    reconcile("C1")

    (line,) = seen(user, clock).lines
    assert (line.kind, line.state, line.level, line.exit_id is not None) == ("exit", "requested", "", True)


def test_the_list_is_cut_at_the_capacity_but_never_above_what_is_due(clock: Clock) -> None:
    ids = [f"C{number:02}" for number in range(30)]
    clients(*ids)
    user = adviser(capacity=10)
    open_now(*(alarm(one, "yellow") for one in ids[:18]), *(alarm(one, "red") for one in ids[18:]))
    first = seen(user, clock)
    assert (first.listed, first.waiting, first.overdue) == (10, 20, 0)

    clock.set("2026-11-24")
    due = seen(user, clock)
    assert (due.listed, due.tiles["must"]) == (12, 12)
    clock.set("2026-12-08")
    late = seen(user, clock)
    assert (late.listed, late.overdue, late.pages) == (30, 30, 2)
    assert len(listed(user, clock, page=2)) == 10
    assert seen(user, clock, page=99).page == 2
    assert seen(user, clock, capacity=1).listed == 30


def test_a_call_back_of_a_later_day_is_not_listed(clock: Clock) -> None:
    clients("C1", "C2")
    user = adviser()
    open_now(alarm("C1"), alarm("C2"))
    call(user, "C1", next_follow_up_on=date(2026, 11, 27))
    assert listed(user, clock) == ["C2"]

    clock.set("2026-11-27")
    assert listed(user, clock) == ["C2", "C1"]
    assert seen(user, clock).tiles["callbacks"] == 1
    assert listed(user, clock, filters=Filters(tile="callbacks")) == ["C1"]


def test_what_was_put_off_comes_back_on_its_day_and_at_once_when_it_is_due(clock: Clock) -> None:
    clients("C1", "C2")
    user = adviser()
    open_now(alarm("C1", "yellow"), alarm("C2", "yellow"))
    snooze(case_id=the_case("C1").pk, until=date(2026, 12, 1), reason="client_asked", version=1, by=user)
    assert listed(user, clock) == ["C2"]
    promise(client_id="C1", what="寄对账单", to_whom="客户", due_on=date(2026, 11, 25), by=user)
    assert listed(user, clock) == ["C2"]
    clock.set("2026-11-25")
    assert listed(user, clock) == ["C1", "C2"]

    clock.set("2026-12-01")
    assert sorted(listed(user, clock)) == ["C1", "C2"]


def test_tiles_count_what_they_say(clock: Clock) -> None:
    clients("C1", "C2", "C3")
    user = adviser()
    open_now(alarm("C1", "red"), alarm("C2", "orange"))
    promise(client_id="C3", what="寄对账单", to_whom="客户", due_on=date(2026, 11, 23), by=user)

    assert seen(user, clock).tiles == {"must": 1, "soon": 1, "new": 2, "callbacks": 0, "tracking": 0}
    for tile in TILES:
        if tile != "tracking":
            assert len(listed(user, clock, filters=Filters(tile=tile))) == seen(user, clock).tiles[tile]

    clock.set("2026-11-24")
    assert seen(user, clock).tiles["new"] == 0
    call(user, "C1", feedback="not_needed")
    assert seen(user, clock).tiles["tracking"] == 1


def test_an_alarm_of_friday_night_is_new_all_weekend_and_until_monday_ends(clock: Clock) -> None:
    clients("C1")
    user = adviser()
    clock.set("2026-11-28", hour=3)  # Saturday: Friday's figures
    open_now(alarm("C1"))

    assert seen(user, clock.set("2026-11-29")).tiles["new"] == 1
    assert seen(user, clock.set("2026-11-30")).tiles["new"] == 0


def test_filters_narrow_the_list(clock: Clock) -> None:
    clients("C1", "C2", "C3")
    user = adviser()
    open_now(alarm("C1", "red"), alarm("C2", "yellow"))
    record_complaint(client_id="C3", said="没人回电话", method="phone", by=user)

    assert listed(user, clock, filters=Filters(level="yellow")) == ["C2"]
    assert listed(user, clock, filters=Filters(kind="complaint")) == ["C3"]
    assert listed(user, clock, filters=Filters(client_id=" C1 ")) == ["C1"]
    assert listed(user, clock, filters=Filters(tile="nothing")) == ["C3", "C1", "C2"]


def test_nobody_sees_another_s_list(clock: Clock) -> None:
    clients("C1")
    adviser()
    open_now(alarm("C1"))

    assert listed(adviser("S2"), clock) == []
    assert listed(make_user("duty_adviser", branch="B2"), clock) == []
    for role in ("counter_clerk", "compliance", "head_office", "administrator"):
        with pytest.raises(NotAllowed):
            todays(make_user(role), clock.day)


def test_what_nobody_has_is_seen_by_those_who_may_take_it(clock: Clock) -> None:
    make_client("C1", manager="")
    open_now(alarm("C1", manager_id=""))
    boss = head()

    assert listed(boss, clock) == listed(make_user("duty_adviser"), clock) == ["C1"]
    assert listed(adviser(), clock) == []
    assert [case.client_id for case in waiting_for_assignment(boss)] == ["C1"]


def test_the_lines_of_somebody_who_is_gone_wait_for_somebody(clock: Clock) -> None:
    clients("C1")
    user, boss = adviser(), make_user("branch_head", staff="S0")
    open_now(alarm("C1"))
    user.is_active = False
    user.save()

    assert listed(boss, clock) == ["C1"]
    assert [case.client_id for case in waiting_for_assignment(boss)] == ["C1"]
    assign(case_id=the_case().pk, to=boss.pk, version=1, by=boss)
    assert waiting_for_assignment(boss) == []


def test_what_was_told_to_the_branch_head_is_in_the_head_s_list(clock: Clock) -> None:
    clients("C1")
    adviser()
    boss = make_user("branch_head", staff="S0")
    open_now(alarm("C1"))
    assert listed(boss, clock) == []
    assert listed(boss, clock, filters=Filters(team=True)) == ["C1"]

    clock.set("2026-11-25")
    escalate_overdue(today=clock.day)

    assert listed(boss, clock) == ["C1"]


def test_a_promise_to_one_person_s_client_by_another_is_in_both_lists(clock: Clock) -> None:
    clients("C1")
    user, boss = adviser(), make_user("branch_head", staff="S0")
    open_now(alarm("C1"))
    promise(client_id="C1", what="回电说明费率", to_whom="客户", due_on=clock.day, by=boss)

    assert [(line.client_id, line.kind) for line in seen(user, clock).lines] == [("C1", "retention")]
    assert [(line.client_id, line.kind) for line in seen(boss, clock).lines] == [("C1", "task")]


def test_a_complaint_that_nobody_has_stands_in_the_line_of_who_has_the_case(clock: Clock) -> None:
    clients("C1")
    user, boss = adviser("S2"), head()
    make_client("C1", manager="")
    open_now(alarm("C1", manager_id=""))
    assign(case_id=the_case().pk, to=user.pk, version=1, by=boss)
    record_complaint(client_id="C1", said="没人回电话", method="phone", by=boss)

    (line,) = seen(user, clock).lines
    assert (line.kind, Line.objects.count()) == ("complaint", 1)


def test_the_next_client_is_the_first_of_the_others(clock: Clock) -> None:
    clients("C1", "C2")
    user = adviser()
    open_now(alarm("C1", "red"), alarm("C2", "yellow"))

    assert next_client(user, clock.day, after="C1") == "C2"
    assert next_client(user, clock.day, after="C2") == "C1"
    assert next_client(adviser("S2"), clock.day, after="C1") is None


def test_lines_say_what_cases_and_tasks_say(clock: Clock) -> None:
    clients("C1", "C2")
    user = adviser()
    open_now(alarm("C1"), alarm("C2", "orange"))
    call(user, "C2", connection="no_answer")
    clock.days_on(1)
    open_now(alarm("C1", "red"), alarm("C2", "red"), run_id="run-2")

    def told(line: Line) -> dict[str, Any]:
        return {
            field.attname: getattr(line, field.attname) for field in Line._meta.fields if field.name != "id"
        }

    kept = sorted(map(told, Line.objects.all()), key=str)
    assert kept == sorted(map(told, lines_of(["C1", "C2"])), key=str)


def test_three_queries_whatever_the_number_of_lines(clock: Clock) -> None:
    user = adviser()
    for number in range(30):
        make_client(f"C{number}")
    open_now(*(alarm(f"C{number}") for number in range(30)))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(seen(user, clock, capacity=100).lines) == 20

    assert len(asked) == 3
    assert len(tasks_of_client("C1")) == 1


# --- a run's ranking ------------------------------------------------------------------------------


def test_a_ranking_orders_what_may_wait_within_its_level(clock: Clock) -> None:
    clients("C1", "C2", "C3", "C4", "C5")
    user = adviser()
    open_now(
        alarm("C1", "yellow", value_at_stake=Decimal(9000), priority=Decimal(10)),
        alarm("C2", "yellow", value_at_stake=Decimal(10), priority=Decimal(900)),
        alarm("C3", "yellow", value_at_stake=Decimal(99999)),  # nobody could score this client
        alarm("C4", "orange", value_at_stake=Decimal(1), priority=Decimal(1)),
        alarm("C5", "orange", value_at_stake=Decimal(2), priority=Decimal("0.5")),
    )

    assert listed(user, clock) == ["C4", "C5", "C2", "C1", "C3"]
    assert next_client(user, clock.day, after="C4") == "C5"


def test_no_score_moves_anything_that_is_due(clock: Clock) -> None:
    """The same work with and without scores that speak against everything that is due."""
    clients("C1", "C2", "C3", "C4", "C5", "C6")
    user = adviser()
    worth = {"C1": 1, "C2": 2, "C3": 3, "C4": 4, "C5": 5, "C6": 6}
    levels = {"C1": "red", "C2": "orange", **dict.fromkeys(("C3", "C4", "C5", "C6"), "yellow")}

    def run(run_id: str, priority: dict[str, Decimal]) -> None:
        found = [
            alarm(id, levels[id], value_at_stake=Decimal(worth[id]), priority=priority.get(id))
            for id in worth
        ]
        open_now(*found, run_id=run_id)

    run("run-1", {})
    clock.set("2026-11-24")  # C1 is due today
    add_task(client_id="C3", kind="own", title="整理资料", due_on=date(2026, 11, 24), by=user)
    promise(client_id="C4", what="寄对账单", to_whom="客户", due_on=date(2026, 11, 24), by=user)
    plain = listed(user, clock)
    run("run-2", {"C5": Decimal(10**6), "C6": Decimal(10**7), "C3": Decimal(0), "C4": Decimal(0)})
    ranked = listed(user, clock)

    assert plain[:2] == ranked[:2] == ["C1", "C4"]
    for due in ("C1", "C3", "C4"):
        assert ranked.index(due) <= plain.index(due)
    assert ranked[-2:] == ["C6", "C5"]


def test_a_run_without_scores_gives_the_order_by_value_back(clock: Clock) -> None:
    clients("C1", "C2")
    user = adviser()
    worth = {"C1": Decimal(10), "C2": Decimal(20)}
    open_now(*(alarm(id, "yellow", value_at_stake=worth[id], priority=100 - worth[id]) for id in worth))
    assert listed(user, clock) == ["C1", "C2"]

    open_now(*(alarm(id, "yellow", value_at_stake=worth[id]) for id in worth), run_id="run-2")

    assert listed(user, clock) == ["C2", "C1"]


@pytest.mark.usefixtures("clock")
def test_a_client_who_leaves_or_complains_is_served_whatever_the_score_says() -> None:
    clients("C1", "C2")
    user = adviser()
    open_now(alarm("C1", "yellow", priority=Decimal(5)), alarm("C2", "yellow", priority=Decimal(6)))
    request_exit(client_id="C1", kind="close_account", channel="counter", by=user)
    reconcile("C1")
    record_complaint(client_id="C2", said="没人回电话", method="phone", by=user)

    assert dict(Line.objects.values_list("client_id", "priority")) == {"C1": None, "C2": None}
