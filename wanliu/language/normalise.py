"""One plain reading of a sentence, however it was written, with the way back to the original.

Full-width letters, zero-width characters, blanks between Chinese characters, bracketed and circled ones,
traditional ones, homophones, pinyin and emoji come out as the ordinary word. Every step is one pass over the
text: linear time.
"""

from __future__ import annotations

import importlib
import importlib.util
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from wanliu.language import disguises
from wanliu.language.pattern import Pattern, literally


@dataclass(frozen=True)
class Plain:
    """``text`` is the plain reading; character k of it was written at ``at[k]`` to ``until[k]``.

    Places count in the original; ``at`` has one more entry, its length.
    """

    original: str
    text: str
    at: tuple[int, ...]
    until: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters start to end (exclusive) of the plain text stand in the original."""
        if start >= end:
            return self.at[start], self.at[start]
        return self.at[start], self.until[end - 1]


def plain(text: str) -> Plain:
    """The plain reading of a text, in time proportional to its length."""
    written = _characters(text)
    for replace in (_unbracketed, _closed_up, _undisguised):
        written = replace(written)
    at = (*written.at, len(text))
    return Plain(text, "".join(written.characters), at, tuple(written.until))


def missing_parts() -> tuple[str, ...]:
    """What is not installed that would read more disguises."""
    return () if importlib.util.find_spec("opencc") else ("opencc",)


@dataclass(frozen=True)
class _Written:
    """Characters with the place of each in the original."""

    characters: list[str]
    at: list[int]
    until: list[int]


def _characters(text: str) -> _Written:
    """Each character by itself: compatibility forms, case, traditional ones, pictures; invisible ones go."""
    simple = _simplifier()
    written = _Written([], [], [])
    for place, one in enumerate(text):
        for character in _readings(one, simple):
            written.characters.append(character)
            written.at.append(place)
            written.until.append(place + 1)
    return written


def _readings(one: str, simple: Callable[[str], str]) -> str:
    if one in ASCII_AS_IT_IS:
        return one
    return _reading(one, simple)


ASCII_AS_IT_IS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789,.;:!?-+*/()'\" ")
ELLIPSIS = "…"
INVISIBLE = ("Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me")
BLANK = " "


@cache
def _reading(one: str, simple: Callable[[str], str]) -> str:
    if special := disguises.PICTURES.get(one) or disguises.SOUTHERN.get(one):
        return special
    if one in "\t\v\f\x85\u2028\u2029":
        return BLANK
    if one in "\r\n":
        return "\n"
    if one == ELLIPSIS:
        return one
    folded = unicodedata.normalize("NFKC", one).lower()
    return "".join(
        disguises.CHARACTERS.get(character, simple(character))
        for character in folded
        if unicodedata.category(character) not in INVISIBLE
    )


@cache
def _simplifier() -> Callable[[str], str]:
    """Traditional to simplified, one character for one; as it is where OpenCC is not installed."""
    if missing_parts():
        return str
    converter = importlib.import_module("opencc").OpenCC("t2s")

    def simple(character: str) -> str:
        if not _is_han(character):
            return character
        converted: str = converter.convert(character)
        return disguises.CHARACTERS.get(converted, converted) if len(converted) == 1 else character

    return simple


def _is_han(character: str) -> bool:
    return "㐀" <= character <= "鿿" or "𠀀" <= character <= "𳎯"


OPENING = frozenset("([{<【《〈「『“‘\"'[〔〖")
CLOSING = frozenset(")]}>】》〉」』”’\"']〕〗")


def _unbracketed(written: _Written) -> _Written:
    """A single Chinese character in brackets loses them: (保)(本)."""
    characters, keep, place = written.characters, [], 0
    while place < len(characters):
        inside = characters[place : place + 3]
        if len(inside) == 3 and inside[0] in OPENING and _is_han(inside[1]) and inside[2] in CLOSING:
            keep.append(place + 1)
            place += 3
        else:
            keep.append(place)
            place += 1
    return _only(written, keep)


SEPARATORS = frozenset(" *_.·•・~^|\\/-+=#`°●★☆&,，、")
COMMAS = frozenset(",，、")
MOST_SEPARATORS = 2
"""Longer runs than this are punctuation (an ellipsis, a dash), not a disguise."""


def _closed_up(written: _Written) -> _Written:
    """Blanks and marks between two Chinese characters go: 保 本, 稳*赚. Commas stay: they part clauses."""
    characters, keep, place = written.characters, [], 0
    while place < len(characters):
        end = place
        while end < len(characters) and _parts(characters[end]):
            end += 1
        run = characters[place:end]
        if not run:
            keep.append(place)
            place += 1
            continue
        if not _is_disguise(run, characters, place, end):
            keep.extend(range(place, end))
        place = end
    return _only(written, keep)


@cache
def _parts(character: str) -> bool:
    """Whether a mark or a picture may stand between two characters of a word to hide it."""
    return character in SEPARATORS or unicodedata.category(character) == "So"


def _is_disguise(run: list[str], characters: list[str], start: int, end: int) -> bool:
    between = start > 0 and end < len(characters)
    if not between or not _is_han(characters[start - 1]) or not _is_han(characters[end]):
        return False
    marks = [mark for mark in run if mark != BLANK]
    return len(marks) <= MOST_SEPARATORS and not COMMAS.intersection(marks)


def _only(written: _Written, keep: list[int]) -> _Written:
    if len(keep) == len(written.characters):
        return written
    return _Written(
        [written.characters[place] for place in keep],
        [written.at[place] for place in keep],
        [written.until[place] for place in keep],
    )


def _undisguised(written: _Written) -> _Written:
    """The disguised words, by the words that they stand for."""
    text = "".join(written.characters)
    table, pattern = _table()
    result, done = _Written([], [], []), 0
    for found in pattern.all_in(text):
        start, end = found.span()
        _copy(written, result, done, start)
        _put(written, result, table[found.group()], start, end)
        done = end
    if not done:
        return written
    _copy(written, result, done, len(text))
    return result


def _copy(source: _Written, result: _Written, start: int, end: int) -> None:
    result.characters.extend(source.characters[start:end])
    result.at.extend(source.at[start:end])
    result.until.extend(source.until[start:end])


def _put(source: _Written, result: _Written, word: str, start: int, end: int) -> None:
    """The word's characters share out the places of what they replace; the last one reaches its end."""
    for number, character in enumerate(word):
        place = min(start + number, end - 1)
        last = number == len(word) - 1
        result.characters.append(character)
        result.at.append(source.at[place])
        result.until.append(source.until[end - 1 if last else place])


@cache
def _table() -> tuple[dict[str, str], Pattern]:
    """Every disguise with its word, and one pattern that finds them all; the longest wins."""
    alone = {**disguises.LATIN, **disguises.spoken()}
    table = {**disguises.SPLIT, **disguises.WORDS, **alone}
    ordered = sorted(table, key=len, reverse=True)
    return table, Pattern("|".join(_edged(word) if word in alone else literally(word) for word in ordered))


def _edged(word: str) -> str:
    """Latin letters at an edge must have no letter or figure beside them."""
    before = r"\b" if word[0].isascii() and word[0].isalnum() else ""
    after = r"\b" if word[-1].isascii() and word[-1].isalnum() else ""
    return f"{before}{literally(word)}{after}"
