"""Who the clients of a block are: segment, opening, size, terms and temper, one entry per client."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wanliu.simulator.fees import FEN, fen, rate_units
from wanliu.simulator.market import Market
from wanliu.simulator.streams import FAR, Days, Flags, Floats, Ints, Topic, choose, stream
from wanliu.simulator.world import Assets, Opening, Rates, Segment, World

BLOCK = 1000
"""Clients that share one set of random streams."""
KINDS = ("person", "institution", "product")
EXCHANGE_OPENED = np.datetime64("1990-12-19")
STATUSES = ("normal", "frozen", "dormant", "unqualified", "deceased")
DORMANT, DECEASED = STATUSES.index("dormant"), STATUSES.index("deceased")


@dataclass
class Profiles:
    """One entry per client. ``start`` is the trading day of the first assets row (FAR: never funded);
    ``order_median`` is in CNY, 0 where the size class decides; ``eventful`` may hold a suspended stock
    or get bonus shares.
    """

    segment: Ints
    opened: Days
    start: Ints
    newcomer: Flags
    assets: Ints
    weight: Floats
    rate: Ints
    minimum: Ints
    orders: Floats
    dispersion: Floats
    logins: Floats
    contacts: Floats
    beta: Floats
    sigma: Floats
    debt: Ints
    second_account: Flags
    kind: Ints
    status: Ints
    employee: Flags
    order_median: Floats
    eventful: Flags

    def __len__(self) -> int:
        return len(self.segment)

    def funded(self) -> Flags:
        return self.start < FAR

    def valid(self, world: World) -> Flags:
        """有效户: living accounts of persons that begin with 5,000 yuan or more."""
        living = self.segment >= world.segment_names.index("holder")
        sized = self.assets >= fen(world.assets.valid)
        return np.asarray(self.funded() & living & sized & (self.kind == 0))

    def large(self, world: World) -> Flags:
        return np.asarray(self.assets >= fen(world.assets.large))


def draw_profiles(seed: int, block: int, market: Market, world: World) -> Profiles:
    rng = stream(seed, Topic.PROFILE, block)
    segments = tuple(world.segments.values())
    segment = np.minimum(choose(rng, [each.share for each in segments], BLOCK), len(segments) - 1)
    opened = _openings(rng, market, world.opening)
    start, newcomer = _starts(rng, segment, opened, market)
    living = segment >= world.segment_names.index("holder")
    assets = _assets(rng, segment, segments, world.assets)
    traders = segment >= world.segment_names.index("active")
    margin = traders & (rng.random(BLOCK) < world.habits.margin_share) & ~newcomer
    served = living & (rng.random(BLOCK) < world.service.served_share)
    rate, minimum = _terms(rng, world.rates)
    kind = choose(rng, [1 - world.people.institution - world.people.product, world.people.institution], BLOCK)
    return Profiles(
        segment=segment,
        opened=opened,
        start=start,
        newcomer=newcomer,
        assets=assets,
        weight=_weights(rng, segment, segments),
        rate=rate,
        minimum=minimum,
        orders=_orders(rng, segment, segments),
        dispersion=_of(segment, [each.dispersion for each in segments]),
        logins=_of(segment, [each.logins for each in segments]) * rng.gamma(4.0, 1 / 4.0, BLOCK),
        contacts=np.where(served, world.service.served_contacts, world.service.other_contacts * living),
        beta=rng.normal(world.stocks.beta_mean, world.stocks.beta_sigma, BLOCK).clip(
            *world.stocks.beta_bounds
        ),
        sigma=np.full(BLOCK, world.stocks.monthly_sigma / np.sqrt(world.market.days_a_month)),
        debt=np.where(margin, (assets * world.habits.margin_debt).astype(np.int64), 0),
        second_account=living & ~margin & (rng.random(BLOCK) < world.habits.second_account),
        kind=kind,
        status=_statuses(rng, segment, opened, market, world),
        employee=rng.random(BLOCK) < world.people.employee,
        order_median=np.zeros(BLOCK),
        eventful=np.ones(BLOCK, dtype=bool),
    )


def _of(segment: Ints, values: list[float]) -> Floats:
    return np.asarray(values, dtype=np.float64)[segment]


def _openings(rng: np.random.Generator, market: Market, numbers: Opening) -> Days:
    """Opening days: a base over the years before the last day, waves, and one day of a migration."""
    last = market.days[-1]
    span = np.timedelta64(int(numbers.years * 365), "D")
    opened = last - (rng.random(BLOCK) * span.astype(np.int64)).astype("timedelta64[D]")
    waves = [wave for wave in numbers.waves if last - span < np.datetime64(wave.first) <= last]
    place, in_wave, within = rng.random(BLOCK), rng.random(BLOCK), rng.random(BLOCK)
    if waves:
        shares = np.cumsum([wave.weight for wave in waves])
        which = np.searchsorted(shares / shares[-1], place, side="right").clip(0, len(waves) - 1)
        first = np.array([wave.first for wave in waves], dtype="datetime64[D]")[which]
        stop = np.minimum(np.array([wave.last for wave in waves], dtype="datetime64[D]")[which], last)
        days = (within * ((stop - first).astype(np.int64) + 1)).astype("timedelta64[D]")
        opened = np.where(in_wave < numbers.wave_share, first + days, opened)
    migrated = rng.random(BLOCK) < numbers.migration_share
    migration = last - np.timedelta64(numbers.migration_years_before_last * 365, "D")
    settled = np.where(migrated, migration, opened)
    return np.asarray(np.maximum(settled, EXCHANGE_OPENED), dtype="datetime64[D]")


def _starts(rng: np.random.Generator, segment: Ints, opened: Days, market: Market) -> tuple[Ints, Flags]:
    """First day with a row, and who brings the first money within the span."""
    newcomer = opened >= market.days[0]
    delay = rng.geometric(0.4, BLOCK) - 1
    start = market.index_of(opened) + np.where(newcomer, delay, 0)
    never = (segment == 0) | (start >= market.length)
    return np.where(never, FAR, start).astype(np.int64), newcomer & ~never


def _assets(rng: np.random.Generator, segment: Ints, segments: tuple[Segment, ...], numbers: Assets) -> Ints:
    """Log-normal body, Pareto tail cut at the largest."""
    body = np.exp(rng.normal(np.log(numbers.median), numbers.log_sigma, BLOCK))
    cut = (numbers.most / numbers.tail_from) ** -numbers.tail_alpha
    tail = numbers.tail_from * (1 - rng.random(BLOCK) * (1 - cut)) ** (-1 / numbers.tail_alpha)
    sized = np.where(body > numbers.tail_from, tail, body) * _of(
        segment, [each.asset_factor for each in segments]
    )
    return np.asarray(np.rint(np.minimum(sized, numbers.most) * FEN), dtype=np.int64)


def _weights(rng: np.random.Generator, segment: Ints, segments: tuple[Segment, ...]) -> Floats:
    """The wished share of the position: a mass at nothing and one at everything."""
    place = rng.random(BLOCK)
    between = rng.beta(2.0, 1.5, BLOCK)
    empty = _of(segment, [each.empty for each in segments])
    full = _of(segment, [each.full for each in segments])
    return np.where(place < empty, 0.0, np.where(place > 1 - full, 1.0, between))


def _orders(rng: np.random.Generator, segment: Ints, segments: tuple[Segment, ...]) -> Floats:
    """Mean orders per month; clients of one segment differ (a gamma with mean 1)."""
    return _of(segment, [each.orders for each in segments]) * rng.gamma(2.0, 0.5, BLOCK)


def _terms(rng: np.random.Generator, numbers: Rates) -> tuple[Ints, Ints]:
    tier = choose(rng, numbers.shares[:-1], BLOCK)
    low, high = np.asarray(numbers.lows)[tier], np.asarray(numbers.highs)[tier]
    step = rate_units(numbers.step)
    rate = np.rint(rng.uniform(low, high) / numbers.step).astype(np.int64) * step
    minimum = np.where(rng.random(BLOCK) < numbers.minimum_share, fen(numbers.minimum), 0)
    return rate, minimum.astype(np.int64)


def _statuses(rng: np.random.Generator, segment: Ints, opened: Days, market: Market, world: World) -> Ints:
    people = world.people
    rest = 1 - people.frozen - people.unqualified - people.deceased
    drawn = choose(rng, [rest, people.frozen, 0.0, people.unqualified], BLOCK)
    # 休眠: a sleeping account opened long ago
    old = market.days[-1] - opened > np.timedelta64(people.dormant_after_years * 365, "D")
    asleep = (segment == world.segment_names.index("sleeping")) & old & (drawn == 0)
    return np.where(asleep & (rng.random(BLOCK) < people.dormant), DORMANT, drawn)
