"""No exit waits for a retention talk: a search through every interleaving of the track with a talk.

The exit's part is the real table of moves, asked as the actions ask it. The talk is any talk there could be:
offered, declined, accepted or never offered, at any time and any number of times.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final, Literal, NamedTuple, get_args

import pytest

from wanliu.exits.track import FINAL, OPEN, STATES, STEPS, State, Verb, can_move, check_move

Talk = Literal["not_offered", "offered", "declined", "accepted"]
TALKS: Final[tuple[Talk, ...]] = get_args(Talk)
MOST_CONDITIONS: Final = 3
"""Open conditions at once in the search; the track tells none from some, so more would show nothing new."""


class World(NamedTuple):
    """One exit with the number of its open conditions, and one talk beside it."""

    state: State
    conditions: int
    talk: Talk


class Edge(NamedTuple):
    verb: Verb | Literal["talk"]
    after: World


Enabled = Callable[[World, Verb, bool], bool]
BEGINNING: Final = World("requested", 0, "not_offered")


def as_the_actions_ask(world: World, verb: Verb, some_left: bool) -> bool:
    """The real track: whatever stands in ``world.talk``, there is nowhere to hand it over."""
    return can_move(verb, world.state, some_left=some_left)


def exit_edges(world: World, enabled: Enabled) -> Iterator[Edge]:
    """The exit's own moves, with what each does to the number of open conditions."""
    for verb in STEPS:
        for conditions in _left_by(verb, world.conditions):
            if enabled(world, verb, conditions > 0):
                after = check_move(verb, world.state, some_left=conditions > 0)
                yield Edge(verb, World(after, conditions, world.talk))


def _left_by(verb: Verb, conditions: int) -> tuple[int, ...]:
    if verb == "list_conditions":
        return tuple(range(MOST_CONDITIONS + 1))
    if verb == "add_condition":
        return (conditions + 1,) if conditions < MOST_CONDITIONS else ()
    if verb == "clear_condition":
        return (conditions - 1,) if conditions else ()
    return (conditions,)


def edges(world: World, enabled: Enabled = as_the_actions_ask) -> list[Edge]:
    talks = [Edge("talk", world._replace(talk=talk)) for talk in TALKS if talk != world.talk]
    return [*exit_edges(world, enabled), *talks]


def reached(beginning: World = BEGINNING, enabled: Enabled = as_the_actions_ask) -> set[World]:
    """Every world that some interleaving leads to."""
    seen, left = {beginning}, deque([beginning])
    while left:
        for _, world in edges(left.popleft(), enabled):
            if world not in seen:
                seen.add(world)
                left.append(world)
    return seen


def reaches_done(world: World, enabled: Enabled, *, without: set[str]) -> bool:
    """Whether done can be reached from here by moves that are not among those left out."""
    seen, left = {world}, deque([world])
    while left:
        for verb, after in edges(left.popleft(), enabled):
            if verb not in without and after not in seen:
                seen.add(after)
                left.append(after)
    return any(one.state == "done" for one in seen)


def moves_that_depend_on_the_talk(enabled: Enabled) -> set[Verb]:
    """The exit's moves that are there after one talk and not after another, in any world that is reached."""
    found: set[Verb] = set()
    for world in reached(enabled=enabled):
        sides = [
            {
                (edge.verb, edge.after._replace(talk=world.talk))
                for edge in exit_edges(world._replace(talk=talk), enabled)
            }
            for talk in TALKS
        ]
        differing = {edge for edge in chain(*sides) if not all(edge in side for side in sides)}
        found |= {verb for verb, _ in differing if verb != "talk"}
    return found


# --- the real track -----------------------------------------------------------------------------------


def test_search_reaches_every_state_with_every_talk() -> None:
    worlds = reached()

    assert {(one.state, one.talk) for one in worlds} == {(state, talk) for state in STATES for talk in TALKS}
    assert {one.conditions for one in worlds if one.state == "conditions_open"} == {1, 2, 3}


def test_moves_of_an_exit_never_depend_on_the_talk() -> None:
    assert moves_that_depend_on_the_talk(as_the_actions_ask) == set()


def test_done_is_reached_from_everywhere_without_talk_book_or_withdrawal() -> None:
    for world in reached():
        if world.state in OPEN:
            assert reaches_done(world, as_the_actions_ask, without={"talk", "learn_done", "withdraw"}), world


def test_nothing_is_stuck_but_what_is_over() -> None:
    for world in reached():
        staff = [edge for edge in exit_edges(world, as_the_actions_ask) if edge.verb != "learn_done"]
        assert bool(staff) == (world.state not in FINAL), world


def test_client_can_always_take_it_back_and_only_then_is_it_taken_back() -> None:
    for world in reached():
        for verb, after in edges(world):
            if after.state == "withdrawn_by_client" and world.state != "withdrawn_by_client":
                assert verb == "withdraw"
        if world.state in OPEN:
            assert "withdraw" in {verb for verb, _ in edges(world)}


def test_conditions_are_open_in_their_own_state_and_nowhere_else_on_the_way() -> None:
    for world in reached():
        if world.state == "conditions_open":
            assert world.conditions
        elif world.state in OPEN:
            assert world.conditions == 0


def test_talk_moves_no_exit() -> None:
    for world in reached():
        for verb, after in edges(world):
            if verb == "talk":
                assert (after.state, after.conditions) == (world.state, world.conditions)


# --- the search itself: it finds a wait where one is planted ----------------------------------------------


@pytest.mark.parametrize("held", ["mark_ready", "submit", "finish", "list_conditions", "withdraw"])
@pytest.mark.parametrize("until", ["declined", "accepted", "offered"])
def test_search_finds_a_planted_wait(held: Verb, until: Talk) -> None:
    def waits(world: World, verb: Verb, some_left: bool) -> bool:
        return as_the_actions_ask(world, verb, some_left) and (verb != held or world.talk == until)

    assert moves_that_depend_on_the_talk(waits) == {held}
    if held != "withdraw":
        assert not reaches_done(BEGINNING, waits, without={"talk", "learn_done", "withdraw"})


def test_search_finds_a_planted_dead_end() -> None:
    def never_submits(world: World, verb: Verb, some_left: bool) -> bool:
        return as_the_actions_ask(world, verb, some_left) and verb != "submit"

    assert not reaches_done(BEGINNING, never_submits, without={"talk", "learn_done", "withdraw"})
