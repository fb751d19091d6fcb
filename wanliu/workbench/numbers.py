"""Numbers and days, as people or scripts may have left them in a form or an address."""

from __future__ import annotations

from datetime import date

from wanliu.errors import Refused
from wanliu.text import Text


def number(text: str | None, default: int = 1) -> int:
    """The number, or the default for what is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else default


def day_given(text: str | None) -> date:
    """Raises Refused for what is no day."""
    try:
        return date.fromisoformat(text or "")
    except ValueError as fault:
        raise Refused(_NO_DAY) from fault


_NO_DAY = Text(zh="请填写日期，如 2026-11-24。", en="Give a day, as 2026-11-24.")
