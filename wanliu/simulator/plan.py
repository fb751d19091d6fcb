"""Acts that are planned ahead: who does what on which trading day, and how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from wanliu.simulator.streams import AnyArray, Floats, Ints


class Act(IntEnum):
    """An act's value is an amount in fen or a share (of cash or of the position), as said."""

    DEPOSIT = 0  # fen, bank in
    BRING_BACK = 1  # share of what the client has taken out and not yet brought back, bank in
    PRODUCT_BACK = 2  # share of gain on what lies in the product
    DIVIDEND = 3  # share of the position, paid in cash
    WRONG_CREDIT = 4  # fen, bank in, cancelled later the same day or the next
    SELL = 5  # share of the position
    BUY = 6  # share of cash
    IPO = 7  # fen, as far as cash reaches
    WITHDRAW = 8  # share of cash, bank out
    WITHDRAW_FEN = 9  # fen, as far as cash reaches, bank out
    WITHDRAW_TO = 10  # fen that stay, bank out
    PRODUCT = 11  # share of cash
    CANCEL = 12  # fen: the wrong credit is taken back
    CUSTODY_OUT = 13  # share of the position, moved to another firm
    ASIDE = 14  # share of cash, to the second account
    FROM_ASIDE = 15  # share of the second account's cash, back
    MARGIN_INTEREST = 16  # share of the debt


@dataclass(frozen=True)
class Agenda:
    """Acts of a block in the order of kind, day and client: ``on`` gives one kind's acts of one day."""

    offsets: AnyArray
    who: Ints
    value: Floats

    def on(self, act: Act, day: int) -> tuple[Ints, Floats] | None:
        start, stop = self.offsets[act, day], self.offsets[act, day + 1]
        return None if start == stop else (self.who[start:stop], self.value[start:stop])


@dataclass
class Plan:
    """Collects acts; ``agenda`` puts them in order."""

    _acts: list[Ints] = field(default_factory=list)
    _who: list[Ints] = field(default_factory=list)
    _days: list[Ints] = field(default_factory=list)
    _values: list[Floats] = field(default_factory=list)

    def add(self, act: Act, who: Ints, days: Ints, values: Floats | float) -> None:
        self._acts.append(np.full(len(who), int(act), dtype=np.int64))
        self._who.append(who.astype(np.int64))
        self._days.append(days.astype(np.int64))
        self._values.append(np.broadcast_to(np.asarray(values, dtype=np.float64), (len(who),)))

    def merged(self, others: Sequence[Plan]) -> Plan:
        plan = Plan()
        for one in (self, *others):
            plan._acts += one._acts
            plan._who += one._who
            plan._days += one._days
            plan._values += one._values
        return plan

    def limited(self, first: Ints, stop: Ints) -> Plan:
        """The acts on days in [first, stop) of their client."""
        acts, who, days, values = self._columns()
        kept = (days >= first[who]) & (days < stop[who])
        plan = Plan()
        plan._acts, plan._who, plan._days, plan._values = (
            [acts[kept]],
            [who[kept]],
            [days[kept]],
            [values[kept]],
        )
        return plan

    def agenda(self, *, days: int, clients: int) -> Agenda:
        """One act of a kind per client and day: where two fell together the first that was added stays."""
        acts, who, when, values = self._columns()
        key = (acts * days + when) * clients + who
        key, first = np.unique(key, return_index=True)
        edges = np.arange(len(Act) * days + 1) * clients
        cuts = np.searchsorted(key, edges)
        offsets = np.stack([cuts[act * days : act * days + days + 1] for act in range(len(Act))])
        return Agenda(offsets=offsets, who=who[first], value=values[first])

    def _columns(self) -> tuple[Ints, Ints, Ints, Floats]:
        if not self._acts:
            none = np.empty(0, dtype=np.int64)
            return none, none, none, np.empty(0)
        return (
            np.concatenate(self._acts),
            np.concatenate(self._who),
            np.concatenate(self._days),
            np.concatenate(self._values),
        )
