"""The one talk about an exit, complaints, and compliance's queue."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.cases.desk import Clock, adviser, alarm, call, head, open_now, open_tasks, the_case
from tests.cases.test_contacts import BLOCKED_NOTE, DOUBTFUL_NOTE
from tests.web import make_client, make_user
from wanliu.cases.actions import (
    Blocked,
    Doubtful,
    close_complaint,
    hold_talk,
    judge_note,
    record_complaint,
    talk_about_exit,
)
from wanliu.cases.models import Contact, NoteReview, Talk, Task
from wanliu.cases.queries import cases_of_client, review_queue, talk_of_exit, talks_of_client
from wanliu.cases.talks import can_answer, can_hold
from wanliu.cases.track import TALK_STATES
from wanliu.errors import Changed, NotAllowed, NotFound, Refused
from wanliu.exits.actions import request_exit, withdraw
from wanliu.exits.queries import exit_of
from wanliu.people.user import User

pytestmark = pytest.mark.django_db

FOLLOWS = {
    None: {"offered", "accepted", "declined", "not_offered"},
    "offered": {"accepted", "declined"},
    "not_offered": {"offered", "accepted", "declined"},
    "accepted": set(),
    "declined": set(),
}


@pytest.fixture
def user() -> User:
    make_client()
    return adviser()


@pytest.fixture
def exit_id(user: User) -> int:
    return request_exit(client_id="C1", kind="close_account", channel="counter", by=user).exit.id


@pytest.mark.parametrize(("before", "after"), product(FOLLOWS, TALK_STATES))
def test_an_answer_is_given_once_and_is_final(user: User, exit_id: int, before: Any, after: Any) -> None:
    if before:
        talk_about_exit(exit_id=exit_id, state=before, by=user)
    allowed = after in FOLLOWS[before]

    assert can_answer(Talk.objects.first(), after) == allowed
    if allowed:
        talk_about_exit(exit_id=exit_id, state=after, by=user)
        found = talk_of_exit(exit_id)
        assert found is not None and found.state == after
    else:
        with pytest.raises(Refused):
            talk_about_exit(exit_id=exit_id, state=after, by=user)
    assert Talk.objects.count() <= 1


def test_the_talk_is_held_once_and_only_if_the_client_agrees(user: User, exit_id: int) -> None:
    for state in ("offered", "accepted"):
        assert not can_hold(Talk.objects.first())
        with pytest.raises(Refused, match="没有同意"):
            hold_talk(exit_id=exit_id, method="visit", note="谈了服务", by=user)
        talk_about_exit(exit_id=exit_id, state=state, by=user)

    hold_talk(exit_id=exit_id, method="visit", note="听客户说了原因", said="想就近", by=user)

    with pytest.raises(Refused, match="只谈一次"):
        hold_talk(exit_id=exit_id, method="visit", note="又谈了服务", by=user)
    (talk,) = talks_of_client("C1")
    assert talk.held_at is not None
    assert exit_of(exit_id).state == "requested"


def test_a_declined_talk_is_never_held(user: User, exit_id: int) -> None:
    talk_about_exit(exit_id=exit_id, state="declined", by=user)

    with pytest.raises(Refused):
        hold_talk(exit_id=exit_id, method="visit", note="谈了服务", by=user)


def test_the_words_of_a_talk_are_judged_as_at_an_exit(user: User, exit_id: int) -> None:
    talk_about_exit(exit_id=exit_id, state="accepted", by=user)
    for note, kind in (
        (BLOCKED_NOTE, Blocked),
        ("先把欠的佣金补齐再给您办转户", Blocked),
        (DOUBTFUL_NOTE, Doubtful),
    ):
        with pytest.raises(kind):
            hold_talk(exit_id=exit_id, method="visit", note=note, by=user)
    assert not Contact.objects.exists()

    hold_talk(exit_id=exit_id, method="visit", note=DOUBTFUL_NOTE, why="转述宣传册", by=user)

    assert NoteReview.objects.count() == 1


def test_an_exit_that_is_over_is_not_talked_about(user: User, exit_id: int) -> None:
    clerk = make_user("counter_clerk", staff="")
    withdraw(exit_id=exit_id, version=1, how="signature", reference="XH-1", by=clerk)

    with pytest.raises(Refused, match="已经结束"):
        talk_about_exit(exit_id=exit_id, state="offered", by=user)
    with pytest.raises(NotFound):
        talk_about_exit(exit_id=99, state="offered", by=user)


def test_the_counter_never_talks_retention(exit_id: int) -> None:
    with pytest.raises(NotAllowed):
        talk_about_exit(exit_id=exit_id, state="offered", by=make_user("counter_clerk", staff=""))


# --- complaints -----------------------------------------------------------------------------------


def test_a_complaint_is_one_case_however_often_the_client_says_it(user: User) -> None:
    first = record_complaint(client_id="C1", said="没人回电话", method="phone", by=user)
    second = record_complaint(client_id="C1", said="还是没人回", method="visit", by=user)

    assert first == second
    assert [one.kind for one in cases_of_client("C1")] == ["complaint"]
    assert Contact.objects.filter(case_id=first, purpose="complaint", direction="in").count() == 2
    assert open_tasks() == ["first_contact"]


def test_the_counter_takes_complaints_of_any_client_and_closes_none() -> None:
    make_client(branch="B2", manager="S9")
    clerk = make_user("counter_clerk", staff="")

    case_id = record_complaint(client_id="C1", said="没人回电话", method="visit", by=clerk)

    assert (the_case(kind="complaint").state, the_case(kind="complaint").branch_id) == ("open", "B2")
    with pytest.raises(NotAllowed):
        close_complaint(case_id=case_id, answer="已回电说明", version=1, by=clerk)


def test_a_complaint_is_closed_with_an_answer_fit_to_be_given(user: User) -> None:
    boss = head(username="boss")
    case_id = record_complaint(client_id="C1", said="没人回电话", method="phone", by=user)
    for answer, kind in ((" ", Refused), (BLOCKED_NOTE, Blocked), (DOUBTFUL_NOTE, Doubtful)):
        with pytest.raises(kind):
            close_complaint(case_id=case_id, answer=answer, version=1, by=boss)
    with pytest.raises(NotAllowed):
        close_complaint(case_id=case_id, answer="已回电说明", version=1, by=user)

    close_complaint(case_id=case_id, answer="已回电说明", version=1, by=boss)

    case = the_case(kind="complaint")
    assert (case.state, case.outcome_claimed, case.closed_by) == ("closed", None, boss.actor_id)
    assert Task.objects.get().state == "dropped"
    with pytest.raises(Refused):
        record_complaint(client_id="C1", said=" ", method="phone", by=user)


# --- compliance's queue ---------------------------------------------------------------------------


def doubtful(user: User) -> int:
    open_now(alarm())
    call(user, note=DOUBTFUL_NOTE, why="转述宣传册")
    return NoteReview.objects.get().pk


def test_compliance_gives_the_verdict_once(clock: Clock, user: User) -> None:
    watch = make_user("compliance", staff="")
    review_id = doubtful(user)
    waiting = review_queue(watch)
    assert (waiting.waiting, waiting.reviews[0].why, waiting.reviews[0].contact.note) == (
        1,
        "转述宣传册",
        DOUBTFUL_NOTE,
    )

    clock.days_on(1)
    judge_note(review_id=review_id, verdict="fault", version=1, remark="应写具体事实", by=watch)

    assert review_queue(watch).waiting == 0
    (decided,) = review_queue(watch, decided=True).reviews
    assert (decided.verdict, decided.decided_by, decided.decided_at) == ("fault", "员工", clock.moment)
    with pytest.raises(Changed):
        judge_note(review_id=review_id, verdict="sound", version=1, by=watch)
    with pytest.raises(Refused, match="已有结论"):
        judge_note(review_id=review_id, verdict="sound", version=2, by=watch)


def test_nobody_else_judges_and_nobody_judges_their_own(user: User) -> None:
    review_id = doubtful(user)
    watch = make_user("compliance", staff="")

    for other in (user, make_user("branch_head", staff="S0")):
        with pytest.raises(NotAllowed):
            judge_note(review_id=review_id, verdict="sound", version=1, by=other)
        with pytest.raises(NotAllowed):
            review_queue(other)
    user.role = "compliance"
    user.save()
    with pytest.raises(Refused, match="自己"):
        judge_note(review_id=review_id, verdict="sound", version=1, by=user)
    with pytest.raises(Refused):
        judge_note(review_id=review_id, verdict="maybe", version=1, by=watch)  # type: ignore[arg-type]  # no such verdict
    with pytest.raises(NotFound):
        judge_note(review_id=99, verdict="sound", version=1, by=watch)
