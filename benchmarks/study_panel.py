"""Person-level panels for the study's benchmark: the simulator's own mechanism without running the days.

Clients, lives, requests, decisions, cuts and their truth are those of a whole book with the same seed. What
is shortened: no day is traded, so sizes, rates and habits are those that a client begins with, not measured
from rows; orders, log-ins, contacts and flows do not fade before a leaving; label and landmark go by the
life's own days.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from wanliu.commission.study.columns import ASKED, FACTS, covariates
from wanliu.commission.study.effect import Floats, Sample
from wanliu.simulator.block import _draw_cast  # the draws of a block before its days are run
from wanliu.simulator.brokerage import _setting
from wanliu.simulator.cast import Cast, Setting
from wanliu.simulator.fees import FEN, RATE_UNIT
from wanliu.simulator.price import CUT, true_effect
from wanliu.simulator.profiles import BLOCK
from wanliu.simulator.streams import FAR, Ints

FIRST, LAST = date(2008, 1, 2), date(2009, 12, 31)
WEEK = 5
"""Trading days from landmark to landmark."""
AGES = (2, 7, 14, 30, 90)
"""Calendar days up to which a request counts as that old."""
BESIDE = 40
"""Rows kept for each cut of a week, of those without a cut and without a request of the last 30 days."""


@dataclass(frozen=True)
class Panel:
    """One run: the sample, and the true shares leaving with and without their cut of those who got it."""

    sample: Sample
    cuts: int
    left_with: float
    left_without: float

    @property
    def truth(self) -> float:
        return self.left_with - self.left_without


def panel(seed: int, *, clients: int, share: float, horizon: int = 90) -> Panel:
    setting = replace(_setting(seed, clients, FIRST, LAST), price_effect=share)
    parts, truths = [], []
    for block in range(-(-clients // BLOCK)):
        cast = _draw_cast(setting, block)
        rows, truth = _rows(cast, setting, horizon, np.random.default_rng((seed, block)))
        parts.append({**rows, "client": rows["client"] + block * BLOCK})
        truths.append(truth)
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    joined["week_share"] = _week_share(joined)
    sample = Sample(
        joined["treated"] > 0,
        joined["outcome"],
        covariates(joined),
        joined["client"].astype(np.int64),
        joined["weight"],
    )
    dates, with_it, without = (np.concatenate(one) for one in zip(*truths, strict=True))
    return Panel(sample, *true_effect(dates, with_it, without, horizon))


def _rows(
    cast: Cast, setting: Setting, horizon: int, rng: np.random.Generator
) -> tuple[dict[str, Floats], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """A row per valid client and week, at risk at its end; the book must hold the whole horizon after it."""
    market, profiles, cuts = setting.market, cast.profiles, cast.cuts
    assert cuts is not None, "asked for with a price effect"
    days = market.days.astype("datetime64[D]").astype(np.int64)
    ends = np.arange(WEEK * 8, market.length, WEEK)
    ends = ends[days[ends] + horizon <= days[-1]]
    able = np.flatnonzero(profiles.valid(setting.world) & (profiles.start < FAR))
    who, week = (one.ravel() for one in np.meshgrid(able, np.arange(len(ends)), indexing="ij"))
    end = ends[week]
    left = np.full(len(profiles), 1 << 40)
    gone = ~np.isnat(cast.life.left_on)
    left[cast.life.who[gone]] = cast.life.left_on[gone].astype(np.int64)
    cut_day = _day_of_cut(cuts.who, cuts.day, who, end)
    treated = cut_day >= 0
    chosen = rng.choice(cuts.day[cuts.day >= 0] % WEEK, len(who)) if len(cuts.day) else np.zeros(len(who))
    reference = np.where(treated, cut_day, end - WEEK + 1 + chosen.astype(np.int64))
    ages = _ages(cast, days, who, days[reference])
    fresh = sum(ages[name] for name in ASKED[:4]) > 0
    at_risk = (profiles.start[who] <= end - WEEK) & (left[who] > days[end])
    cuts_of_week = np.bincount(week[at_risk & treated], minlength=len(ends))
    others = np.bincount(week[at_risk & ~treated], minlength=len(ends))
    share = np.minimum(1.0, BESIDE * (cuts_of_week + 1 / BLOCK * 50) / np.maximum(others, 1))
    kept = at_risk & (treated | fresh | (rng.random(len(who)) < share[week]))
    facts = _facts(cast, days, who[kept], reference[kept])
    within = (left[who] > days[end]) & (left[who] <= days[end] + horizon)
    truth_of = profiles.valid(setting.world)[cuts.who] & np.isin(
        (cuts.day - ends[0] + WEEK - 1) // WEEK, np.arange(len(ends))
    )
    truth = tuple(
        one[truth_of]
        for one in (market.days[cuts.day.clip(0, market.length - 1)].astype("datetime64[D]"), cuts.left_with,
                    cuts.left_without)
    )  # fmt: skip
    return {
        **facts,
        **{name: values[kept] for name, values in ages.items()},
        "treated": treated[kept].astype(float),
        "outcome": within[kept].astype(float),
        "client": who[kept].astype(float),
        "week": week[kept].astype(float),
        "weight": np.where(treated | fresh, 1.0, 1 / share[week])[kept],
    }, truth  # type: ignore[return-value]  # three arrays, which a generator cannot promise


def _day_of_cut(cut_who: Ints, cut_day: Ints, who: Ints, end: Ints) -> Ints:
    """The day of the client's first cut in the week that ends there; −1 without."""
    found = np.full(len(who), -1)
    for client, day in zip(cut_who[::-1], cut_day[::-1], strict=True):
        found[(who == client) & (end - WEEK < day) & (day <= end)] = day
    return found


def _ages(cast: Cast, days: Ints, who: Ints, reference: Ints) -> dict[str, Floats]:
    found = {name: np.zeros(len(who)) for name in ASKED}
    log = cast.requests.log
    asked = [
        (one, day)
        for one, day, kind in zip(log.who, log.day, log.kind, strict=True)
        if len(kind) and kind[0] == CUT
    ]
    for client, day in zip(
        np.concatenate([one for one, _ in asked]), np.concatenate([one for _, one in asked]), strict=True
    ):
        if day >= len(days):
            continue
        mine = np.flatnonzero(who == client)
        age = reference[mine] - days[day]
        for name, low, high in zip(ASKED, (-1, *AGES[:-1]), AGES, strict=True):
            found[name][mine[(age > low) & (age <= high)]] += 1
    return found


def _facts(cast: Cast, days: Ints, who: Ints, reference: Ints) -> dict[str, Floats]:
    profiles = cast.profiles
    facts = {name: np.zeros(len(who)) for name in FACTS if name not in ASKED}
    facts["net_assets"] = profiles.assets[who] / FEN
    facts["orders_30"] = profiles.orders[who]
    facts["orders_90"] = profiles.orders[who] * 3
    facts["logins_30"] = profiles.logins[who]
    facts["contacts_90"] = profiles.contacts[who] * 3
    facts["minimum"] = profiles.minimum[who] / FEN
    facts["cash_share"] = 1 - profiles.weight[who]
    opened = profiles.opened.astype("datetime64[D]").astype(np.int64)
    facts["tenure_days"] = (days[reference] - opened[who]).clip(0).astype(float)
    facts["time"] = reference / len(days)
    rate = profiles.rate[who].astype(float)
    for client, day in zip(cast.cuts.who, cast.cuts.day, strict=True) if cast.cuts else ():
        mine = (who == client) & (reference > day)
        facts["prior_cuts"][mine] += 1
        factor = cast.rates.factor[(cast.rates.who == client) & (cast.rates.day == day)][0]
        rate[mine] = np.maximum(rate[mine] * factor, cast.rates.numbers.floor * RATE_UNIT)
    facts["rate"] = rate / RATE_UNIT
    return facts


def _week_share(rows: dict[str, Floats]) -> Floats:
    week = rows["week"].astype(np.int64)
    share = (np.bincount(week, weights=rows["treated"]) + 0.5) / (
        np.bincount(week, weights=rows["weight"]) + 1.0
    )
    return np.asarray(np.log(share[week]))
