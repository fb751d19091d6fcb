"""Threshold curves as lines in a small picture: positions alone, no words but numbers.

Only tried numbers have a point. The line between two points guides the eye and stands for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wanliu.report.stored_study import Curve
from wanliu.text import Text

WIDTH, HEIGHT = 320, 180
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 10, 24
"""Room for the numbers at the axes."""
TICKS = 4
STEPS = (1, 2, 2.5, 5, 10)
"""What a distance between two lines of the grid may begin with."""
ROOM_AT_TOP = 1.05
NOTHING = 1e-9
"""Up to here a value is drawn as 0, and the grid is that of a picture of zeros."""


@dataclass(frozen=True)
class Mark:
    x: float
    y: float
    words: str = ""

    @property
    def diamond(self) -> str:
        return f"{self.x},{self.y - 6} {self.x + 6},{self.y} {self.x},{self.y + 6} {self.x - 6},{self.y}"


@dataclass(frozen=True)
class Chart:
    """One picture: where everything lies, in units of its view box."""

    title: Text
    lines: tuple[str, ...]
    bands: tuple[str, ...]
    dots: tuple[Mark, ...]
    live: Mark | None
    chosen: Mark | None
    base: float | None
    across: tuple[Mark, ...]
    """Ticks below: the tried numbers at both ends and in the middle."""
    upward: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM
    top: int = TOP


DRAWN = (
    ("precision_new", Text(zh="新报命中率（%）", en="New alarms that came true (%)"), 100.0),
    ("calls_a_day", Text(zh="每个交易日新报（次）", en="New alarms a trading day"), 1.0),
    ("worth_missed", Text(zh="漏掉的离开资产（%）", en="Leavers' assets missed (%)"), 100.0),
)
"""Column, name, and what it is multiplied by."""
WITH_BASE = "precision_new"


def charts(curve: Curve, *, live: float, chosen: float | None, base: float | None) -> list[Chart]:
    """Those of which the study knows a point at all."""
    found = []
    for column, title, factor in DRAWN:
        rows = [
            _Point(row["number"], *(_times(row.get(name), factor) for name in _names(column)))
            for row in curve.points
        ]
        if any(one.value is not None for one in rows):
            line = base * factor if base is not None and column == WITH_BASE else None
            found.append(_chart(title, rows, live, chosen, line))
    return found


@dataclass(frozen=True)
class _Point:
    number: float
    value: float | None
    low: float | None
    high: float | None


def _names(column: str) -> tuple[str, str, str]:
    return column, f"{column}_low", f"{column}_high"


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _chart(
    title: Text, rows: Sequence[_Point], live: float, chosen: float | None, base: float | None
) -> Chart:
    place = _Places(rows, base)
    known = [one for one in rows if one.value is not None]
    marks = {one.number: Mark(*place.at(one.number, one.value or 0)) for one in known}
    middle = rows[len(rows) // 2].number
    ends = dict.fromkeys((rows[0].number, middle, rows[-1].number))
    return Chart(
        title=title,
        lines=tuple(_joined(place.at(one.number, one.value or 0) for one in part) for part in _parts(rows)),
        bands=tuple(_band(place, part) for part in _parts(rows) if any(one.low is not None for one in part)),
        dots=tuple(marks.values()),
        live=marks.get(live),
        chosen=None if chosen is None else marks.get(chosen),
        base=None if base is None else place.at(rows[0].number, base)[1],
        across=tuple(Mark(place.at(one, 0)[0], HEIGHT - 8, f"{one:g}") for one in ends),
        upward=tuple(Mark(LEFT, place.at(rows[0].number, one)[1], f"{one:g}") for one in place.ticks),
    )


class _Places:
    """From numbers to positions."""

    def __init__(self, rows: Sequence[_Point], base: float | None) -> None:
        self.first, self.last = rows[0].number, rows[-1].number
        told = [one for row in rows for one in (row.value, row.high) if one is not None]
        most = max([*told, base or 0.0])
        self.most = most * ROOM_AT_TOP if most > NOTHING else 1.0
        step = _step(self.most / TICKS)
        self.ticks = [step * number for number in range(int(self.most / step) + 1)]

    def at(self, number: float, value: float) -> tuple[float, float]:
        wide = (number - self.first) / ((self.last - self.first) or 1.0)
        x = LEFT + wide * (WIDTH - LEFT - RIGHT)
        y = HEIGHT - BOTTOM - value / self.most * (HEIGHT - TOP - BOTTOM)
        return round(x, 1), round(y, 1)


def _step(about: float) -> float:
    power = 10.0 ** math.floor(math.log10(about))
    return next(one * power for one in STEPS if one * power >= about)


def _parts(rows: Sequence[_Point]) -> Iterator[list[_Point]]:
    """Runs of neighbours whose value is known: nothing is drawn across what is not."""
    part: list[_Point] = []
    for one in rows:
        if one.value is not None:
            part.append(one)
        elif part:
            yield part
            part = []
    if part:
        yield part


def _band(place: _Places, part: Sequence[_Point]) -> str:
    """Along the upper bounds and back along the lower ones."""
    whole = [one for one in part if one.low is not None and one.high is not None]
    upper = (place.at(one.number, one.high or 0) for one in whole)
    lower = (place.at(one.number, one.low or 0) for one in reversed(whole))
    return _joined([*upper, *lower])


def _joined(places: Iterator[tuple[float, float]] | Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)
