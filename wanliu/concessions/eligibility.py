"""Who may have which published tier: a function of tariff, assets, turnover and channel alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from wanliu.commission.quote import Quote
from wanliu.commission.tariff import Channel, Tariff, Tariffs, Tier
from wanliu.commission.terms import FEN
from wanliu.errors import Refused
from wanliu.tariffs.queries import in_force
from wanliu.text import Text


@dataclass(frozen=True)
class Facts:
    """What the tiers ask of a client, as the book knows it on a day, with the book's fingerprint."""

    as_of: date
    book: str
    assets: Decimal | None
    """Mean net assets of the tariff's days, to the fen downwards: a border is reached or it is not."""
    turnover: Decimal
    rate: Decimal | None
    minimum: Decimal | None


def facts_of(quote: Quote, book: str) -> Facts:
    """``book`` is the fingerprint of the book that the quote was made from."""
    found, now = quote.tier, quote.now
    return Facts(
        as_of=quote.last,
        book=book,
        assets=None if found is None else (found.assets_sum / found.assets_days).quantize(FEN, ROUND_DOWN),
        turnover=quote.turnover,
        rate=None if now is None else now.rate,
        minimum=None if now is None else now.minimum,
    )


@dataclass(frozen=True)
class Missing:
    """How much of each criterion is missing; 0 where it is met."""

    assets: Decimal
    turnover: Decimal

    @property
    def nothing(self) -> bool:
        return not self.assets and not self.turnover


def tariffs() -> Tariffs:
    """The firm's published versions, each at its dates."""
    return in_force()


def tier_of(tariff: Tariff, channel: Channel, id: str) -> Tier:
    """Raises Refused where the channel has no such tier."""
    for tier in tariff.ladder(channel):
        if tier.id == id:
            return tier
    raise Refused(_NO_TIER)


def best_tier(tariff: Tariff, channel: Channel, facts: Facts) -> Tier | None:
    """The best tier that is met; None without known assets, or where the channel has none."""
    met = [tier for tier in tariff.ladder(channel) if can_have(tier, facts)]
    return met[-1] if met else None


def check_can_have(tier: Tier, facts: Facts) -> None:
    """Raises Refused with what is missing."""
    short = missing(tier, facts)
    if short is None:
        raise Refused(_UNKNOWN_ASSETS)
    if not short.nothing:
        sums = {"assets": f"{short.assets:,.2f}", "turnover": f"{short.turnover:,.2f}"}
        raise Refused(_MISSING.format(tier=tier.name, **sums))


def missing(tier: Tier, facts: Facts) -> Missing | None:
    """None where the assets are not known: then nobody can tell."""
    if facts.assets is None:
        return None
    return Missing(
        assets=max(Decimal(0), tier.assets_at_least - facts.assets),
        turnover=max(Decimal(0), tier.turnover_at_least - facts.turnover),
    )


def can_have(tier: Tier, facts: Facts) -> bool:
    return facts.assets is not None and tier.met_by(facts.assets, facts.turnover)


def check_is_better(tier: Tier, facts: Facts) -> None:
    """Raises Refused where the client would gain nothing."""
    if not is_better(tier, facts):
        raise Refused(_NO_GAIN.format(tier=tier.name))


def is_better(tier: Tier, facts: Facts) -> bool:
    """Whether the client would gain by it; unknown present terms never stand in the way."""
    if facts.rate is None or facts.minimum is None:
        return True
    return tier.rate < facts.rate or tier.minimum < facts.minimum


_NO_TIER = Text(
    zh="这个渠道没有这一档公示标准，请重新选择。", en="This channel has no such published tier; choose again."
)
_UNKNOWN_ASSETS = Text(
    zh="账簿里没有这位客户最近的资产，判断不了符合哪一档。",
    en="The book does not have this client's latest assets: which tier is met cannot be told.",
)
_MISSING = Text(
    zh="不符合“{tier.zh}”公示的条件：日均资产还差 {assets} 元，成交额还差 {turnover} 元。",
    en="The published criteria of “{tier.en}” are not met: {assets} yuan of mean assets and {turnover} yuan "
    "of turnover are missing.",
)
_NO_GAIN = Text(
    zh="客户现行的条件不比“{tier.zh}”差，不需要申请。",
    en="The client's present terms are no worse than “{tier.en}”: there is nothing to apply for.",
)
