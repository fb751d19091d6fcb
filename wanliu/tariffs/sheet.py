"""What a person typed into the editor, held against every rule; each fault belongs to its field."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar, get_args

from pydantic import ValidationError

from wanliu.commission.law import Law
from wanliu.commission.rates import in_words, rate_of, yuan_of
from wanliu.commission.tariff import Channel, ServiceCost, Tariff, Tier, tier_faults_under
from wanliu.errors import Refused, UsageError
from wanliu.text import Text

CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
LONGEST: Final = 100
MOST_TIERS: Final = 20
DAYS: Final[Mapping[str, tuple[int, int]]] = {"asset_days": (1, 250), "answer_days": (1, 30)}
NOBODY: Final = ("—", "?")
"""Stand for maker and checker until the approval names them."""
Faults = Mapping[str, Text]
Found = TypeVar("Found")


@dataclass(frozen=True)
class TierTyped:
    """One line of the sheet; all of it text. A line without name, rate and minimum is not there."""

    id: str = ""
    name_zh: str = ""
    name_en: str = ""
    rate: str = ""
    minimum: str = ""
    channels: tuple[str, ...] = ()
    assets: str = ""
    turnover: str = ""

    @property
    def is_blank(self) -> bool:
        return not any((self.name_zh, self.name_en, self.rate, self.minimum, self.assets, self.turnover))


@dataclass(frozen=True)
class Sheet:
    """The whole editor, as typed."""

    name_zh: str = ""
    name_en: str = ""
    since: str = ""
    until: str = ""
    source: str = ""
    asset_days: str = ""
    answer_days: str = ""
    cost_rate: str = ""
    cost_source: str = ""
    tiers: Sequence[TierTyped] = ()


class SheetRefused(Refused):
    """Nothing was saved; ``faults`` says for each field what is wrong with it."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(_FAULTY.format(number=len(faults)))
        self.faults = faults


def as_sheet(tariff: Tariff, *, since: date | None, until: date | None) -> Sheet:
    """The version as the editor shows it, with these days."""
    return Sheet(
        name_zh=tariff.name.zh,
        name_en=tariff.name.en,
        since="" if since is None else since.isoformat(),
        until="" if until is None else until.isoformat(),
        source=tariff.source,
        asset_days=str(tariff.asset_days),
        answer_days=str(tariff.answer_days),
        cost_rate=str(in_words(tariff.service_cost.rate)),
        cost_source=tariff.service_cost.source,
        tiers=[_as_typed(tier) for tier in tariff.tiers],
    )


def _as_typed(tier: Tier) -> TierTyped:
    return TierTyped(
        id=tier.id,
        name_zh=tier.name.zh,
        name_en=tier.name.en,
        rate=str(in_words(tier.rate)),
        minimum=f"{tier.minimum:f}",
        channels=tier.channels,
        assets=f"{tier.assets_at_least:f}",
        turnover=f"{tier.turnover_at_least:f}",
    )


@dataclass
class _Reading:
    """Reads field after field, and keeps what is wrong with each."""

    law: Law
    faults: dict[str, Text] = field(default_factory=dict)

    def take(self, name: str, read: Callable[[str], Found], typed: str) -> Found | None:
        try:
            return read(typed.strip())
        except (UsageError, Refused) as fault:
            self.faults[name] = fault.message
            return None

    def rate(self, name: str, typed: str) -> Decimal | None:
        return self.take(name, lambda one: rate_of(one, at_most=self.law.limit.rate), typed)


def read_sheet(sheet: Sheet, law: Law, last: Tariff | None, *, day: date) -> Tariff:
    """The version, to be approved on the day at the earliest, after ``last``, the firm's latest approved one.

    Raises SheetRefused with every fault.
    """
    reading = _Reading(law)
    told = _head(reading, sheet)
    lines = [(place, line) for place, line in enumerate(sheet.tiers) if not line.is_blank]
    if not 0 < len(lines) <= MOST_TIERS:
        reading.faults["tiers"] = _NUMBER_OF_TIERS.format(most=MOST_TIERS)
    tiers = [_tier(reading, place, line, _ids(lines)) for place, line in lines]
    if told["since"] is not None:
        reading.faults.update(seam_faults(told["since"], told["until"], last, day=day))
    if reading.faults:
        raise SheetRefused(reading.faults)
    tariff = _whole({**told, "tiers": tiers}, day)
    law_faults = {f"{what}_{lines[place][0]}": fault for place, what, fault in tier_faults_under(tariff, law)}
    if law_faults:
        raise SheetRefused(law_faults)
    return tariff


def seam_faults(since: date, until: date | None, last: Tariff | None, *, day: date) -> dict[str, Text]:
    """What is wrong with the days beside those of the firm's latest version; it begins after the day.

    The first version of a firm ends the shipped samples, whenever it begins.
    """
    faults = {}
    if since <= day:
        faults["since"] = _TOO_EARLY.format(day=day)
    elif last is None:
        pass
    elif since <= last.since:
        faults["since"] = _OVERLAP.format(name=last.name, since=last.since)
    elif last.until is not None and since <= last.until:
        faults["since"] = _OVERLAP_UNTIL.format(name=last.name, until=last.until)
    elif last.until is not None and since > last.until + timedelta(days=1):
        faults["since"] = _GAP.format(first=last.until + timedelta(days=1))
    if until is not None and until < since:
        faults["until"] = _BACKWARDS
    return faults


def _head(reading: _Reading, sheet: Sheet) -> dict[str, Any]:
    return {
        "name_zh": reading.take("name_zh", _text, sheet.name_zh),
        "name_en": reading.take("name_en", _text, sheet.name_en),
        "since": reading.take("since", _day, sheet.since),
        "until": reading.take("until", _day, sheet.until) if sheet.until.strip() else None,
        "source": reading.take("source", _text, sheet.source),
        **{name: reading.take(name, _days(name), getattr(sheet, name)) for name in DAYS},
        "cost_rate": reading.rate("cost_rate", sheet.cost_rate),
        "cost_source": reading.take("cost_source", _text, sheet.cost_source),
    }


def _tier(reading: _Reading, place: int, line: TierTyped, ids: Mapping[int, str]) -> Tier | None:
    before = len(reading.faults)
    name_zh = reading.take(f"name_zh_{place}", _text, line.name_zh)
    name_en = reading.take(f"name_en_{place}", _text, line.name_en)
    rate = reading.rate(f"rate_{place}", line.rate)
    minimum = reading.take(f"minimum_{place}", yuan_of, line.minimum)
    assets = reading.take(f"assets_{place}", _yuan_or_none, line.assets)
    turnover = reading.take(f"turnover_{place}", _yuan_or_none, line.turnover)
    channels = tuple(one for one in CHANNELS if one in line.channels)
    if not channels:
        reading.faults[f"channels_{place}"] = _NO_CHANNEL
    if rate == 0:
        reading.faults[f"rate_{place}"] = _NO_RATE
    if len(reading.faults) > before:
        return None
    return Tier.model_validate(
        {
            "id": ids[place],
            "name": {"zh": name_zh, "en": name_en},
            "rate": rate,
            "minimum": minimum,
            "channels": channels,
            "assets_at_least": assets,
            "turnover_at_least": turnover,
        }
    )


def _ids(lines: Sequence[tuple[int, TierTyped]]) -> dict[int, str]:
    """A tier keeps its id from version to version; a new one gets the next free number."""
    taken: dict[int, str] = {}
    for place, line in lines:
        if line.id and line.id.isascii() and line.id.isidentifier() and line.id not in taken.values():
            taken[place] = line.id[:64]
    free = (f"tier_{number}" for number in range(1, 2 * MOST_TIERS + len(lines) + 2))
    for place, _ in lines:
        if place not in taken:
            taken[place] = next(one for one in free if one not in taken.values())
    return taken


def _whole(told: Mapping[str, Any], day: date) -> Tariff:
    try:
        return Tariff(
            id=told["since"].isoformat(),
            name=Text(zh=told["name_zh"], en=told["name_en"]),
            since=told["since"],
            until=told["until"],
            maker=NOBODY[0],
            checker=NOBODY[1],
            approved_on=day,
            source=told["source"],
            asset_days=told["asset_days"],
            answer_days=told["answer_days"],
            service_cost=ServiceCost(rate=told["cost_rate"], source=told["cost_source"]),
            tiers=tuple(told["tiers"]),
        )
    except ValidationError as fault:
        raise SheetRefused({"tiers": next(_said(fault))}) from fault


def _said(fault: ValidationError) -> Iterator[Text]:
    """Our own validators speak both languages; all else was read before."""
    for one in fault.errors():
        context = one.get("ctx", {})
        yield Text(zh=str(context.get("zh", one["msg"])), en=str(context.get("en", one["msg"])))


def _text(typed: str) -> str:
    if not typed or len(typed) > LONGEST or any(unicodedata.category(one).startswith("C") for one in typed):
        raise Refused(_NO_TEXT.format(most=LONGEST))
    return typed


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as fault:
        raise Refused(_NO_DAY) from fault


def _days(name: str) -> Callable[[str], int]:
    low, high = DAYS[name]

    def read(typed: str) -> int:
        if not (typed.isascii() and typed.isdecimal() and len(typed) < 5 and low <= int(typed) <= high):
            raise Refused(_NO_NUMBER.format(low=low, high=high))
        return int(typed)

    return read


def _yuan_or_none(typed: str) -> Decimal:
    return yuan_of(typed) if typed else Decimal(0)


_FAULTY = Text(
    zh="没有保存：有 {number} 处要改，原因写在各栏下面。",
    en="Not saved: {number} fields are to be mended; each says why.",
)
_NUMBER_OF_TIERS = Text(zh="请填写 1 至 {most} 档。", en="Give 1 to {most} tiers.")
_TOO_EARLY = Text(
    zh="起日要晚于今天（{day}）：先批准、先公示，再执行。",
    en="It begins after today ({day}): approved and published first, charged then.",
)
_OVERLAP = Text(
    zh="与“{name.zh}”重叠：那一版从 {since} 起执行，新版要更晚。",
    en="It overlaps with “{name.en}”, which begins on {since}: a new version begins later.",
)
_OVERLAP_UNTIL = Text(
    zh="与“{name.zh}”重叠：那一版执行到 {until}。",
    en="It overlaps with “{name.en}”, which holds until {until}.",
)
_GAP = Text(
    zh="中间有空档：{first} 起没有收费标准，新版要从这一天开始。",
    en="There would be a gap: from {first} on no tariff holds; the new version begins on that day.",
)
_BACKWARDS = Text(zh="止日不能早于起日。", en="It cannot end before it begins.")
_NO_CHANNEL = Text(zh="请至少选择一个渠道。", en="Choose one channel at least.")
_NO_RATE = Text(zh="费率必须大于 0。", en="A rate is above 0.")
_NO_TEXT = Text(
    zh="请填写，不超过 {most} 个普通文字。", en="Fill it in, with {most} characters of plain text at most."
)
_NO_DAY = Text(zh="请填写日期，如 2026-12-01。", en="Give a day, as 2026-12-01.")
_NO_NUMBER = Text(zh="请填写 {low} 至 {high} 的整数。", en="Give a whole number from {low} to {high}.")
