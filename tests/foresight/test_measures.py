"""Intervals: what they are made of, and that they hold the truth as often as they say."""

from __future__ import annotations

from statistics import median, quantiles

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanliu.foresight.measures import Figure, Moments, spread_of, wilson

NAMES = ("days", "leaving", "alarms", "true")
ASKED_DAYS = 12
SAMPLES = 400
ABOUT_95 = (0.915, 0.985)
"""What 400 samples of an interval of 95 % come to, but for one time in a thousand."""


def clients(chance: np.random.Generator, size: int) -> np.ndarray:
    """Clients who stand on the list for spells and leave once: many days each, one story each."""
    leaves = chance.random(size) < 0.04
    left = chance.integers(0, ASKED_DAYS, size)[:, None]
    day = np.arange(ASKED_DAYS)[None, :]
    there = ~leaves[:, None] | (day <= left)
    leaving = leaves[:, None] & (left - day < 3) & there
    warned = chance.random(size) < np.where(leaves, 0.4, 0.06)
    start, length = chance.integers(0, ASKED_DAYS, size)[:, None], chance.integers(1, 8, size)[:, None]
    alarm = (warned[:, None] & (day >= start) & (day < start + length) & there) | (
        leaving & (chance.random((size, 1)) < 0.3)
    )
    parts = (there, leaving, alarm, alarm & leaving)
    return np.stack([part.sum(axis=1) for part in parts], axis=1).astype(float)


def figures(rows: np.ndarray) -> dict[str, Figure]:
    moments = Moments(NAMES)
    moments.add(rows)
    cell = moments.at()
    return {
        "precision": cell.share("true", "alarms"),
        "rate": cell.rate("alarms", "days"),
        "lift": cell.lift("true", "alarms", "leaving", "days"),
    }


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    chance = np.random.default_rng(20261128)
    truth = figures(clients(chance, 600_000))
    held = dict.fromkeys(truth, 0)
    for _ in range(SAMPLES):
        for name, figure in figures(clients(chance, 700)).items():
            value = truth[name].value
            assert value is not None
            held[name] += bool(
                figure.low is not None and figure.high is not None and figure.low <= value <= figure.high
            )

    assert {
        name: ABOUT_95[0] <= times / SAMPLES <= ABOUT_95[1] for name, times in held.items()
    } == dict.fromkeys(truth, True)


def test_one_client_on_many_days_is_one_client() -> None:
    moments = Moments(("part", "whole"))
    moments.add(np.array([[12.0, 12.0], [0.0, 12.0], [12.0, 12.0], [0.0, 12.0]]))

    share = moments.at().share("part", "whole")

    assert share.low == pytest.approx(wilson(0.5, 3).low, abs=0.02)
    assert wilson(0.5, 48).low is not None
    assert share.low is not None
    assert share.low < 0.2


def test_moments_of_blocks_add_up() -> None:
    rows = np.random.default_rng(1).random((60, 2, 4))
    whole, parts = Moments(NAMES, (2,)), Moments(NAMES, (2,))
    whole.add(rows)
    parts.add(rows[:25])
    parts.add(rows[25:])

    for cell in (0, 1):
        one, other = (moments.at(cell).share("leaving", "days") for moments in (parts, whole))
        assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


def test_difference_of_a_rule_set_and_itself_is_nothing() -> None:
    moments = Moments(("part", "whole"))
    moments.add(np.array([[1.0, 2.0], [0.0, 1.0], [3.0, 3.0]]))

    assert moments.at().difference(("part", "whole"), ("part", "whole")) == Figure(0.0, 0.0, 0.0)


def test_nothing_found_and_nothing_to_find() -> None:
    moments = Moments(NAMES)
    moments.add(np.array([[5.0, 1.0, 0.0, 0.0], [5.0, 0.0, 2.0, 0.0]]))
    cell = moments.at()

    assert cell.share("true", "alarms").value == 0
    assert cell.lift("true", "alarms", "leaving", "days").value == 0
    empty = Moments(NAMES).at()
    assert empty.share("true", "alarms") == empty.rate("alarms", "days") == Figure(None)


@given(st.lists(st.integers(0, 90), min_size=2, max_size=60))
def test_medians_and_quartiles_are_those_of_the_numbers(days: list[int]) -> None:
    spread = spread_of(np.bincount(np.array(days), minlength=91))

    first, _, third = quantiles(days, n=4, method="inclusive")
    assert spread.median.value == pytest.approx(median(days))
    assert spread.low_quarter == pytest.approx(first)
    assert spread.high_quarter == pytest.approx(third)
    assert spread.median.low is not None
    assert spread.median.low <= median(days)
