"""Books with a known price effect: off by default, true to their truth, the same as ever without."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow.csv as pc
import pytest

from wanliu.errors import UsageError
from wanliu.simulator import simulate
from wanliu.simulator.block import _draw_cast
from wanliu.simulator.brokerage import _setting
from wanliu.simulator.cast import Cast
from wanliu.simulator.price import CUT, grant_chance, price_numbers, true_effect
from wanliu.simulator.requests import GRANTED, REFUSED
from wanliu.simulator.streams import FAR

SPAN = (date(2008, 1, 2), date(2009, 12, 31))
AS_EVER = "0cb64571c9e6a16bc9d885a6d97b2cb230d7e1d19a4847c26b7f1a4d30cb7548"


def a_cast(share: float | None, seed: int = 3) -> Cast:
    return _draw_cast(replace(_setting(seed, 1000, *SPAN), price_effect=share), 0)


def digest(cast: Cast) -> str:
    log = cast.requests.log
    arrays = [*log.who, *log.day, *log.kind, *log.outcome, cast.rates.who, cast.rates.day, cast.life.left]
    return sha256(b"".join(np.ascontiguousarray(one, dtype=np.int64).tobytes() for one in arrays)).hexdigest()


def test_without_a_price_effect_every_draw_is_as_it_was() -> None:
    """The digest was taken before there was any price effect."""
    assert digest(a_cast(None)) == AS_EVER
    assert a_cast(None).cuts is None


def test_nobody_who_depends_on_nothing_is_kept() -> None:
    cuts = a_cast(0.0).cuts

    assert cuts is not None
    np.testing.assert_array_equal(cuts.left_with, cuts.left_without)


def test_a_cut_keeps_only_and_never_drives_away() -> None:
    cuts = a_cast(1.0, seed=5).cuts

    assert cuts is not None
    with_it, without = cuts.left_with, cuts.left_without
    kept = np.isnat(with_it) & ~np.isnat(without)
    assert kept.any()
    np.testing.assert_array_equal(with_it[~kept], without[~kept])


def test_the_kept_would_have_left_and_the_others_live_on_as_before() -> None:
    """The same draws of lives; what differs are leavings called off, and the days of being content again."""
    never, always = a_cast(0.0).life, a_cast(1.0).life
    called_off = (never.left < FAR) & (always.left == FAR)

    assert called_off.any()
    np.testing.assert_array_equal(always.left[~called_off], never.left[~called_off])
    np.testing.assert_array_equal(always.content_again[called_off], never.leaving[called_off])


def test_the_truth_follows_from_the_rates_day_by_day() -> None:
    """Slowly: every rate is changed day by day as the ledger does it, and read where a leaving begins."""
    cast, before = a_cast(1.0), a_cast(0.0).life
    rate = cast.profiles.rate.copy()
    rates_at = {}
    for day in range(cast.rates.day.max() + 1):
        rates_at[day] = rate.copy()
        cast.rates.apply(day, rate)
    low, high = price_numbers().bearable
    for place, who in enumerate(before.who):
        if before.left[place] >= FAR or cast.life.left[place] < FAR:
            continue
        day = min(int(before.leaving[place]), cast.rates.day.max())
        assert rates_at[day][who] <= high * cast.profiles.rate[who], "nobody stays without a cut"
        assert low < high


def test_who_is_granted_a_cut_depends_on_size_and_rate_alone() -> None:
    cast = a_cast(0.5)
    chance = grant_chance(cast.profiles, price_numbers())
    asked = [
        (who, outcome)
        for who, kind, outcome in zip(cast.requests.log.who, cast.requests.log.kind,
                                      cast.requests.log.outcome, strict=True)
        if len(kind) and kind[0] == CUT
    ]  # fmt: skip

    who = np.concatenate([one for one, _ in asked])
    outcome = np.concatenate([one for _, one in asked])
    assert set(outcome.tolist()) <= {GRANTED, REFUSED}
    expected, spread = chance[who].sum(), np.sqrt((chance[who] * (1 - chance[who])).sum())
    assert abs((outcome == GRANTED).sum() - expected) < 4 * spread


def test_the_true_effect_counts_who_is_still_here() -> None:
    days = np.array(["2026-01-05"] * 4, dtype="datetime64[D]")
    never = "NaT"
    with_it = np.array([never, "2026-02-01", never, "2026-01-01"], dtype="datetime64[D]")
    without = np.array(["2026-02-01", "2026-02-01", never, "2026-01-01"], dtype="datetime64[D]")

    count, *shares = true_effect(days, with_it, without, 90)

    assert count == 3
    assert shares == pytest.approx([1 / 3, 2 / 3])


def test_a_whole_book_leaves_its_true_effect(tmp_path: Path) -> None:
    simulate(
        tmp_path / "book",
        clients=600,
        first=date(2008, 1, 2),
        last=date(2008, 9, 30),
        seed=4,
        price_effect=1.0,
    )

    truth = tmp_path / "book.truth"
    effect = pc.read_csv(truth / "effect.csv").to_pylist()
    assert {row["horizon"] for row in effect} == {90, 180}
    assert all(row["effect"] == pytest.approx(row["left_with"] - row["left_without"]) for row in effect)
    assert (truth / "cuts.csv").exists()


def test_without_it_there_is_no_truth_of_cuts(tmp_path: Path) -> None:
    simulate(tmp_path / "book", clients=100, first=date(2008, 1, 2), last=date(2008, 3, 31), seed=4)

    assert not (tmp_path / "book.truth" / "effect.csv").exists()


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_that_is_none_is_refused(share: float, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        simulate(tmp_path / "b", clients=100, first=date(2008, 1, 2), last=date(2008, 3, 31), seed=1,
                 price_effect=share)  # fmt: skip
    assert "between 0 and 1" in refused.value.message.en
