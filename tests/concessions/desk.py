"""A commission request brought to where a test needs it, by the desk's own actions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.test import override_settings

from tests.web import make_client, make_user
from wanliu.concessions import actions
from wanliu.concessions.eligibility import Facts
from wanliu.concessions.queries import Request, request_of
from wanliu.concessions.track import State
from wanliu.people.user import User

MONDAY: Final = date(2026, 11, 23)
TUESDAY: Final = date(2026, 11, 24)


def facts(**changed: Any) -> Facts:
    """Somebody who meets from_500k and pays 万2.5 with a minimum of 5 today."""
    told: dict[str, Any] = {
        "as_of": date(2026, 11, 20),
        "book": "b" * 64,
        "assets": Decimal("600000.00"),
        "turnover": Decimal("1000000.00"),
        "rate": Decimal("0.00025"),
        "minimum": Decimal("5.00"),
    }
    return Facts(**(told | changed))


def on(day: date) -> override_settings:
    """Within the block it is that day."""
    return override_settings(WANLIU_TODAY=day)


class House:
    """A client, who takes the request, who decides, and who decides what is beyond a branch."""

    def __init__(self) -> None:
        make_client()
        self.adviser: User = make_user("adviser")
        self.head: User = make_user("branch_head", staff="S9")
        self.office: User = make_user("head_office", branch="", staff="")
        self.watch: User = make_user("compliance", branch="", staff="")

    def asks(self, tier: str = "from_500k", **given: Any) -> Request:
        told: dict[str, Any] = {"client_id": "C1", "channel": "online", "tier": tier, "facts": facts()}
        return actions.request_terms(**(told | {"by": self.adviser} | given))

    def grants(self, request: Request, by: User | None = None) -> Request:
        return actions.grant(request_id=request.id, version=request.version, by=by or self.head)

    def refuses(self, request: Request, **given: Any) -> Request:
        told: dict[str, Any] = {"reason": "account_not_normal", "by": self.head}
        return actions.refuse(request_id=request.id, version=request.version, **(told | given))

    def answers(self, request: Request, how: str = "letter") -> Request:
        return actions.answer(request_id=request.id, version=request.version, how=how, by=self.adviser)

    def in_state(self, state: State) -> Request:
        """A request in the state."""
        request = self.asks()
        if state in ("granted", "answered"):
            request = self.grants(request)
        if state == "refused":
            request = self.refuses(request)
        if state == "answered":
            request = self.answers(request)
        if state == "withdrawn":
            request = actions.withdraw(request_id=request.id, version=request.version, by=self.adviser)
        return request_of(request.id)
