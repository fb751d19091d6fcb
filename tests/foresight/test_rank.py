"""Whom first: value saved under capacity, within the limits of contact, and steady from day to day."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanliu.errors import UsageError
from wanliu.foresight.rank import Candidate, Capacity, ranked

CAPACITY = Capacity(calls_per_adviser=2)


def client(name: str, risk: float, value: float, **more: object) -> Candidate:
    return replace(Candidate(name, "M1", risk, value), **more)  # type: ignore[arg-type]  # a test's own words


def test_rank_goes_by_risk_times_value_and_says_so() -> None:
    told = ranked([client("a", 0.5, 100), client("b", 0.1, 900), client("c", 0.9, 10)], CAPACITY)

    assert [one.client_id for one in told.listed] == ["b", "a"]
    assert [one.expected for one in told.listed] == [90.0, 50.0]
    assert told.left_out == {"no_time": 1}
    assert "not been measured" in told.said.en


def test_rank_measured_effect_turns_the_order() -> None:
    told = ranked(
        [client("a", 0.5, 100, effect=0.4), client("b", 0.9, 100, effect=0.01), client("c", 1.0, 999)],
        CAPACITY,
    )

    assert [one.client_id for one in told.listed] == ["a", "b"]
    assert told.basis == "measured"
    assert told.left_out == {"not_worth_it": 1}  # nobody measured that a call helps c


def test_rank_leaves_out_whom_nobody_may_call() -> None:
    barred = [
        client("a", 0.9, 1e6, is_leaving=True),
        client("b", 0.9, 1e6, do_not_contact=True),
        client("c", 0.9, 1e6, has_declined=True),
        client("d", 0.9, 1e6, attempts_this_week=2),
        client("e", 0.9, 1e6, talks_this_alarm=4),
        client("f", 0.9, 1e6, adviser=""),
        client("g", 0.1, 1.0),
    ]

    told = ranked(barred, CAPACITY)

    assert [one.client_id for one in told.listed] == ["g"]
    assert sum(told.left_out.values()) == 6


def test_rank_a_call_that_costs_more_than_it_saves_is_not_made() -> None:
    told = ranked([client("a", 0.1, 100)], replace(CAPACITY, cost_per_call=20))

    assert not told.listed


def test_rank_is_steady_but_for_real_changes() -> None:
    day_one = [client(name, 0.5, value) for name, value in (("a", 100), ("b", 99), ("c", 98))]
    before = {one.client_id for one in ranked(day_one, CAPACITY).listed}
    hardly = [replace(one, risk=0.54) if one.client_id == "c" else one for one in day_one]
    really = [replace(one, risk=0.9) if one.client_id == "c" else one for one in day_one]

    steady, moved = (ranked(day, CAPACITY, yesterday=before) for day in (hardly, really))

    assert {one.client_id for one in steady.listed} == before == {"a", "b"}
    assert steady.overlap == 1.0
    assert "c" in {one.client_id for one in moved.listed}
    assert moved.overlap == 0.5


def test_rank_overlap_is_unknown_without_yesterday() -> None:
    assert ranked([client("a", 0.5, 1)], CAPACITY).overlap is None


@pytest.mark.parametrize("wrong", [client("a", 1.2, 1), client("a", 0.5, -1), client("a", float("nan"), 1)])
def test_rank_nonsense_is_refused(wrong: Candidate) -> None:
    with pytest.raises(UsageError):
        ranked([wrong], CAPACITY)


candidates = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["M1", "M2"]), st.floats(0, 1), st.floats(0, 1e6)),
    unique_by=lambda one: one[0],
)


@given(candidates, st.integers(0, 3), st.sets(st.sampled_from("abcdefgh")))
def test_rank_holds_capacity_and_does_not_depend_on_order(
    told: list[tuple[str, str, float, float]], calls: int, yesterday: set[str]
) -> None:
    everyone = [Candidate(*one) for one in told]
    capacity = Capacity(calls_per_adviser=calls)

    found = ranked(everyone, capacity, yesterday=yesterday)

    assert found.listed == ranked(everyone[::-1], capacity, yesterday=yesterday).listed
    for adviser in ("M1", "M2"):
        places = [one.place for one in found.listed if one.adviser == adviser]
        assert places == list(range(1, len(places) + 1))
        assert len(places) <= calls
    assert len(found.listed) + sum(found.left_out.values()) == len(everyone)
