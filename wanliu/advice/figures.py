"""Figures as a client reads them: money, rates, shares and dates, in both languages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from wanliu.text import Text

TEN_THOUSAND = 10_000


def money(amount: Decimal) -> Text:
    """Yuan and fen without the word for yuan, which scripts have."""
    return _both(f"{amount:,.2f}")


def count(number: int) -> Text:
    return _both(f"{number:,}")


def share(value: Decimal) -> Text:
    return _both(f"{value:.1%}")


def rate(value: Decimal) -> Text:
    """A rate of commission: 0.00025 is 万2.5."""
    of_ten_thousand, of_hundred = (
        (value * base).quantize(Decimal(places)).normalize()
        for base, places in ((TEN_THOUSAND, "0.01"), (100, "0.0001"))
    )
    return Text(zh=f"万{of_ten_thousand:f}", en=f"{of_hundred:f}%")


def day(value: date) -> Text:
    return Text(zh=f"{value.year}年{value.month}月{value.day}日", en=f"{value.day} {value:%B} {value.year}")


def shown(value: float | Decimal | None, unit: str) -> str:
    """A sign's value or threshold in its unit."""
    if value is None:
        return "-"
    return f"{value:.1%}" if unit == "ratio" else f"{value:,.2f}".rstrip("0").rstrip(".")


def _both(words: str) -> Text:
    return Text(zh=words, en=words)
