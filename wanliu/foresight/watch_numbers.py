"""The numbers by which predictions are judged, as they stand in ``watch.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Watch:
    """Each field is a table of ``watch.toml``, with its unit and source there."""

    ratio_low: float
    ratio_high: float
    least_lift: float
    least_level_lift: float
    months: int
    keep_days: int


@cache
def watch() -> Watch:
    told = tomllib.loads((files("wanliu.foresight") / "watch.toml").read_text("utf-8"))
    return Watch(**{name: one["value"] for name, one in told.items()})
