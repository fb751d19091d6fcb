"""Sums over clients, block after block: everything that a study's figures are made of.

An alarm of a *kind* is a fired sign, a level, or one of two unions of levels: ``call`` (red or orange: what
must be called within days) and ``any`` (a colour). *Standing*: every asked day on which the alarm is up.
*New*: the days on which it was not up on the asked day before, since an adviser calls once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wanliu.foresight.labels import LEAVING
from wanliu.foresight.measures import Counts, Floats, Moments
from wanliu.foresight.seen import LEVEL_CODES, Block, Flags, Ints, Seen

LEVEL_KINDS = ("red", "orange", "yellow")
UNIONS = {"call": "orange", "any": "yellow"}
"""Kind → the mildest level that it takes in."""

BASE = ("days", "valid", "valid_leaving", "leaving")
OF_KIND = (
    "days",
    "valid",
    "valid_leaving",
    "alarms",
    "true",
    "later_days",
    "new",
    "new_true",
    "on_small",
    "leavers",
    "caught",
    "worth",
    "worth_caught",
)
OF_MONTH = OF_KIND[: OF_KIND.index("leavers")]


def kinds_of(signs: tuple[str, ...]) -> tuple[str, ...]:
    return (*UNIONS, *LEVEL_KINDS, *signs)


def alarm(seen: Seen, signs: tuple[str, ...], kind: str) -> Flags:
    if kind in UNIONS:
        up: Flags = seen.level >= LEVEL_CODES.index(UNIONS[kind])
        return up
    if kind in LEVEL_KINDS:
        return np.asarray(seen.level == LEVEL_CODES.index(kind))
    return np.asarray(seen.mask & (1 << signs.index(kind)) > 0)


@dataclass(frozen=True)
class Leavers:
    """The last leaving of each client of a block, and the asked days within the horizon before it."""

    is_one: Flags
    left: Ints
    window: Flags
    worth: Floats
    label: Ints
    by_price: Flags

    @classmethod
    def of(cls, block: Block, horizon: int) -> Leavers:
        leaving = block.leaving & block.valid
        is_one: Flags = np.any(leaving, axis=1)
        last = leaving.shape[1] - 1 - np.argmax(leaving[:, ::-1], axis=1)
        rows = np.arange(len(is_one))
        left = np.where(is_one, block.left[rows, last], 0)
        ahead = left[:, None] - block.day_numbers[None, :]
        window = is_one[:, None] & block.known & block.valid & (ahead > 0) & (ahead <= horizon)
        first = np.argmax(window, axis=1)
        worth = np.where(is_one, block.worth[rows, first], 0.0)
        return cls(is_one, left, window, worth, block.label[rows, last], block.by_price[rows, last])


@dataclass(frozen=True)
class Lead:
    """Per client whose leaving was alarmed: days from the alarm that stood last back to its beginning."""

    caught: Flags
    days: Ints
    stood_before: Flags
    """The alarm was up before the horizon began; its lead counts as the horizon."""


def lead_of(up: Flags, block: Block, leavers: Leavers, horizon: int) -> Lead:
    hits = up & leavers.window
    caught: Flags = np.any(hits, axis=1)
    last = hits.shape[1] - 1 - np.argmax(hits[:, ::-1], axis=1)
    begins = np.take_along_axis(_spell_starts(up), last[:, None], axis=1)[:, 0]
    ahead = leavers.left - block.day_numbers[begins]
    return Lead(caught, np.where(caught, np.minimum(ahead, horizon), 0), caught & (ahead > horizon))


def _spell_starts(up: Flags) -> Ints:
    """For each day of an alarm the place of the day on which its unbroken spell began."""
    starts = up.copy()
    starts[:, 1:] &= ~up[:, :-1]
    places = np.where(starts, np.arange(up.shape[1])[None, :], 0)
    return np.maximum.accumulate(places, axis=1)


def new_of(up: Flags, seen: Seen, kind: str) -> Flags:
    """Where the alarm began; of a level: where the client was on a milder one before. Never the first day,
    since nobody knows whether it stood before."""
    new = up.copy()
    new[:, 0] = False
    if kind in LEVEL_KINDS:
        new[:, 1:] &= seen.level[:, :-1] < LEVEL_CODES.index(kind)
    else:
        new[:, 1:] &= ~up[:, :-1]
    return new


class RuleTally:
    """The sums of one rule set."""

    def __init__(self, signs: tuple[str, ...], months: Ints, horizon: int) -> None:
        self.signs, self.kinds, self.months, self.horizon = signs, kinds_of(signs), months, horizon
        self.of_kind = Moments(OF_KIND, (len(self.kinds),))
        self.of_month = [Moments(OF_MONTH, (len(self.kinds),)) for _ in range(int(months.max()) + 1)]
        self.overlap = Moments(("alarms", "both"), (len(signs), len(signs)))
        self.leads: Counts = np.zeros((len(self.kinds), horizon + 1), dtype=np.int64)
        self.stood_before: Counts = np.zeros(len(self.kinds), dtype=np.int64)
        self.unseen = Moments(("leavers", "unseen", "worth", "worth_unseen"))

    def add(self, block: Block, seen: Seen, leavers: Leavers) -> Floats:
        """Takes a block in; returns clients × kinds × variables, for comparing rule sets."""
        ups = [alarm(seen, self.signs, kind) & block.there for kind in self.kinds]
        news = [new_of(up, seen, kind) & block.known for up, kind in zip(ups, self.kinds, strict=True)]
        leads = [lead_of(up, block, leavers, self.horizon) for up in ups]
        rows = np.stack(
            [self._rows(block, leavers, *one) for one in zip(ups, news, leads, strict=True)], axis=1
        )
        self.of_kind.add(rows)
        for place, lead in enumerate(leads):
            self.leads[place] += np.bincount(lead.days[lead.caught], minlength=self.horizon + 1)
            self.stood_before[place] += int(lead.stood_before.sum())
        self._add_months(block, ups, news)
        self._add_overlap(block, seen)
        unseen = leavers.is_one & ~((seen.mask > 0) & leavers.window).any(axis=1)
        parts = (leavers.is_one, unseen, leavers.worth, leavers.worth * unseen)
        self.unseen.add(np.stack([part.astype(np.float64) for part in parts], axis=1))
        return rows

    def _rows(self, block: Block, leavers: Leavers, up: Flags, new: Flags, lead: Lead) -> Floats:
        sums = (*_day_sums(block, up, new, slice(None)),)
        clients = (leavers.is_one, lead.caught, leavers.worth, leavers.worth * lead.caught)
        return np.stack([*sums, *(one.astype(np.float64) for one in clients)], axis=1)

    def _add_months(self, block: Block, ups: list[Flags], news: list[Flags]) -> None:
        for month, moments in enumerate(self.of_month):
            days = np.flatnonzero(self.months == month)
            rows = [
                np.stack(_day_sums(block, up, new, days), axis=1) for up, new in zip(ups, news, strict=True)
            ]
            moments.add(np.stack(rows, axis=1))

    def _add_overlap(self, block: Block, seen: Seen) -> None:
        fired = np.stack([alarm(seen, self.signs, id) & block.known for id in self.signs]).astype(np.float32)
        both = np.einsum("act,bct->cab", fired, fired, optimize=True).astype(np.float64)
        alarms = np.broadcast_to(np.einsum("caa->ca", both)[:, :, None], both.shape)
        self.overlap.add(np.stack([alarms, both], axis=-1))


def _day_sums(block: Block, up: Flags, new: Flags, days: slice | Ints) -> tuple[Floats, ...]:
    """Per client over some of the days, in the order of ``OF_MONTH``."""
    known, leaving, valid = block.known[:, days], block.leaving[:, days], block.valid[:, days]
    later = known.copy()
    # the very first asked day has none before it, so nothing on it can be new
    later[:, np.arange(block.known.shape[1])[days] == 0] = False
    up, new = up[:, days] & known, new[:, days]
    parts = (known, known & valid, leaving & valid, up, up & leaving, later, new, new & leaving, up & ~valid)
    return tuple(part.sum(axis=1).astype(np.float64) for part in parts)


class Outcomes:
    """What became of the clients, whatever any rule set saw."""

    def __init__(self) -> None:
        self.base = Moments(BASE)
        self.labels = Moments(("leavers", *LEAVING, "by_price", "worth"))
        self.client_days = 0
        self.unknown_days = 0

    def add(self, block: Block, leavers: Leavers) -> None:
        known, valid, leaving = block.known, block.known & block.valid, block.leaving
        parts = (known, valid, leaving & block.valid, leaving)
        self.base.add(np.stack([part.sum(axis=1).astype(np.float64) for part in parts], axis=1))
        kinds = [leavers.is_one & (leavers.label == place) for place in range(len(LEAVING))]
        rows = (leavers.is_one, *kinds, leavers.is_one & leavers.by_price, leavers.worth)
        self.labels.add(np.stack([row.astype(np.float64) for row in rows], axis=1))
        self.client_days += int(block.there.sum())
        self.unknown_days += int((block.there & ~known).sum())
