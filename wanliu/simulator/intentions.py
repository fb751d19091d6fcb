"""What clients want to trade before cash and holdings have their say, and how their rate changes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wanliu.simulator.fees import FEN, rate_units
from wanliu.simulator.market import Market
from wanliu.simulator.profiles import Profiles
from wanliu.simulator.streams import Floats, Ints, Topic, stream
from wanliu.simulator.world import Rates, World


@dataclass(frozen=True)
class Intentions:
    """Orders wished for, by day: client, amount in fen, and the luck that decides the side."""

    offsets: Ints
    who: Ints
    amount: Ints
    luck: Floats

    def on(self, day: int) -> tuple[Ints, Ints, Floats] | None:
        start, stop = self.offsets[day], self.offsets[day + 1]
        if start == stop:
            return None
        return self.who[start:stop], self.amount[start:stop], self.luck[start:stop]


def draw_intentions(
    seed: int, block: int, profiles: Profiles, activity: Floats, market: Market, world: World
) -> Intentions:
    """Poisson orders per day, the mean gamma-mixed by month (negative binomial), in the market's mood."""
    rng = stream(seed, Topic.ORDERS, block)
    shape = np.maximum(profiles.dispersion, 1e-9)[:, None]
    mixing = rng.gamma(1 / shape, shape, (len(profiles), len(market.months)))
    mixing = np.where(profiles.dispersion[:, None] > 0, mixing, 1.0)
    daily = profiles.orders / world.market.days_a_month
    mean = daily[:, None] * mixing[:, market.month_of_day] * activity * market.turnover
    orders = rng.poisson(mean.T)
    day, client = np.nonzero(orders)
    times = orders[day, client]
    who = np.repeat(client, times).astype(np.int64)
    per_day = orders.sum(axis=1)
    return Intentions(
        offsets=np.concatenate([[0], np.cumsum(per_day)]).astype(np.int64),
        who=who,
        amount=_amounts(rng, who, profiles, world),
        luck=rng.random(len(who)),
    )


def _amounts(rng: np.random.Generator, who: Ints, profiles: Profiles, world: World) -> Ints:
    numbers, large = world.orders, profiles.large(world)
    usual = np.where(large, numbers.large_median, numbers.small_median)
    median = np.where(profiles.order_median > 0, profiles.order_median, usual)[who]
    sigma = np.where(large, numbers.large_sigma, numbers.small_sigma)[who]
    sizes = median * np.exp(sigma * rng.standard_normal(len(who)))
    return np.asarray(np.rint(sizes * FEN), dtype=np.int64)


@dataclass
class RateChanges:
    """New rates by day; what was really changed is kept for the table rate_changes."""

    who: Ints
    day: Ints
    factor: Floats
    numbers: Rates
    changed: list[tuple[int, Ints, Ints, Ints]] = field(default_factory=list)

    def apply(self, day: int, rate: Ints) -> None:
        """Changes the rates of the day's clients in place; never below the floor."""
        now = np.flatnonzero(self.day == day)
        if not len(now):
            return
        who, first = np.unique(self.who[now], return_index=True)
        step = rate_units(self.numbers.step)
        new = np.rint(rate[who] * self.factor[now][first] / step).astype(np.int64) * step
        new = np.minimum(np.maximum(new, rate_units(self.numbers.floor)), rate[who])
        lower = new < rate[who]
        if lower.any():
            self.changed.append((day, who[lower], rate[who][lower], new[lower]))
            rate[who[lower]] = new[lower]
