"""The part of a sentence that carried the judgement."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wanliu.compliance.features import CLAUSE_ENDS

LEAST = 2
"""Characters; a single one tells the reader nothing."""


def strongest(text: str, weight: npt.NDArray[np.float64]) -> tuple[int, int]:
    """Start and end of the run of characters, within one clause, that weighs most above the mean."""
    if not text:
        return 0, 0
    above = weight - weight.mean()
    best, best_sum, start, total = (0, len(text)), 0.0, 0, 0.0
    for place, character in enumerate(text):
        if character in CLAUSE_ENDS:
            start, total = place + 1, 0.0
            continue
        if total <= 0:
            start, total = place, 0.0
        total += float(above[place])
        if total > best_sum:
            best, best_sum = (start, place + 1), total
    return _long_enough(text, *best)


def _long_enough(text: str, start: int, end: int) -> tuple[int, int]:
    while end - start < LEAST and (start > 0 or end < len(text)):
        if end < len(text) and text[end] not in CLAUSE_ENDS:
            end += 1
        elif start > 0:
            start -= 1
        else:
            end += 1
    return start, end
