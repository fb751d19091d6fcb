"""The estimator of the study of cuts: by hand, against a slow second road, and where it refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from wanliu.commission.study.effect import (
    CannotTell,
    Sample,
    aipw,
    averaged,
    chances,
    clustered,
    effect,
    fitted,
    folds,
    kish,
    standardised,
    student,
)
from wanliu.commission.study.numbers import numbers

NUMBERS = numbers()


def a_sample(seed: int = 1, *, rows: int = 3000, effect: float = 0.0, clients: int = 1500) -> Sample:
    """Who is at risk is treated more often; the treatment keeps a share ``effect`` of all who would leave."""
    rng = np.random.default_rng(seed)
    risk, other = rng.normal(size=rows), rng.normal(size=rows)
    treated = rng.random(rows) < 1 / (1 + np.exp(2 - risk))
    would = rng.random(rows) < 1 / (1 + np.exp(2 - 1.2 * risk))
    kept = treated & (rng.random(rows) < effect)
    return Sample(
        treated, (would & ~kept).astype(float), np.column_stack([risk, other]),
        rng.integers(0, clients, rows), np.ones(rows),
    )  # fmt: skip


def slowly(sample: Sample) -> float:
    """The same estimate row by row, with another library's regressions on the same folds."""
    import statsmodels.api as sm  # type: ignore[import-untyped]  # it has no types

    fold = folds_as_asked(sample)
    design = sm.add_constant(standardised(sample.covariates))
    models: dict[int, tuple[Any, Any]] = {}
    for one in range(NUMBERS.folds):
        learn, family = fold != one, sm.families.Binomial()
        calm = learn & ~sample.treated
        models[one] = (
            sm.GLM(sample.treated[learn].astype(float), design[learn], family=family).fit(),
            sm.GLM(sample.outcome[calm], design[calm], family=family).fit(),
        )
    treated, without = [], []
    for row in range(len(sample)):
        propensity, expected = (model.predict(design[row : row + 1])[0] for model in models[int(fold[row])])
        left = sample.outcome[row] - expected
        if sample.treated[row]:
            treated.append(left)
        else:
            without.append((propensity / (1 - propensity), left))
    weights = sum(one for one, _ in without)
    return float(sum(treated) / len(treated) - sum(one * left for one, left in without) / weights)


def folds_as_asked(sample: Sample) -> np.ndarray:
    """The folds that ``fitted`` deals, row by row."""
    from wanliu.commission.study.effect import _canonical

    order = _canonical(sample)
    found = np.empty(len(sample), dtype=np.int64)
    found[order] = folds(sample.where(order), NUMBERS)
    return found


def test_eight_rows_come_out_as_by_hand() -> None:
    """Treated: (0−.2 + 1−.4 + 0−.1 + 0−.3) ÷ 4 = 0. Without: (.8 − .4 + .9÷3 − .3×3) ÷ (16÷3) = −.0375."""
    treated = np.array([True] * 4 + [False] * 4)
    outcome = np.array([0, 1, 0, 0, 1, 0, 1, 0], dtype=float)
    chance = np.array([0.5, 0.5, 0.25, 0.75] * 2)
    expected = np.array([0.2, 0.4, 0.1, 0.3] * 2)
    weights = np.where(treated, 1.0, chance / (1 - chance))

    value, influence = aipw(treated, outcome, expected, weights)

    assert value == pytest.approx(0.0375)
    assert influence.sum() == pytest.approx(0.0)
    assert kish(weights[4:]) == pytest.approx((16 / 3) ** 2 / (1 + 1 + 1 / 9 + 9))
    # each client its own: Σ influence² × 8/7; two rows of a client are summed first
    assert clustered(influence, np.arange(8)) == pytest.approx(np.sqrt((influence @ influence) * 8 / 7))
    pairs = influence.reshape(4, 2).sum(axis=1)
    assert clustered(influence, np.repeat(np.arange(4), 2)) == pytest.approx(np.sqrt((pairs @ pairs) * 4 / 3))


def test_another_library_and_a_loop_say_the_same() -> None:
    sample = a_sample(2, rows=600)
    loose = replace(NUMBERS, ridge=1e8, most_propensity=1.0)

    found = effect(sample, loose)
    value = slowly(sample)

    assert found.estimate.value == pytest.approx(value, abs=2e-3), "two solvers stop at different places"


def test_selection_fools_the_bare_difference_and_not_the_study() -> None:
    found = [effect(a_sample(seed), NUMBERS) for seed in range(40)]

    assert np.mean([one.naive.low > 0 for one in found]) > 0.9, "the treated were at risk: it looks like harm"
    assert abs(np.mean([one.estimate.value for one in found])) < 0.012
    assert np.mean([one.estimate.low <= 0 <= one.estimate.high for one in found]) >= 0.8


def test_an_effect_that_is_there_is_found() -> None:
    found = effect(a_sample(3, rows=8000, clients=8000, effect=0.5), NUMBERS)

    assert found.estimate.high < 0
    assert found.rate - found.without == pytest.approx(found.estimate.value)


def test_names_and_order_change_nothing() -> None:
    sample = a_sample(4)
    rng = np.random.default_rng(0)
    renamed = replace(sample, client=rng.permutation(10_000)[sample.client])
    shuffled = sample.where(rng.permutation(len(sample)))

    one, other, third = (effect(each, NUMBERS) for each in (sample, renamed, shuffled))

    assert other.estimate.value == pytest.approx(one.estimate.value, rel=1e-9)
    assert other.estimate.error == pytest.approx(one.estimate.error, rel=1e-9)
    assert third.estimate.value == pytest.approx(one.estimate.value, rel=1e-6)
    assert third.estimate.error == pytest.approx(one.estimate.error, rel=1e-6)


def test_a_sampled_row_stands_for_those_left_out() -> None:
    """Half of those without, twice the weight: the same answer, but for the luck of the draw."""
    sample = a_sample(5, rows=20_000, clients=20_000, effect=0.4)
    kept = sample.treated | (np.arange(len(sample)) % 2 == 0)
    half = replace(sample, weight=np.where(sample.treated, 1.0, 2.0)).where(kept)

    whole, sampled = effect(sample, NUMBERS), effect(half, NUMBERS)

    assert sampled.estimate.value == pytest.approx(whole.estimate.value, abs=whole.estimate.error)


def test_a_clients_rows_share_a_fold_and_each_fold_has_treated() -> None:
    sample = a_sample(6)

    fold = folds_as_asked(sample)

    for client in np.unique(sample.client):
        assert len(set(fold[sample.client == client])) == 1
    assert all(sample.treated[fold == one].sum() > 20 for one in range(NUMBERS.folds))


def test_parts_add_up_to_the_people_in_them() -> None:
    sample = a_sample(7, rows=8000, clients=8000)
    found = fitted(sample, NUMBERS)
    part = sample.covariates[:, 1] > 0

    mine, others, whole = (averaged(found, NUMBERS, one) for one in (part, ~part, None))

    assert mine.treated + others.treated == whole.treated


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda one: replace(one, treated=one.treated & (np.arange(len(one)) < 20)), "at least 40"),
        (lambda one: replace(one, outcome=one.outcome * one.treated), "leavers among those without"),
        (
            lambda one: replace(one, covariates=np.column_stack([one.covariates, one.treated * 50.0])),
            "overlap",
        ),
        (lambda one: replace(one, treated=one.covariates[:, 0] > 0.3), "overlap"),
    ],
)
def test_what_cannot_be_told_is_refused_in_words(change, says: str) -> None:  # type: ignore[no-untyped-def]  # four lambdas
    with pytest.raises(CannotTell) as refused:
        effect(change(a_sample(8)), NUMBERS)

    assert says in refused.value.why.en
    assert refused.value.why.zh


def test_too_few_expected_leavers_are_refused() -> None:
    sample = a_sample(9)
    rare = replace(sample, outcome=((sample.covariates[:, 0] < -1.9) & ~sample.treated).astype(float))

    with pytest.raises(CannotTell, match="too few"):
        effect(rare, NUMBERS)


def test_an_impossible_share_is_refused_and_not_shown() -> None:
    """Regressions that expect nobody of the treated and everybody else to leave imply less than nothing."""
    found = fitted(a_sample(11), NUMBERS)
    absurd = replace(found, expected=np.where(found.sample.treated, 0.0, 1.0))

    with pytest.raises(CannotTell, match="which no share can be"):
        averaged(absurd, NUMBERS)


def test_an_outcome_without_variation_has_one_chance() -> None:
    design, ones = np.eye(3), np.ones(3)

    assert chances(design, np.zeros(3), ones, design, NUMBERS).tolist() == [0.0, 0.0, 0.0]
    assert chances(design, ones, ones, design, NUMBERS).tolist() == [1.0, 1.0, 1.0]


def test_the_interval_is_students() -> None:
    assert student(9, 0.90) == pytest.approx(1.8331, abs=1e-4)
