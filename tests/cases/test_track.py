"""The tables of a case, whole: every state × every move, as the table says and as the actions do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.cases.desk import MONDAY, adviser, case_in, head, the_case
from tests.web import make_user
from wanliu.cases import actions
from wanliu.cases.actions import Said
from wanliu.cases.models import Case, Offer, Task
from wanliu.cases.suspending import withdraw
from wanliu.cases.track import (
    CLAIMABLE,
    KINDS,
    LEVELS,
    MOVES,
    OUTCOMES,
    OVER,
    SEVERITY,
    STATES,
    TASKS,
    UNSEEN,
    WORKING,
    Verb,
    can_move,
    check_move,
)
from wanliu.errors import Refused
from wanliu.people.roles import matrix
from wanliu.people.user import User

pytestmark = pytest.mark.django_db


def test_every_state_is_worked_on_or_over_and_can_be_reached_and_left() -> None:
    assert set(STATES) == {*WORKING, *OVER}
    assert set(UNSEEN) < set(WORKING)
    for kind in KINDS:
        reached = {
            "open",
            *(after for move in MOVES.values() if kind in move.kinds for after in move.ways.values()),
        }
        left = {before for move in MOVES.values() if kind in move.kinds for before in move.ways}
        wanted = set(STATES) if kind == "retention" else set(STATES) - {"offered", "tracking"}
        assert wanted <= reached | {"offered", "tracking"}
        assert wanted <= left


def test_every_move_has_a_right_or_is_the_machinery_s_own() -> None:
    for verb, move in MOVES.items():
        assert move.action in matrix() or (
            move.action is None and verb in ("refuse_all", "withdraw", "judge", "hand_back")
        )
        assert move.verb == verb


def test_levels_and_outcomes_are_complete() -> None:
    assert set(SEVERITY) == {*LEVELS, ""}
    assert set(CLAIMABLE) == set(OUTCOMES) - {"withdrawn"}
    assert all(rule.must for kind, rule in TASKS.items() if kind != "own")


@pytest.mark.parametrize("verb", MOVES)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", KINDS)
def test_check_and_can_say_the_same(kind: str, state: str, verb: Verb) -> None:
    if can_move(verb, kind, state):
        assert check_move(verb, kind, state) in STATES
    else:
        with pytest.raises(Refused) as told:
            check_move(verb, kind, state)
        assert told.value.message.zh and told.value.message.en


def _merge(case: Case, by: User) -> None:
    """Into a case of the client that is at work, if there can be one; else into itself."""
    into = Case.objects.filter(client_id=case.client_id, kind=case.kind, state__in=WORKING).first()
    if into is None and case.state in OVER:
        into = Case.objects.create(
            client_id=case.client_id,
            branch_id="B1",
            kind=case.kind,
            opened_on=MONDAY.date(),
            due_on=MONDAY.date(),
        )
    actions.merge(case_id=case.pk, into=into.pk if into else case.pk, version=case.version, by=by)


def _offered(case: Case, by: User) -> int:
    return Offer.objects.create(
        case=case,
        client_id=case.client_id,
        method="affirming",
        method_version=1,
        method_hash="x",
        reason="service",
        offered_at=MONDAY,
        offered_by=by,
    ).pk


def _colleague() -> int:
    return adviser("S2").pk


def _said(case: Case) -> Said:
    return Said(method="phone", connection="connected", purpose=_purpose(case), why="回电", direction="in")


def _purpose(case: Case) -> Any:
    return "complaint" if case.kind == "complaint" else "retention"


BY_PEOPLE: dict[str, Callable[[Case, User], Any]] = {
    "assign": lambda case, by: actions.assign(case_id=case.pk, to=_colleague(), version=case.version, by=by),
    "claim": lambda case, by: actions.claim(case_id=case.pk, version=case.version, by=by),
    "hand_over": lambda case, by: actions.hand_over(
        case_id=case.pk, to=_colleague(), why="休假", version=case.version, by=by
    ),
    "make_offer": lambda case, by: actions.make_offer(
        case_id=case.pk, method="affirming", reason="service", version=case.version, by=by
    ),
    "answer_offer": lambda case, by: actions.answer_offer(offer_id=_offered(case, by), accepted=False, by=by),
    "dismiss": lambda case, by: actions.dismiss(
        case_id=case.pk, reason="seasonal", signs=["trade_drop"], version=case.version, by=by
    ),
    "snooze": lambda case, by: actions.snooze(
        case_id=case.pk,
        until=MONDAY.date() + timedelta(days=1),
        reason="waiting",
        version=case.version,
        by=by,
    ),
    "close": lambda case, by: actions.close(
        case_id=case.pk, outcome="undecided", version=case.version, by=by
    ),
    "close_complaint": lambda case, by: actions.close_complaint(
        case_id=case.pk, answer="已回电说明", version=case.version, by=by
    ),
    "withdraw": lambda case, by: withdraw(case, "withdrawn", by=by),
    "reopen": lambda case, by: actions.reopen(case_id=case.pk, why="来电", version=case.version, by=by),
    "merge": _merge,
}
CONTACTS: dict[str, Callable[[Case, User], Any]] = {
    "start_contact": lambda case, by: actions.start_contact(
        client_id=case.client_id, purpose=_purpose(case), by=by
    ),
    "record_contact": lambda case, by: actions.record_contact(
        client_id=case.client_id, said=_said(case), by=by
    ),
}


def test_each_move_of_a_person_is_tried_below() -> None:
    assert {*BY_PEOPLE, *CONTACTS, "refuse_all", "judge", "hand_back"} == set(MOVES)


@pytest.mark.parametrize("verb", BY_PEOPLE)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", KINDS)
def test_an_action_makes_the_move_that_the_table_has_or_refuses_and_changes_nothing(
    kind: str, state: str, verb: Verb
) -> None:
    if kind == "complaint" and state in ("offered", "tracking"):
        return  # no way leads there, as the first test says
    by = head()
    case = case_in(state, by, kind=kind)
    before = Case.objects.values().get(pk=case.pk)

    if can_move(verb, kind, state):
        BY_PEOPLE[verb](case, by)
        after = Case.objects.get(pk=case.pk)
        assert after.state == MOVES[verb].ways[after_key(state)]
        assert after.version > before["version"]
    else:
        with pytest.raises(Refused):
            BY_PEOPLE[verb](case, by)
        assert Case.objects.values().get(pk=case.pk) == before


def after_key(state: str) -> Any:
    return state


@pytest.mark.parametrize("verb", CONTACTS)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_contact_moves_the_case_that_is_at_work_and_leaves_one_that_is_over(
    kind: str, state: str, verb: Verb
) -> None:
    if kind == "complaint" and state in ("offered", "tracking"):
        return
    by = head()
    case = case_in(state, by, kind=kind)

    if state in OVER and kind == "complaint" and verb == "record_contact":
        with pytest.raises(Refused, match="没有未办结的投诉"):
            CONTACTS[verb](case, by)
    else:
        CONTACTS[verb](case, by)

    assert the_case(kind=kind).state == (MOVES[verb].ways[after_key(state)] if state in WORKING else state)


def test_a_refusal_and_the_book_s_verdict_end_a_case_as_the_table_says() -> None:
    by = head()
    case = case_in("assigned", by)

    actions.record_contact(
        client_id="C1", said=Said(method="phone", connection="connected", feedback="not_needed"), by=by
    )

    assert the_case().state == MOVES["refuse_all"].ways["assigned"] == "tracking"
    last = case.checks.order_by("-horizon").first()
    assert last is not None
    for days in (30, 90, 180):
        on = date(2026, 11, 23) + timedelta(days=days)
        actions.judge_outcomes([actions.Seen("C1", on, None, on)])
    assert the_case().state == MOVES["judge"].ways["tracking"] == "closed"


@pytest.mark.parametrize("state", WORKING)
def test_whoever_leaves_hands_back_what_is_at_work_whatever_its_state(state: str) -> None:
    case = case_in(state, head())
    user = adviser() if case.assignee is None else case.assignee
    before = case.version

    done = actions.rearrange(user_id=user.pk, by=make_user("administrator", branch=""), is_active=False)

    case.refresh_from_db()
    assert (case.state, case.assignee) == (MOVES["hand_back"].ways[after_key(state)], None)
    assert (done.cases > 0) == (case.version > before)
    assert not Task.objects.filter(state="open", assignee=user).exists()
