"""A house with as much in it as a page may meet, beside others' clients in any number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.concessions.desk import facts
from tests.tariffs.sheets import sent, sheet
from tests.web import make_client, make_user
from tests.workbench.house import DAY, MONTHS, SIGN
from wanliu.cases import actions, queries
from wanliu.cases.actions import Alarm, Said
from wanliu.clock import today
from wanliu.concessions import actions as concessions
from wanliu.concessions.queries import history
from wanliu.directory.actions import publish
from wanliu.directory.rows import RunFacts, Standing, Told
from wanliu.exits.actions import request_exit
from wanliu.people.roles import ROLES, Role
from wanliu.people.sync import ClientRow, _write
from wanliu.people.user import User
from wanliu.tariffs import actions as on_tariffs
from wanliu.text import Text

BUSY, LEAVING, OVER = "C-BUSY", "C-LEAVING", "C-OVER"
SIGNS = ("fund_outflow", "commission_drop", "trade_drop")
LISTED = 22
"""Clients in the adviser's list: more than a page of it holds."""


@dataclass(frozen=True)
class FullHouse:
    """The people, and numbers of what there is, under the names that addresses have for them."""

    people: dict[Role, User]
    ids: dict[str, int]


def full(others: int = 0) -> FullHouse:
    """One adviser with a full list and one client with everything; ``others``: clients of another branch."""
    people = {role: make_user(role, staff="S1" if role == "adviser" else f"S-{role}") for role in ROLES}
    make_user("adviser", branch="B2", staff="S2")
    mine = [BUSY, LEAVING, OVER, *(f"C{number}" for number in range(LISTED))]
    theirs = [f"D{number}" for number in range(others)]
    for number, client_id in enumerate(mine):
        make_client(client_id, phone=f"1380000{number:04}", accounts=(f"A{number}",), **GIVEN)
    _write([ClientRow(client_id=one, branch_id="B2", manager_id="S2", **GIVEN) for one in theirs])
    where = {**dict.fromkeys(mine, ("B1", "S1")), **dict.fromkeys(theirs, ("B2", "S2"))}
    publish(RunFacts("r1", DAY, "book", "standard", "1", {}), [_told(one, *at) for one, at in where.items()])
    actions.open_or_update([_alarm(one, *at) for one, at in where.items()], run_id="r1", as_of=DAY)
    return FullHouse(people, _work(people))


GIVEN: dict[str, Any] = {"marketing_consent": "given", "opened_on": DAY.replace(year=2005)}


def _told(client_id: str, branch: str, manager: str) -> Told:
    why = Text(zh="资金转出 60.0%", en="Money moved out 60.0%")
    standing = Standing(client_id, branch, manager, "red", Decimal(5000), Decimal(900), fired=SIGNS, why=why)
    return Told(standing, dict.fromkeys(SIGNS, SIGN), MONTHS)


def _alarm(client_id: str, branch: str, manager: str) -> Alarm:
    return Alarm(client_id, branch, manager, "red", Decimal(5000), Decimal(900), SIGNS)


def _work(people: dict[Role, User]) -> dict[str, int]:
    """Talks, tasks, promises, an offer, a complaint, an exit with its talk, a doubtful note, a filter."""
    adviser, head, clerk = people["adviser"], people["branch_head"], people["counter_clerk"]
    for _ in range(8):
        said = Said(method="visit", connection="connected", direction="in", note="客户说再考虑几天")
        actions.record_contact(client_id=BUSY, said=said, by=adviser)
        actions.promise(client_id=BUSY, what="寄对账单", to_whom="客户", due_on=today(), by=adviser)
        actions.add_task(client_id=BUSY, kind="own", title="整理资料", due_on=today(), by=head)
    case = queries.cases_of_client(BUSY)[0]
    actions.make_offer(
        case_id=case.id, method="named_adviser", reason="service", version=case.version, by=adviser
    )
    leaving = request_exit(client_id=LEAVING, kind="close_account", channel="counter", by=clerk).exit
    actions.reconcile(LEAVING)
    actions.talk_about_exit(exit_id=leaving.id, state="offered", by=adviser)
    _closed(OVER, adviser)
    actions.record_complaint(client_id=OVER, said="没人回电话", method="phone", by=clerk)
    saved = actions.save_filter(page="today", name="红色", query={"level": "red"}, by=adviser)
    return {
        "case_id": case.id,
        "task_id": queries.tasks_of_client(BUSY, open_only=True)[0].id,
        "offer_id": queries.offers_of_client(BUSY)[0].id,
        "exit_id": leaving.id,
        "filter_id": saved,
        "review_id": _doubtful(adviser, people["compliance"]),
        **_terms(adviser, people),
    }


def _terms(adviser: User, people: dict[Role, User]) -> dict[str, int]:
    """Requests in every state, concessions in force, a draft of the tariff, and what waits for approval."""
    told: dict[str, Any] = {"facts": facts(as_of=today()), "tier": "from_500k", "by": adviser}
    for client_id in (BUSY, *(f"C{number}" for number in range(LISTED))):
        asked = concessions.request_terms(client_id=client_id, channel="mobile", **told)
        done = concessions.grant(request_id=asked.id, version=asked.version, by=people["branch_head"])
        concessions.answer(request_id=done.id, version=done.version, how="letter", by=adviser)
        asked = concessions.request_terms(client_id=client_id, channel="online", **told)
    begins = (today() + timedelta(days=60)).isoformat()
    draft = on_tariffs.save_version(sheet=sheet(since=begins), by=people["head_office"])
    _, waits = sent(sheet(since=begins))
    return {
        "request_id": asked.id,
        "concession_id": history(BUSY)[0].id,
        "version_id": draft.id,
        "approval_id": waits.id,
    }


def _closed(client_id: str, by: User) -> None:
    said = Said(method="visit", connection="connected", direction="in")
    actions.record_contact(client_id=client_id, said=said, by=by)
    case = queries.cases_of_client(client_id)[0]
    actions.close(case_id=case.id, outcome="stayed", version=case.version, by=by)


def _doubtful(by: User, compliance: User) -> int:
    """Calls beyond the limit, written down with a reason; compliance must look at each."""
    for _ in range(4):
        said = Said(method="phone", connection="no_answer", why="客户约的时间")
        actions.record_contact(client_id="C0", said=said, by=by)
    return queries.review_queue(compliance).reviews[0].id


def grow(first: int, last: int) -> None:
    """More clients of the other branch, with standings and cases."""
    theirs = [f"D{number}" for number in range(first, last)]
    _write([ClientRow(client_id=one, branch_id="B2", manager_id="S2", **GIVEN) for one in theirs])
    mine = [BUSY, LEAVING, OVER, *(f"C{number}" for number in range(LISTED))]
    every = [*((one, "B1", "S1") for one in mine), *((f"D{number}", "B2", "S2") for number in range(last))]
    publish(RunFacts("r2", DAY, "book", "standard", "1", {}), [_told(*one) for one in every])
    actions.open_or_update([_alarm(one, "B2", "S2") for one in theirs], run_id="r2", as_of=DAY)
