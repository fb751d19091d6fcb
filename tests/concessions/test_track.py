"""The track is data; here it is proved whole, and the database holds to it as well."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.concessions.desk import House
from wanliu.concessions.actions import can_grant
from wanliu.concessions.models import CommissionRequest, Concession
from wanliu.concessions.queries import moves_for, request_of
from wanliu.concessions.track import FINAL, MOVES, OPEN, STATES, STEPS, State, Verb, can_move, check_move
from wanliu.errors import Refused
from wanliu.people.roles import matrix


def test_every_state_is_reached_and_none_but_the_last_is_a_dead_end() -> None:
    assert set(MOVES.values()) | {"requested"} == set(STATES)
    assert {state for _, state in MOVES} == set(OPEN) == set(STATES) - set(FINAL)


def test_every_open_request_can_be_answered_and_taken_back() -> None:
    seen: set[State] = {"answered"}
    while (
        more := {before for (verb, before), after in MOVES.items() if verb != "withdraw" and after in seen}
        - seen
    ):
        seen |= more

    assert set(OPEN) <= seen
    assert all(can_move("withdraw", state) for state in OPEN)


@pytest.mark.parametrize("verb", STEPS)
@pytest.mark.parametrize("state", STATES)
def test_a_move_is_there_or_is_refused_in_words(verb: Verb, state: State) -> None:
    if can_move(verb, state):
        assert check_move(verb, state) in STATES
        return
    with pytest.raises(Refused) as refused:
        check_move(verb, state)
    assert STATES[state].zh in refused.value.message.zh and STATES[state].en in refused.value.message.en


def test_every_step_has_its_row_in_the_matrix_and_its_own_event() -> None:
    assert {step.action for step in STEPS.values()} <= set(matrix())
    assert len({step.event for step in STEPS.values()}) == len(STEPS)


@pytest.mark.parametrize("state", STATES)
def test_what_is_shown_may_be_done_and_what_is_not_shown_may_not(house: House, state: State) -> None:
    request = house.in_state(state)

    for user in (house.adviser, house.head, house.office, house.watch):
        shown = moves_for(user, request)
        assert all(can_move(verb, state) for verb in shown)
        assert user is not house.watch or shown == ()
        assert user is not house.adviser or not {"grant", "refuse"} & set(shown)


def test_can_asks_what_check_says(house: House) -> None:
    request = house.asks()
    row = CommissionRequest.objects.get(pk=request.id)

    assert can_grant(row, house.head) and not can_grant(row, house.adviser)


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "granted"},
        {"state": "nowhere"},
        {"decision": "granted"},
        {"decision": "refused", "state": "refused", "reason": "too_dear"},
        {"rate": 0},
        {"minimum": -5},
        {"state": "answered"},
        {"state": "withdrawn"},
    ],
)
def test_the_database_refuses_half_a_decision(house: House, broken: dict[str, Any]) -> None:
    request = house.asks()

    with pytest.raises(IntegrityError), transaction.atomic():
        CommissionRequest.objects.filter(pk=request.id).update(**broken)
    assert request_of(request.id) == request


def test_the_database_refuses_ones_own_decision(house: House) -> None:
    request = house.in_state("granted")

    with pytest.raises(IntegrityError), transaction.atomic():
        CommissionRequest.objects.filter(pk=request.id).update(decided_by=house.adviser)


@pytest.mark.parametrize(
    "broken",
    [
        {"rate": 0},
        {"minimum": -1},
        {"until": "2026-11-24"},
        {"ended_why": "expired"},
        {"ended_on": "2027-01-04"},
    ],
)
def test_the_database_refuses_half_a_concession(house: House, broken: dict[str, Any]) -> None:
    house.in_state("answered")

    with pytest.raises(IntegrityError), transaction.atomic():
        Concession.objects.update(**broken)
