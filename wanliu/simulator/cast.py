"""The clients of a block with all that is settled before the days run."""

from __future__ import annotations

from dataclasses import dataclass

from wanliu.simulator.firm import Firm
from wanliu.simulator.intentions import RateChanges
from wanliu.simulator.life import Life
from wanliu.simulator.market import Market
from wanliu.simulator.people import People
from wanliu.simulator.plan import Plan
from wanliu.simulator.price import Cuts
from wanliu.simulator.profiles import Profiles
from wanliu.simulator.requests import Requests
from wanliu.simulator.service import ProfileChanges
from wanliu.simulator.streams import Floats
from wanliu.simulator.world import World


@dataclass(frozen=True)
class Setting:
    """What all blocks share."""

    seed: int
    market: Market
    firm: Firm
    world: World
    price_effect: float | None = None
    """Of the leavers for a reason of price, those whose leaving depends on the rate; None: as ever."""


@dataclass
class Cast:
    """One entry per client in ``ids``, ``names``, ``profiles``, ``people`` and the rows of ``presence``."""

    number: int
    ids: list[str]
    names: list[str]
    profiles: Profiles
    people: People
    life: Life
    habits: Plan
    presence: Floats
    requests: Requests
    rates: RateChanges
    changes: ProfileChanges
    cuts: Cuts | None = None
    """The truth of each cut, where there is a price effect."""
