"""What all tariff files share: amounts and rates in a person's words, and faults said in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic_core import PydanticCustomError

from wanliu.commission.rates import rate_of, yuan_of
from wanliu.errors import ContentRefused, UsageError
from wanliu.text import Text

FAULTS_SHOWN = 20

Kind = TypeVar("Kind", bound=BaseModel)


def _said(read: Callable[[str | Decimal], Decimal]) -> Callable[[Any], Decimal]:
    """The reader as pydantic calls it; its sentence travels with the error in both languages."""

    def validator(given: Any) -> Decimal:
        try:
            return read(given if isinstance(given, Decimal) else str(given))
        except UsageError as fault:
            raise PydanticCustomError("said", "{en}", vars(fault.message)) from fault

    return validator


Rate = Annotated[Decimal, BeforeValidator(_said(rate_of))]
Yuan = Annotated[Decimal, BeforeValidator(_said(yuan_of))]


def read_toml(kind: type[Kind], file: Path, **more: object) -> Kind:
    """The file as this shape; numbers stay decimals. Raises ContentRefused with every fault."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as fault:
        raise ContentRefused(_UNREADABLE.format(file=file, why=fault.strerror)) from fault
    except ValueError as fault:  # no UTF-8
        raise ContentRefused(_UNREADABLE.format(file=file, why=fault)) from fault
    return read_text(kind, text, place=file.name, **more)


def read_text(kind: type[Kind], text: str, *, place: str, **more: object) -> Kind:
    """The same for a text that lies elsewhere than in a file."""
    try:
        told = tomllib.loads(text, parse_float=Decimal)
        return kind.model_validate({**told, **more})
    except ValidationError as fault:
        raise refused(place, [_fault(one) for one in fault.errors()]) from fault
    except ValueError as fault:  # no TOML
        raise ContentRefused(_UNREADABLE.format(file=place, why=fault)) from fault


def refused(place: str, faults: list[Text]) -> ContentRefused:
    """One sentence with the faults, the first of them."""
    more = len(faults) - FAULTS_SHOWN
    rest = [Text(zh=f"……还有 {more} 处", en=f"… and {more} more")] if more > 0 else []
    listed = [*faults[:FAULTS_SHOWN], *rest]
    return ContentRefused(
        Text(
            zh=_FAULTS.zh.format(place=place, faults="\n".join(f"  {one.zh}" for one in listed)),
            en=_FAULTS.en.format(place=place, faults="\n".join(f"  {one.en}" for one in listed)),
        )
    )


def _fault(error: Any) -> Text:
    """A fault of one field; pydantic's own are told in English, behind the field's name."""
    field = ".".join(str(part) for part in error["loc"]) or "-"
    context = error.get("ctx", {})
    zh, en = context.get("zh", error["msg"]), context.get("en", error["msg"])
    return Text(zh=f"{field}：{zh}", en=f"{field}: {en}")


def said(text: Text) -> PydanticCustomError:
    """A validator's fault in both languages."""
    return PydanticCustomError("said", "{en}", vars(text))


_UNREADABLE = Text(
    zh="{file} 读不出来（{why}）。请检查文件和编码（UTF-8）。",
    en="{file} cannot be read ({why}). Check the file and its encoding (UTF-8).",
)
_FAULTS = Text(
    zh="收费标准 {place} 有错，没有采用：\n{faults}",
    en="The tariff {place} has faults and is not used:\n{faults}",
)
