"""The states of an approval, and the events that lead there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from wanliu.text import Text

State = Literal["waiting", "granted", "refused", "withdrawn", "expired"]
Decision = Literal["granted", "refused"]

STATES: Final[Mapping[State, Text]] = {
    "waiting": Text(zh="待审批", en="Waiting for approval"),
    "granted": Text(zh="已批准", en="Approved"),
    "refused": Text(zh="未批准", en="Not approved"),
    "withdrawn": Text(zh="已撤回", en="Withdrawn"),
    "expired": Text(zh="逾期未审批", en="Not decided in time"),
}
DECISIONS: Final[tuple[Decision, ...]] = ("granted", "refused")
