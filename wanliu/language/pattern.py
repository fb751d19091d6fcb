"""Patterns in RE2: whatever the pattern and the sentence, the time grows with the length and no faster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import re2  # type: ignore[import-untyped]  # google-re2 publishes no types; this file is its only door


class Found(Protocol):
    """One hit of a pattern."""

    def span(self) -> tuple[int, int]: ...

    def group(self) -> str: ...


class Pattern:
    """One compiled expression. Raises ValueError where it is none."""

    def __init__(self, expression: str) -> None:
        try:
            self._compiled = re2.compile(expression)
        except re2.error as fault:
            raise ValueError(f"no RE2 expression: {expression}") from fault

    def all_in(self, text: str) -> Iterator[Found]:
        """Every hit, from left to right, none overlapping another."""
        found: Iterator[Found] = self._compiled.finditer(text)
        return found

    def is_in(self, text: str) -> bool:
        return self._compiled.search(text) is not None


def literally(word: str) -> str:
    """The expression that finds exactly this word."""
    escaped: str = re2.escape(word)
    return escaped


class Expressions:
    """Many expressions looked for at once; says which of them occur, in one pass over the text."""

    def __init__(self, expressions: list[str]) -> None:
        self._set = re2.Set.SearchSet()
        for expression in expressions:
            self._set.Add(expression)
        self._set.Compile()

    def in_text(self, text: str) -> list[int]:
        """The numbers of the expressions that occur, in their order."""
        return sorted(self._set.Match(text) or ())
