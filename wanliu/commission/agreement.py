"""What was really charged beside what the client's terms give, order by order, and why they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import numpy as np
import numpy.typing as npt

from wanliu.commission.terms import Course, Fen, Terms, costs, in_yuan, total

Why = Literal["rounding", "other_terms", "free", "less", "more", "unknown"]
"""Why an order's charge is not what the terms of its day give.

``rounding``: a fen, as where each fill is rounded. ``other_terms``: what terms of another day of this span
give. ``free``: nothing was charged. ``less``, ``more``: neither. ``unknown``: the day's rate or minimum is.
"""
CAUSES: tuple[Why, ...] = ("rounding", "other_terms", "free", "less", "more", "unknown")


@dataclass(frozen=True)
class Part:
    """The orders of one cause; ``amount`` is what they were charged above what their terms give."""

    why: Why
    orders: int
    amount: Decimal


@dataclass(frozen=True)
class Agreement:
    """``by_terms``: each order by the terms of its own day, as far as known; charged = by_terms + all parts.

    ``changed``: what the orders would cost more (less: below 0) by the terms of their days than by today's.
    None where either is not known of every order.
    """

    by_terms: Decimal
    parts: tuple[Part, ...]
    changes: int
    changed: Decimal | None

    @property
    def agrees(self) -> bool:
        return not self.parts

    @property
    def known(self) -> bool:
        """Whether the terms of any order's day are known."""
        return any(part.why != "unknown" for part in self.parts) or bool(self.by_terms)

    @property
    def difference(self) -> Decimal:
        """Charged less ``by_terms``."""
        return sum((part.amount for part in self.parts), Decimal(0))


def agreement_of(days: Sequence[date], turnovers: Fen, charged: Fen, course: Course, last: date) -> Agreement:
    spans = course.spans(days)
    due, unknown = _by_terms(days, turnovers, spans)
    known = {terms for terms in spans.values() if terms is not None}
    counts: dict[Why, list[int]] = {}
    for place in np.flatnonzero((charged != due) | unknown).tolist():
        paid, by_terms = int(charged[place]), int(due[place])
        why = "unknown" if unknown[place] else _why(turnovers[place : place + 1], paid, by_terms, known)
        found = counts.setdefault(why, [0, 0])
        found[0] += 1
        found[1] += paid - by_terms
    first = min(days, default=last)
    return Agreement(
        by_terms=in_yuan(total(due)),
        parts=tuple(Part(why, counts[why][0], in_yuan(counts[why][1])) for why in CAUSES if why in counts),
        changes=sum(first < one.date <= last for one in course.changes),
        changed=_changed(turnovers, due, unknown, course.terms(last)),
    )


def _by_terms(
    days: Sequence[date], turnovers: Fen, spans: Mapping[date, Terms | None]
) -> tuple[Fen, npt.NDArray[np.bool_]]:
    """What each order costs by the terms of its day, 0 where those are unknown; and whether they are."""
    due = np.zeros_like(turnovers)
    numbers = {terms: number for number, terms in enumerate(dict.fromkeys(spans.values()))}
    which = np.array([numbers[spans[day]] for day in days], dtype=np.int64)
    for terms, number in numbers.items():
        if terms is not None:
            due[which == number] = costs(turnovers[which == number], terms)
    return due, which == numbers.get(None, -1)


def _why(turnover: Fen, charged: int, due: int, known: set[Terms]) -> Why:
    if charged == 0:
        return "free"
    if abs(charged - due) == 1:
        return "rounding"
    if any(int(costs(turnover, terms)[0]) == charged for terms in known):
        return "other_terms"
    return "less" if charged < due else "more"


def _changed(turnovers: Fen, due: Fen, unknown: npt.NDArray[np.bool_], now: Terms | None) -> Decimal | None:
    if now is None or unknown.any():
        return None
    return in_yuan(total(due) - total(costs(turnovers, now)))
