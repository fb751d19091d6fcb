"""The sum for one client, from the client's own orders, order by order; a pure function, exact to the fen."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Literal

import numpy as np

from wanliu.commission.agreement import Agreement, agreement_of
from wanliu.commission.tariff import Channel, Tariff, Tier
from wanliu.commission.terms import (
    FEN,
    Course,
    Fen,
    Terms,
    costs,
    exactly,
    in_fen,
    in_yuan,
    on_minimum,
    shares,
    total,
)

Steps = Sequence[tuple[date, Decimal]]
"""The levies inside the commission: from which day on, which rate."""


@dataclass(frozen=True)
class Order:
    """One ordinary order with at least one fill; money in yuan. Levies None: the book does not say."""

    date: date
    turnover: Decimal
    commission: Decimal
    levies: Decimal | None = None


@dataclass(frozen=True)
class Compared:
    """The same orders by other terms. Every difference is now − there: above 0, the client would pay less."""

    terms: Terms
    total: Decimal
    difference: Decimal
    on_minimum: int
    rate_alone: Decimal | None
    """What only the other rate would save, the minimum as it is; None where the present terms are unknown."""
    minimum_alone: Decimal | None


@dataclass(frozen=True)
class Missing:
    """What is still missing to the next tier; 0 where that criterion is met."""

    tier: Tier
    assets: Decimal
    turnover: Decimal
    compared: Compared


@dataclass(frozen=True)
class Found:
    """The best published tier whose criteria the client meets, and the next one."""

    tariff: Tariff
    channel: Channel
    tier: Tier
    assets: Decimal
    """Mean net assets of the tariff's days, to the fen."""
    assets_sum: Decimal
    assets_days: int
    """The same undivided, for whoever must know whether a border is reached."""
    compared: Compared
    next: Missing | None


@dataclass(frozen=True)
class Gaps:
    """What the book does not know of this span, so that the sum is not taken for whole."""

    rejected: bool = False
    """Rows of the client's orders were rejected when the book was sealed."""
    days: int = 0
    """Trading days of the span on which the whole book has no order."""
    derived: bool = False
    """The mapping made the turnover itself, as the middle of a range."""


@dataclass(frozen=True)
class Quote:
    """The sum. ``charged`` is what was really paid; ``total`` what the same orders cost by today's terms."""

    client_id: str
    first: date
    last: date
    whole_year: bool
    """Whether the span is twelve months; nothing is ever scaled up to a year."""
    orders: int
    turnover: Decimal
    charged: Decimal
    levies: Decimal | None
    """Inside ``charged``; None where some day's are unknown."""
    levies_computed: int
    """Orders whose levies the book does not give: turnover × the day's levies, at most the commission."""
    now: Terms | None
    total: Decimal | None
    on_minimum: int | None
    against: Compared | None
    tier: Found | None
    agreement: Agreement
    gaps: Gaps

    @property
    def basis(self) -> Literal["terms", "charged"]:
        """What other terms are held against: today's terms, or what was charged where those are unknown."""
        return "charged" if self.total is None else "terms"

    @property
    def paid(self) -> Decimal:
        return self.charged if self.total is None else self.total

    @property
    def share_on_minimum(self) -> Decimal | None:
        if self.on_minimum is None or not self.orders:
            return None
        return Decimal(self.on_minimum) / self.orders

    @property
    def average_order(self) -> Decimal | None:
        return (self.turnover / self.orders).quantize(FEN, ROUND_HALF_UP) if self.orders else None

    @property
    def effective_rate(self) -> Decimal | None:
        """What was charged, over turnover."""
        return self.charged / self.turnover if self.turnover else None


@dataclass(frozen=True)
class Standing:
    """What the tiers ask: which tariff, by which channel, and the assets of its days (None: unknown)."""

    tariff: Tariff
    channel: Channel
    assets_sum: Decimal
    assets_days: int


def quote(
    client_id: str,
    orders: Sequence[Order],
    course: Course,
    *,
    first: date,
    last: date,
    whole_year: bool,
    levies: Steps,
    against: Terms | None = None,
    standing: Standing | None = None,
    gaps: Gaps = Gaps(),
) -> Quote:
    """The sum over these orders (ordinary ones, dated first … last, by date)."""
    days = [one.date for one in orders]
    turnovers = exactly([in_fen(one.turnover) for one in orders])
    paid = exactly([in_fen(one.commission) for one in orders])
    charged, now = total(paid), course.terms(last)
    by_now = None if now is None else total(costs(turnovers, now))
    inside, computed = _levies(orders, turnovers, paid, levies)

    def compared(terms: Terms) -> Compared:
        return _compared(turnovers, terms, now, charged if by_now is None else by_now)

    made = Quote(
        client_id=client_id,
        first=first,
        last=last,
        whole_year=whole_year,
        orders=len(orders),
        turnover=in_yuan(total(turnovers)),
        charged=in_yuan(charged),
        levies=None if inside is None else in_yuan(inside),
        levies_computed=computed,
        now=now,
        total=None if by_now is None else in_yuan(by_now),
        on_minimum=None if now is None else on_minimum(turnovers, now),
        against=None if against is None else compared(against),
        tier=None,
        agreement=agreement_of(days, turnovers, paid, course, last),
        gaps=gaps,
    )
    if standing is None or not standing.assets_days:
        return made
    found = _tier(standing, made.turnover)
    return made if found is None else replace(made, tier=_found(standing, found, made.turnover, compared))


def _compared(turnovers: Fen, terms: Terms, now: Terms | None, paid: int) -> Compared:
    there = total(costs(turnovers, terms))
    rate_alone = minimum_alone = None
    if now is not None:
        rate_alone = in_yuan(paid - total(costs(turnovers, Terms(terms.rate, now.minimum))))
        minimum_alone = in_yuan(paid - total(costs(turnovers, Terms(now.rate, terms.minimum))))
    return Compared(
        terms,
        in_yuan(there),
        in_yuan(paid - there),
        on_minimum(turnovers, terms),
        rate_alone,
        minimum_alone,
    )


def _levies(orders: Sequence[Order], turnovers: Fen, paid: Fen, steps: Steps) -> tuple[int | None, int]:
    """The levies in fen, and how many orders' we computed; None where the day of one is before all steps."""
    known = sum(in_fen(one.levies) for one in orders if one.levies is not None)
    ours = [place for place, one in enumerate(orders) if one.levies is None]
    days = [day for day, _ in steps]
    which = [bisect_right(days, orders[place].date) - 1 for place in ours]
    if -1 in which:
        return None, len(ours)
    for step in set(which):
        places = [place for place, one in zip(ours, which, strict=True) if one == step]
        known += total(np.minimum(shares(turnovers[places], steps[step][1]), paid[places]))
    return known, len(ours)


def _found(standing: Standing, place: int, turnover: Decimal, compared: Callable[[Terms], Compared]) -> Found:
    ladder = standing.tariff.ladder(standing.channel)
    tier, above = ladder[place], ladder[place + 1 : place + 2]
    mean = standing.assets_sum / standing.assets_days
    return Found(
        tariff=standing.tariff,
        channel=standing.channel,
        tier=tier,
        assets=mean.quantize(FEN, ROUND_HALF_UP),
        assets_sum=standing.assets_sum,
        assets_days=standing.assets_days,
        compared=compared(Terms(tier.rate, tier.minimum)),
        next=next(
            (
                Missing(
                    tier=one,
                    # upwards: an amount that is a fen short would not do
                    assets=max(Decimal(0), one.assets_at_least - mean).quantize(FEN, ROUND_CEILING),
                    turnover=max(Decimal(0), one.turnover_at_least - turnover),
                    compared=compared(Terms(one.rate, one.minimum)),
                )
                for one in above
            ),
            None,
        ),
    )


def _tier(standing: Standing, turnover: Decimal) -> int | None:
    """The place of the best tier in the channel's ladder that the client meets; None: no such channel."""
    ladder = standing.tariff.ladder(standing.channel)
    met = [
        place
        for place, one in enumerate(ladder)
        # multiplied out: a mean may have no end
        if standing.assets_sum >= one.assets_at_least * standing.assets_days
        and turnover >= one.turnover_at_least
    ]
    return max(met, default=None)
