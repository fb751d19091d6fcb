"""A draft without an approval; all other states are those of the approval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from wanliu.text import Text

State = Literal["draft"]
STATES: Final[Mapping[State, Text]] = {"draft": Text(zh="草案，尚未生效", en="Draft, not in force")}
