"""The track is data; here it is proved whole: every state, every move, every role."""

from __future__ import annotations

from typing import get_args

import pytest
from django.db import transaction

from tests.exits.desk import ROAD, act, an_exit
from tests.web import make_client, make_user
from wanliu.errors import NotAllowed, Refused
from wanliu.exits.models import Exit as Row
from wanliu.exits.queries import Exit, moves_for
from wanliu.exits.track import (
    FINAL,
    KINDS,
    MOVES,
    OPEN,
    STATES,
    STEPS,
    Kind,
    Move,
    State,
    Verb,
    can_move,
    check_move,
    moves_from,
)
from wanliu.people.rights import can
from wanliu.people.roles import ROLES, matrix
from wanliu.people.user import User

BY_PEOPLE = [verb for verb in STEPS if STEPS[verb].action]


def test_tables_name_every_state_kind_and_move() -> None:
    assert set(STATES) == set(get_args(State))
    assert set(KINDS) == set(get_args(Kind))
    assert set(STEPS) == set(get_args(Verb)) == {move.verb for move in MOVES}
    assert {step.action for step in STEPS.values() if step.action} <= set(matrix())
    assert set(ROAD) == set(STATES)


def test_moves_are_told_apart_by_what_is_left_open() -> None:
    """From one state one verb leads to one place, once it is known whether a condition stays open."""
    for state in STATES:
        for verb in STEPS:
            for some_left in (True, False):
                found = [
                    move
                    for move in moves_from(state)
                    if move.verb == verb and move.left in ("any", "some" if some_left else "none")
                ]
                assert len(found) <= 1


@pytest.mark.parametrize("state", FINAL)
def test_what_is_over_has_no_move(state: State) -> None:
    assert moves_from(state) == ()
    for verb in STEPS:
        with pytest.raises(Refused, match="已经结束"):
            check_move(verb, state, some_left=False)


@pytest.mark.parametrize("state", OPEN)
def test_client_may_take_it_back_from_every_open_state(state: State) -> None:
    for some_left in (True, False):
        assert check_move("withdraw", state, some_left=some_left) == "withdrawn_by_client"


def test_withdrawn_is_reached_by_the_clients_own_move_alone() -> None:
    assert {move.verb for move in MOVES if move.after == "withdrawn_by_client"} == {"withdraw"}


def test_refusal_names_what_may_be_done() -> None:
    with pytest.raises(Refused) as refused:
        check_move("submit", "requested", some_left=False)

    assert "核对身份" in refused.value.message.zh
    assert "check the identity" in refused.value.message.en


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", STEPS)
def test_asking_and_checking_agree(state: State, verb: Verb) -> None:
    for some_left in (True, False):
        try:
            check_move(verb, state, some_left=some_left)
        except Refused:
            assert not can_move(verb, state, some_left=some_left)
        else:
            assert can_move(verb, state, some_left=some_left)
            assert can_move(verb, state)


@pytest.mark.django_db
@pytest.mark.parametrize("state", STATES)
def test_every_move_of_every_role_is_allowed_or_refused_as_the_tables_say(state: State) -> None:
    client = make_client("C1", branch="B1", manager="S1")
    leaving = an_exit(state, by=make_user("counter_clerk", staff="S9"))
    for user in [make_user(role, branch, "S1") for role in ROLES for branch in ("B1", "B2")]:
        offered = moves_for(user, leaving)
        for verb in BY_PEOPLE:
            allowed = can(user, STEPS[verb].action or "", client)
            assert (verb in offered) == (allowed and can_move(verb, state))
            assert _outcome(verb, leaving, user) == _expected(verb, leaving, allowed=allowed), (
                verb,
                user.role,
            )


def _expected(verb: Verb, leaving: Exit, *, allowed: bool) -> str:
    if not allowed:
        return "not allowed"
    left = {"add_condition": True, "list_conditions": False, "clear_condition": False}.get(verb, False)
    return check_move(verb, leaving.state, some_left=left) if _is_there(verb, leaving, left) else "refused"


def _is_there(verb: Verb, leaving: Exit, left: bool) -> bool:
    listed_already = verb == "add_condition" and leaving.state == "conditions_open"  # the same code again
    return can_move(verb, leaving.state, some_left=left) and not listed_already


def _outcome(verb: Verb, leaving: Exit, user: User) -> str:
    """What comes of it; afterwards all is as before."""
    before = Row.objects.filter(pk=leaving.id).values().get()
    try:
        with transaction.atomic():
            after = act(verb, leaving, by=user).state
            assert Row.objects.get(pk=leaving.id).state == after
            transaction.set_rollback(True)
            return after
    except NotAllowed:
        return "not allowed"
    except Refused:
        return "refused"
    finally:
        assert Row.objects.filter(pk=leaving.id).values().get() == before


def test_no_move_depends_on_more_than_state_and_conditions() -> None:
    assert set(Move.__dataclass_fields__) == {"verb", "before", "after", "left"}
