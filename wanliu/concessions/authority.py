"""Down to which terms a role may grant, and how long a concession holds; the numbers are data."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import as_file, files

from pydantic import Field

from wanliu.commission.shapes import Rate, Yuan, read_toml
from wanliu.people.roles import Role
from wanliu.playbook.items import Shape


class Lowest(Shape):
    """The lowest rate and minimum of a role."""

    rate: Rate
    minimum: Yuan

    def covers(self, rate: Decimal, minimum: Decimal) -> bool:
        return rate >= self.rate and minimum >= self.minimum


class Validity(Shape):
    months: int = Field(ge=1, le=36)
    review_months: int = Field(ge=1, le=36)
    fresh_days: int = Field(ge=1, le=92)


class Authority(Shape):
    lowest: Mapping[Role, Lowest]
    validity: Validity

    def may_grant(self, role: str, rate: Decimal, minimum: Decimal) -> bool:
        """False for a role without any authority."""
        found = self.lowest.get(role)  # type: ignore[call-overload]  # a CharField is no Literal
        return found is not None and found.covers(rate, minimum)


@cache
def authority() -> Authority:
    """Raises ContentRefused with every fault of the file."""
    with as_file(files("wanliu.concessions") / "authority.toml") as file:
        return read_toml(Authority, file)
