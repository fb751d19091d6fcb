"""What a hand-written script is told: files narrowed to the months that matter, and its windows' borders.

Written by ``speed.py`` before the clock starts, so that no peer pays for finding files or for a trading
calendar. The peers know nothing else of this project: each writes the signs out again in its tool's own way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

Span = tuple[date, date]

MONTHS = 7
"""M and the six months before it."""

SIGNS = (
    "fund_outflow",
    "commission_drop",
    "empty_position",
    "trade_drop",
    "heavy_loss",
    "complaint",
    "demand",
    "contact_drop",
)
KEYS, DATA, WORDS, OURS = SIGNS[:3], SIGNS[3:5], SIGNS[5:7], SIGNS[7:]

DEMANDS = (
    "commission_cut",
    "min_fee_waiver",
    "margin_rate_cut",
    "gift",
    "service_upgrade",
    "product_access",
    "compensation",
    "other_demand",
)
LEVELS = ("red", "orange", "yellow", "unknown", "none")


@dataclass(frozen=True)
class Asked:
    """One day under the rule set ``guide``. Spans include both ends; month 0 is M."""

    as_of: date
    months: tuple[Span, ...]
    outflow: Span  # (D − 6 months, D]
    commission: Span  # (D − 12 months, D], for the value at stake
    today: Span  # (D − 31 days, D]
    opening: Span  # the 31 days before M
    spoken: Span  # from the first day of the month before D's month, up to D
    trades_start: date
    contacts_start: date
    files: Mapping[str, tuple[str, ...]]

    @property
    def assets(self) -> Span:
        """All days on which assets are looked at."""
        return min(self.months[6][0], self.opening[0], self.today[0]), self.as_of

    @property
    def flows(self) -> Span:
        return min(self.months[0][0], self.outflow[0]), self.as_of

    @property
    def trades(self) -> Span:
        return min(self.months[6][0], self.commission[0]), self.as_of

    @property
    def contacts(self) -> Span:
        return self.months[4][0], self.as_of

    def first(self, back: int) -> date:
        return self.months[back][0]

    def last(self, back: int) -> date:
        return self.months[back][1]

    def starts_by(self, start: date, back: int) -> bool:
        """Whether a table that starts on this day covers month M − back whole."""
        return start <= self.first(back)

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=date.isoformat)

    @classmethod
    def read(cls, path: Path) -> Asked:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        fields: dict[str, Any] = {
            "months": tuple(_span(month) for month in told["months"]),
            "files": {name: tuple(files) for name, files in told["files"].items()},
        }
        for name in ("as_of", "trades_start", "contacts_start"):
            fields[name] = date.fromisoformat(told[name])
        for name in ("outflow", "commission", "today", "opening", "spoken"):
            fields[name] = _span(told[name])
        return cls(**fields)


def _span(told: list[str]) -> Span:
    first, last = map(date.fromisoformat, told)
    return first, last
