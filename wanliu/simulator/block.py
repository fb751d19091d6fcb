"""One block of clients from the first day to the last: who they are, how they live, what happens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wanliu.simulator.cast import Cast, Setting
from wanliu.simulator.habits import habits_plan
from wanliu.simulator.holdings import draw_returns
from wanliu.simulator.intentions import draw_intentions
from wanliu.simulator.ledger import Ledger, interest_days
from wanliu.simulator.life import Life, draw_life, leaving_plan
from wanliu.simulator.people import draw_people, made_up_name
from wanliu.simulator.plan import Agenda, Plan
from wanliu.simulator.price import price_life
from wanliu.simulator.profiles import BLOCK, Profiles, draw_profiles
from wanliu.simulator.requests import draw_requests, rate_changes
from wanliu.simulator.service import Contacts, draw_contacts, draw_logins, draw_profile_changes
from wanliu.simulator.stories import tell
from wanliu.simulator.streams import Flags, Ints, Topic, stream
from wanliu.simulator.world import World

PLANTED = 99_999
"""The block number of the planted clients: beyond every block of drawn ones."""


@dataclass
class Block:
    """A block's clients and all that happened, before it becomes rows; ``exists`` per client and day."""

    cast: Cast
    ledger: Ledger
    contacts: Contacts
    logins: tuple[Ints, Ints, Ints]
    exists: Flags


def make_block(setting: Setting, number: int) -> Block:
    """All clients of one block. PLANTED is the block of the clients with a story."""
    cast = tell(setting, number) if number == PLANTED else _draw_cast(setting, number)
    return _live(setting, cast)


def _draw_cast(setting: Setting, number: int) -> Cast:
    seed, market, firm, world = setting.seed, setting.market, setting.firm, setting.world
    profiles = draw_profiles(seed, number, market, world)
    life = draw_life(seed, number, profiles, market, world)
    habits, presence = habits_plan(seed, number, profiles, market, world)
    people = draw_people(seed, number, profiles, firm, world)
    rng = stream(seed, Topic.REQUESTS, number)
    cuts = None
    if setting.price_effect is None:
        requests = draw_requests(rng, profiles, life, market, world)
        rates = rate_changes(rng, requests, profiles, life, firm, market, world)
    else:
        priced = price_life(seed, number, setting.price_effect, profiles, life, firm, market, world)
        requests, rates, life, cuts = priced.requests, priced.rates, priced.life, priced.cuts
    return Cast(
        number=number,
        ids=[f"SIM{number * BLOCK + place + 1:010d}" for place in range(BLOCK)],
        names=[made_up_name(number * BLOCK + twin) for twin in people.twin],
        profiles=profiles,
        people=people,
        life=life,
        habits=habits,
        presence=presence,
        requests=requests,
        rates=rates,
        changes=draw_profile_changes(rng, profiles, people, life, firm, market, world),
        cuts=cuts,
    )


def _live(setting: Setting, cast: Cast) -> Block:
    """Runs the days, and adds what follows from them."""
    seed, market, world = setting.seed, setting.market, setting.world
    profiles, life, size, days = cast.profiles, cast.life, len(cast.ids), market.length
    exists = _exists(profiles, life, days)
    returns, dividends = draw_returns(seed, cast.number, profiles, life, market, world)
    activity = cast.presence * life.fading(life.orders_fade, size, days) * exists
    ledger = Ledger(
        profiles=profiles,
        agenda=_agenda(cast, dividends, days, world),
        intentions=draw_intentions(seed, cast.number, profiles, activity, market, world),
        rates=cast.rates,
        returns=returns,
        world=world,
    )
    ledger.run(interest_days(market))
    rng = stream(seed, Topic.SERVICE, cast.number)
    served = life.fading(life.contacts_fade, size, days)
    contacts = draw_contacts(rng, profiles, cast.people, served, market, world)
    present = cast.presence * life.fading(life.logins_fade, size, days) * exists
    logins = draw_logins(rng, profiles, present, ledger.traded(), world)
    return Block(cast=cast, ledger=ledger, contacts=contacts, logins=logins, exists=exists)


def _exists(profiles: Profiles, life: Life, days: int) -> Flags:
    """Whether a client has a row of assets on a trading day."""
    day = np.arange(days)
    gone = life.gone(len(profiles))
    return np.asarray((day >= profiles.start[:, None]) & (day < gone[:, None]))


def _agenda(cast: Cast, dividends: Plan, days: int, world: World) -> Agenda:
    """Habits end where the leaving begins; the leaving's own acts end where the rows do."""
    size, profiles, life = len(cast.ids), cast.profiles, cast.life
    everyday = cast.habits.merged([dividends]).limited(profiles.start, life.undisturbed(size))
    leaving = leaving_plan(life, world.leaving).limited(profiles.start, life.gone(size))
    span = np.zeros(size, dtype=np.int64)
    return leaving.merged([everyday]).limited(span, span + days).agenda(days=days, clients=size)
