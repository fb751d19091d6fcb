"""A firm's published tariff: dated versions of tiers with objective criteria, between floor and ceiling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from wanliu.commission.law import FILE_NAME, SHIPPED, Charge, Law, load_law, seams
from wanliu.commission.rates import in_words
from wanliu.commission.shapes import Rate, Yuan, read_toml, refused, said
from wanliu.errors import ContentRefused, UsageError
from wanliu.playbook.items import Shape, Words
from wanliu.text import Text

Channel = Literal["online", "mobile", "phone", "counter"]
"""How an order reaches the firm."""


class Tier(Shape):
    """Rate and minimum for whoever meets every criterion given; none given: for everybody of the channels."""

    id: str = Field(min_length=1)
    name: Words
    rate: Rate
    minimum: Yuan
    channels: tuple[Channel, ...] = Field(min_length=1)
    assets_at_least: Yuan = Decimal(0)
    """Mean daily net assets of the last trading days (``Tariff.asset_days``)."""
    turnover_at_least: Yuan = Decimal(0)
    """Turnover of ordinary orders in the last twelve months."""

    def met_by(self, assets: Decimal, turnover: Decimal) -> bool:
        """``assets`` is a mean cut off after the fen, so that none is rounded onto the border."""
        return assets >= self.assets_at_least and turnover >= self.turnover_at_least


class ServiceCost(Shape):
    """What serving an order costs the firm itself, as a fraction of turnover, with where that is written."""

    rate: Rate
    source: str = Field(min_length=1)


class Tariff(Shape):
    """One version; ``until`` is its last day, absent: still valid. Whoever wrote it did not approve it."""

    id: str
    name: Words
    since: date
    until: date | None = None
    maker: str = Field(min_length=1)
    checker: str = Field(min_length=1)
    approved_on: date
    source: str = Field(min_length=1)
    asset_days: int = Field(ge=1, le=250)
    answer_days: int = Field(ge=1, le=30)
    """Trading days within which a request for a tier is answered in writing."""
    service_cost: ServiceCost
    tiers: tuple[Tier, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.maker == self.checker:
            raise said(_FOUR_EYES)
        if self.approved_on > self.since:
            raise said(_LATE.format(approved=self.approved_on, since=self.since))
        if self.until is not None and self.until < self.since:
            raise said(_BACKWARDS.format(since=self.since, until=self.until))
        for fault in _tier_faults(self.tiers):
            raise said(fault)
        return self

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def ladder(self, channel: Channel) -> tuple[Tier, ...]:
        """The tiers of a channel, from the one for everybody to the best; empty: no such channel."""
        return tuple(one for one in self.tiers if channel in one.channels)

    def floor(self, law: Law, day: date) -> Decimal:
        """The levies of the day and the firm's own cost: no rate may lie below."""
        return law.inside(day) + self.service_cost.rate


@dataclass(frozen=True)
class Tariffs:
    """All versions of one firm, in order, and the law that they stand under."""

    versions: Sequence[Tariff]
    law: Law

    def on(self, day: date) -> Tariff:
        """Raises UsageError for a day before the first version."""
        for one in self.versions:
            if one.holds(day):
                return one
        raise UsageError(_NO_TARIFF.format(day=day, first=self.versions[0].since))


def load_tariffs(folder: Path = SHIPPED) -> Tariffs:
    """Every version in the folder (``law.toml`` in it, or else the shipped one, is the law).

    Raises ContentRefused with every fault: a gap or an overlap of dates, a rate below the floor or above the
    ceiling, a missing levy, a negative minimum …
    """
    own = folder / FILE_NAME
    law = load_law(own if own.is_file() else SHIPPED / FILE_NAME)
    files = [file for file in sorted(folder.glob("*.toml")) if file.name != FILE_NAME]
    if not files:
        raise ContentRefused(_NO_FILES.format(folder=folder))
    return checked([read_toml(Tariff, file, id=file.stem) for file in files], law)


def checked(versions: Iterable[Tariff], law: Law) -> Tariffs:
    """The versions in order. Raises ContentRefused with every fault that only the whole set shows."""
    ordered = sorted(versions, key=lambda one: one.since)
    faults = seams((one.since, one.until) for one in ordered)
    for version in ordered:
        faults += [_of(version.id, fault) for fault in faults_under(version, law)]
    if faults:
        raise refused("", faults)
    return Tariffs(tuple(ordered), law)


def faults_under(version: Tariff, law: Law) -> list[Text]:
    """What the law has against a version: rates out of bounds on any of its days, too high a minimum."""
    if version.since < law.first:
        return [_BEFORE_LAW.format(since=version.since, first=law.first)]
    return [fault for _, _, fault in tier_faults_under(version, law)]


def tier_faults_under(version: Tariff, law: Law) -> Iterator[tuple[int, Literal["rate", "minimum"], Text]]:
    """The tier's place, what of it is wrong, and why; for a version that the law's days reach."""
    days = [version.since, *_changes(law.charges, version)]
    floor = max(version.floor(law, day) for day in days)
    for place, tier in enumerate(version.tiers):
        if tier.rate < floor:
            rate, low = in_words(tier.rate), in_words(floor)
            yield place, "rate", _BELOW.format(tier=tier.id, rate=rate, floor=low)
        if tier.rate > law.limit.rate:
            rate, most = in_words(tier.rate), in_words(law.limit.rate)
            yield place, "rate", _ABOVE.format(tier=tier.id, rate=rate, most=most)
        if tier.minimum > law.limit.minimum:
            sums = {"minimum": tier.minimum, "most": law.limit.minimum}
            yield place, "minimum", _HIGH_MINIMUM.format(tier=tier.id, **sums)


def succeeded(shipped: Tariffs, own: Sequence[Tariff]) -> Tariffs:
    """The shipped versions until the first of the firm's own begins, and those from there on.

    An own version without an end ends the day before the next. Raises ContentRefused for a gap, an overlap,
    or a version that the law does not bear.
    """
    ordered = sorted(own, key=lambda version: version.since)
    if not ordered:
        return shipped
    versions = [one for one in shipped.versions if one.since < ordered[0].since]
    for place, one in enumerate(ordered):
        last = versions[-1] if versions else None
        if last is not None and last.since < one.since and (last.until is None or place == 0):
            versions[-1] = last.model_copy(update={"until": one.since - timedelta(days=1)})
        versions.append(one)
    return checked(versions, shipped.law)


def _changes(charges: Sequence[Charge], version: Tariff) -> list[date]:
    """The days within the version on which a charge changes."""
    return [one.since for one in charges if one.since > version.since and version.holds(one.since)]


def _tier_faults(tiers: Sequence[Tier]) -> list[Text]:
    faults = []
    ids = [one.id for one in tiers]
    if len(set(ids)) != len(ids):
        faults.append(_TWICE)
    for channel in sorted({channel for one in tiers for channel in one.channels}):
        ladder = [one for one in tiers if channel in one.channels]
        if ladder[0].assets_at_least or ladder[0].turnover_at_least:
            faults.append(_NO_BASE.format(channel=channel))
        faults += [
            _OUT_OF_ORDER.format(tier=upper.id, lower=lower.id)
            for lower, upper in pairwise(ladder)
            if not _above(upper, lower)
        ]
    return faults


def _above(upper: Tier, lower: Tier) -> bool:
    """A later tier asks for more and costs no more."""
    asks = (upper.assets_at_least, upper.turnover_at_least)
    asked = (lower.assets_at_least, lower.turnover_at_least)
    more = asks != asked and all(one >= other for one, other in zip(asks, asked, strict=True))
    return more and upper.rate <= lower.rate and upper.minimum <= lower.minimum


def _of(id: str, fault: Text) -> Text:
    return Text(zh=f"{id}：{fault.zh}", en=f"{id}: {fault.en}")


_FOUR_EYES = Text(zh="制定人和审批人必须是两个人。", en="maker and checker must be two people.")
_LATE = Text(
    zh="{approved} 才批准，却从 {since} 起执行。",
    en="it was approved on {approved}, after it began on {since}.",
)
_BACKWARDS = Text(zh="止日 {until} 早于起日 {since}。", en="it ends on {until}, before it begins on {since}.")
_TWICE = Text(zh="两个档位用了同一个编号。", en="two tiers have the same id.")
_NO_BASE = Text(
    zh="渠道 {channel} 没有人人适用的一档：第一档不能有条件。",
    en="channel {channel} has no tier for everybody: the first one must have no criteria.",
)
_OUT_OF_ORDER = Text(
    zh="档位 {tier} 在 {lower} 之后，条件应当更高，费率和最低收费都不得更高。",
    en="tier {tier} comes after {lower}: it must ask for more, and cost no more in rate or minimum.",
)
_BELOW = Text(
    zh="档位 {tier} 的费率 {rate.zh} 低于底线 {floor.zh}（规费加服务成本）。",
    en="tier {tier}: rate {rate.en} is below the floor {floor.en} (levies plus cost of service).",
)
_ABOVE = Text(
    zh="档位 {tier} 的费率 {rate.zh} 高于上限 {most.zh}。",
    en="tier {tier}: rate {rate.en} is above the ceiling {most.en}.",
)
_HIGH_MINIMUM = Text(
    zh="档位 {tier} 的最低收费 {minimum} 元高于上限 {most} 元。",
    en="tier {tier}: minimum {minimum} yuan is above the most allowed, {most} yuan.",
)
_BEFORE_LAW = Text(
    zh="从 {since} 起执行，但规费从 {first} 起才齐全。",
    en="it begins on {since}, but the levies are whole from {first} on only.",
)
_NO_TARIFF = Text(
    zh="{day} 没有公示的收费标准：第一版从 {first} 起执行。",
    en="There is no published tariff for {day}: the first version begins on {first}.",
)
_NO_FILES = Text(zh="{folder} 里没有收费标准（*.toml）。", en="{folder} holds no tariff (*.toml).")
