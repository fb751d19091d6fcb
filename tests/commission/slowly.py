"""The sum a second time, slowly and from its definition: decimals and loops, nothing shared with the room."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def one(turnover: Decimal, rate: Decimal, minimum: Decimal) -> Decimal:
    by_rate = (turnover * rate).quantize(CENT, rounding=ROUND_HALF_UP)
    return by_rate if by_rate > minimum else minimum


def total(turnovers: Iterable[Decimal], rate: Decimal, minimum: Decimal) -> Decimal:
    found = Decimal(0)
    for turnover in turnovers:
        found = found + one(turnover, rate, minimum)
    return found


def on_minimum(turnovers: Iterable[Decimal], rate: Decimal, minimum: Decimal) -> int:
    return len([one for one in turnovers if one * rate < minimum])
