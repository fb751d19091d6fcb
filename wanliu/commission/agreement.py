"""What was really charged beside what the client's terms give, order by order, and why they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from wanliu.commission.terms import Course, Terms, costs, in_fen, in_yuan

Why = Literal["rounding", "other_terms", "free", "less", "more", "unknown"]
"""Why an order's charge is not what the terms of its day give.

``rounding``: a fen, as where each fill is rounded. ``other_terms``: what terms of another day of this span
give. ``free``: nothing was charged. ``less``, ``more``: neither. ``unknown``: the day's rate or minimum is.
"""
CAUSES: tuple[Why, ...] = ("rounding", "other_terms", "free", "less", "more", "unknown")

Charged = tuple[date, Decimal, Decimal]
"""Day, turnover, commission."""


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


def agreement_of(orders: Sequence[Charged], course: Course, last: date) -> Agreement:
    spans = course.spans([day for day, _, _ in orders])
    by_terms = _by_terms(orders, spans)
    known = {terms for terms in spans.values() if terms is not None}
    counts: dict[Why, list[int]] = {}
    for (_, turnover, commission), due in zip(orders, by_terms, strict=True):
        charged = in_fen(commission)
        if charged != due:
            found = counts.setdefault(_why(in_fen(turnover), charged, due, known), [0, 0])
            found[0] += 1
            found[1] += charged - (due or 0)
    first = min((day for day, _, _ in orders), default=last)
    return Agreement(
        by_terms=in_yuan(sum(due or 0 for due in by_terms)),
        parts=tuple(Part(why, counts[why][0], in_yuan(counts[why][1])) for why in CAUSES if why in counts),
        changes=sum(first < one.date <= last for one in course.changes),
        changed=_changed(orders, by_terms, course.terms(last)),
    )


def _by_terms(orders: Sequence[Charged], spans: dict[date, Terms | None]) -> list[int | None]:
    """What each order costs by the terms of its day, in fen."""
    found: list[int | None] = [None] * len(orders)
    for terms in {terms for terms in spans.values() if terms is not None}:
        places = [place for place, (day, _, _) in enumerate(orders) if spans[day] == terms]
        for place, due in zip(places, costs([in_fen(orders[p][1]) for p in places], terms), strict=True):
            found[place] = due
    return found


def _why(turnover: int, charged: int, due: int | None, known: set[Terms]) -> Why:
    if due is None:
        return "unknown"
    if charged == 0:
        return "free"
    if abs(charged - due) == 1:
        return "rounding"
    if any(costs([turnover], terms) == [charged] for terms in known):
        return "other_terms"
    return "less" if charged < due else "more"


def _changed(orders: Sequence[Charged], by_terms: Sequence[int | None], now: Terms | None) -> Decimal | None:
    if now is None or None in by_terms:
        return None
    today = costs([in_fen(turnover) for _, turnover, _ in orders], now)
    return in_yuan(sum(due or 0 for due in by_terms) - sum(today))
