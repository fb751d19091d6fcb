"""The daily return of each client's holdings: the market, their own luck, and what happens to stocks."""

from __future__ import annotations

import numpy as np

from wanliu.simulator.life import Life
from wanliu.simulator.market import Market
from wanliu.simulator.plan import Act, Plan
from wanliu.simulator.profiles import Profiles
from wanliu.simulator.streams import FAR, Floats, Topic, stream, uniform, whole
from wanliu.simulator.world import Stocks, World

DIVIDEND_MONTHS = (5, 6, 7)


def draw_returns(
    seed: int, block: int, profiles: Profiles, life: Life, market: Market, world: World
) -> tuple[Floats, Plan]:
    """Returns per client and trading day, and the dividends as acts."""
    rng = stream(seed, Topic.RETURNS, block)
    numbers, size = world.stocks, len(profiles)
    noise = rng.standard_normal((size, market.length)) * profiles.sigma[:, None]
    returns = profiles.beta[:, None] * market.returns + noise
    _losses(returns, life)
    np.clip(returns, -numbers.daily_limit, numbers.daily_limit, out=returns)
    _suspensions(rng, returns, profiles, numbers)
    _bonus_shares(rng, returns, profiles, numbers)
    return returns, _dividends(rng, profiles, market, numbers)


def _losses(returns: Floats, life: Life) -> None:
    """The bad luck of those whom a loss annoys, spread over the days while they are annoyed."""
    for place in np.flatnonzero(life.loss > 0):
        start = int(life.annoyed[place])
        stop = int(min(life.leaving[place], life.content_again[place]))
        if stop > start:
            returns[life.who[place], start:stop] += np.log1p(-life.loss[place]) / (stop - start)


def _suspensions(rng: np.random.Generator, returns: Floats, profiles: Profiles, numbers: Stocks) -> None:
    """While the holding is suspended its value stands still; the first day back makes up for it."""
    clients, days = returns.shape
    held = np.flatnonzero(profiles.eventful & (rng.random(clients) < numbers.suspended_share))
    start = rng.integers(0, days, len(held))
    stop = np.minimum(start + whole(rng, numbers.suspended_days, len(held)), days - 1)
    for client, first, back in zip(held, start, stop, strict=True):
        missed = np.prod(1 + returns[client, first : back + 1]) - 1
        returns[client, first:back] = 0.0
        returns[client, back] = missed.clip(-0.5, 1.0)


def _bonus_shares(rng: np.random.Generator, returns: Floats, profiles: Profiles, numbers: Stocks) -> None:
    """红股: the price falls on the ex-day, the new shares are credited some days later."""
    clients, days = returns.shape
    lucky = np.flatnonzero(profiles.eventful & (rng.random(clients) < numbers.bonus_share))
    day = rng.integers(0, days, len(lucky))
    within = day + numbers.bonus_lag < days
    lucky, day = lucky[within], day[within]
    half = numbers.bonus_ratio / 2  # about half of what such a client holds pays the bonus
    returns[lucky, day] = (1 + returns[lucky, day]) / (1 + half) - 1
    credited = day + numbers.bonus_lag
    returns[lucky, credited] = (1 + returns[lucky, credited]) * (1 + half) - 1


def _dividends(rng: np.random.Generator, profiles: Profiles, market: Market, numbers: Stocks) -> Plan:
    """Cash paid out of the holding's value on one day of the season, each year."""
    plan = Plan()
    months = market.days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    years = market.days.astype("datetime64[Y]")
    for year in np.unique(years):
        season = np.flatnonzero((years == year) & np.isin(months, DIVIDEND_MONTHS))
        paid = np.flatnonzero((profiles.start < FAR) & (rng.random(len(profiles)) < numbers.dividend_share))
        if len(season):
            plan.add(
                Act.DIVIDEND,
                paid,
                season[rng.integers(0, len(season), len(paid))],
                uniform(rng, numbers.dividend_yield, len(paid)),
            )
    return plan
