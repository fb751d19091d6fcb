"""Names and phones: as they are compared, and as they are shown without being told."""

from __future__ import annotations

import unicodedata

CHINA = "86"
MOBILE_DIGITS = 11
SHOWN_BEFORE, SHOWN_AFTER = 3, 4


def normal_phone(phone: str | None) -> str:
    """The digits alone, full-width ones included, without the country's prefix of a mobile number."""
    digits = "".join(str(unicodedata.digit(sign)) for sign in phone or "" if sign.isdigit())
    digits = digits.removeprefix("00")
    if len(digits) == MOBILE_DIGITS + len(CHINA) and digits.startswith(CHINA):
        return digits[len(CHINA) :]
    return digits


def normal_name(name: str | None) -> str:
    """Without blanks, in one width, lower case."""
    return "".join(unicodedata.normalize("NFKC", name or "").split()).casefold()


def masked_name(name: str | None) -> str | None:
    """The first character and a star for each other one: 张**; a foreign name keeps its first letter."""
    return name[0] + "*" * min(len(name) - 1, 3) if name else None


def masked_phone(phone: str | None) -> str | None:
    """138****5678; a short number is covered but for its last two digits."""
    if not phone:
        return None
    if len(phone) > SHOWN_BEFORE + SHOWN_AFTER:
        return phone[:SHOWN_BEFORE] + "*" * (len(phone) - SHOWN_BEFORE - SHOWN_AFTER) + phone[-SHOWN_AFTER:]
    return "*" * (len(phone) - 2) + phone[-2:]
