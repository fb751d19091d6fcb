"""The firm: made-up branches and staff, and the one merger of two branches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wanliu.simulator.market import Market
from wanliu.simulator.streams import Ints, Topic, stream
from wanliu.simulator.world import FirmNumbers, World

CITIES = ("甲城", "乙城", "丙城", "丁城", "戊城", "己城", "庚城", "辛城", "壬城", "癸城")
ROADS = ("虚白路", "子虚路", "乌有街", "南柯路", "蜃楼路", "镜花街", "水月巷", "黄粱路")


@dataclass(frozen=True)
class Firm:
    """Branches in order; staff of branch b are [first_staff[b], first_staff[b + 1]).

    The clients of the last branch go to the first on the trading day ``merger``.
    """

    branches: tuple[str, ...]
    branch_names: tuple[str, ...]
    branch_cities: tuple[str, ...]
    staff: tuple[str, ...]
    staff_branch: Ints
    first_staff: Ints
    advisers: tuple[bool, ...]
    merger: int
    campaign: int

    @property
    def merged(self) -> int:
        return len(self.branches) - 1

    def staff_of(self, branch: Ints, luck: Ints) -> Ints:
        """A member of staff for each branch named, by luck (any whole numbers)."""
        size = self.first_staff[branch + 1] - self.first_staff[branch]
        return np.asarray(self.first_staff[branch] + luck % size, dtype=np.int64)


def make_firm(seed: int, *, clients: int, market: Market, world: World) -> Firm:
    numbers = world.firm
    rng = stream(seed, Topic.FIRM)
    count = max(numbers.fewest_branches, round(clients / numbers.clients_a_branch))
    heads = _heads(clients / count, numbers)
    branches = tuple(f"{901 + place:04d}" for place in range(count))
    return Firm(
        branches=branches,
        branch_names=tuple(f"{CITIES[p % len(CITIES)]}{ROADS[p % len(ROADS)]}营业部" for p in range(count)),
        branch_cities=tuple(CITIES[place % len(CITIES)] for place in range(count)),
        staff=tuple(f"S{branch}{number:03d}" for branch in branches for number in range(1, heads + 1)),
        staff_branch=np.repeat(np.arange(count), heads).astype(np.int64),
        first_staff=(np.arange(count + 1) * heads).astype(np.int64),
        advisers=tuple(bool(each) for each in rng.random(count * heads) < numbers.adviser_share),
        merger=int(market.length * numbers.merger_at),
        campaign=int(market.length * numbers.campaign_at),
    )


def _heads(clients_a_branch: float, numbers: FirmNumbers) -> int:
    low, high = numbers.staff_bounds
    return round(min(max(clients_a_branch / numbers.clients_a_staff, low), high))
