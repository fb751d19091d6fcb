"""The numbers that make a label, as they stand in ``labels.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Numbers:
    """What counts as having left; money is CNY, days are calendar days."""

    horizons: tuple[int, ...]
    valid: Decimal
    empty: Decimal
    gone_share: Decimal
    quiet_days: int
    look_back_days: int


@cache
def numbers() -> Numbers:
    told = tomllib.loads((files("wanliu.foresight") / "labels.toml").read_text("utf-8"))
    value: dict[str, Any] = {name: one["value"] for name, one in told.items()}
    return Numbers(
        horizons=tuple(value["horizons"]),
        valid=Decimal(value["valid"]),
        empty=Decimal(value["empty"]),
        gone_share=Decimal(value["gone_share"]),
        quiet_days=value["quiet_days"],
        look_back_days=value["look_back_days"],
    )
