"""Numbers as people read them, and the sum of a fired sign in words.

A value is never rounded onto its threshold: 29.997 % stays that beside 30 %, since the border is what a
person would check.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from wanliu.indicator.parameter import Number, Unit
from wanliu.indicator.sign import Reading
from wanliu.indicator.term import SETTLED_DECIMALS
from wanliu.report.words import NO, NOT_COMPUTABLE, UNKNOWN, YES
from wanliu.text import Language

Operand = bool | int | float | Decimal | date | str | None

MONEY_PLACES = 2
SHARE_PLACES = 2
RATIO_PLACES = 6
PER_CENT = 100


def sum_in_words(
    reading: Reading,
    evidence: Mapping[str, Operand],
    value: float | None,
    threshold: float | None,
    language: Language,
    *,
    parameters: Mapping[str, Number] | None = None,
) -> str:
    """The reading's sum with its operands filled in, so that a person can redo it by hand.

    ``parameters`` are the rule's numbers, which a sum may name as well. What is not known says so.
    """
    words = {name: _number(number) for name, number in (parameters or {}).items()}
    words |= {name: operand(one, language) for name, one in evidence.items()}
    places = _places(reading.unit, value, threshold)
    words["value"] = (
        NOT_COMPUTABLE.to(language) if value is None else quantity(value, reading.unit, language, places)
    )
    words["threshold"] = quantity(threshold, reading.unit, language, places)
    return reading.sum.to(language).format_map(words)


def operand(value: Operand, language: Language) -> str:
    """One piece of evidence: money to the fen, counts whole, days as 2009-10-31, None as unknown."""
    if value is None:
        return UNKNOWN.to(language)
    if isinstance(value, bool):
        return (YES if value else NO).to(language)
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, int):
        return count(value)
    if isinstance(value, float):
        return _trimmed(_rounded(value, RATIO_PLACES))
    return value.isoformat() if isinstance(value, date) else value


def money(value: Decimal | float) -> str:
    """CNY with thousands separators, to the fen: 1,234,567.80."""
    return f"{_rounded(value, MONEY_PLACES):,f}"


def count(value: int | float) -> str:
    return f"{value:,.0f}"


def share(value: Number | float, language: Language, places: int = SHARE_PLACES) -> str:
    """A ratio in per cent: 30.77% in Chinese, 30.77 % in English."""
    sign = "%" if language == "zh" else " %"
    return _trimmed(_rounded(_exact(value) * PER_CENT, places)) + sign


def quantity(value: Number | float | None, unit: Unit, language: Language, places: int) -> str:
    """A value or threshold in the unit of its reading; ``places`` are the decimals shown at most."""
    if value is None:
        return UNKNOWN.to(language)
    if unit == "ratio":
        return share(value, language, places)
    if unit == "CNY":
        return f"{_rounded(value, places):,f}"
    return _trimmed(_rounded(value, places))


def _number(number: Number) -> str:
    """A rule's number as it stands in a sum: 0.1, 20, 5,000."""
    return _trimmed(Decimal(number))


def _places(unit: Unit, value: float | None, threshold: float | None) -> int:
    """As few decimals as keep a value that differs from its threshold apart from it."""
    places = SHARE_PLACES if unit == "ratio" else MONEY_PLACES
    if value is None or threshold is None:
        return places
    scale = PER_CENT if unit == "ratio" else 1
    one, other = _exact(value) * scale, _exact(threshold) * scale
    # what differs beyond the settled decimals is binary rounding, not a difference
    while places < SETTLED_DECIMALS and _rounded(one, places) == _rounded(other, places):
        if _rounded(one, SETTLED_DECIMALS) == _rounded(other, SETTLED_DECIMALS):
            break
        places += 1
    return places


def _exact(value: Number | float) -> Decimal:
    """The decimal that the shortest writing of the number shows."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _rounded(value: Number | float, places: int) -> Decimal:
    return _exact(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _trimmed(value: Decimal) -> str:
    """Without the zeros at the end, and without a minus before nothing."""
    text = f"{value:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
