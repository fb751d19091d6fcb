"""The commonest faults of a delivery: a day that never came, and a day of which a part came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import product

import numpy as np

from wanliu.errors import UsageError
from wanliu.simulator.market import trading_days
from wanliu.simulator.streams import Topic, stream
from wanliu.text import Text

TABLES = ("assets", "trades")
"""The tables whose days a delivery is watched for."""
LOST, CUT = 0.0, 0.3
"""The share of the clients that arrived; a day is noticed below half of the usual rows."""
RECENT = 60
"""Trading days: the faults lie among the last ones, inside the windows that are judged."""


@dataclass(frozen=True)
class LostDay:
    """The delivery lacks this day of this table, but for the first clients: the share that ``arrived``."""

    table: str
    day: np.datetime64
    arrived: float = LOST


def drawn_faults(seed: int, *, first: date, last: date) -> tuple[LostDay, ...]:
    """For assets and for trades one day lost and one cut, each on a trading day of its own.

    Neither the first day nor the last. Raises UsageError where the span has too few trading days.
    """
    kinds = tuple(product(TABLES, (LOST, CUT)))
    days = trading_days(first, last)[1:-1][-RECENT:]
    if len(days) < len(kinds):
        raise UsageError(_TOO_SHORT.format(fewest=len(kinds) + 2))
    chosen = stream(seed, Topic.FAULTS).choice(days, len(kinds), replace=False)
    return tuple(LostDay(table, day, arrived) for (table, arrived), day in zip(kinds, chosen, strict=True))


_TOO_SHORT = Text(
    zh="缺日需要至少 {fewest} 个交易日的数据。请把时间范围放宽，或去掉 --faults。",
    en="Lost days need a span of at least {fewest} trading days. Widen it, or leave out --faults.",
)
