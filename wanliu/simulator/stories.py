"""The planted clients: two dozen invented people whose story is in every simulated book.

Their footprints lie at fixed distances before the last day. A span of half a year or more holds
all of them; in a shorter one what would come before its first days is left out.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from wanliu.simulator.cast import Cast, Setting
from wanliu.simulator.fees import fen, rate_units
from wanliu.simulator.intentions import RateChanges
from wanliu.simulator.life import CLOSES, MANNERS, SILENT, TRANSFERS, Life
from wanliu.simulator.market import Market
from wanliu.simulator.people import People, draw_people
from wanliu.simulator.plan import Act, Plan
from wanliu.simulator.profiles import Profiles
from wanliu.simulator.requests import OUTCOMES, Requests, leave
from wanliu.simulator.service import ProfileChanges
from wanliu.simulator.streams import FAR, AnyArray, Days, Floats, Ints
from wanliu.simulator.world import World, build
from wanliu.text import Text

EXITS = {"silent": SILENT, "closes": CLOSES, "transfers": TRANSFERS}
NOT = 10_000
"""Days before the last one that stand for: never."""
YEARS_HERE = 9
"""Years that the first planted client has been with the firm on the last day; the others a little more."""


@dataclass(frozen=True)
class Event:
    do: str
    before: int
    share: float = 0.0
    yuan: float = 0.0
    kind: str = ""
    outcome: str = "open"
    text: str = ""


@dataclass(frozen=True)
class Story:
    """One planted client; days are trading days before the last day."""

    id: str
    name: str
    reason: str
    zh: str
    en: str
    assets: float
    orders: float
    weight: float = 0.7
    rate: float = 0.00025
    minimum: float = 5.0
    order_amount: float = 0.0
    contacts: float = 1.0
    logins: float = 12.0
    annoyed: int = NOT
    leaving: int = NOT
    left: int = NOT
    content_again: int = NOT
    manner: str = "leak"
    exit: str = "silent"
    steps: int = 4
    loss: float = 0.0
    kept_by: str = ""
    second_account: bool = False
    idle: tuple[int, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def text(self) -> Text:
        return Text(zh=self.zh, en=self.en)


@cache
def load_stories() -> tuple[Story, ...]:
    data: dict[str, Any] = tomllib.loads(
        files("wanliu.simulator").joinpath("stories.toml").read_text(encoding="utf-8")
    )
    return tuple(build(Story, entry) for entry in data["story"])


def tell(setting: Setting, number: int) -> Cast:
    stories, market, world = load_stories(), setting.market, setting.world
    profiles = _profiles(stories, market, world)
    people = draw_people(setting.seed, number, profiles, setting.firm, world)
    _plain(people, setting)
    life = _life(stories, market, world)
    requests = Requests()
    leave(requests, life, also_revoked=np.arange(len(life.who)) % 2 == 1)
    habits, changes = Plan(), ProfileChanges()
    rates = RateChanges(
        who=np.empty(0, dtype=np.int64),
        day=np.empty(0, dtype=np.int64),
        factor=np.empty(0),
        numbers=world.rates,
    )
    for place, story in enumerate(stories):
        for event in story.events:
            day = market.length - 1 - event.before
            if day > 0:
                _happen(place, day, event, habits, requests, changes, rates, people, setting)
    return Cast(
        number=number,
        ids=[story.id for story in stories],
        names=[story.name for story in stories],
        profiles=profiles,
        people=people,
        life=life,
        habits=habits,
        presence=_presence(stories, market),
        requests=requests,
        rates=rates,
        changes=changes,
    )


def _of(stories: tuple[Story, ...], field: str) -> Floats:
    return np.array([getattr(story, field) for story in stories], dtype=np.float64)


def _profiles(stories: tuple[Story, ...], market: Market, world: World) -> Profiles:
    size = len(stories)
    days = np.arange(size) * 97 + YEARS_HERE * 365
    return Profiles(
        segment=np.full(size, world.segment_names.index("active"), dtype=np.int64),
        opened=market.days[-1] - days.astype("timedelta64[D]"),
        start=np.zeros(size, dtype=np.int64),
        newcomer=np.zeros(size, dtype=bool),
        assets=np.array([fen(story.assets) for story in stories], dtype=np.int64),
        weight=_of(stories, "weight"),
        rate=np.array([rate_units(story.rate) for story in stories], dtype=np.int64),
        minimum=np.array([fen(story.minimum) for story in stories], dtype=np.int64),
        orders=_of(stories, "orders"),
        dispersion=np.zeros(size),  # steady habits, so that a change means something
        logins=_of(stories, "logins"),
        contacts=_of(stories, "contacts"),
        beta=np.full(size, 0.8),
        sigma=np.full(size, 0.008),
        debt=np.zeros(size, dtype=np.int64),
        second_account=np.array([story.second_account for story in stories]),
        kind=np.zeros(size, dtype=np.int64),
        status=np.zeros(size, dtype=np.int64),
        employee=np.zeros(size, dtype=bool),
        order_median=_of(stories, "order_amount"),
        eventful=np.zeros(size, dtype=bool),
    )


def _plain(people: People, setting: Setting) -> None:
    """No marks that would keep a planted client off a list, and a manager for each."""
    size = len(people.branch)
    people.do_not_contact[:] = False
    people.opt_out[:] = False
    people.household[:] = -1
    people.twin[:] = np.arange(size)
    people.manager[:] = setting.firm.staff_of(people.branch, people.luck)


def _life(stories: tuple[Story, ...], market: Market, world: World) -> Life:
    told = [story for story in stories if story.annoyed < NOT]
    reasons = [world.reasons[story.reason] for story in told]
    moments: dict[str, AnyArray] = {
        name: _index(told, name, market) for name in ("annoyed", "leaving", "left", "content_again")
    }
    moments |= {f"{name}_on": _dates(index, market) for name, index in moments.items()}
    explicit = np.array([EXITS[story.exit] for story in told], dtype=np.int64)
    return Life(
        who=np.array([place for place, story in enumerate(stories) if story.annoyed < NOT], dtype=np.int64),
        story=[story.id for story in told],
        reason=np.array([world.reason_ids.index(story.reason) for story in told], dtype=np.int64),
        **moments,
        explicit=explicit,
        manner=np.array([MANNERS.index(story.manner) for story in told], dtype=np.int64),
        steps=np.array([story.steps for story in told], dtype=np.int64),
        rest=np.array([fen(10.0 + place) for place in range(len(told))], dtype=np.int64),
        loss=np.array([story.loss for story in told]),
        closed=np.where(explicit == CLOSES, moments["left"], FAR),
        orders_fade=np.array([each.orders_fade for each in reasons]),
        contacts_fade=np.array([each.contacts_fade for each in reasons]),
        logins_fade=np.array([each.logins_fade for each in reasons]),
    )


def _index(stories: list[Story], name: str, market: Market) -> Ints:
    before = np.array([getattr(story, name) for story in stories], dtype=np.int64)
    return np.where(before < NOT, market.length - 1 - before, FAR)


def _dates(index: Ints, market: Market) -> Days:
    """The day of each index; days after the last one are counted as calendar days."""
    beyond = np.maximum(index - (market.length - 1), 0).astype("timedelta64[D]")
    dates: Days = market.days[index.clip(0, market.length - 1)] + beyond
    dates[index >= FAR] = np.datetime64("NaT")
    return dates


def _presence(stories: tuple[Story, ...], market: Market) -> Floats:
    """No orders while idle: from ``idle[1]`` up to ``idle[0]`` days before the last one."""
    presence = np.ones((len(stories), market.length))
    for place, story in enumerate(stories):
        if story.idle:
            last, first = story.idle
            presence[place, max(market.length - 1 - first, 0) : market.length - last] = 0.0
    return presence


def _happen(  # an event may touch any of what happens to a client
    place: int,
    day: int,
    event: Event,
    habits: Plan,
    requests: Requests,
    changes: ProfileChanges,
    rates: RateChanges,
    people: People,
    setting: Setting,
) -> None:
    who, when = np.array([place], dtype=np.int64), np.array([day], dtype=np.int64)
    if event.do == "request":
        requests.log.add(who, when, event.kind, np.array([OUTCOMES.index(event.outcome)]), [event.text])
    elif event.do == "rate":
        rates.who, rates.day = np.append(rates.who, place), np.append(rates.day, day)
        rates.factor = np.append(rates.factor, event.share)
    elif event.do == "manager":
        staff = setting.firm.staff
        before = setting.firm.staff_of(people.branch[who], people.luck[who] + 1)
        changes.add(who, when, "manager", [staff[before[0]]], [staff[people.manager[place]]])
    elif event.do == "address":
        changes.add(who, when, "address", ["旧址"], ["新址"])
    else:
        value = float(fen(event.yuan)) if event.yuan else event.share
        habits.add(Act[event.do.upper()], who, when, value)
