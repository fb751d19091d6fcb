"""May we call? Each limit at its border."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.cases.desk import MONDAY, Clock, adviser, alarm, call, open_now
from tests.web import make_client
from wanliu.cases.actions import (
    BeyondLimit,
    Said,
    can_contact,
    check_may_contact,
    reconcile,
    record_complaint,
    record_contact,
    start_contact,
    talk_about_exit,
)
from wanliu.cases.figures import limits
from wanliu.cases.limits import CHECKS, bars
from wanliu.cases.models import Contact, NoteReview, Task
from wanliu.cases.queries import talk_of_exit
from wanliu.cases.track import PURPOSES
from wanliu.clock import SHANGHAI
from wanliu.errors import Refused
from wanliu.exits.actions import request_exit
from wanliu.people.queries import person
from wanliu.people.user import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    make_client()
    made = adviser()
    open_now(alarm())
    return made


def barred(purpose: Any = "retention", **given: Any) -> list[str]:
    found: list[str] = [bar.limit for bar in bars(person("C1"), purpose=purpose, **given)]
    assert can_contact(person("C1"), purpose=purpose, **given) == (not found)
    if found:
        with pytest.raises(Refused):
            check_may_contact(person("C1"), purpose=purpose, **given)
    return found


def test_the_table_names_limits_that_there_are() -> None:
    named = {limit for found in limits().checks.values() for limit in found}
    assert named == set(CHECKS)
    assert set(limits().checks) == set(PURPOSES)
    assert limits().checks["complaint"] == limits().checks["exit"] == ()


@pytest.mark.usefixtures("user")
@pytest.mark.parametrize(
    ("hour", "minute", "found"), [(8, 59, ["hours"]), (9, 0, []), (19, 59, []), (20, 0, ["hours"])]
)
def test_calls_are_made_between_nine_and_eight(hour: int, minute: int, found: list[str]) -> None:
    at = datetime(2026, 11, 23, hour, minute, tzinfo=SHANGHAI)

    assert barred(at=at) == barred("service", at=at) == found
    assert barred("complaint", at=at) == barred("exit", at=at) == []
    assert barred(direction="in", at=at) == []


def test_two_attempts_a_week_and_no_third(clock: Clock, user: User) -> None:
    call(user, connection="no_answer")
    assert barred() == []
    clock.days_on(1)
    call(user, connection="no_answer")
    assert barred() == ["attempts"]

    clock.set("2026-11-29")  # the first attempt is six days old
    assert barred() == ["attempts"]
    clock.set("2026-11-30")
    assert barred() == []


def test_what_the_client_starts_counts_as_no_attempt(user: User) -> None:
    for _ in range(3):
        call(user, direction="in")

    assert barred() == []


def test_four_effective_talks_for_an_alarm(clock: Clock, user: User) -> None:
    for week in range(4):
        assert barred() == []
        clock.set(MONDAY.date() + timedelta(days=7 * week))
        call(user)
    clock.set("2026-12-28")
    assert barred() == ["effective"]

    open_now(alarm(level="red"))
    assert barred() == ["effective"]


def test_a_new_alarm_allows_talks_again(clock: Clock) -> None:
    make_client()
    user = adviser()
    open_now(alarm(level="yellow"))
    for week in range(4):
        clock.set(MONDAY.date() + timedelta(days=7 * week))
        call(user)
    clock.set("2026-12-28")
    open_now(alarm(level="red"))

    assert barred() == []


@pytest.mark.parametrize(("day", "found"), [("2027-05-22", ["declined"]), ("2027-05-23", [])])
def test_not_needed_bars_for_six_months(clock: Clock, user: User, day: str, found: list[str]) -> None:
    call(user, feedback="not_needed", feedback_detail="no_calls")
    clock.set(day)

    assert barred() == found
    assert barred("service") == []


@pytest.mark.parametrize(
    ("flags", "retention", "service"),
    [
        ({"do_not_contact": True}, ["do_not_contact"], ["do_not_contact"]),
        ({"marketing_consent": "refused"}, ["consent"], []),
        ({"marketing_consent": "withdrawn"}, ["consent"], []),
        ({"marketing_consent": None}, [], []),
        ({"marketing_consent": "given"}, [], []),
        ({"scoring_opt_out": True}, ["scoring"], []),
        ({"status": "frozen"}, ["out"], []),
        ({"closed_on": date(2026, 11, 23)}, ["closed", "out"], ["closed"]),
    ],
)
def test_what_the_file_says_bars(flags: dict[str, Any], retention: list[str], service: list[str]) -> None:
    make_client(**flags)

    assert sorted(set(barred())) == sorted(retention)
    assert barred("service") == service
    assert barred("complaint") == barred("exit") == barred(direction="in") == []


def test_an_exit_and_a_complaint_bar_retention_and_nothing_else(user: User) -> None:
    record_complaint(client_id="C1", said="没人回电话", method="phone", by=user)
    assert barred() == ["suspended"]

    request_exit(client_id="C1", kind="close_account", channel="counter", by=user)
    reconcile("C1")
    assert barred() == ["leaving", "suspended"]
    assert barred("service") == barred("exit") == barred("complaint") == []


def test_a_complaint_bars_retention_where_no_case_runs() -> None:
    make_client()
    record_complaint(client_id="C1", said="没人回电话", method="phone", by=adviser())

    assert barred() == ["suspended"]


def test_a_talk_that_was_declined_bars_as_not_needed_does(user: User) -> None:
    exit_id = request_exit(client_id="C1", kind="close_account", channel="counter", by=user).exit.id
    talk_about_exit(exit_id=exit_id, state="declined", by=user)

    assert "declined" in barred()
    talk = talk_of_exit(exit_id)
    assert talk is not None and talk.state == "declined"


def test_a_call_is_not_started_beyond_a_limit(clock: Clock, user: User) -> None:
    clock.set("2026-11-23", hour=20)

    with pytest.raises(Refused, match="20:00"):
        start_contact(client_id="C1", by=user)


def test_a_call_made_beyond_a_limit_is_written_down_with_a_reason_and_looked_at(
    clock: Clock, user: User
) -> None:
    clock.set("2026-11-23", hour=20, minute=30)
    with pytest.raises(BeyondLimit, match="说明理由") as told:
        call(user, note="客户在外地，约好晚上联系")
    assert [bar.limit for bar in told.value.bars] == ["hours"]
    assert not Contact.objects.exists()
    assert Task.objects.get().state == "open"

    call(user, note="客户在外地，约好晚上联系", why="客户要求晚上联系")

    review = NoteReview.objects.get()
    assert (review.cause, review.codes, review.why) == ("limit", ["hours"], "客户要求晚上联系")


def test_limits_are_those_of_the_moment_when_it_happened(clock: Clock, user: User) -> None:
    clock.set("2026-11-23", hour=21)

    recorded = record_contact(
        client_id="C1",
        said=Said(method="phone", connection="connected", happened_at=MONDAY),
        by=user,
    )

    assert recorded.reviews == 0
