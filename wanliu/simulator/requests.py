"""Complaints, demands and exit requests, the exits themselves, and the cuts of the rate that come of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from wanliu.simulator.fees import rate_units
from wanliu.simulator.firm import Firm
from wanliu.simulator.intentions import RateChanges
from wanliu.simulator.life import CLOSES, DAYS_TO_CLOSE, SILENT, TRANSFERS, Life
from wanliu.simulator.market import Market
from wanliu.simulator.profiles import Profiles
from wanliu.simulator.streams import FAR, Flags, Floats, Ints
from wanliu.simulator.world import World

DEMANDS = (
    "commission_cut",
    "min_fee_waiver",
    "margin_rate_cut",
    "gift",
    "service_upgrade",
    "product_access",
    "compensation",
    "other_demand",
)
REQUESTS = ("complaint", *DEMANDS, "transfer_custody", "revoke_designation", "close_account")
OUTCOMES = ("open", "granted", "refused", "withdrawn")
OPEN, GRANTED, REFUSED, WITHDRAWN = range(4)
EXITS = ("closed_account", "transferred_custody", "revoked_designation")


@dataclass
class RequestLog:
    who: list[Ints] = field(default_factory=list)
    day: list[Ints] = field(default_factory=list)
    kind: list[Ints] = field(default_factory=list)
    outcome: list[Ints] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def add(self, who: Ints, day: Ints, kind: str, outcome: Ints, texts: Sequence[str] = ()) -> None:
        self.who.append(who.astype(np.int64))
        self.day.append(day.astype(np.int64))
        self.kind.append(np.full(len(who), REQUESTS.index(kind), dtype=np.int64))
        self.outcome.append(outcome.astype(np.int64))
        self.text += texts or [""] * len(who)


@dataclass
class Requests:
    """What is asked and what becomes of it; ``cuts`` are (client, day, factor)."""

    log: RequestLog = field(default_factory=RequestLog)
    exits: list[tuple[Ints, Ints, int]] = field(default_factory=list)
    cuts: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)


def draw_requests(
    rng: np.random.Generator, profiles: Profiles, life: Life, market: Market, world: World
) -> Requests:
    requests = ask(rng, profiles, life, market, world)
    leave(requests, life, also_revoked=rng.random(len(life.who)) < world.leaving.also_revoked)
    return requests


def ask(rng: np.random.Generator, profiles: Profiles, life: Life, market: Market, world: World) -> Requests:
    """What is asked for before anybody leaves."""
    requests = Requests()
    _everyday(rng, requests, profiles, life, market, world)
    _annoyed(rng, requests, life, world)
    return requests


def _everyday(
    rng: np.random.Generator, requests: Requests, profiles: Profiles, life: Life, market: Market, world: World
) -> None:
    """Demands and complaints of clients who mean nothing by it."""
    numbers, months = world.service, len(market.months)
    funded = profiles.funded().astype(np.float64)
    trading = funded * (1 - np.exp(-profiles.orders))
    _scattered(
        rng, requests, "complaint", funded * numbers.complaints_a_year * months / 12, life, profiles, market
    )
    for kind in DEMANDS[1:]:
        mean = trading * numbers.other_requests_a_month * months / len(DEMANDS)
        _scattered(rng, requests, kind, mean, life, profiles, market)
    mean = trading * numbers.cut_requests_a_month * months
    who, day, outcome = _scattered(rng, requests, "commission_cut", mean, life, profiles, market)
    cut(rng, requests, who[outcome == GRANTED], day[outcome == GRANTED], world)


def _scattered(
    rng: np.random.Generator,
    requests: Requests,
    kind: str,
    mean: Floats,
    life: Life,
    profiles: Profiles,
    market: Market,
) -> tuple[Ints, Ints, Ints]:
    who = np.repeat(np.arange(len(mean)), rng.poisson(mean)).astype(np.int64)
    day = rng.integers(0, market.length, len(who))
    kept = (day >= profiles.start[who]) & (day < life.undisturbed(len(mean))[who])
    who, day = who[kept], day[kept]
    outcome = rng.integers(GRANTED, WITHDRAWN + 1, len(who))
    requests.log.add(who, day, kind, outcome)
    return who, day, outcome


def cut(rng: np.random.Generator, requests: Requests, who: Ints, day: Ints, world: World) -> None:
    requests.cuts.append(
        (who, day + world.service.cut_after_days, rng.uniform(*world.leaving.cut_factor, len(who)))
    )


def _annoyed(rng: np.random.Generator, requests: Requests, life: Life, world: World) -> None:
    """What the annoyed say, as far as they say anything."""
    reasons, size = tuple(world.reasons.values()), len(life.who)
    ends = np.minimum(life.leaving, life.content_again)
    day = life.annoyed + (rng.random(size) * np.maximum(ends - life.annoyed, 1)).astype(np.int64)
    complains = rng.random(size) < np.array([each.complaint for each in reasons])[life.reason]
    at = np.flatnonzero(complains)
    requests.log.add(life.who[at], day[at], "complaint", np.full(len(at), REFUSED))
    asks = rng.random(size) < np.array([each.demand_share for each in reasons])[life.reason]
    kept = life.content_again < FAR
    granted = rng.random(size) < np.where(kept, world.leaving.granted_kept, world.leaving.granted_leaver)
    demand = np.array([each.demand for each in reasons])[life.reason]
    for kind in sorted(set(demand)):
        at = np.flatnonzero(asks & (demand == kind))
        requests.log.add(life.who[at], day[at], str(kind), np.where(granted[at], GRANTED, REFUSED))
    at = np.flatnonzero(asks & granted & (demand == "commission_cut"))
    cut(rng, requests, life.who[at], day[at], world)


def leave(requests: Requests, life: Life, *, also_revoked: Flags) -> None:
    """Explicit exits: what is asked for, and what is carried out."""
    granted = np.full(len(life.who), GRANTED)

    def ask(mask: Flags, day: Ints, kind: str) -> None:
        at = np.flatnonzero(mask)
        requests.log.add(life.who[at], day[at], kind, granted[at])

    def carry_out(mask: Flags, day: Ints, kind: str) -> None:
        at = np.flatnonzero(mask)
        requests.exits.append((life.who[at], day[at], EXITS.index(kind)))

    transfers, closes = life.explicit == TRANSFERS, life.explicit == CLOSES
    ask(transfers, life.left - 1, "transfer_custody")
    carry_out(transfers, life.left, "transferred_custody")
    ask(transfers & also_revoked, life.left - 1, "revoke_designation")
    carry_out(transfers & also_revoked, life.left, "revoked_designation")
    ask(closes, life.left - DAYS_TO_CLOSE, "close_account")
    ask(transfers & (life.closed < FAR), life.left, "close_account")
    carry_out((life.explicit != SILENT) & (life.closed < FAR), life.closed, "closed_account")


def rate_changes(
    rng: np.random.Generator,
    requests: Requests,
    profiles: Profiles,
    life: Life,
    firm: Firm,
    market: Market,
    world: World,
) -> RateChanges:
    """Cuts that were granted, cuts of the firm's own accord, and the campaign for legacy rates."""
    numbers, months = world.firm, len(market.months)
    legacy = profiles.funded() & (profiles.rate >= rate_units(world.rates.lows[0]))
    campaign = np.flatnonzero(legacy & (rng.random(len(profiles)) < numbers.campaign_share)).astype(np.int64)
    mean = np.where(profiles.valid(world), numbers.own_cuts_a_month * months, 0.0)
    own = np.repeat(np.arange(len(profiles)), rng.poisson(mean)).astype(np.int64)
    parts = [
        (campaign, np.full(len(campaign), firm.campaign), np.full(len(campaign), numbers.campaign_factor)),
        (own, rng.integers(0, market.length, len(own)), rng.uniform(*world.leaving.cut_factor, len(own))),
        *requests.cuts,
    ]
    who, day, factor = (np.concatenate([part[place] for part in parts]) for place in range(3))
    gone = np.minimum(life.gone(len(profiles)), life.closing(len(profiles)))
    kept = (day >= profiles.start[who]) & (day < gone[who])
    return RateChanges(who=who[kept], day=day[kept], factor=factor[kept], numbers=world.rates)
