"""Everyday life that has nothing to do with leaving, and much that looks like it.

Salaries, IPO cyclers, year-end withdrawals, products, waiting for the market, a flat bought and the
money brought back, holidays, entries that are cancelled, second accounts, margin interest.
"""

from __future__ import annotations

import numpy as np

from wanliu.simulator.fees import fen
from wanliu.simulator.market import Market
from wanliu.simulator.plan import Act, Plan
from wanliu.simulator.profiles import Profiles
from wanliu.simulator.streams import FAR, Flags, Floats, Ints, Topic, stream, uniform, whole
from wanliu.simulator.world import Habits, World

DECEMBER = 12
QUARTER_MONTHS = (3, 6, 9, 12)


def habits_plan(
    seed: int, block: int, profiles: Profiles, market: Market, world: World
) -> tuple[Plan, Floats]:
    """The acts, and a factor per client and day for orders and log-ins (0 while waiting or on holiday)."""
    rng = stream(seed, Topic.HABITS, block)
    plan, habits = Plan(), world.habits
    valid = profiles.valid(world)
    _first_money(plan, profiles)
    _salaries(rng, plan, valid, profiles, market, habits)
    _pocket_money(rng, plan, valid, profiles, market, habits)
    _ipo_orders(rng, plan, valid, market, habits)
    _cyclers(rng, plan, valid, profiles, market, habits)
    _year_ends(rng, plan, valid, market, habits)
    _products(rng, plan, valid, market, habits)
    _errands(rng, plan, valid, market, habits)
    _reversals(rng, plan, valid, profiles, market, habits)
    _second_accounts(rng, plan, profiles, market, habits)
    _margin_interest(plan, profiles, market, habits)
    presence = _presence(rng, plan, valid, market, habits)
    return plan, presence


def _month_starts(market: Market) -> Ints:
    return np.array([month.start for month in market.months], dtype=np.int64)


def _some(rng: np.random.Generator, among: Flags, share: float) -> Ints:
    return np.flatnonzero(among & (rng.random(len(among)) < share)).astype(np.int64)


def _later_days(rng: np.random.Generator, market: Market, size: int) -> Ints:
    """Any trading day but the first, on which everybody only begins; beyond the span if there is no other."""
    return rng.integers(1, max(market.length, 2), size)


def _first_money(plan: Plan, profiles: Profiles) -> None:
    """Who opens within the span brings the money and buys up to the wished weight on the next day."""
    who = np.flatnonzero(profiles.newcomer)
    plan.add(Act.DEPOSIT, who, profiles.start[who], profiles.assets[who].astype(np.float64))
    plan.add(Act.BUY, who, profiles.start[who] + 1, profiles.weight[who] * 0.99)


def _salaries(
    rng: np.random.Generator, plan: Plan, valid: Flags, profiles: Profiles, market: Market, habits: Habits
) -> None:
    who = _some(rng, valid, habits.salary_share)
    amount = np.rint(uniform(rng, habits.salary_amount, len(who))) * 100
    for month in market.months:
        payday = np.datetime64(month.label, "D") + np.timedelta64(habits.salary_day - 1, "D")
        day = min(int(np.searchsorted(market.days, payday)), month.stop - 1)
        plan.add(Act.DEPOSIT, who, np.full(len(who), day), amount)
        # what comes in is invested as far as the wished weight says
        plan.add(Act.BUY, who, np.full(len(who), day + 1), profiles.weight[who] * 0.9)


def _pocket_money(
    rng: np.random.Generator, plan: Plan, valid: Flags, profiles: Profiles, market: Market, habits: Habits
) -> None:
    """Small bank flows either way, any day."""
    chance = habits.pocket_money * len(market.months)
    for act in (Act.DEPOSIT, Act.WITHDRAW):
        times = np.where(valid, rng.poisson(chance, len(valid)), 0)
        who = np.repeat(np.arange(len(valid)), times)
        share = uniform(rng, habits.pocket_share, len(who))
        value = np.rint(share * profiles.assets[who]) if act is Act.DEPOSIT else share
        plan.add(act, who, rng.integers(0, market.length, len(who)), value)


def _ipo_orders(rng: np.random.Generator, plan: Plan, valid: Flags, market: Market, habits: Habits) -> None:
    times = np.where(valid, rng.poisson(habits.ipo_win * len(market.months), len(valid)), 0)
    who = np.repeat(np.arange(len(valid)), times)
    amount = np.rint(uniform(rng, habits.ipo_amount, len(who))) * 100
    plan.add(Act.IPO, who, rng.integers(0, market.length, len(who)), amount)


def _cyclers(
    rng: np.random.Generator, plan: Plan, valid: Flags, profiles: Profiles, market: Market, habits: Habits
) -> None:
    """Each month money comes for the IPO and goes back some days later."""
    who = _some(rng, valid, habits.cycler_share)
    amount = np.rint(uniform(rng, habits.cycler_part, len(who)) * profiles.assets[who])
    for start in _month_starts(market):
        day = start + rng.integers(0, 10, len(who))
        won = rng.random(len(who)) < habits.cycler_win
        plan.add(Act.DEPOSIT, who, day, amount)
        plan.add(Act.IPO, who[won], day[won] + 1, float(fen(habits.ipo_amount[0])))
        plan.add(Act.WITHDRAW_FEN, who, day + habits.cycler_days, amount)


def _year_ends(rng: np.random.Generator, plan: Plan, valid: Flags, market: Market, habits: Habits) -> None:
    for month in market.months:
        if int(month.label[-2:]) == DECEMBER:
            who = _some(rng, valid, habits.year_end_share)
            day = rng.integers(month.start, month.stop, len(who))
            plan.add(Act.WITHDRAW, who, day, uniform(rng, habits.year_end_part, len(who)))


def _products(rng: np.random.Generator, plan: Plan, valid: Flags, market: Market, habits: Habits) -> None:
    """Cash goes into a product at a quarter's end and comes back with a gain."""
    for month in market.months:
        if int(month.label[-2:]) in QUARTER_MONTHS:
            who = _some(rng, valid, habits.product_share)
            day = np.maximum(month.stop - 1 - rng.integers(0, 5, len(who)), month.start)
            plan.add(Act.PRODUCT, who, day, uniform(rng, habits.product_part, len(who)))
            plan.add(
                Act.PRODUCT_BACK, who, day + whole(rng, habits.product_days, len(who)), habits.product_gain
            )


def _errands(rng: np.random.Generator, plan: Plan, valid: Flags, market: Market, habits: Habits) -> None:
    """Most of the money goes out (a flat, a hospital, a firm) and comes back weeks later."""
    who = _some(rng, valid, habits.errand_share)
    day, size = _later_days(rng, market, len(who)), uniform(rng, habits.errand_part, len(who))
    plan.add(Act.SELL, who, day, size)
    plan.add(Act.WITHDRAW, who, day + 1, size)
    back = day + 1 + whole(rng, habits.errand_days, len(who))
    plan.add(Act.BRING_BACK, who, back, 1.0)
    plan.add(Act.BUY, who, back + 1, size)


def _reversals(
    rng: np.random.Generator, plan: Plan, valid: Flags, profiles: Profiles, market: Market, habits: Habits
) -> None:
    """An entry by mistake, cancelled the same day or the next."""
    who = _some(rng, valid, habits.reversal_share)
    day = _later_days(rng, market, len(who))
    day = np.maximum(day, np.where(profiles.start[who] < FAR, profiles.start[who], 0))
    amount = np.rint(rng.uniform(0.05, 0.5, len(who)) * profiles.assets[who])
    plan.add(Act.WRONG_CREDIT, who, day, amount)
    plan.add(Act.CANCEL, who, day + rng.integers(0, 2, len(who)), amount)


def _second_accounts(
    rng: np.random.Generator, plan: Plan, profiles: Profiles, market: Market, habits: Habits
) -> None:
    owners = np.flatnonzero(profiles.second_account & profiles.funded())
    times = 1 + rng.poisson(habits.second_moves * len(market.months), len(owners))
    who = np.repeat(owners, times)
    act = rng.integers(0, 2, len(who))
    day, part = rng.integers(0, market.length, len(who)), uniform(rng, habits.second_part, len(who))
    plan.add(Act.ASIDE, who[act == 0], day[act == 0], part[act == 0])
    plan.add(Act.FROM_ASIDE, who[act == 1], day[act == 1], part[act == 1])


def _margin_interest(plan: Plan, profiles: Profiles, market: Market, habits: Habits) -> None:
    who = np.flatnonzero((profiles.debt > 0) & profiles.funded())
    for month in market.months:
        plan.add(Act.MARGIN_INTEREST, who, np.full(len(who), month.stop - 1), habits.margin_interest / 12)


def _presence(rng: np.random.Generator, plan: Plan, valid: Flags, market: Market, habits: Habits) -> Floats:
    """1, or 0 on the days of a wait for the market (everything sold) or of a holiday."""
    presence = np.ones((len(valid), market.length))
    day = np.arange(market.length)
    waiting = _some(rng, valid, habits.waiting_share)
    start = _later_days(rng, market, len(waiting))
    stop = start + whole(rng, habits.waiting_days, len(waiting))
    plan.add(Act.SELL, waiting, start, 1.0)
    plan.add(Act.BUY, waiting, stop, 0.6)
    _absent(presence, day, waiting, start, stop)
    resting = _some(rng, valid, habits.holiday_share)
    start = rng.integers(0, market.length, len(resting))
    _absent(presence, day, resting, start, start + whole(rng, habits.holiday_days, len(resting)))
    return presence


def _absent(presence: Floats, day: Ints, who: Ints, start: Ints, stop: Ints) -> None:
    away = (day >= start[:, None]) & (day < stop[:, None])
    presence[who] = np.where(away, 0.0, presence[who])
