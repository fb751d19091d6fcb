"""A made-up brokerage whose leavers we know; it never sees the signs that are tested on it."""

from wanliu.simulator.brokerage import simulate
from wanliu.simulator.faults import LostDay, drawn_faults
from wanliu.simulator.index import read_index

__all__ = ["LostDay", "drawn_faults", "read_index", "simulate"]
