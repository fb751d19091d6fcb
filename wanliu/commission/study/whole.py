"""The whole study of one book: every comparison, its checks, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import ParamSpec, TypeVar

import duckdb
import numpy as np
import pyarrow as pa

from wanliu.book.sealed import Book
from wanliu.commission.study.effect import (
    FEW_TREATED,
    CannotTell,
    Effect,
    Estimate,
    Fitted,
    Flags,
    Floats,
    Sample,
    averaged,
    check_counts,
    clustered,
    effect,
    fitted,
    interval,
)
from wanliu.commission.study.ground import EVENTS, prepare
from wanliu.commission.study.numbers import Numbers
from wanliu.commission.study.paths import Step, event_study, paths
from wanliu.commission.study.placebo import at_a_fake_date
from wanliu.commission.study.response import Level, mean_of, response
from wanliu.commission.study.risk_sets import Rows, labels_known, risk_set
from wanliu.errors import UsageError
from wanliu.text import Text

ARMS = tuple(EVENTS)
PAST = 90
"""Days of past that every row needs."""
YEAR = 365.25
Found = TypeVar("Found")
Given = ParamSpec("Given")


@dataclass(frozen=True)
class Compared:
    """Of what (``arm``), among whom (``part``), within how many days: an effect, or why there is none."""

    arm: str
    part: str
    horizon: int
    effect: Effect | None
    refused: Text | None
    treated: int


@dataclass(frozen=True)
class Loyalty:
    """Leaving of those without a cut in the week: loyal clients, the others, and the difference."""

    loyal: Estimate
    others: Estimate
    difference: Estimate
    clients: int


@dataclass(frozen=True)
class PriceStudy:
    """What one study found, as plain values. ``yuan``: arm → what one costs within the first horizon."""

    book: str
    landmarks: tuple[date, ...]
    left_out: int
    numbers: Numbers
    compared: tuple[Compared, ...]
    placebos: tuple[Compared, ...]
    steps: tuple[Step, ...]
    levels: tuple[Level, ...]
    no_levels: Text | None
    loyalty: Loyalty | None
    yuan: Mapping[str, float]
    cuts: Mapping[int, int]
    """Which cut (1, 2, …) → how many rows were treated with it."""
    cut_later: float
    """Of those without a cut in the week, the share cut within the first horizon after all."""
    absent: tuple[str, ...]
    """Tables that the book lacks, so that an arm has nothing to say."""

    def one(self, arm: str, part: str = "all", horizon: int | None = None) -> Compared:
        horizon = horizon or self.numbers.horizons[0]
        return next(
            each for each in self.compared if (each.arm, each.part, each.horizon) == (arm, part, horizon)
        )


def landmarks_of(book: Book, first: date, last: date, numbers: Numbers) -> tuple[tuple[date, ...], int]:
    """The ends of the weeks from the first day to the last, and how many weeks the book is too short for.

    A landmark needs 90 days of past and the longest horizon of future in the book. Raises UsageError where no
    week is left, or the book has no rate changes.
    """
    if not book.has("rate_changes"):
        raise UsageError(_NO_CHANGES)
    if first > last:
        raise UsageError(_BACKWARDS)
    begins = [day for table in ("assets", "trades") if (day := book.first_date(table))]
    ends = book.last_date("assets")
    if len(begins) < 2 or ends is None:
        raise UsageError(_NO_ROWS)
    weeks = range(numbers.window, (last - first).days + 2, numbers.window)
    days = [first + timedelta(days=one - 1) for one in weeks]
    earliest = max(begins) + timedelta(days=PAST + numbers.window)
    latest = ends - timedelta(days=max(numbers.horizons))
    kept = tuple(day for day in days if earliest <= day <= latest)
    if not kept:
        raise UsageError(_NO_WEEK.format(first=earliest, last=latest))
    return kept, len(days) - len(kept)


def study_of(
    connection: duckdb.DuckDBPyConnection,
    book: Book,
    labels: Mapping[int, pa.Table],
    landmarks: Sequence[date],
    *,
    left_out: int,
    numbers: Numbers,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> PriceStudy:
    """``labels``: horizon → a row per client and landmark, as the labels' own room makes them."""
    prepare(connection, book, numbers)
    labels_known(connection, labels, landmarks)
    rows = risk_set(connection, book, "cut", numbers.horizons, numbers)
    progress(1, len(ARMS) + 2)
    compared = _cuts(rows, numbers)
    steps = _steps(connection, book, rows, numbers)
    placebos = _placebos(connection, book, rows, numbers)
    levels, refused = _told(_levels, rows, numbers)
    progress(2, len(ARMS) + 2)
    yuan = {"cut": _yuan_of_cuts(rows, numbers)} | {
        arm: float(getattr(numbers, f"cost_{arm}")) for arm in ARMS if arm != "cut"
    }
    for place, arm in enumerate(one for one in ARMS if one != "cut"):
        beside = risk_set(connection, book, arm, numbers.horizons, numbers)
        compared += [_compared(beside, arm, "all", None, horizon, numbers) for horizon in numbers.horizons]
        progress(3 + place, len(ARMS) + 2)
    nth = np.nan_to_num(rows.facts["nth"][rows.treated], nan=1.0).astype(int)
    return PriceStudy(
        book=book.fingerprint,
        landmarks=tuple(landmarks),
        left_out=left_out,
        numbers=numbers,
        compared=tuple(compared),
        placebos=tuple(placebos),
        steps=steps,
        levels=levels or (),
        no_levels=refused,
        loyalty=_loyalty(rows, numbers),
        yuan=yuan,
        cuts={int(one): int(count) for one, count in zip(*np.unique(nth, return_counts=True), strict=True)},
        cut_later=_share_cut_later(rows),
        absent=tuple(table for table, _ in EVENTS.values() if not book.has(table)),
    )


# --- parts of the clients ---------------------------------------------------------------------------------


def segments(rows: Rows, numbers: Numbers) -> dict[str, Flags]:
    """Name → which rows, by what was known before."""
    facts = rows.facts
    loyal = (facts["tenure_days"] >= numbers.loyal_years * YEAR) & (
        facts["active_share"] >= numbers.loyal_active
    )
    parts = {"loyal": loyal, "not_loyal": ~loyal}
    for name, column, borders in (
        ("turnover", "turnover_90", numbers.turnover_tiers),
        ("assets", "net_assets", numbers.asset_tiers),
    ):
        tier = np.searchsorted(np.array(borders), np.nan_to_num(facts[column]), side="right")
        parts |= {f"{name}_{one}": tier == one for one in range(len(borders) + 1)}
    return parts


def _cuts(rows: Rows, numbers: Numbers) -> list[Compared]:
    """Every cut, the first, second and later ones, and each segment of the clients."""
    found = []
    prior = rows.facts["prior_cuts"]
    for horizon in numbers.horizons:
        found.append(_compared(rows, "cut", "all", None, horizon, numbers))
        for one in numbers.later_cuts:
            last = one == max(numbers.later_cuts)
            before = prior >= one - 1 if last else prior == one - 1
            found.append(_compared(rows, "cut", f"cut_{one}", before, horizon, numbers))
        whole, refused = _told(_fit, rows, horizon, numbers)
        for name, part in segments(rows, numbers).items():
            kept = part[~np.isnan(rows.left[horizon])]
            treated = int((rows.treated & part).sum())
            if whole is None:
                found.append(Compared("cut", name, horizon, None, refused, treated))
                continue
            inside, why = _told(averaged, whole, numbers, kept)
            found.append(Compared("cut", name, horizon, inside, why, treated))
    return found


def _fit(rows: Rows, horizon: int, numbers: Numbers) -> Fitted:
    return fitted(_sample(rows, rows.left[horizon], np.ones(len(rows), dtype=bool), numbers), numbers)


def _compared(
    rows: Rows,
    arm: str,
    part: str,
    kept: Flags | None,
    horizon: int,
    numbers: Numbers,
    outcome: Floats | None = None,
) -> Compared:
    kept = np.ones(len(rows), dtype=bool) if kept is None else kept
    outcome = rows.left[horizon] if outcome is None else outcome
    treated = int((rows.treated & kept).sum())
    # covariates of no row at all have no median
    found, why = _told(lambda: effect(_sample(rows, outcome, kept, numbers), numbers))
    return Compared(arm, part, horizon, found, why, treated)


def _sample(rows: Rows, outcome: Floats, kept: Flags, numbers: Numbers) -> Sample:
    bare = kept & ~np.isnan(outcome)
    nothing = np.zeros((int(bare.sum()), 0))
    check_counts(
        Sample(rows.treated[bare], outcome[bare], nothing, rows.client[bare], rows.weight[bare]), numbers
    )
    return rows.sample(outcome, kept)


def _told(
    make: Callable[Given, Found], *given: Given.args, **named: Given.kwargs
) -> tuple[Found | None, Text | None]:
    try:
        return make(*given, **named), None
    except CannotTell as refused:
        return None, refused.why


# --- checks and further views -----------------------------------------------------------------------------


def _steps(
    connection: duckdb.DuckDBPyConnection, book: Book, rows: Rows, numbers: Numbers
) -> tuple[Step, ...]:
    """Nobody is left out here for an outcome that is not whole: the paths are their own outcome."""
    if len(np.unique(rows.client[rows.treated])) < numbers.fewest_treated:
        return ()
    sample = rows.sample(np.zeros(len(rows)), np.ones(len(rows), dtype=bool))
    return event_study(fitted(sample, numbers), paths(connection, book, numbers), numbers)


def _placebos(
    connection: duckdb.DuckDBPyConnection, book: Book, rows: Rows, numbers: Numbers
) -> list[Compared]:
    horizon = numbers.horizons[0]
    found = [
        _compared(rows, "cut", "placebo_outcome", None, horizon, numbers, rows.facts["moved"])
        if book.has("profile_changes")
        else Compared("cut", "placebo_outcome", horizon, None, _NO_PROFILE, 0)
    ]
    if not book.has("flows"):
        return [*found, Compared("cut", "placebo_date", horizon, None, _NO_FLOWS, 0)]
    fake = at_a_fake_date(connection, book, numbers.horizons, numbers)
    known = ~np.isnan(fake.facts["net_assets"])
    return [*found, _compared(fake, "cut", "placebo_date", known, horizon, numbers, fake.facts["drained"])]


def _levels(rows: Rows, numbers: Numbers) -> tuple[Level, ...]:
    """The effective rate: what was paid for a yuan of turnover in the 90 days before, minimum and all."""
    if not rows.treated.any():
        raise CannotTell(FEW_TREATED.format(count=0, fewest=numbers.fewest_treated))
    turnover = rows.facts["turnover_90"]
    rate = np.where(turnover > 0, rows.facts["commission_90"] / np.where(turnover > 0, turnover, 1), np.nan)
    kept = ~np.isnan(rows.left[numbers.horizons[0]])
    blind = dict(rows.facts)
    # what is asked about must not explain itself away
    blind["rate"], blind["minimum"] = np.ones(len(rows)), np.zeros(len(rows))
    sample = replace(rows, facts=blind).sample(rows.left[numbers.horizons[0]], kept)
    return response(sample, rate[kept], numbers)


def _loyalty(rows: Rows, numbers: Numbers) -> Loyalty | None:
    left = rows.left[numbers.horizons[0]]
    kept = ~np.isnan(left) & ~rows.treated
    loyal = segments(rows, numbers)["loyal"][kept]
    clients = rows.client[kept]
    count = len(np.unique(clients[loyal]))
    if count < numbers.fewest_treated or len(np.unique(clients[~loyal])) < numbers.fewest_treated:
        return None
    weight, outcome = rows.weight[kept], left[kept]
    means = [
        mean_of(outcome[one], weight[one], clients[one], len(np.unique(clients[one])), numbers)
        for one in (loyal, ~loyal)
    ]
    influence = np.where(
        loyal,
        weight * (outcome - means[0].value) / weight[loyal].sum(),
        -weight * (outcome - means[1].value) / weight[~loyal].sum(),
    )
    difference = interval(means[0].value - means[1].value, clustered(influence, clients), count, numbers)
    return Loyalty(means[0], means[1], difference, count)


def _yuan_of_cuts(rows: Rows, numbers: Numbers) -> float:
    """What a cut gives up within the first horizon: turnover of the 90 days before × the cut, in the mean."""
    given = rows.facts["turnover_90"] * rows.facts["cut_size"] * numbers.horizons[0] / PAST
    mine = given[rows.treated & ~np.isnan(given)]
    return float(mine.mean()) if len(mine) else float("nan")


def _share_cut_later(rows: Rows) -> float:
    others = ~rows.treated
    return (
        float(np.average(rows.facts["later_cut"][others], weights=rows.weight[others]))
        if others.any()
        else 0.0
    )


_NO_CHANGES = Text(
    zh="账簿里没有费率变更表（rate_changes），看不出谁在哪一天降过佣金，无法研究。请补交后重试。",
    en="The book has no table rate_changes: who was given a cut, and when, is not known. Deliver it and "
    "run again.",
)
_NO_ROWS = Text(
    zh="账簿里没有资产或成交，无法研究。请补交后重试。",
    en="The book has no assets or no trades, so there is nothing to study. Deliver them and run again.",
)
_BACKWARDS = Text(zh="起始日晚于截止日。请对调。", en="The first day lies after the last. Swap them.")
_NO_WEEK = Text(
    zh="这段时间里没有一周可用：之前要有 90 天的数据，之后要有 180 天。这本账簿可用 {first} 至 {last}。",
    en="No week of this span can be used: it needs 90 days of data before and 180 after. This book serves "
    "from {first} to {last}.",
)
_NO_PROFILE = Text(
    zh="账簿里没有资料变更表，做不了这项检查。", en="the book has no table profile_changes for this check."
)
_NO_FLOWS = Text(
    zh="账簿里没有资金流水表，做不了这项检查。", en="the book has no table flows for this check."
)
