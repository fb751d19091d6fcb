"""The states of a draft. There is one: whoever decides on drafts brings the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from wanliu.text import Text

State = Literal["draft"]
STATES: Final[Mapping[State, Text]] = {"draft": Text(zh="草案，尚未生效", en="Draft, not in force")}
