"""Text in the two languages of the product, Chinese first."""

from __future__ import annotations

import locale
import os
import unicodedata
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, Literal

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")


@dataclass(frozen=True)
class Text:
    """One sentence or name in both languages.

    Both texts use the same ``{placeholders}``; ``format`` fills them in both.
    """

    zh: str
    en: str

    def format(self, **values: object) -> Text:
        return Text(zh=self.zh.format(**values), en=self.en.format(**values))

    def to(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        return self.to(current_language())


_UNSEEN = ("Cc", "Cs", "Cf")
"""Unicode's categories of control signs, halves of a sign, and marks that only steer what is shown."""


def is_plain(words: str, *, most: int) -> bool:
    """Whether these are at most so many characters, and every one of them is seen."""
    return len(words) <= most and not any(unicodedata.category(sign) in _UNSEEN for sign in words)


_chosen: ContextVar[Language | None] = ContextVar("chosen language", default=None)


def choose_language(language: Language | None) -> None:
    """Fixes the language of what runs from here on; None returns to the locale's."""
    _chosen.set(language)


def current_language() -> Language:
    """The chosen language, else the locale's: Chinese unless the locale is another one."""
    return _chosen.get() or _language_of_locale()


def _language_of_locale() -> Language:
    name = next(
        (value for key in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(key))),
        locale.getlocale()[0] or "",
    )
    neutral = name.split(".")[0] in ("", "C", "POSIX")
    return "zh" if neutral or name.lower().startswith(("zh", "chinese")) else "en"
