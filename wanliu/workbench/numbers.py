"""Numbers in an address, as people or scripts may have left them."""

from __future__ import annotations


def number(text: str | None, default: int = 1) -> int:
    """The number, or the default for what is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else default
