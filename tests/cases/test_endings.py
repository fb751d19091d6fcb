"""How a case ends: closed by people, set aside, judged by the book, taken up again, laid into another."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.cases.desk import MONDAY, Clock, adviser, alarm, call, open_now, open_tasks, the_case
from tests.web import make_client
from wanliu.cases.actions import (
    Seen,
    can_close,
    can_reopen,
    can_snooze,
    close,
    dismiss,
    judge_outcomes,
    merge,
    promise,
    record_complaint,
    reopen,
    snooze,
    start_contact,
)
from wanliu.cases.figures import aside, feedback, outcomes
from wanliu.cases.models import Case, OutcomeCheck, Task
from wanliu.cases.outcomes import result_of
from wanliu.cases.queries import (
    case_of,
    clients_to_judge,
    outcomes_of_client,
    precision_of_signs,
)
from wanliu.errors import NotFound, Refused
from wanliu.people.queries import person
from wanliu.people.user import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    make_client()
    made = adviser()
    open_now(alarm(level="orange"))
    return made


def end(user: User, outcome: str = "stayed") -> None:
    call(user)
    close(case_id=the_case().pk, outcome=outcome, version=the_case().version, by=user)


def seen(days: int, assets: str | None = "90000", left_on: date | None = None) -> Seen:
    return Seen(
        "C1", MONDAY.date() + timedelta(days=days), None if assets is None else Decimal(assets), left_on
    )


# --- closing --------------------------------------------------------------------------------------


def test_closing_claims_an_outcome_and_the_book_is_asked_three_times(user: User) -> None:
    promise(client_id="C1", what="寄对账单", to_whom="客户", due_on=date(2026, 11, 24), by=user)

    end(user)

    case = the_case()
    assert (case.state, case.outcome_claimed, case.closed_by) == ("tracking", "stayed", user.actor_id)
    assert [check.due_on for check in case.checks.order_by("horizon")] == [
        date(2026, 12, 23),
        date(2027, 2, 21),
        date(2027, 5, 22),
    ]
    assert open_tasks() == ["promise"]


def test_nothing_is_closed_that_nobody_has_worked_on(user: User) -> None:
    start_contact(client_id="C1", by=user)

    assert not can_close(the_case())
    with pytest.raises(Refused, match="不相关"):
        close(case_id=the_case().pk, outcome="stayed", version=the_case().version, by=user)


@pytest.mark.parametrize("outcome", ["withdrawn", "happy", ""])
def test_only_what_a_person_may_claim_is_claimed(user: User, outcome: str) -> None:
    with pytest.raises(Refused):
        end(user, outcome)


# --- the book's verdict ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("assets", "left_on", "result"),
    [
        ("80000", None, "stayed"),
        ("79999.99", None, "stayed"),  # 0.79999990 is 0.8000 to four places
        ("79990", None, "reduced"),
        ("50000", None, "reduced"),
        ("49990", None, "left"),
        ("0", None, "left"),
        ("200000", MONDAY.date(), "left"),
        ("200000", MONDAY.date() - timedelta(days=1), "stayed"),
        (None, None, "unknown"),
        (None, MONDAY.date(), "left"),
    ],
)
def test_the_result_follows_its_definition(
    user: User, assets: str | None, left_on: date | None, result: str
) -> None:
    end(user)

    assert result_of(the_case(), seen(30, assets, left_on), date(2026, 12, 23))[0] == result


@pytest.mark.parametrize("before", [None, Decimal(0)])
def test_without_a_figure_of_the_alarm_day_nothing_is_known(user: User, before: Decimal | None) -> None:
    end(user)
    Case.objects.update(net_assets_at_open=before)

    assert result_of(the_case(), seen(30), date(2026, 12, 23)) == ("unknown", None)


def test_the_book_judges_when_it_is_time_and_once(clock: Clock, user: User) -> None:
    end(user)
    assert clients_to_judge(date(2026, 12, 22)) == []
    assert judge_outcomes([seen(29)]) == 0
    clock.days_on(30)
    assert clients_to_judge(clock.day) == ["C1"]

    assert judge_outcomes([seen(30)]) == 1
    assert judge_outcomes([seen(31, "10")]) == 0

    (case_id, first), *_ = outcomes_of_client("C1")
    assert (case_id, first.result, first.share) == (the_case().pk, "stayed", Decimal("0.9000"))
    assert the_case().state == "tracking"


def test_what_is_missing_is_waited_for_and_then_unknown_for_good(user: User) -> None:
    end(user)
    assert judge_outcomes([seen(30, None)]) == 0
    assert judge_outcomes([seen(40, None)]) == 0

    assert judge_outcomes([seen(41)]) == 1  # too late: the figure is of another day

    assert OutcomeCheck.objects.get(horizon=30).result == "unknown"


def test_the_last_outcome_closes_the_case_and_the_claim_stands_beside(user: User) -> None:
    end(user, "stayed")

    assert judge_outcomes([seen(30), seen(90, "30000"), seen(180, "0", date(2027, 4, 1))]) == 3

    detail = case_of(the_case().pk)
    assert (detail.case.state, detail.case.outcome_claimed) == ("closed", "stayed")
    assert [one.result for one in detail.outcomes] == ["stayed", "left", "left"]


def test_the_definition_says_its_borders() -> None:
    assert outcomes().left_below < outcomes().stayed_from <= 1
    assert list(outcomes().horizons) == sorted(set(outcomes().horizons))


# --- setting aside --------------------------------------------------------------------------------


def test_all_signs_dismissed_end_the_case_and_promises_stand(user: User) -> None:
    promise(client_id="C1", what="寄对账单", to_whom="客户", due_on=date(2026, 11, 24), by=user)

    dismiss(case_id=the_case().pk, reason="own_money_plan", version=1, by=user)

    case = the_case()
    assert (case.state, case.outcome_claimed, case.checks.count()) == ("closed", "withdrawn", 0)
    assert open_tasks() == ["promise"]


def test_one_sign_dismissed_leaves_the_case_to_the_other(user: User) -> None:
    dismiss(case_id=the_case().pk, reason="seasonal", signs=["trade_drop"], version=1, by=user)
    assert the_case().state == "assigned"

    for wrong in (["trade_drop"], ["heavy_loss"]):
        with pytest.raises(Refused):
            dismiss(case_id=the_case().pk, reason="seasonal", signs=wrong, version=2, by=user)
    with pytest.raises(Refused):
        dismiss(case_id=the_case().pk, reason="lazy", version=2, by=user)
    dismiss(case_id=the_case().pk, reason="seasonal", signs=["fund_outflow"], version=2, by=user)
    assert the_case().state == "closed"
    assert case_of(the_case().pk).dismissed == ("fund_outflow", "trade_drop")


def test_precision_counts_the_cases_that_somebody_looked_at() -> None:
    user = adviser()
    for client_id in ("C1", "C2", "C3"):
        make_client(client_id)
    open_now(*(alarm(one) for one in ("C1", "C2", "C3")))
    call(user, "C1")
    dismiss(case_id=the_case("C2").pk, reason="seasonal", signs=["trade_drop"], version=1, by=user)

    found = {one.sign: (one.alarmed, one.dismissed, one.precision) for one in precision_of_signs()}

    assert found == {"fund_outflow": (2, 0, 1.0), "trade_drop": (2, 1, 0.5)}
    assert precision_of_signs(since=date(2026, 12, 1)) == precision_of_signs(branch_id="B9") == []


@pytest.mark.parametrize(
    ("level", "until", "allowed"),
    [
        ("orange", "2026-11-24", True),
        ("orange", "2026-11-26", True),
        ("orange", "2026-11-27", False),  # must be done by the 26th
        ("yellow", "2026-12-03", True),
        ("yellow", "2026-12-04", False),  # eleven days
        ("yellow", "2026-11-23", False),
    ],
)
def test_a_case_is_put_off_no_further_than_it_may_wait(level: str, until: str, allowed: bool) -> None:
    make_client()
    user = adviser()
    open_now(alarm(level=level))
    day = date.fromisoformat(until)

    assert can_snooze(the_case(), day) == allowed
    if allowed:
        snooze(case_id=the_case().pk, until=day, reason="waiting", version=1, by=user)
        assert case_of(the_case().pk).snoozed_until == day
    else:
        with pytest.raises(Refused):
            snooze(case_id=the_case().pk, until=day, reason="waiting", version=1, by=user)


def test_what_is_overdue_is_not_put_off(clock: Clock) -> None:
    make_client()
    user = adviser()
    open_now(alarm(level="yellow"))
    clock.set("2026-12-08")

    with pytest.raises(Refused, match="超时"):
        snooze(case_id=the_case().pk, until=date(2026, 12, 9), reason="waiting", version=1, by=user)


def test_the_lists_of_reasons_are_in_both_languages() -> None:
    for texts in (aside().dismissals, aside().snoozes, *(one.details for one in feedback().values())):
        assert all(text.zh and text.en for text in texts.values())
    assert [code for code, one in feedback().items() if one.declines] == ["not_needed"]


# --- again ----------------------------------------------------------------------------------------


def test_a_reopened_case_has_a_next_day_and_its_open_outcomes_are_void(clock: Clock, user: User) -> None:
    end(user)
    clock.days_on(30)
    judge_outcomes([seen(30)])

    reopen(case_id=the_case().pk, why="客户来电", version=the_case().version, by=user)

    case = the_case()
    assert (case.state, case.assignee, case.outcome_claimed, case.closed_at) == ("assigned", user, None, None)
    assert open_tasks() == ["callback"]
    assert list(case.checks.order_by("horizon").values_list("result", flat=True)) == [
        "stayed",
        "void",
        "void",
    ]
    assert len(case_of(case.pk).outcomes) == 1


def test_a_case_closed_again_is_judged_at_the_horizons_that_are_left(clock: Clock, user: User) -> None:
    end(user)
    reopen(case_id=the_case().pk, why="客户来电", version=the_case().version, by=user)
    clock.days_on(1)

    end(user)

    assert the_case().checks.filter(result__isnull=True).count() == 3


def test_a_case_of_somebody_who_left_goes_to_who_reopens_it(user: User) -> None:
    end(user)
    user.is_active = False
    user.save()
    other = adviser("S1", username="other")

    reopen(case_id=the_case().pk, why="客户来电", version=the_case().version, by=other)

    assert the_case().assignee == other


@pytest.mark.parametrize("bar", ["declined", "another", "opted_out"])
def test_a_case_stays_closed_where_nobody_may_keep_the_client(clock: Clock, user: User, bar: str) -> None:
    if bar == "declined":
        call(user, feedback="not_needed")
    else:
        end(user)
    old = the_case()
    if bar == "another":
        clock.days_on(30)
        open_now(alarm())
    if bar == "opted_out":
        make_client(do_not_contact=True)

    assert not can_reopen(old, person("C1"))
    with pytest.raises(Refused):
        reopen(case_id=old.pk, why="客户来电", version=old.version, by=user)


def test_a_case_reopened_beside_a_complaint_rests_at_once(user: User) -> None:
    end(user)
    record_complaint(client_id="C1", said="没人回电话", method="phone", by=user)

    version = reopen(case_id=the_case().pk, why="客户来电", version=the_case().version, by=user)

    assert (the_case().suspended_why, the_case().version) == ("complaint", version)


def test_an_old_case_is_laid_into_the_new_one_with_what_is_open(clock: Clock, user: User) -> None:
    promise(
        client_id="C1",
        what="寄对账单",
        to_whom="客户",
        due_on=date(2026, 12, 30),
        case_id=the_case().pk,
        by=user,
    )
    end(user)
    old = the_case()
    clock.days_on(30)
    open_now(alarm())
    new = the_case()

    version = merge(case_id=old.pk, into=new.pk, version=old.version, by=user)

    old.refresh_from_db()
    assert (old.state, old.merged_into, version) == ("closed", new, 2)
    assert Task.objects.get(kind="promise").case == new
    assert not old.checks.filter(result__isnull=True).exists()
    with pytest.raises(Refused, match="并入"):
        merge(case_id=old.pk, into=new.pk, version=old.version, by=user)
    with pytest.raises(Refused, match="并入"):
        reopen(case_id=old.pk, why="客户来电", version=old.version, by=user)


def test_only_cases_of_one_client_and_kind_are_laid_together(clock: Clock, user: User) -> None:
    end(user)
    old = the_case()
    make_client("C2")
    clock.days_on(30)
    open_now(alarm("C2"))
    wrong: list[Any] = [the_case("C2").pk, old.pk]

    for into in wrong:
        with pytest.raises(Refused):
            merge(case_id=old.pk, into=into, version=old.version, by=user)
    with pytest.raises(NotFound):
        merge(case_id=old.pk, into=99, version=old.version, by=user)
