"""What the second road answers: one signal per client and sign, one warning per client with a level."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

Row = dict[str, Any]
Tables = dict[str, list[Row]]
"""Canonical values (str, date, Decimal, bool, None) by table name; an absent table has no key."""

Rules = Literal["guide", "standard"]
Status = Literal["fired", "clear", "not_applicable", "insufficient_history", "missing_data"]
Severity = Literal["strong", "weak"]
Level = Literal["red", "orange", "yellow", "unknown", "none"]
Number = Fraction | float

KEY = ("fund_outflow", "commission_drop", "empty_position")
DATA = ("trade_drop", "heavy_loss")
EVENT = ("exit_request", "securities_out")
SIGNS: dict[Rules, tuple[str, ...]] = {
    "guide": (*KEY, *DATA, "complaint", "demand", "contact_drop"),
    "standard": (*KEY, *DATA, "complaint", "demand", "contact_drop", *EVENT),
}


@dataclass(frozen=True)
class Signal:
    """Value and threshold are None unless the status is fired or clear; severity unless it is fired."""

    status: Status
    severity: Severity | None = None
    value: Number | None = None
    threshold: Fraction | None = None


MISSING = Signal("missing_data")
TOO_SHORT = Signal("insufficient_history")
NOT_APPLICABLE = Signal("not_applicable")


def held_against(
    threshold: Fraction, value: Number | None, *, fired: bool, severity: Severity = "strong"
) -> Signal:
    if fired:
        return Signal("fired", severity, value, threshold)
    return Signal("clear", None, value, threshold)


@dataclass(frozen=True)
class Warned:
    """One row of warnings: the level, the ids that fired, the ids that are not known, CNY at stake."""

    level: Level
    fired: tuple[str, ...]
    unknown: tuple[str, ...]
    value_at_stake: Decimal


@dataclass(frozen=True)
class Judgement:
    """Signals of every judged client; warnings of those with a level ≠ none, in the order of the output."""

    signals: dict[tuple[str, str], Signal]
    warnings: dict[str, Warned]
