"""Text to rows: physical lines, quoted fields, separators; every row keeps the number of the line it began
on.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wanliu.book.encoding import Encoding, open_bytes

SEPARATORS = (",", "\t", "|", ";")
LONGEST_LINE = 4_000_000
"""Characters. A line beyond is not kept in memory; it is one broken row.

With quotes the csv module's limit holds.
"""
LONGEST_QUOTE = 50
"""Lines that one quoted field may span before its opening quote is taken for a stray one."""

TOO_LONG = "too_long"
STRAY_QUOTE = "quote"

Fits = Callable[[int], bool]


@dataclass(frozen=True)
class Row:
    """One row; ``fault`` is why its fields could not be told apart, ``text`` then what stood there."""

    line: int
    fields: tuple[str, ...]
    fault: str | None = None
    text: str = ""

    @property
    def is_blank(self) -> bool:
        return self.fault is None and not any(field.strip() for field in self.fields)


def text_lines(path: Path, encoding: Encoding) -> Iterator[tuple[int, str]]:
    """Physical lines without their end, numbered from 1; an over-long one is cut at LONGEST_LINE + 1."""
    with io.TextIOWrapper(open_bytes(path), encoding=encoding.codec, errors="strict", newline=None) as stream:
        number = 0
        while line := stream.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE and not line.endswith("\n"):
                _skip_rest(stream)
            yield number, line.removesuffix("\n")


def _skip_rest(stream: io.TextIOWrapper) -> None:
    while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith("\n"):
        pass


def split(line: str, separator: str) -> tuple[str, ...] | None:
    """The fields of a line, or None where a quote is open or closed in the wrong place."""
    if '"' not in line:
        return tuple(line.split(separator))
    if len(line) > csv.field_size_limit():
        return None
    try:
        (fields,) = csv.reader([line], delimiter=separator, strict=True)
    except (csv.Error, ValueError):
        return None
    return tuple(fields)


def rows(lines: Iterator[tuple[int, str]], separator: str, fits: Fits) -> Iterator[Row]:
    """Rows of the lines. A quoted field may span lines if the row then has a fitting number of fields.

    Where it has not, the quote is a stray one: its line alone is broken, the lines after it are read for
    themselves.
    """
    waiting: deque[tuple[int, str]] = deque()
    while taken := waiting.popleft() if waiting else next(lines, None):
        number, line = taken
        if len(line) > (csv.field_size_limit() if '"' in line else LONGEST_LINE):
            yield Row(number, (), TOO_LONG, line[:80])
            continue
        fields = split(line, separator)
        if fields is None:
            fields = _spanning(line, separator, fits, waiting, lines)
        yield Row(number, fields) if fields is not None else Row(number, (), STRAY_QUOTE, line[:80])


def _spanning(
    line: str, separator: str, fits: Fits, waiting: deque[tuple[int, str]], lines: Iterator[tuple[int, str]]
) -> tuple[str, ...] | None:
    """The fields of a row that goes on over the next lines, which are then used up; else None."""
    whole = line
    for used in range(1, LONGEST_QUOTE):
        if len(waiting) < used:
            following = next(lines, None)
            if following is None:
                return None
            waiting.append(following)
        whole += "\n" + waiting[used - 1][1]
        fields = split(whole, separator) if '"' in waiting[used - 1][1] else None
        if fields is not None:
            return _taken(waiting, used, fields) if fits(len(fields)) else None
    return None


def _taken(waiting: deque[tuple[int, str]], used: int, fields: tuple[str, ...]) -> tuple[str, ...]:
    for _ in range(used):
        waiting.popleft()
    return fields
