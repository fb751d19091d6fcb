"""An index as it was: closes of real days, for a made-up brokerage in a market that nobody made up."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np

from wanliu.errors import UsageError
from wanliu.simulator.streams import Days, Floats
from wanliu.text import Text

Closes = tuple[tuple[date, float], ...]
"""Each day with its close in points, by day."""


def read_index(file: Path) -> Closes:
    """The first two columns of a CSV file with a header: the day as YYYY-MM-DD, and the close in points.

    Raises UsageError where the file cannot be read, holds a day twice, or a close that is not above zero.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines))[1:]
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise UsageError(_UNREADABLE.format(file=file)) from fault
    found: dict[date, float] = {}
    for number, row in enumerate(rows, start=2):
        try:
            day, close = date.fromisoformat(row[0]), float(row[1])
        except (IndexError, ValueError) as fault:
            raise UsageError(_NO_CLOSE.format(file=file, line=number)) from fault
        if day in found or not (close > 0 and math.isfinite(close)):
            raise UsageError(_NO_CLOSE.format(file=file, line=number))
        found[day] = close
    return tuple(sorted(found.items()))


def returns_of(closes: Closes, days: Days) -> Floats:
    """Each day's return on the trading day before it; 0 on the first day where the index begins there.

    Raises UsageError naming the first trading day without a close.
    """
    known: Mapping[date, float] = dict(closes)
    asked = [day.item() for day in days]
    if (lacking := next((day for day in asked if day not in known), None)) is not None:
        raise UsageError(_LACKING.format(day=lacking))
    before = next((close for day, close in reversed(closes) if day < asked[0]), known[asked[0]])
    levels = np.array([before, *(known[day] for day in asked)])
    return np.asarray(levels[1:] / levels[:-1] - 1)


_UNREADABLE = Text(
    zh="读不了指数文件 {file}。请给一份 UTF-8 的 CSV：第一列日期，第二列收盘点位。",
    en="The index file {file} cannot be read. Give a CSV file in UTF-8: the day in its first column, the "
    "close in its second.",
)
_NO_CLOSE = Text(
    zh="{file} 第 {line} 行：须为不重复的日期（2008-01-02）和大于零的收盘点位。",
    en="{file}, line {line}: give a day that was not there before (2008-01-02), and a close above zero.",
)
_LACKING = Text(
    zh="指数文件里没有 {day} 这个交易日的收盘点位。请缩短时间范围，或补齐文件。",
    en="The index file has no close of the trading day {day}. Give a shorter span or a fuller file.",
)
