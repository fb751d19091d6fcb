"""The estimator: known elasticities come back, intervals cover them, and explicit dummies say the same."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from tests.commission.panels import Arrays, a_panel, with_dummies
from wanliu.commission.elasticity import CannotEstimate, Estimate, elasticity

TRUTH = -2.5


def estimated(panel: Arrays) -> Estimate:
    controls = panel["feature"].reshape(-1, 1)
    return elasticity(panel["quantity"], panel["price"], panel["unit"].astype(np.int64), controls)


def test_without_noise_the_elasticity_comes_back_exactly() -> None:
    panel = a_panel(1)
    size = panel["unit"] * 0.1
    exact = {**panel, "quantity": size + TRUTH * panel["price"] + 0.6 * panel["feature"]}

    found = estimated(exact)

    assert found.value == pytest.approx(TRUTH, abs=1e-10)
    assert found.standard_error < 1e-10


@pytest.mark.parametrize("seed", range(3))
def test_explicit_dummies_say_the_same(seed: int) -> None:
    """The estimate is equal; the error differs by the known factor alone: dummies cost degrees of freedom."""
    panel = a_panel(seed)

    found, (value, error) = estimated(panel), with_dummies(panel)

    rows, units = len(panel["price"]), 30
    assert found.value == pytest.approx(value, rel=1e-9)
    factor = sqrt((rows - (units + 2)) / (rows - 3))
    assert found.standard_error == pytest.approx(error * factor, rel=1e-9)


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    found = [estimated(a_panel(seed, weeks=15)) for seed in range(200)]

    covered = sum(one.low <= TRUTH <= one.high for one in found) / len(found)
    centre = sum(one.value for one in found) / len(found)

    assert 0.85 <= covered <= 0.95
    assert centre == pytest.approx(TRUTH, abs=0.03)


def test_without_the_units_effects_the_answer_would_be_wrong() -> None:
    panel = a_panel(5)

    naive = np.polyfit(panel["price"], panel["quantity"], 1)[0]

    assert estimated(panel).value == pytest.approx(TRUTH, abs=0.25)
    assert naive < TRUTH - 0.5, "large units price lower: their size would pass for an effect of the price"


def test_a_scale_of_either_changes_nothing() -> None:
    panel = a_panel(6)
    moved = {**panel, "quantity": panel["quantity"] + 3, "price": panel["price"] - 2}

    assert estimated(moved).value == pytest.approx(estimated(panel).value, rel=1e-9)


def test_a_control_that_says_nothing_new_changes_nothing() -> None:
    panel = a_panel(7)
    unit = panel["unit"].astype(np.int64)
    alone = panel["feature"].reshape(-1, 1)
    with_others = np.column_stack([panel["feature"], 1 - panel["feature"], panel["unit"], np.ones(len(unit))])

    one = elasticity(panel["quantity"], panel["price"], unit, alone)
    other = elasticity(panel["quantity"], panel["price"], unit, with_others)

    assert other.value == pytest.approx(one.value, rel=1e-9)
    assert other.standard_error == pytest.approx(one.standard_error, rel=1e-9)


def test_units_with_one_row_are_left_out_and_counted() -> None:
    panel = a_panel(8)
    more = {name: np.append(values, [99 if name == "unit" else 5.0]) for name, values in panel.items()}

    found = estimated(more)

    assert (found.singles, found.rows, found.units) == (1, len(panel["price"]), 30)
    assert found.value == estimated(panel).value


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"price": "unit"}, "does not vary within any unit"),
        ({"price": "feature"}, "explain all of the price's variation"),
        ({"unit": "zero"}, "only 1 units"),
    ],
)
def test_what_cannot_be_told_is_refused_in_words(changed: dict[str, str], why: str) -> None:
    panel = {**a_panel(9), "zero": np.zeros(750)}
    panel |= {name: panel[source] for name, source in changed.items()}

    with pytest.raises(CannotEstimate) as refused:
        estimated(panel)

    assert why in refused.value.why.en and refused.value.why.zh


def test_too_few_rows_for_the_numbers_are_refused() -> None:
    rng = np.random.default_rng(1)
    unit = np.array([0, 0, 1, 1])

    with pytest.raises(CannotEstimate) as refused:
        elasticity(rng.normal(size=4), rng.normal(size=4), unit, rng.normal(size=(4, 1)))

    assert "too few" in refused.value.why.en


def test_no_rows_at_all_are_refused() -> None:
    nothing = np.empty(0)

    with pytest.raises(CannotEstimate):
        elasticity(nothing, nothing, np.empty(0, dtype=np.int64), np.empty((0, 0)))
