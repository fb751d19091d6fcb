"""The kinds of approval and the authority matrix: which role decides up to which size."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field, TypeAdapter

from wanliu.errors import NotFound
from wanliu.people.roles import Role
from wanliu.playbook.items import Shape, Words
from wanliu.text import Text

Size = Decimal | Literal["any"]


class Kind(Shape):
    """One kind: who asks and decides stands in the matrix, how far a role decides stands here."""

    name: Words
    size: Words
    asks: str
    decides: str
    days: int = Field(ge=1, le=120)
    up_to: Mapping[Role, Size]

    def reaches(self, role: str, size: Decimal | None) -> bool:
        """Whether this role decides on something of this size; one without a size is within every limit."""
        limit = self.up_to.get(role)  # type: ignore[call-overload]  # a CharField is no Literal
        return limit is not None and (limit == "any" or size is None or size <= limit)


@cache
def kinds() -> Mapping[str, Kind]:
    """Raises pydantic's ValidationError for a file that is no such matrix: a slip of ours, not of a user."""
    told = tomllib.loads((files("wanliu.approvals") / "authority.toml").read_text("utf-8"))
    return TypeAdapter(dict[str, Kind]).validate_python(told)


def kind_of(code: str) -> Kind:
    """Raises NotFound."""
    if found := kinds().get(code):
        return found
    raise NotFound(_NO_KIND)


_NO_KIND = Text(zh="没有这一类审批。", en="There is no such kind of approval.")
