"""A made-up brokerage whose leavers we know; it never sees the signs that are tested on it."""

from wanliu.simulator.brokerage import simulate
from wanliu.simulator.rows import LostDay

__all__ = ["LostDay", "simulate"]
