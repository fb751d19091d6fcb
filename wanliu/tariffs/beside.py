"""A version beside the one that it follows: what a tier's clients pay until then, and how deep it cuts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wanliu.commission.tariff import Channel, Tariff, Tier
from wanliu.commission.terms import Terms

PLACES = Decimal("0.000001")


@dataclass(frozen=True)
class Beside:
    """One tier in one channel. ``before`` None: the channel is new."""

    tier: Tier
    channel: Channel
    before: Terms | None

    @property
    def terms(self) -> Terms:
        return Terms(self.tier.rate, self.tier.minimum)

    @property
    def changes(self) -> bool:
        return self.before != self.terms

    @property
    def cut(self) -> Decimal:
        """By which share rate or minimum lies lower, whichever is more; 0 where neither does."""
        if self.before is None:
            return Decimal(0)
        pairs = ((self.tier.rate, self.before.rate), (self.tier.minimum, self.before.minimum))
        return max(Decimal(0), *(1 - new / old for new, old in pairs if old))


def beside(tariff: Tariff, before: Tariff) -> Iterator[Beside]:
    """By tier and channel."""
    for tier in tariff.tiers:
        for channel in tier.channels:
            ladder = before.ladder(channel)
            met = [one for one in ladder if one.met_by(tier.assets_at_least, tier.turnover_at_least)]
            yield Beside(tier, channel, Terms(met[-1].rate, met[-1].minimum) if met else None)


def deepest_cut(tariff: Tariff, before: Tariff) -> Decimal:
    """The largest share by which a rate or a minimum of the version lies below what holds until then."""
    return max((one.cut for one in beside(tariff, before)), default=Decimal(0)).quantize(PLACES)
