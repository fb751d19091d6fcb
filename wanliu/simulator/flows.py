"""Money and securities moved, as they are written down: one entry per flow, joined at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wanliu.simulator.streams import Flags, Ints

DIRECTIONS = ("in", "out")
FLOW_KINDS = ("bank", "securities", "internal", "interest", "fee", "product", "other")
PLAIN, WRONG, CANCELS = 0, 1, 2
"""Roles of an entry: an ordinary one, one made by mistake, one that cancels the mistake."""


@dataclass
class FlowLog:
    who: list[Ints] = field(default_factory=list)
    day: list[Ints] = field(default_factory=list)
    direction: list[Ints] = field(default_factory=list)
    kind: list[Ints] = field(default_factory=list)
    amount: list[Ints] = field(default_factory=list)
    role: list[Ints] = field(default_factory=list)
    account: list[Ints] = field(default_factory=list)  # 1 the first account of a client, 2 the second

    def add(
        self, day: int, who: Ints, amount: Ints, direction: str, kind: str, *, wrong: bool = False
    ) -> None:
        self._append(
            day, who, amount, direction, kind, WRONG if wrong else PLAIN, np.ones(len(who), dtype=np.int64)
        )

    def cancel(self, day: int, who: Ints, amount: Ints) -> None:
        self._append(day, who, amount, "out", "bank", CANCELS, np.ones(len(who), dtype=np.int64))

    def between(self, day: int, who: Ints, moved: Ints) -> None:
        """From the first account to the second; a negative amount the other way."""
        one: Flags = moved != 0
        who, moved = who[one], moved[one]
        self._append(day, who, np.abs(moved), "out", "internal", PLAIN, np.where(moved > 0, 1, 2))
        self._append(day, who, np.abs(moved), "in", "internal", PLAIN, np.where(moved > 0, 2, 1))

    def _append(
        self, day: int, who: Ints, amount: Ints, direction: str, kind: str, role: int, account: Ints
    ) -> None:
        if not len(who):
            return
        size = len(who)
        self.who.append(who)
        self.day.append(np.full(size, day, dtype=np.int64))
        self.direction.append(np.full(size, DIRECTIONS.index(direction), dtype=np.int64))
        self.kind.append(np.full(size, FLOW_KINDS.index(kind), dtype=np.int64))
        self.amount.append(amount)
        self.role.append(np.full(size, role, dtype=np.int64))
        self.account.append(account)
