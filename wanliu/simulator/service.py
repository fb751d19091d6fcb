"""Contacts, log-ins and changes of particulars."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wanliu.simulator.firm import Firm
from wanliu.simulator.life import Life
from wanliu.simulator.market import Market
from wanliu.simulator.people import People
from wanliu.simulator.profiles import Profiles
from wanliu.simulator.streams import Flags, Floats, Ints, choose
from wanliu.simulator.world import World

CHANNELS = ("phone", "visit", "video", "wecom", "app", "sms")
SMS = CHANNELS.index("sms")
WHAT = ("address", "phone", "occupation", "manager", "branch", "risk_level")
SMS_DAY = 5
"""The trading day of the quarter on which the mass message goes out."""
LOGIN_MORE = 3.0
"""Log-ins on a day with one go from 1 up to this, skewed low."""


@dataclass(frozen=True)
class Contacts:
    who: Ints
    day: Ints
    channel: Ints
    inward: Flags
    effective: Flags
    luck: Ints


def draw_contacts(
    rng: np.random.Generator, profiles: Profiles, people: People, factor: Floats, market: Market, world: World
) -> Contacts:
    """Personal contacts by each client's own frequency, and a mass message a quarter with consent."""
    numbers = world.service
    chance = (profiles.contacts / world.market.days_a_month)[:, None] * factor
    who, day = np.nonzero(rng.random(factor.shape) < chance)
    channel = choose(rng, numbers.channels[:-1], len(who))
    inward = rng.random(len(who)) < numbers.inward
    effective = rng.random(len(who)) < numbers.effective
    told, told_day = _messages(people, market, numbers.sms_a_year)
    return Contacts(
        who=np.concatenate([who, told]),
        day=np.concatenate([day, told_day]),
        channel=np.concatenate([channel, np.full(len(told), SMS)]),
        inward=np.concatenate([inward, np.zeros(len(told), dtype=bool)]),
        effective=np.concatenate([effective, np.zeros(len(told), dtype=bool)]),
        luck=rng.integers(0, 1 << 30, len(who) + len(told)),
    )


def _messages(people: People, market: Market, a_year: int) -> tuple[Ints, Ints]:
    every = 12 // a_year
    days = [
        min(month.start + SMS_DAY, month.stop - 1)
        for month in market.months
        if int(month.label[-2:]) % every == 1 % every
    ]
    told = np.flatnonzero((people.consent == 0) & ~people.do_not_contact)
    return np.tile(told, len(days)), np.repeat(np.array(days, dtype=np.int64), len(told))


def draw_logins(
    rng: np.random.Generator, profiles: Profiles, factor: Floats, traded: Flags, world: World
) -> tuple[Ints, Ints, Ints]:
    """(client, day, count): days with orders have a log-in, others by habit."""
    chance = (profiles.logins / world.market.days_a_month)[:, None] * factor
    who, day = np.nonzero((rng.random(factor.shape) < chance) | traded)
    count = 1 + (LOGIN_MORE * rng.random(len(who)) ** 2).astype(np.int64)
    return who.astype(np.int64), day.astype(np.int64), count


@dataclass
class ProfileChanges:
    """(client, day, what, before, after) as whole numbers that the rows turn into words."""

    who: list[Ints] = field(default_factory=list)
    day: list[Ints] = field(default_factory=list)
    what: list[Ints] = field(default_factory=list)
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)

    def add(self, who: Ints, day: Ints, what: str, old: list[str], new: list[str]) -> None:
        self.who.append(who.astype(np.int64))
        self.day.append(day.astype(np.int64))
        self.what.append(np.full(len(who), WHAT.index(what), dtype=np.int64))
        self.old += old
        self.new += new


def draw_profile_changes(
    rng: np.random.Generator,
    profiles: Profiles,
    people: People,
    life: Life,
    firm: Firm,
    market: Market,
    world: World,
) -> ProfileChanges:
    changes, numbers, years = ProfileChanges(), world.service, len(market.months) / 12
    funded = profiles.funded()
    for what, a_year in (
        ("address", numbers.address_changes_a_year),
        ("phone", numbers.phone_changes_a_year),
    ):
        who = np.repeat(np.arange(len(profiles)), rng.poisson(np.where(funded, a_year * years, 0.0)))
        _relabel(rng, changes, who, rng.integers(0, market.length, len(who)), what)
    moves = np.array([each.address_change for each in world.reasons.values()])[life.reason]
    at = np.flatnonzero(rng.random(len(life.who)) < moves)
    _relabel(rng, changes, life.who[at], life.annoyed[at], "address")
    _handovers(rng, changes, people, firm, market, years * numbers.manager_changes_a_year)
    if firm.merger < market.length:
        moved = np.flatnonzero(people.branch == firm.merged)
        old, new = [firm.branches[firm.merged]] * len(moved), [firm.branches[0]] * len(moved)
        changes.add(moved, np.full(len(moved), firm.merger), "branch", old, new)
    return changes


def _relabel(rng: np.random.Generator, changes: ProfileChanges, who: Ints, day: Ints, what: str) -> None:
    """Made-up values: 旧 and 新 with a number that stands for nothing."""
    marks = rng.integers(0, 10_000, len(who))
    changes.add(who, day, what, [f"旧{mark:04d}" for mark in marks], [f"新{mark:04d}" for mark in marks])


def _handovers(
    rng: np.random.Generator,
    changes: ProfileChanges,
    people: People,
    firm: Firm,
    market: Market,
    chance: float,
) -> None:
    """A manager hands the client over; the clients table shows the new one, as of today."""
    who = np.flatnonzero((people.manager >= 0) & (rng.random(len(people.manager)) < chance))
    branch = people.branch[who]
    old = firm.staff_of(branch, people.luck[who] + 1)
    changed = old != people.manager[who]
    who, old = who[changed], old[changed]
    day = rng.integers(0, market.length, len(who))
    changes.add(
        who,
        day,
        "manager",
        [firm.staff[each] for each in old],
        [firm.staff[each] for each in people.manager[who]],
    )
