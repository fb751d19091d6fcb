"""What can stand in the way of an exit, read from ``blocks.toml``: words, and who clears it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from wanliu.clock import trading_days
from wanliu.errors import Refused
from wanliu.exits.track import KINDS, Kind
from wanliu.text import Text

Clears = Literal["client", "firm", "exchange", "authority"]
CLEARS: Final[Mapping[Clears, Text]] = {
    "client": Text(zh="客户本人", en="the client"),
    "firm": Text(zh="本公司", en="us"),
    "exchange": Text(zh="交易所、中国结算", en="exchange and clearing house"),
    "authority": Text(zh="有关机关", en="an authority"),
}


def _text(given: Any) -> Text:
    """Both languages, each with words in it."""
    if not isinstance(given, dict) or set(given) != {"zh", "en"}:
        raise ValueError("needs zh and en, and nothing else")
    if not all(isinstance(words, str) and words.strip() for words in given.values()):
        raise ValueError("zh and en must both have words")
    return Text(zh=given["zh"].strip(), en=given["en"].strip())


Words = Annotated[Text, BeforeValidator(_text)]


class Block(BaseModel):
    """One kind of condition. ``days``: usual trading days until it is cleared; None where nobody can say."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    code: str = Field(pattern=r"^[A-Z]+(_[A-Z]+)*$", max_length=32)
    name: Words
    text: Words
    can_do: Words
    clears: Clears
    days: int | None = Field(default=None, ge=0, le=60)
    kinds: tuple[Kind, ...] = Field(min_length=1)

    def expected_on(self, found_on: date) -> date | None:
        return None if self.days is None else trading_days().after(found_on, self.days)


@cache
def blocks() -> Mapping[str, Block]:
    """By code, in the file's order. Raises ValueError where the file is not whole: a slip of ours."""
    content = tomllib.loads((files("wanliu.exits") / "blocks.toml").read_text("utf-8"))
    return {code: Block(code=code, **fields) for code, fields in content.items()}


def blocks_for(kind: Kind) -> tuple[Block, ...]:
    """Those that count for this kind of exit."""
    return tuple(block for block in blocks().values() if kind in block.kinds)


def check_counts(code: str, kind: Kind) -> Block:
    """The block of this code. Raises Refused where it is none, or none for this kind of exit."""
    block = blocks().get(code)
    if block is None:
        raise Refused(_UNKNOWN)
    if kind not in block.kinds:
        raise Refused(_NOT_FOR_KIND.format(name=block.name, kind=KINDS[kind]))
    return block


def can_count(code: str, kind: Kind) -> bool:
    return code in blocks() and kind in blocks()[code].kinds


_UNKNOWN = Text(
    zh="没有这种条件。只有清单里的条件才能列入，请从清单中选择。",
    en="There is no such condition. Only those on the list may be given; choose from it.",
)
_NOT_FOR_KIND = Text(
    zh="「{name.zh}」不是{kind.zh}的条件，不能列入。",
    en="“{name.en}” is no condition of this exit ({kind.en}) and cannot be listed.",
)
