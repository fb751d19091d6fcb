"""The channels of a tariff, as pages name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

from wanliu.commission.tariff import Channel
from wanliu.text import Text

CHANNELS: Final[Mapping[Channel, Text]] = {
    "online": Text(zh="网上", en="online"),
    "mobile": Text(zh="手机", en="mobile"),
    "phone": Text(zh="电话", en="by phone"),
    "counter": Text(zh="柜台", en="at the counter"),
}


def channel_given(text: str) -> Channel:
    """The channel, or the first for what is none."""
    return next((one for one in get_args(Channel) if one == text), "online")
