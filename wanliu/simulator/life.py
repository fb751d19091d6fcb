"""The latent life of a client: content → annoyed → leaving → left, or content again; and its footprints.

The states, the reason and what would have kept the client are the truth that no other code reads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wanliu.simulator.fees import FEN
from wanliu.simulator.market import Market
from wanliu.simulator.plan import Act, Plan
from wanliu.simulator.profiles import Profiles
from wanliu.simulator.streams import FAR, AnyArray, Days, Flags, Floats, Ints, Topic, choose, stream, uniform
from wanliu.simulator.world import Leaving, World

SILENT, CLOSES, TRANSFERS = 0, 1, 2
MANNERS = ("leak", "sudden", "one_day")
LEAK, SUDDEN, ONE_DAY = range(3)
STEPS = (3, 6)
"""Fewest and most steps of a leak."""
DAYS_TO_CLOSE = 4
"""Trading days from the sale of everything to the closing: settlement, withdrawal, papers."""


@dataclass
class Life:
    """One entry per client with a latent story; indices are trading days, FAR where there is none."""

    who: Ints
    story: list[str]
    reason: Ints
    annoyed: Ints
    leaving: Ints
    left: Ints
    content_again: Ints
    annoyed_on: Days
    leaving_on: Days
    left_on: Days
    content_again_on: Days
    explicit: Ints
    manner: Ints
    steps: Ints
    rest: Ints
    loss: Floats
    closed: Ints
    orders_fade: Floats
    contacts_fade: Floats
    logins_fade: Floats

    def gone(self, clients: int) -> Ints:
        """Per client of the block the first trading day without a row: nothing is kept here any more."""
        gone = np.full(clients, FAR, dtype=np.int64)
        # a transfer leaves a last row of zeros; a closed account has none on the day it is closed
        stop = np.where(self.explicit == CLOSES, self.left, self.left + 1)
        gone[self.who] = np.where(self.explicit == SILENT, FAR, stop)
        return gone

    def closing(self, clients: int) -> Ints:
        closing = np.full(clients, FAR, dtype=np.int64)
        closing[self.who] = self.closed
        return closing

    def undisturbed(self, clients: int) -> Ints:
        """Per client the day from which the habits of everyday life end: the leaving begins."""
        until = np.full(clients, FAR, dtype=np.int64)
        until[self.who] = self.leaving
        return until

    def fading(self, fade: Floats, clients: int, days: int) -> Floats:
        """A factor per client and trading day: from 1 down to the fade while annoyed, half of it while
        leaving, nothing once the last sale is made; back to 1 where the client is content again.
        """
        factor = np.ones((clients, days))
        day = np.arange(days)[None, :]
        annoyed = self.annoyed[:, None]
        ends = np.minimum(self.leaving, self.content_again)[:, None]
        progress = ((day - annoyed) / np.maximum(ends - annoyed, 1)).clip(0.0, 1.0)
        rows = 1.0 - (1.0 - fade[:, None]) * progress
        rows = np.where(day >= self.leaving[:, None], rows / 2, rows)
        rows = np.where(day >= self.left[:, None] - DAYS_TO_CLOSE + 1, 0.0, rows)
        factor[self.who] = np.where(day >= self.content_again[:, None], 1.0, rows)
        return factor


def draw_life(seed: int, block: int, profiles: Profiles, market: Market, world: World) -> Life:
    rng = stream(seed, Topic.LIFE, block)
    who, annoyed_on = _annoyed(rng, profiles, market, world)
    reason = np.minimum(
        choose(rng, [each.weight for each in world.reasons.values()], len(who)), len(world.reasons) - 1
    )
    life = _paths(rng, who, annoyed_on, reason, market, world)
    # whoever had left before the span, or is just leaving on its first days, is no part of the story
    kept = (life.leaving > max(STEPS)) & (life.content_again > 0) & (life.annoyed < market.length)
    return select(life, kept)


def select(life: Life, kept: Flags) -> Life:
    places = np.flatnonzero(kept)
    fields = {name: value[places] for name, value in vars(life).items() if name != "story"}
    return Life(story=[life.story[place] for place in places], **fields)


def _annoyed(rng: np.random.Generator, profiles: Profiles, market: Market, world: World) -> tuple[Ints, Days]:
    """Who becomes annoyed within the span or shortly before, and when."""
    numbers = world.leaving
    able = profiles.valid(world) & (profiles.debt == 0) & ~profiles.second_account & ~profiles.employee
    origin = np.maximum(
        market.days[0] - np.timedelta64(numbers.lead_days, "D"),
        profiles.opened + np.timedelta64(numbers.settle_days, "D"),
    )
    wait = rng.exponential(365.25 / 12 / numbers.annoyed_a_month, len(profiles))
    annoyed_on = origin + wait.astype("timedelta64[D]")
    who = np.flatnonzero(able & (annoyed_on <= market.days[-1]))
    return who.astype(np.int64), annoyed_on[who]


def _paths(
    rng: np.random.Generator, who: Ints, annoyed_on: Days, reason: Ints, market: Market, world: World
) -> Life:
    reasons, numbers, size = tuple(world.reasons.values()), world.leaving, len(who)
    annoyed_days = _ranged(rng, np.array([each.annoyed_days for each in reasons])[reason])
    leaving_days = _ranged(rng, np.array([each.leaving_days for each in reasons])[reason])
    leaving_on = annoyed_on + _calendar_days(annoyed_days, world)
    left_on = leaving_on + _calendar_days(leaving_days, world)
    again = rng.random(size) < numbers.recovered
    never = np.datetime64("NaT", "D")
    left = np.where(again, FAR, _reached(left_on, market))
    explicit = _explicit(rng, reason, world)
    implicit = rng.random(size) < numbers.implicit_share
    rest = np.where(
        implicit, uniform(rng, numbers.implicit_rest, size), uniform(rng, numbers.shallow_rest, size)
    )
    fades = {name: np.array([getattr(each, name) for each in reasons])[reason] for name in FADES}
    loss = rng.uniform(*np.array([each.loss for each in reasons])[reason].T) if size else np.empty(0)
    return Life(
        who=who,
        story=[""] * size,
        reason=reason,
        annoyed=market.index_of(annoyed_on),
        leaving=np.where(again, FAR, _reached(leaving_on, market)),
        left=left,
        content_again=np.where(again, _reached(leaving_on, market), FAR),
        annoyed_on=annoyed_on,
        leaving_on=np.where(again, never, leaving_on),
        left_on=np.where(again, never, left_on),
        content_again_on=np.where(again, leaving_on, never),
        explicit=np.where(again, SILENT, explicit),
        manner=np.array([MANNERS.index(each.manner) for each in reasons])[reason],
        steps=rng.integers(STEPS[0], STEPS[1] + 1, size),
        rest=np.rint(rest * FEN).astype(np.int64),
        loss=loss,
        closed=_closings(rng, np.where(again, SILENT, explicit), left, world),
        **fades,
    )


FADES = ("orders_fade", "contacts_fade", "logins_fade")


def _ranged(rng: np.random.Generator, bounds: Floats) -> Floats:
    bounds = bounds.reshape(-1, 2)
    return rng.uniform(bounds[:, 0], bounds[:, 1])


def _calendar_days(trading_days: Floats, world: World) -> AnyArray:
    return np.rint(trading_days * 365.25 / 12 / world.market.days_a_month).astype("timedelta64[D]")


def _reached(moments: Days, market: Market) -> Ints:
    """The trading day of each moment; beyond the span the days are counted on, so that order is kept."""
    beyond = (moments - market.days[-1]).astype(np.int64)
    return np.where(beyond > 0, market.length - 1 + beyond, market.index_of(moments))


def _explicit(rng: np.random.Generator, reason: Ints, world: World) -> Ints:
    reasons = tuple(world.reasons.values())
    loud = rng.random(len(reason)) < np.array([each.explicit for each in reasons])[reason]
    transfers = rng.random(len(reason)) < np.array([each.transfers for each in reasons])[reason]
    return np.where(loud, np.where(transfers, TRANSFERS, CLOSES), SILENT)


def _closings(rng: np.random.Generator, explicit: Ints, left: Ints, world: World) -> Ints:
    """The day the account is closed: at once, some days after the transfer, or never."""
    numbers = world.leaving
    later = left + rng.integers(
        int(numbers.also_closed_days[0]), int(numbers.also_closed_days[1]) + 1, len(left)
    )
    after_transfer = np.where(rng.random(len(left)) < numbers.also_closed, later, FAR)
    return np.where(explicit == CLOSES, left, np.where(explicit == TRANSFERS, after_transfer, FAR))


def leaving_plan(life: Life, numbers: Leaving) -> Plan:
    """How the money goes: in steps, at once, or all of it in one day."""
    plan = Plan()
    goes = life.left < FAR
    leaks = goes & (life.manner == LEAK)
    for step in range(max(STEPS)):
        _leak_step(plan, life, leaks & (life.steps > step), step, numbers.leak_cash)
    sudden = np.flatnonzero(goes & (life.manner == SUDDEN))
    plan.add(Act.SELL, life.who[sudden], life.leaving[sudden], numbers.sudden_sale)
    plan.add(Act.WITHDRAW, life.who[sudden], life.leaving[sudden] + 1, numbers.sudden_cash)
    _last_step(plan, life, goes)
    return plan


def _leak_step(plan: Plan, life: Life, mask: Flags, step: int, cash: float) -> None:
    """One step of a leak: sell a part, take the cash out on the next day."""
    at = np.flatnonzero(mask)
    span = np.maximum(life.left[at] - DAYS_TO_CLOSE - life.leaving[at], 1)
    day = life.leaving[at] + (span * step) // life.steps[at]
    plan.add(Act.SELL, life.who[at], day, 1.0 / (life.steps[at] - step + 1))
    plan.add(Act.WITHDRAW, life.who[at], day + 1, cash)


def _last_step(plan: Plan, life: Life, goes: Flags) -> None:
    sells = np.flatnonzero(goes & (life.explicit != TRANSFERS))
    plan.add(Act.SELL, life.who[sells], life.left[sells] - DAYS_TO_CLOSE + 1, 1.0)
    silent = np.flatnonzero(goes & (life.explicit == SILENT))
    plan.add(Act.WITHDRAW_TO, life.who[silent], life.left[silent], life.rest[silent].astype(np.float64))
    closes = np.flatnonzero(goes & (life.explicit == CLOSES))
    # a rest too small to sell is moved out, since a closed account holds nothing
    plan.add(Act.CUSTODY_OUT, life.who[closes], life.left[closes] - 1, 1.0)
    plan.add(Act.WITHDRAW_TO, life.who[closes], life.left[closes] - 1, 0.0)
    transfers = np.flatnonzero(goes & (life.explicit == TRANSFERS))
    plan.add(Act.CUSTODY_OUT, life.who[transfers], life.left[transfers], 1.0)
    plan.add(Act.WITHDRAW_TO, life.who[transfers], life.left[transfers], 0.0)
