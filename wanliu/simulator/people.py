"""The particulars of the clients: branch, manager, birth, occupation, marks, and visibly made-up names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wanliu.simulator.firm import CITIES, Firm
from wanliu.simulator.profiles import BLOCK, Profiles
from wanliu.simulator.streams import Days, Flags, Floats, Ints, Topic, choose, stream, whole
from wanliu.simulator.world import World

OCCUPATIONS = ("职员", "教师", "退休", "个体经营", "工程师", "医护", "学生", "自由职业", "农业", "其他")
CONSENTS = ("given", "refused", "withdrawn")
UNKNOWN_CONSENT = len(CONSENTS)
GIVEN_NAMES = "安乐平康宁静远明清和顺达兴旺福禄寿喜春夏秋冬东南西北山川江河云霞星辰松柏竹梅兰菊"
AGES = (18, 65)
"""Youngest and oldest at the opening."""


@dataclass
class People:
    """One entry per client. ``branch`` is the branch of the first day; ``twin`` is the client whose name
    and phone are shared (oneself, if nobody).
    """

    branch: Ints
    manager: Ints
    birth_year: Ints
    occupation: Ints
    risk_level: Ints
    segment_known: Flags
    household: Ints
    do_not_contact: Flags
    opt_out: Flags
    consent: Ints
    twin: Ints
    city: Ints
    luck: Ints

    def branch_now(self, firm: Firm, *, days: int) -> Ints:
        merged = (self.branch == firm.merged) & (firm.merger < days)
        return np.where(merged, 0, self.branch)


def draw_people(seed: int, block: int, profiles: Profiles, firm: Firm, world: World) -> People:
    rng = stream(seed, Topic.PEOPLE, block)
    numbers, size = world.people, len(profiles)
    place: Floats = rng.random(BLOCK)[:size]
    branch = (place * len(firm.branches)).astype(np.int64)
    luck = rng.integers(0, 1 << 30, size)
    managed = profiles.funded() & (rng.random(size) < world.service.managed_share)
    own = np.arange(size, dtype=np.int64)
    shared = (rng.random(size) < numbers.same_person) & (own > 0)
    with_next = (rng.random(size) < numbers.household) & (own > 0)
    return People(
        branch=branch,
        manager=np.where(managed, firm.staff_of(branch, luck), -1),
        birth_year=_years(profiles.opened) - whole(rng, AGES, size),
        occupation=rng.integers(0, len(OCCUPATIONS), size),
        risk_level=choose(rng, numbers.risk_levels, size) + 1,
        segment_known=rng.random(size) < numbers.segment_known,
        household=_households(with_next),
        do_not_contact=rng.random(size) < numbers.do_not_contact,
        opt_out=rng.random(size) < numbers.opt_out,
        consent=choose(rng, numbers.consent, size),
        twin=np.where(shared, own - 1, own),
        city=rng.integers(0, len(CITIES), size),
        luck=luck,
    )


def _years(moments: Days) -> Ints:
    epoch = 1970  # of datetime64
    return moments.astype("datetime64[Y]").astype(np.int64) + epoch


def _households(joined: Flags) -> Ints:
    """The place of the household's first client for clients who live with the one before them; else -1."""
    own = np.arange(len(joined), dtype=np.int64)
    leads = np.append(joined[1:], False)
    return np.where(joined, own - 1, np.where(leads, own, -1))


def made_up_name(number: int) -> str:
    """拟 is no surname: nobody is called so."""
    first, second = divmod(number * 7919, len(GIVEN_NAMES))
    return f"拟{GIVEN_NAMES[first % len(GIVEN_NAMES)]}{GIVEN_NAMES[second]}"


def impossible_phone(number: int) -> str:
    """Eleven digits that begin with 0000: no phone of any kind does."""
    return f"0000{number:07d}"
