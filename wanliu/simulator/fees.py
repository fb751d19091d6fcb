"""What an order costs, exact to the fen: arrays of fen and of rates in hundred-millionths."""

from __future__ import annotations

import numpy as np

from wanliu.simulator.streams import Flags, Ints
from wanliu.simulator.world import Fees

FEN = 100
"""Fen in a yuan."""
RATE_UNIT = 100_000_000
"""A rate of 1 in the units of the book's rate columns (eight decimals)."""


def fen(yuan: float) -> int:
    return round(yuan * FEN)


def rate_units(rate: float) -> int:
    return round(rate * RATE_UNIT)


def share_of(amount: Ints, rate: Ints | int) -> Ints:
    """Amount × rate in fen, half up."""
    return np.asarray((amount * rate + RATE_UNIT // 2) // RATE_UNIT, dtype=np.int64)


def commission(turnover: Ints, rate: Ints, minimum: Ints) -> Ints:
    """max(turnover × rate, minimum), half up to the fen."""
    return np.maximum(share_of(turnover, rate), minimum)


def levies(turnover: Ints, charged: Ints, fees: Fees) -> Ints:
    """The exchange's and the regulator's part inside the commission; never more than the commission."""
    return np.minimum(share_of(turnover, rate_units(fees.levies)), charged)


def outside_costs(turnover: Ints, sells: Flags, fees: Fees) -> Ints:
    """Transfer fee on every order and stamp duty on sales, paid beside the commission."""
    stamp = share_of(turnover, rate_units(fees.stamp))
    return share_of(turnover, rate_units(fees.transfer)) + np.where(sells, stamp, 0)
