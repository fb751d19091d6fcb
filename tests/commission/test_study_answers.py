"""What a study answers: every verdict has its interval, and a failed check takes the answer back."""

from __future__ import annotations

from datetime import date

import pytest

from wanliu.commission.study.answers import VERDICTS, alarms, answers
from wanliu.commission.study.effect import Effect, Estimate, Overlap
from wanliu.commission.study.numbers import numbers
from wanliu.commission.study.paths import Step
from wanliu.commission.study.whole import Compared, Loyalty, PriceStudy
from wanliu.text import Text

NUMBERS = numbers()
WHY = Text(zh="太少。", en="too few.")
FAR_FROM = Overlap((0.1,) * 5, (0.1,) * 5, (), 500.0, 0)


def estimate(low: float, high: float) -> Estimate:
    return Estimate((low + high) / 2, (high - low) / 3.29, low, high)


def compared(part: str, bounds: tuple[float, float] | None, arm: str = "cut") -> Compared:
    if bounds is None:
        return Compared(arm, part, 90, None, WHY, 3)
    found = estimate(*bounds)
    effect = Effect(found, found, 100, 100, 9, 1000, 90, 0.05, 0.05 - found.value, FAR_FROM)
    return Compared(arm, part, 90, effect, None, 100)


def a_study(
    whole: tuple[float, float] | None,
    *,
    later: tuple[float, float] | None = None,
    loyal: tuple[float, float] | None = (-0.01, 0.01),
    placebo: tuple[float, float] = (-0.01, 0.01),
    difference: tuple[float, float] | None = (-0.05, -0.02),
    before: float = 0.0,
) -> PriceStudy:
    return PriceStudy(
        book="f" * 64,
        landmarks=(date(2026, 1, 9),),
        left_out=0,
        numbers=NUMBERS,
        compared=(
            compared("all", whole),
            compared("cut_3", later),
            compared("loyal", loyal),
            *(compared("all", (-0.02, 0.0), arm) for arm in ("contact", "adviser", "complaint")),
        ),
        placebos=(compared("placebo_date", placebo),),
        steps=(Step("assets", -2, 1.0, 1.0, Estimate(before, 0.01, before - 0.0165, before + 0.0165), 9),),
        levels=(),
        no_levels=WHY,
        loyalty=difference and Loyalty(estimate(0.0, 0.02), estimate(0.03, 0.07), estimate(*difference), 99),
        yuan={"cut": 100.0, "contact": 30.0, "adviser": 300.0, "complaint": 200.0},
        cuts={1: 90, 2: 10},
        cut_later=0.1,
        absent=(),
    )


@pytest.mark.parametrize(
    ("bounds", "verdict"),
    [
        ((-0.01, 0.012), "supported"),
        ((-0.015, -0.005), "supported"),
        ((-0.06, -0.01), "contradicted"),
        ((-0.06, 0.01), "undecidable"),
        ((0.01, 0.06), "undecidable"),
        (None, "undecidable"),
    ],
)
def test_the_interval_decides_about_price(bounds: tuple[float, float] | None, verdict: str) -> None:
    assert answers(a_study(bounds))[0].verdict == verdict


def test_later_cuts_must_agree() -> None:
    assert answers(a_study((-0.06, -0.01), later=(-0.01, 0.01)))[0].verdict == "undecidable"
    assert answers(a_study((-0.06, -0.01), later=(-0.07, -0.01)))[0].verdict == "contradicted"


def test_without_later_cuts_the_answer_says_so() -> None:
    answer = answers(a_study((-0.06, -0.01)))[0]

    assert "third cut and later ones: too few." in answer.reason.en
    assert "第三次" in answer.reason.zh


@pytest.mark.parametrize("failed", [{"placebo": (0.01, 0.03)}, {"before": 0.04}])
def test_a_failed_check_takes_the_answer_back(failed: dict[str, object]) -> None:
    study = a_study((-0.06, -0.01), **failed)  # type: ignore[arg-type]  # one of two keywords

    assert alarms(study)
    assert {one.verdict for one in answers(study)} == {"undecidable"}
    assert "not given at random" in answers(study)[0].reason.en


@pytest.mark.parametrize(
    ("difference", "loyal", "verdict"),
    [
        ((-0.05, -0.02), (-0.01, 0.01), "supported"),
        ((-0.05, -0.02), (-0.08, -0.01), "contradicted"),
        ((-0.05, -0.02), None, "undecidable"),
        ((-0.05, 0.02), (-0.01, 0.01), "undecidable"),
        ((0.01, 0.02), (-0.01, 0.01), "contradicted"),
        (None, (-0.01, 0.01), "undecidable"),
    ],
)
def test_the_loyal_are_answered_for(
    difference: tuple[float, float] | None, loyal: tuple[float, float] | None, verdict: str
) -> None:
    assert answers(a_study((-0.01, 0.01), difference=difference, loyal=loyal))[1].verdict == verdict


def test_every_sentence_is_filled_in() -> None:
    for whole in ((-0.01, 0.01), (-0.06, -0.01), (0.01, 0.06), None):
        for answer in answers(a_study(whole)):
            assert answer.verdict in VERDICTS
            assert not {"{", "}"} & set(answer.reason.zh + answer.reason.en)
