"""A known price effect: requests for a cut are granted by what the firm sees, and some leavers stay for one.

Only where a book is asked for with it; every other book is as it was, byte for byte. Whoever asks leaves far
more often than others, and only who asks is granted a cut: that is the selection on risk that a bare
comparison falls for. Given the request, size and rate decide, and luck: nothing that only the truth knows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa

from wanliu.simulator.fees import FEN, rate_units
from wanliu.simulator.firm import Firm
from wanliu.simulator.intentions import RateChanges
from wanliu.simulator.life import SILENT, Life
from wanliu.simulator.market import Market
from wanliu.simulator.profiles import Profiles
from wanliu.simulator.requests import GRANTED, REFUSED, REQUESTS, Requests, ask, cut, leave, rate_changes
from wanliu.simulator.streams import FAR, Days, Flags, Floats, Ints, Topic, stream, uniform
from wanliu.simulator.world import Range, Rates, World, build

CUT = REQUESTS.index("commission_cut")


@dataclass(frozen=True)
class PriceNumbers:
    source: str
    reasons: tuple[str, ...]
    bearable: Range
    grant_base: float
    grant_by_size: float
    grant_by_rate: float
    size_centre: float
    rate_centre: float
    asks_more: float


@cache
def price_numbers() -> PriceNumbers:
    return build(
        PriceNumbers, tomllib.loads(files("wanliu.simulator").joinpath("price.toml").read_text("utf-8"))
    )


@dataclass(frozen=True)
class Cuts:
    """Each cut that lowered a rate: the client, the trading day, and the leaving with and without it.

    A day of leaving that never comes is NaT. ``nth`` counts from 1.
    """

    who: Ints
    day: Ints
    nth: Ints
    left_with: Days
    left_without: Days


@dataclass(frozen=True)
class Priced:
    """What a block's requests, rates and lives are with a price effect, and the truth of it."""

    requests: Requests
    rates: RateChanges
    life: Life
    cuts: Cuts


def price_life(
    seed: int,
    block: int,
    share: float,
    profiles: Profiles,
    life: Life,
    firm: Firm,
    market: Market,
    world: World,
) -> Priced:
    """``share``: of the leavers for a reason of price, those whose leaving depends on the rate."""
    rng, numbers = stream(seed, Topic.PRICE, block), price_numbers()
    service = replace(
        world.service, cut_requests_a_month=world.service.cut_requests_a_month * numbers.asks_more
    )
    requests = ask(rng, profiles, life, market, replace(world, service=service))
    _decide(rng, requests, profiles, world, numbers)
    rates = rate_changes(rng, requests, profiles, life, firm, market, world)
    able = np.isin(np.array(world.reason_ids)[life.reason], numbers.reasons) & (life.left < FAR)
    depends = able & (rng.random(len(life.who)) < share)
    bearable = uniform(rng, numbers.bearable, len(life.who))
    course = _courses(rates, profiles, world.rates)
    cuts, stays = _truth(course, profiles, life, depends, bearable, world.rates)
    settled = _called_off(life, stays)
    leave(requests, settled, also_revoked=rng.random(len(life.who)) < world.leaving.also_revoked)
    return Priced(requests, rates, settled, cuts)


def _decide(
    rng: np.random.Generator, requests: Requests, profiles: Profiles, world: World, numbers: PriceNumbers
) -> None:
    """Every request for a cut anew, by size and rate alone; the cuts that were granted before go."""
    requests.cuts.clear()
    for place, kind in enumerate(requests.log.kind):
        if not len(kind) or kind[0] != CUT:
            continue
        who, day = requests.log.who[place], requests.log.day[place]
        granted = rng.random(len(who)) < grant_chance(profiles, numbers)[who]
        requests.log.outcome[place] = np.where(granted, GRANTED, REFUSED)
        cut(rng, requests, who[granted], day[granted], world)


def grant_chance(profiles: Profiles, numbers: PriceNumbers) -> Floats:
    size = np.log10(np.maximum(profiles.assets, 1) / FEN / numbers.size_centre)
    rate = np.log2(np.maximum(profiles.rate, 1) / rate_units(numbers.rate_centre))
    odds = numbers.grant_base + numbers.grant_by_size * size + numbers.grant_by_rate * rate
    return np.asarray(1 / (1 + np.exp(-odds)))


Course = list[tuple[int, float]]
"""A client's cuts: trading day and factor, by day, one a day."""


def _courses(rates: RateChanges, profiles: Profiles, numbers: Rates) -> dict[int, Course]:
    """Each client's cuts that really lower the rate, as the days will apply them."""
    courses: dict[int, Course] = {}
    for place in np.argsort(rates.day, kind="stable"):
        who, day = int(rates.who[place]), int(rates.day[place])
        course = courses.setdefault(who, [])
        if course and course[-1][0] == day:
            continue
        longer = [*course, (day, float(rates.factor[place]))]
        if _rate(int(profiles.rate[who]), longer, numbers) < _rate(int(profiles.rate[who]), course, numbers):
            course.append(longer[-1])
    return courses


def _rate(first: int, course: Sequence[tuple[int, float]], numbers: Rates) -> int:
    step, floor, rate = rate_units(numbers.step), rate_units(numbers.floor), first
    for _, factor in course:
        rate = min(max(round(rate * factor / step) * step, floor), rate)
    return rate


def _truth(
    courses: dict[int, Course],
    profiles: Profiles,
    life: Life,
    depends: Flags,
    bearable: Floats,
    numbers: Rates,
) -> tuple[Cuts, Flags]:
    """Each cut's two worlds, with it and without it alone; and whose leaving is called off by all of them."""
    at = {int(who): place for place, who in enumerate(life.who)}
    stays = np.zeros(len(life.who), dtype=bool)
    never = np.datetime64("NaT", "D")
    rows: list[tuple[int, int, int, np.datetime64, np.datetime64]] = []

    def left(who: int, course: Course) -> np.datetime64:
        place = at.get(who)
        if place is None or life.left[place] >= FAR:
            return never
        before = [one for one in course if one[0] < life.leaving[place]]
        first = int(profiles.rate[who])
        kept = depends[place] and before and _rate(first, before, numbers) <= bearable[place] * first
        return never if kept else np.datetime64(life.left_on[place])

    for who, course in courses.items():
        with_all = left(who, course)
        if (place := at.get(who)) is not None:
            stays[place] = life.left[place] < FAR and bool(np.isnat(with_all))
        for nth, one in enumerate(course):
            rows.append((who, one[0], nth + 1, with_all, left(who, [*course[:nth], *course[nth + 1 :]])))
    whole = np.array([row[:3] for row in rows], dtype=np.int64).reshape(-1, 3)
    lefts = np.array([row[3:] for row in rows], dtype="datetime64[D]").reshape(-1, 2)
    return Cuts(*whole.T, *lefts.T), stays


def _called_off(life: Life, stays: Flags) -> Life:
    """Content again on the day on which the leaving would have begun."""
    never = np.datetime64("NaT", "D")
    return replace(
        life,
        leaving=np.where(stays, FAR, life.leaving),
        left=np.where(stays, FAR, life.left),
        content_again=np.where(stays, life.leaving, life.content_again),
        leaving_on=np.where(stays, never, life.leaving_on),
        left_on=np.where(stays, never, life.left_on),
        content_again_on=np.where(stays, life.leaving_on, life.content_again_on),
        explicit=np.where(stays, SILENT, life.explicit),
        closed=np.where(stays, FAR, life.closed),
    )


def truth_of_cuts(cuts: Cuts, ids: Sequence[str], market: Market, valid: Flags, clients: int) -> pa.Table:
    """One row per cut of the first ``clients``: client_id, date, nth, valid, left_with, left_without."""
    kept = np.flatnonzero((cuts.who < clients) & (cuts.day < market.length))
    dates = market.days[cuts.day[kept]]
    return pa.table(
        {
            "client_id": [ids[place] for place in cuts.who[kept]],
            "date": pa.array(dates.astype("datetime64[D]"), type=pa.date32()),
            "nth": cuts.nth[kept],
            "valid": valid[cuts.who[kept]],
            "left_with": pa.array(cuts.left_with[kept], type=pa.date32()),
            "left_without": pa.array(cuts.left_without[kept], type=pa.date32()),
        }
    )


def true_effect(dates: Days, left_with: Days, left_without: Days, horizon: int) -> tuple[int, float, float]:
    """How many cuts of clients still here, and the shares leaving within the horizon with and without it."""

    def within(left: Days) -> Flags:
        return np.asarray((left > dates) & (left <= dates + np.timedelta64(horizon, "D")))

    here = np.isnat(left_without) | (left_without > dates)
    count = int(here.sum())
    if not count:
        return 0, float("nan"), float("nan")
    return count, float(within(left_with)[here].mean()), float(within(left_without)[here].mean())
