"""Scenes of what a night predicts and measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

import numpy as np

from wanliu.audit.record import System
from wanliu.foresight.measuring import Outcome, measured
from wanliu.foresight.predicted import Predicted
from wanliu.nightly import watching

DAY: Final = Predicted(date(2026, 7, 31), "run-1", "", 90, 3, "0" * 64)


def _prediction() -> Callable[[], object]:
    return lambda: watching.note_prediction(day=DAY, by=System)


def _measurement() -> Callable[[], object]:
    watching.note_prediction(day=DAY)
    levels = np.array(["red", "none"], dtype=object)
    told = measured(Outcome(np.array([0.2, 0.1]), levels, np.array([True, False]), 3))
    return lambda: watching.note_measurement(as_of=DAY.as_of, told=told, by=System)


SCENES: Final[Mapping[str, Callable[[], Callable[[], object]]]] = {
    "nightly.note_measurement": _measurement,
    "nightly.note_prediction": _prediction,
}
