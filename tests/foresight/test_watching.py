"""Whether predictions came true: by hand, by a second road, and by a rule that tells decay from what is
open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from math import exp, log, sqrt
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.foresight.people import LAST, empty_tables, person, sealed, trading_days, worth
from wanliu.book.engine import duckdb_engine
from wanliu.errors import BookRefused
from wanliu.foresight import predicted
from wanliu.foresight.decay import Month, decays, verdicts
from wanliu.foresight.measures import Figure
from wanliu.foresight.measuring import CALL, Measured, Outcome, as_json, from_json, measured, outcome_of
from wanliu.foresight.watch_numbers import watch

Z = 1.959963984540054
HORIZON = 90


def outcome(p: Sequence[float | None], left: Sequence[bool], levels: Sequence[str] = ()) -> Outcome:
    scores = np.array([np.nan if one is None else one for one in p], dtype=np.float64)
    named = np.array([*levels] or ["none"] * len(scores), dtype=object)
    return Outcome(scores, named, np.array(left, dtype=bool), len(scores))


def by_hand(left: int, of: int) -> tuple[float, float]:
    """Wilson's interval of a share."""
    share = left / of
    middle = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z / (1 + Z * Z / of) * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    return middle - half, middle + half


def test_observed_by_expected_and_lift_by_hand() -> None:
    """Twenty clients, of whom four are expected to leave and five do; of the two highest both leave."""
    p = [0.8, 0.7, *[0.3] * 5, *[1 / 13] * 13]  # 1.5 + 1.5 + 1 = 4
    left = [True, True, True, False, False, False, False, *[True] * 2, *[False] * 11]

    told = measured(outcome(p, left))

    assert (told.scored, told.left, told.scored_left) == (20, 5, 5)
    assert told.expected == pytest.approx(4.0)
    low, high = by_hand(5, 20)
    assert told.ratio.value == pytest.approx(5 / 4)
    assert told.ratio.low == pytest.approx(low * 20 / 4)
    assert told.ratio.high == pytest.approx(high * 20 / 4)
    assert told.base.value == 0.25 and told.base.low == pytest.approx(low)
    assert told.lift.value == pytest.approx((2 / 2) / (5 / 20))
    assert [one.clients for one in told.tenths] == [2] * 10
    assert [one.left for one in told.tenths][:5] == [2, 1, 0, 1, 1]
    assert told.tenths[0].expected == pytest.approx(1.5)


def test_interval_of_the_lift_by_a_second_road() -> None:
    """The spread of the lift's logarithm, client by client."""
    rng = np.random.default_rng(3)
    p = rng.beta(1, 12, 400)
    left = rng.random(400) < p
    told = measured(outcome(p.tolist(), left.tolist()))

    top = np.zeros(400, dtype=bool)
    top[np.argsort(-p, kind="stable")[:40]] = True
    both = top & left
    lift = both.mean() / top.mean() / left.mean()
    pull = both / both.sum() - top / top.sum() - left / left.sum() + 1 / 400
    half = Z * sqrt(((pull - pull.mean()) ** 2).sum() * 400 / 399)

    assert told.lift.value == pytest.approx(lift)
    assert told.lift.low == pytest.approx(exp(log(lift) - half))
    assert told.lift.high == pytest.approx(exp(log(lift) + half))


def test_levels_are_judged_without_a_model() -> None:
    levels = ["red", "red", "orange", "yellow", *["none"] * 16]
    left = [True, False, True, False, True, *[False] * 15]

    told = measured(outcome([None] * 20, left, levels))

    call = next(one for one in told.levels if one.name == CALL)
    assert (call.clients, call.left) == (3, 2)
    assert call.lift.value == pytest.approx((2 / 3) / (3 / 20))
    assert told.ratio.value is None and told.lift.value is None and told.tenths == ()
    assert verdicts(told)["ratio"] == "none"


def test_nobody_with_a_known_outcome_is_no_zero() -> None:
    told = measured(Outcome(np.array([]), np.array([], dtype=object), np.array([], dtype=bool), 7))

    assert told.predicted == 7 and told.known == 0
    assert told.base.value is None and told.ratio.value is None
    assert set(verdicts(told).values()) == {"none"}


@given(st.lists(st.tuples(st.floats(0.001, 0.999), st.booleans()), min_size=1, max_size=60), st.randoms())
def test_sums_hold_in_whatever_order_rows_come(rows: list[tuple[float, bool]], chance: Random) -> None:
    told = measured(outcome([p for p, _ in rows], [left for _, left in rows]))

    if told.tenths:
        assert sum(one.clients for one in told.tenths) == told.scored
        assert sum(one.left for one in told.tenths) == told.scored_left
        assert sum(one.expected or 0 for one in told.tenths) == pytest.approx(told.expected)
    chance.shuffle(rows)
    again = measured(outcome([p for p, _ in rows], [left for _, left in rows]))
    assert again.ratio.value == pytest.approx(told.ratio.value)
    assert (again.base, again.left) == (told.base, told.left)
    assert from_json(json.loads(json.dumps(as_json(told)))) == told


# --- from a book ----------------------------------------------------------------------------------


DAY = trading_days()[-1] - timedelta(days=140)


def predictions(p: dict[str, float | None], level: str = "none") -> pa.Table:
    of_all = {"as_of": DAY, "run": "r", "level": level, "horizon": HORIZON, "model": "m"}
    rows = [{**of_all, "client_id": one, "p": p[one]} for one in sorted(p)]
    return pa.Table.from_pylist(rows, schema=predicted.SCHEMA)


def test_outcomes_come_from_the_book_and_unknown_ones_are_left_out(tmp_path: Path) -> None:
    tables = empty_tables()
    for one in ("goes", "stays", "poor"):
        tables["clients"].append(person(one))
        for day in trading_days():
            gone = one == "goes" and day > DAY + timedelta(days=30)
            amount = "900.00" if one == "poor" else "0.00" if gone else "20000.00"
            tables["assets"].append(worth(one, day, amount))
    tables["clients"].append(person("silent"))  # of whom no assets are told
    tables["exits"].append({"client_id": "goes", "date": DAY + timedelta(days=30), "kind": "closed_account"})
    book = sealed(tables, tmp_path / "book")
    table = predictions({"goes": 0.5, "stays": 0.25, "poor": 0.25, "silent": 0.25, "nobody": None})

    with duckdb_engine() as engine:
        found = outcome_of(book, table, engine)

    assert found.predicted == 5
    assert found.p.tolist() == [0.5, 0.25] and found.left.tolist() == [True, False]
    assert DAY + timedelta(days=HORIZON) <= LAST


# --- the file --------------------------------------------------------------------------------------


def test_a_day_is_predicted_once_and_never_altered(tmp_path: Path) -> None:
    first = predicted.store(tmp_path, predictions({"a": 0.5}))
    file = predicted.file_of(tmp_path, DAY)
    body = file.read_bytes()

    second = predicted.store(tmp_path, predictions({"a": 0.9, "b": 0.1}))

    assert first == second and first is not None and first.clients == 1
    assert file.read_bytes() == body
    assert not file.stat().st_mode & 0o222
    assert predicted.read(file, first.hash).num_rows == 1


@pytest.mark.parametrize("damage", ["altered", "cut", "gone"])
def test_a_file_that_is_not_the_one_that_was_stored_is_not_measured(tmp_path: Path, damage: str) -> None:
    first = predicted.store(tmp_path, predictions({"a": 0.5}))
    assert first is not None
    file = predicted.file_of(tmp_path, DAY)
    file.chmod(0o644)
    if damage == "altered":
        file.unlink()
        predicted.store(tmp_path, predictions({"a": 0.6}))
    elif damage == "cut":
        file.write_bytes(file.read_bytes()[:100])
    else:
        file.unlink()

    with pytest.raises(BookRefused) as refused:
        predicted.read(file, first.hash)

    assert "{" not in refused.value.message.zh + refused.value.message.en


# --- decay -----------------------------------------------------------------------------------------


def month(number: int, *, model: str = "m", **figures: Figure) -> Month:
    fine = {"ratio": Figure(1.0, 0.9, 1.1), "lift": Figure(3.0, 2.0, 4.0), "base": Figure(0.02, 0.01, 0.03)}
    told = Measured(
        predicted=100, known=100, left=2, scored=100, scored_left=2, expected=2.0, tenths=(), levels=(),
        **{**fine, **figures},
    )  # fmt: skip
    return Month(date(2026, number, 28), model, told)


BAD, OPEN = Figure(2.0, 1.5, 2.6), Figure(1.6, 1.1, 2.3)


@pytest.mark.parametrize(
    ("ratios", "months"),
    [
        ([BAD, BAD], 2),
        ([Figure(1.0, 0.9, 1.1), BAD, BAD, BAD], 3),
        ([BAD], None),  # one month may be chance
        ([BAD, OPEN], None),  # the latest does not speak against it
        ([BAD, OPEN, BAD], None),
        ([Figure(0.5, 0.4, 0.6), BAD], 2),  # beyond either border
        ([Figure(0.5, 0.4, 0.8)] * 2, None),  # reaches the border
    ],
)
def test_months_in_a_row_wholly_beyond_the_border_are_an_alarm(
    ratios: list[Figure], months: int | None
) -> None:
    assert watch().months == 2
    told = decays([month(place + 1, ratio=one) for place, one in enumerate(ratios)], "m")

    assert [one.months for one in told] == ([] if months is None else [months])
    for one in told:
        assert one.subject == "ratio"
        assert "{" not in one.said.zh + one.said.en


def test_an_interval_over_the_border_is_open_and_not_fine() -> None:
    assert verdicts(month(1, ratio=OPEN).measured)["ratio"] == "open"
    assert verdicts(month(1, ratio=Figure(1.0, 0.8, 1.25)).measured)["ratio"] == "holds"
    assert verdicts(month(1, lift=Figure(3.0, 1.2, 6.0)).measured)["lift"] == "open"


def test_a_new_model_is_not_blamed_for_the_old_one() -> None:
    old = [month(1, ratio=BAD, model="old"), month(2, ratio=BAD, model="old")]

    assert decays(old, "new") == []
    assert [one.subject for one in decays(old, "old")] == ["ratio"]
    assert decays(old, "") == []
