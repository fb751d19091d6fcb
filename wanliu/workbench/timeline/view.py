"""经过: what happened with a client, in the workbench and in the firm's data, the latest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.advice.figures import money, rate
from wanliu.audit.queries import events_of_client
from wanliu.book.history import rows_of_client
from wanliu.book.sealed import Book, is_sealed
from wanliu.cases import queries as cases
from wanliu.cases.figures import feedback
from wanliu.cases.queries import ContactView
from wanliu.cases.track import CONNECTIONS, METHODS
from wanliu.clock import day_of
from wanliu.directory.queries import current_run
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.at_book import current_book, reader
from wanliu.workbench.happenings import happened
from wanliu.workbench.numbers import number
from wanliu.workbench.pages import page
from wanliu.workbench.served import served

AT_ONCE = 25
MOST = 500
YEARS_BACK = timedelta(days=730)
LARGE_SHARE = 10
"""Flows of at least a tenth of the largest one of these two years are told; the rest would drown it."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Happening:
    """One line: its day, its hour where one is known, who, what, and the words that go with it."""

    day: date
    at: datetime | None
    who: str
    what: Text
    words: str = ""

    @property
    def place(self) -> tuple[date, float]:
        """What has no hour comes before what has one on the same day."""
        return self.day, self.at.timestamp() if self.at else 0


@page("clients/<str:client_id>/timeline", action="client.view")
def client_timeline(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    """A part of the client's page. Without a book it tells the workbench's own records alone, and says so."""
    served(user, "client.view", client_id)
    shown = number(request.GET.get("shown"), AT_ONCE)
    book = current_book() if is_sealed(settings.WANLIU_HOME / "book") else None
    found = [*_recorded(client_id), *(_in_book(book, client_id) if book else ())]
    found.sort(key=lambda one: one.place, reverse=True)
    told = {
        "client_id": client_id,
        "lines": found[:shown],
        "more": min(shown + AT_ONCE, MOST) if len(found) > shown and shown < MOST else None,
        "has_book": book is not None,
    }
    return render(request, "timeline/part.html", told)


# --- recorded here ----------------------------------------------------------------------------------


def _recorded(client_id: str) -> Iterator[Happening]:
    contacts = {str(one.id): one for one in cases.contacts_of_client(client_id)}
    for event in events_of_client(client_id, most=MOST):
        contact = contacts.get(str(event.ids.get("contact", "")))
        who = "" if event.actor_id == "system" else event.actor_name
        told, words = _contact(contact) if contact else (happened(event.verb), "")
        yield Happening(day_of(event.at), event.at, who, told, words)


def _contact(contact: ContactView) -> tuple[Text, str]:
    """How, with what result, and what was said."""
    parts = [
        METHODS[contact.method],  # type: ignore[index]  # a CharField is no Literal
        CONNECTIONS[contact.connection],  # type: ignore[index]  # as above
    ]
    if contact.feedback in feedback():
        one = feedback()[contact.feedback]
        parts.append(one.details.get(contact.feedback_detail, one.name))
    told = Text(zh="、".join(one.zh for one in parts), en=", ".join(one.en for one in parts))
    quoted = [f"「{contact.said}」" if contact.said else "", contact.note]
    return _CONTACT.format(how=told) if contact.corrects is None else _CORRECTED.format(how=told), " ".join(
        one for one in quoted if one
    )


# --- in the firm's data -----------------------------------------------------------------------------


def _in_book(book: Book, client_id: str) -> Iterator[Happening]:
    run = current_run()
    if run is None:
        return
    with reader() as connection:
        for table, told in TABLES.items():
            if book.has(table):
                rows = rows_of_client(
                    connection, book, table, client_id, first=run.as_of - YEARS_BACK, up_to=run.as_of
                )
                yield from told(rows.to_pylist())


def _requests(rows: list[Row]) -> Iterator[Happening]:
    for row in rows:
        yield Happening(row["date"], None, "", REQUESTS[row["kind"]], row.get("text") or "")


def _contacts(rows: list[Row]) -> Iterator[Happening]:
    for row in rows:
        told = _THEY_CALLED if row.get("direction") == "in" else _WE_CALLED
        how = METHODS[row["channel"]]
        reached = _REACHED if row.get("effective") else _NOT_REACHED
        what = Text(zh=f"{told.zh}（{how.zh}，{reached.zh}）", en=f"{told.en} ({how.en}, {reached.en})")
        yield Happening(row["date"], None, row.get("staff_id") or "", what, row.get("note") or "")


def _rates(rows: list[Row]) -> Iterator[Happening]:
    for row in rows:
        old, new = rate(row["old_rate"]), rate(row["new_rate"])
        what = Text(
            zh=f"佣金率由 {old.zh} 改为 {new.zh}", en=f"Commission rate changed from {old.en} to {new.en}"
        )
        yield Happening(row["date"], None, "", what)


def _changes(rows: list[Row]) -> Iterator[Happening]:
    for row in rows:
        yield Happening(row["date"], None, "", _CHANGED.format(what=CHANGES[row["what"]]))


def _exits(rows: list[Row]) -> Iterator[Happening]:
    for row in rows:
        yield Happening(row["date"], None, "", EXITS[row["kind"]])


def _flows(rows: list[Row]) -> Iterator[Happening]:
    """The large ones over the border of the firm."""
    known = [row for row in rows if row["kind"] in FLOWS]
    line = max((row["amount"] for row in known), default=0) / LARGE_SHARE
    for row in (one for one in known if one["amount"] >= line and one["amount"] > 0):
        told = FLOWS[row["kind"]][row["direction"]]
        yield Happening(row["date"], None, "", told.format(amount=money(row["amount"])))


TABLES: Mapping[str, Callable[[list[Row]], Iterator[Happening]]] = MappingProxyType(
    {
        "requests": _requests,
        "contacts": _contacts,
        "rate_changes": _rates,
        "profile_changes": _changes,
        "exits": _exits,
        "flows": _flows,
    }
)
REQUESTS = {
    "complaint": Text(zh="客户投诉", en="The client complained"),
    "commission_cut": Text(zh="客户要求降佣", en="The client asked for a lower commission"),
    "min_fee_waiver": Text(zh="客户要求免最低佣金", en="The client asked to waive the minimum commission"),
    "margin_rate_cut": Text(zh="客户要求降融资利率", en="The client asked for a lower margin rate"),
    "gift": Text(zh="客户索要礼品", en="The client asked for a gift"),
    "service_upgrade": Text(zh="客户要求更好的服务", en="The client asked for better service"),
    "product_access": Text(zh="客户要求开通产品权限", en="The client asked for access to a product"),
    "compensation": Text(zh="客户要求赔偿", en="The client asked for compensation"),
    "other_demand": Text(zh="客户提出其他要求", en="The client asked for something else"),
    "transfer_custody": Text(zh="客户申请转托管", en="The client asked for a transfer of custody"),
    "revoke_designation": Text(zh="客户申请撤销指定", en="The client asked to revoke the designation"),
    "close_account": Text(zh="客户申请销户", en="The client asked to close the account"),
}
CHANGES = {
    "address": Text(zh="地址", en="address"),
    "phone": Text(zh="电话", en="phone"),
    "occupation": Text(zh="职业", en="occupation"),
    "manager": Text(zh="客户经理", en="adviser"),
    "branch": Text(zh="营业部", en="branch"),
    "risk_level": Text(zh="风险等级", en="risk level"),
}
EXITS = {
    "closed_account": Text(zh="已销户", en="The account was closed"),
    "transferred_custody": Text(zh="已转托管", en="Custody was transferred"),
    "revoked_designation": Text(zh="已撤销指定", en="The designation was revoked"),
}
FLOWS = {
    "bank": {
        "in": Text(zh="转入资金 {amount} 元", en="{amount} CNY moved in"),
        "out": Text(zh="转出资金 {amount} 元", en="{amount} CNY moved out"),
    },
    "securities": {
        "in": Text(zh="转入证券，市值 {amount} 元", en="Securities of {amount} CNY moved in"),
        "out": Text(zh="转出证券，市值 {amount} 元", en="Securities of {amount} CNY moved out"),
    },
}
_CONTACT = Text(zh="服务：{how.zh}", en="Contact: {how.en}")
_CORRECTED = Text(zh="更正服务记录：{how.zh}", en="Contact corrected: {how.en}")
_WE_CALLED = Text(zh="联系客户", en="We contacted the client")
_THEY_CALLED = Text(zh="客户来联系", en="The client contacted us")
_REACHED = Text(zh="有效沟通", en="effective")
_NOT_REACHED = Text(zh="未有效沟通", en="not effective")
_CHANGED = Text(zh="变更{what.zh}", en="A change of {what.en}")
