"""The numbers of the model of a brokerage's clients, as they stand in ``hazard.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Hazard:
    """Each field is a table of ``hazard.toml``, with its unit and source there."""

    horizon: int
    stretch: int
    later_share: float
    most_clients: int
    most_stayers: int
    new_client: int
    tiers: tuple[int, ...]
    ages: tuple[int, ...]
    listed: tuple[float, ...]
    valid: int


@cache
def hazard() -> Hazard:
    told = tomllib.loads((files("wanliu.foresight") / "hazard.toml").read_text("utf-8"))
    return Hazard(**{name: _hashable(one["value"]) for name, one in told.items()})


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
