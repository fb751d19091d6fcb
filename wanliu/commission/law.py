"""What law and exchanges set: charges inside and beside the commission by day, and its limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby, pairwise
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from wanliu.commission.shapes import Rate, Yuan, read_toml, said
from wanliu.errors import UsageError
from wanliu.playbook.items import Shape, Words
from wanliu.text import Text

SHIPPED = Path(__file__).parent / "tariffs"
FILE_NAME = "law.toml"

Standing = Literal["text", "secondary", "memory"]
"""How well a number is known: read in the rule itself, in another source, or from memory and not checked."""

INSIDE = ("exchange", "regulator")
BESIDE = ("transfer", "stamp")


class Charge(Shape):
    """One charge for a span of days, a fraction of turnover; ``until``: its last day, absent: still valid."""

    id: Literal["exchange", "regulator", "transfer", "stamp"]
    rate: Rate
    sides: Literal["both", "sell"] = "both"
    since: date
    until: date | None = None
    source: str = Field(min_length=1)
    standing: Standing

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise said(_BACKWARDS.format(since=self.since, until=self.until))
        return self

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


class Limit(Shape):
    """The highest rate and the highest minimum, from a day on."""

    rate: Rate
    minimum: Yuan
    since: date
    source: str = Field(min_length=1)
    standing: Standing


class Law(Shape):
    """Every charge by day, without gap or overlap, and the limits of the commission."""

    scope: Words
    limit: Limit
    charges: tuple[Charge, ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        missing = [id for id in (*INSIDE, *BESIDE) if all(one.id != id for one in self.charges)]
        if missing:
            raise said(_MISSING.format(ids=", ".join(missing)))
        for fault in _seams(self.charges):
            raise said(fault)
        return self

    def inside(self, day: date) -> Decimal:
        """The levies inside the commission on that day. Raises UsageError before the first day known."""
        return sum((one.rate for one in self.on(day) if one.id in INSIDE), Decimal(0))

    def on(self, day: date) -> tuple[Charge, ...]:
        """The charges of the day, one of each kind. Raises UsageError before the first day known."""
        found = tuple(one for one in self.charges if one.holds(day))
        if len(found) != len(INSIDE) + len(BESIDE):
            raise UsageError(_UNKNOWN_DAY.format(day=day, first=self.first))
        return found

    @property
    def first(self) -> date:
        """The first day on which every charge is known."""
        return max(min(one.since for one in self.charges if one.id == id) for id in (*INSIDE, *BESIDE))

    def levy_steps(self, first: date, last: date) -> list[tuple[date, Decimal]]:
        """The levies of the span: from which day on, which rate; days before the first known are left out."""
        days = {one.since for one in self.charges if one.id in INSIDE and first < one.since <= last}
        return [
            (day, self.inside(day)) for day in sorted({max(first, self.first), *days}) if day >= self.first
        ]


def load_law(file: Path = SHIPPED / FILE_NAME) -> Law:
    """Raises ContentRefused with every fault of the file."""
    return read_toml(Law, file)


def seams(spans: Iterable[tuple[date, date | None]]) -> list[Text]:
    """What is wrong where dated spans meet: a gap, an overlap, one without an end before another."""
    faults = []
    for (since, until), (following, _) in pairwise(sorted(spans, key=lambda span: span[0])):
        if until is None:
            faults.append(_ENDLESS.format(since=since, following=following))
        elif following <= until:
            faults.append(_OVERLAP.format(first=following, last=until))
        elif following > until + timedelta(days=1):
            faults.append(_GAP.format(first=until + timedelta(days=1), last=following - timedelta(days=1)))
    return faults


def _seams(charges: Sequence[Charge]) -> list[Text]:
    found = []
    for id, same in groupby(sorted(charges, key=lambda one: (one.id, one.since)), key=lambda one: one.id):
        spans = [(one.since, one.until) for one in same]
        faults = seams(spans)
        if spans[-1][1] is not None:
            faults.append(_ENDED.format(until=spans[-1][1]))
        found += [Text(zh=f"{id}：{fault.zh}", en=f"{id}: {fault.en}") for fault in faults]
    return found


_BACKWARDS = Text(zh="止日 {until} 早于起日 {since}。", en="it ends on {until}, before it begins on {since}.")
_MISSING = Text(
    zh="缺少税费：{ids}。经手费、证管费、过户费、印花税都要写明，没有就写费率 0。",
    en="charges are missing: {ids}. Exchange, regulator, transfer and stamp must all be there, if with "
    "rate 0.",
)
_ENDLESS = Text(
    zh="{since} 起的一版没有止日，而 {following} 起又有新的一版。请写明 until。",
    en="the version of {since} has no end although another begins on {following}. Give its until.",
)
_OVERLAP = Text(zh="{first} 至 {last} 有两版同时有效。", en="two versions hold from {first} to {last}.")
_GAP = Text(zh="{first} 至 {last} 没有任何一版有效。", en="no version holds from {first} to {last}.")
_ENDED = Text(
    zh="最后一版到 {until} 为止，其后没有标准。", en="the last version ends on {until}, and none follows."
)
_UNKNOWN_DAY = Text(
    zh="不知道 {day} 的规费：收费文件从 {first} 起才齐全。",
    en="The levies of {day} are not known: the file of charges is whole from {first} on.",
)
