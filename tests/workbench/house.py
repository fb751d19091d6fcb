"""A small house to look at: two branches, a client in each, one with a red warning and a case."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client as Browser

from tests.web import make_client, make_user
from wanliu.cases.actions import Alarm, open_or_update
from wanliu.directory.actions import publish
from wanliu.directory.rows import RunFacts, Standing, Told
from wanliu.people.roles import ROLES, Role
from wanliu.people.user import User
from wanliu.text import Text

DAY = date(2026, 11, 20)
OWN, FOREIGN = "C1", "C2"
SIGN = {
    "status": "fired",
    "severity": "strong",
    "value": 0.6,
    "threshold": 0.3,
    "first": "2026-09-01",
    "last": "2026-11-20",
}
MONTHS: dict[str, list[Any]] = {
    "month": ["2026-09", "2026-10", "2026-11"],
    "net_assets": [None, 2000.5, 900],
    "net_flow": [0, -1500.25, -1100],
    "trades": [3, None, 0],
    "commission": [9.9, 0, 0],
}


def furnished() -> dict[Role, User]:
    """One person of each role in branch B1; C1 is served by its adviser, C2 lives in branch B2."""
    people = {role: make_user(role, staff="S1" if role == "adviser" else f"S-{role}") for role in ROLES}
    make_client(OWN)
    make_client(FOREIGN, branch="B2", manager="S2", name="李四", phone="13900001111")
    publish(RunFacts("r1", DAY, "book", "standard", "1", {}), [told(OWN, "B1"), told(FOREIGN, "B2")])
    alarms = [
        Alarm(client_id, branch, manager, "red", Decimal(5000), Decimal(900), ("fund_outflow",))
        for client_id, branch, manager in ((OWN, "B1", "S1"), (FOREIGN, "B2", "S2"))
    ]
    open_or_update(alarms, run_id="r1", as_of=DAY)
    return people


def told(client_id: str, branch: str) -> Told:
    standing = Standing(
        client_id,
        branch,
        "S1",
        "red",
        value_at_stake=Decimal("5000.00"),
        net_assets=Decimal("900.00"),
        net_out=Decimal("1100.00"),
        fired=("fund_outflow",),
        why=Text(zh="资金转出 60.0%（界线 30.0%）", en="Money moved out 60.0% (line 30.0%)"),
    )
    return Told(standing, {"fund_outflow": SIGN}, MONTHS)


def names(page: str, client_id: str) -> bool:
    """Whether a page says this number, and not by chance within a form's token."""
    return re.search(rf"(?<![A-Za-z0-9]){client_id}(?![A-Za-z0-9])", page) is not None


def browser(user: User | None) -> Browser:
    """Signed in as this person; None: as nobody."""
    found = Browser()
    if user is not None:
        found.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return found
