"""One invented client and what is asked about them: the cast of the tests of advice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from wanliu.advice.advise import Advice, advise
from wanliu.advice.client import Client
from wanliu.book.calendar import Calendar, shanghai_days
from wanliu.compliance.lint import Linter
from wanliu.playbook.items import REASONS, Channel, Stage
from wanliu.playbook.load import load
from wanliu.reasons.signs import Observed
from wanliu.reasons.words import Diagnosis, Reason

PLAYBOOK = load()
TODAY = date(2026, 10, 30)
CALENDAR = Calendar(shanghai_days())
RETIRED = {method.id for method in PLAYBOOK.methods.values() if method.standing == "retired"}
MARKETING = {method.id for method in PLAYBOOK.methods.values() if method.purpose == "marketing"}
WORDS: tuple[Channel, ...] = ("phone", "message")

Rows = list[dict[str, object]]


@cache
def linter() -> Linter:
    return Linter.load()


def a_client(**changed: object) -> Client:
    row: dict[str, object] = {
        "client_id": "C1",
        "branch_id": "0901",
        "opened_on": date(2020, 3, 2),
        "closed_on": None,
        "kind": "person",
        "segment": "regular",
        "status": "normal",
        "manager_id": "S1",
        "birth_year": 1980,
        "occupation": "教师",
        "risk_level": 3,
        "commission_rate": Decimal("0.00025"),
        "min_commission": Decimal("5.00"),
        "is_employee": False,
        "do_not_contact": False,
        "scoring_opt_out": False,
        "marketing_consent": "given",
    }
    return Client(
        row=row | changed,
        as_of=TODAY,
        orders=(),
        requests=(),
        contacts=(),
        profile_changes=(),
        exits=(),
        held=None,
        manager=None,
        branch=None,
        median_rate=None,
    )


def a_request(kind: str, days_ago: int = 3, **changed: object) -> dict[str, object]:
    day = TODAY - timedelta(days=days_ago)
    return {"request_id": "R1", "date": day, "kind": kind, "closed_on": None, "text": None} | changed


def a_contact(days_ago: int, **changed: object) -> dict[str, object]:
    day = TODAY - timedelta(days=days_ago)
    return {"contact_id": "K", "date": day, "direction": "out", "effective": False} | changed


def says(reason: str) -> Diagnosis:
    rest = 0.1 / (len(REASONS) - 1)
    reasons = (Reason(reason, 0.9), *(Reason(one, rest) for one in REASONS if one != reason))
    return Diagnosis("……", reasons, unknown=False, words=())


def advice_for(
    client: Client,
    reason: str = "service",
    *,
    stage: Stage = "normal",
    channel: Channel = "counter",
    seen: Sequence[Observed] = (),
) -> Advice:
    said = says(reason)
    return advise(client, seen, PLAYBOOK, CALENDAR, linter(), said=said, stage=stage, channel=channel)


def offered(advice: Advice) -> set[str]:
    return {method.id for method in advice.offered}
