"""Measures against a slow second computation, calibration, leaks, and the three sentences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanliu.foresight import skill
from wanliu.foresight.calibration import Calibration
from wanliu.foresight.leaks import auc_alone

rows = st.lists(st.tuples(st.booleans(), st.integers(0, 6), st.integers(1, 3)), min_size=1, max_size=40)


@given(rows)
def test_auc_equals_counting_pairs(told: list[tuple[bool, int, int]]) -> None:
    left, scores, weights = (np.array(part) for part in zip(*told, strict=True))
    pairs = wins = 0.0
    for a, s, v in told:
        for b, t, w in told:
            if a and not b:
                pairs += v * w
                wins += v * w * (1.0 if s > t else 0.5 if s == t else 0.0)

    found = skill.auc(left.astype(bool), scores.astype(float), weights.astype(float))

    assert np.isnan(found) if not pairs else found == pytest.approx(wins / pairs)


@given(rows)
def test_weights_are_as_good_as_repeated_rows(told: list[tuple[bool, int, int]]) -> None:
    left, scores, weights = (np.array(part) for part in zip(*told, strict=True))
    many = np.repeat(left, weights).astype(bool), np.repeat(scores, weights).astype(float)

    for measure in (skill.auc, skill.average_precision):
        once = measure(left.astype(bool), scores.astype(float), weights.astype(float))
        assert once == pytest.approx(measure(*many), nan_ok=True)


def test_lift_of_a_perfect_order() -> None:
    left = np.array([True] * 10 + [False] * 90)
    assert skill.lift(left, np.linspace(1, 0, 100), 0.1) == pytest.approx(10.0)


def test_lift_of_equal_scores_is_one_whatever_the_order() -> None:
    left = np.array([True] * 10 + [False] * 90)
    for turned in (left, left[::-1]):
        assert skill.lift(turned, np.full(100, 0.1), 0.1) == pytest.approx(1.0)


def test_calibration_keeps_the_order_and_mends_the_level() -> None:
    rng = np.random.default_rng(1)
    true = rng.beta(1, 9, 20000)
    left = rng.random(20000) < true
    overdone = true**0.5

    mended = Calibration.learnt(overdone, left)(overdone)

    assert mended.mean() == pytest.approx(left.mean(), abs=0.003)
    assert np.abs(mended - true).mean() < 0.02
    order = np.argsort(overdone)
    assert (np.diff(mended[order]) >= 0).all()


def test_calibration_never_turns_an_order_round() -> None:
    rng = np.random.default_rng(2)
    scores = rng.random(500)
    left = rng.random(500) < 1 - scores  # the wrong way round

    mended = Calibration.learnt(scores, left)(scores)

    assert (np.diff(mended[np.argsort(scores)]) >= 0).all()


def test_leak_of_any_shape_is_seen_and_noise_is_not() -> None:
    rng = np.random.default_rng(3)
    left = rng.random(4000) < 0.2
    hump = np.where(left, rng.normal(0, 0.1, 4000), rng.choice([-1.0, 1.0], 4000))

    assert skill.auc(left, hump) == pytest.approx(0.5, abs=0.1)  # in order it says nothing
    assert auc_alone(hump, left) > 0.98
    assert auc_alone(rng.random(4000), left) < 0.55
