"""The studio's curves: only tried numbers have a point, and nothing leaves the picture."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from tests.report.stored import TRIED, point
from wanliu.report.stored_study import Curve
from wanliu.workbench.studio.drawing import Chart, charts


def drawn(
    rows: list[dict[str, object]], chosen: float | None = None, base: float | None = 0.05
) -> list[Chart]:
    return charts(Curve("s", "share", ">", tuple(rows)), live=0.3, chosen=chosen, base=base)


def test_live_and_chosen_stand_where_their_figures_are() -> None:
    precision, calls, missed = drawn([point(number) for number in TRIED], chosen=0.2)

    assert precision.live and precision.chosen and calls.live and missed.live
    # by hand: the axis ends at 1.05 × the highest upper bound, 45 %
    whole = precision.floor - precision.top
    assert precision.live.y == round(precision.floor - 30 / (45 * 1.05) * whole, 1)
    assert precision.chosen.x == precision.left
    assert precision.base == round(precision.floor - 5 / (45 * 1.05) * whole, 1)
    assert calls.base is None and missed.base is None


def test_a_number_between_two_tried_ones_has_no_mark() -> None:
    assert [one.chosen for one in drawn([point(number) for number in TRIED], chosen=0.27)] == [None] * 3


def test_nothing_is_drawn_across_what_is_unknown() -> None:
    rows = [point(number) for number in TRIED]
    rows[1] = point(0.25, precision_new=None, precision_new_low=None, precision_new_high=None)

    precision, calls, _ = drawn(rows)

    assert [len(line.split()) for line in precision.lines] == [1, 2]
    assert len(precision.dots) == 3 and len(calls.dots) == 4


def test_what_the_study_does_not_know_at_all_is_no_picture() -> None:
    rows = [
        point(number, worth_missed=None, worth_missed_low=None, worth_missed_high=None, calls_a_day=None)
        for number in TRIED
    ]

    assert [one.title.en for one in drawn(rows, base=None)] == ["New alarms that came true (%)"]


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1e6)), min_size=1, max_size=20),
    st.one_of(st.none(), st.floats(0, 1)),
)
@example([(0.0, 5e-324)], None)
def test_everything_lies_within_the_picture(values: list[tuple[float, float]], base: float | None) -> None:
    rows = [
        point(
            0.1 * (place + 1),
            calls_a_day=calls,
            precision_new=share,
            precision_new_low=share / 2,
            precision_new_high=(1 + share) / 2,
        )
        for place, (share, calls) in enumerate(values)
    ]

    for chart in drawn(rows, base=base):
        told = " ".join((*chart.lines, *chart.bands))
        places = [(float(x), float(y)) for x, y in re.findall(r"([-\d.]+),([-\d.]+)", told)]
        assert all(chart.left <= x <= chart.right and chart.top <= y <= chart.floor for x, y in places)
        assert len(chart.upward) <= 10
