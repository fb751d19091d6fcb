"""What stands above every wish to keep a client: who is out, what must come first, who may be spoken to.

A stop is a plain fact of the client's file. No level, no score and no value at stake can make or lift one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from wanliu.advice.client import Client
from wanliu.playbook.items import Channel, Stage
from wanliu.text import Text

Kind = Literal["out", "exit", "complaint", "no_outreach", "contract_only", "contact_limit"]
"""``out``: nothing is offered. ``exit``: leaving comes first. ``complaint``: the complaint alone.
``no_outreach``: nobody calls or writes. ``contract_only``: no marketing. ``contact_limit``: enough for this
week."""
SILENCING: tuple[Kind, ...] = ("no_outreach", "contact_limit")
"""The stops that keep people from calling and writing."""

EXIT_REQUESTS = ("transfer_custody", "revoke_designation", "close_account")
OUTREACH: tuple[Channel, ...] = ("phone", "message")
OF_AGE = 18
ELDERLY_FROM = 65
MOST_CAUTIOUS = 1
WEEK = timedelta(days=7)
ATTEMPTS_A_WEEK = 2
"""Outbound attempts, of any channel; the guide to contact limits of the house."""


@dataclass(frozen=True)
class Stop:
    """One thing that bars or orders what may be done, and why."""

    kind: Kind
    why: Text


def stops_of(client: Client, *, stage: Stage, channel: Channel) -> tuple[Stop, ...]:
    """All that hold, the hardest first."""
    return (
        *_out(client),
        *_exit(client, stage),
        *_complaint(client),
        *_consent(client),
        *_limits(client, channel),
    )


def is_leaving(stops: Collection[Stop]) -> bool:
    return any(stop.kind == "exit" for stop in stops)


def cautions_of(client: Client) -> tuple[Text, ...]:
    """What the person who talks must mind, though nothing is barred by it."""
    found = []
    if client.age is not None and client.age >= ELDERLY_FROM:
        found.append(_ELDERLY.format(age=ELDERLY_FROM))
    if client.row["risk_level"] == MOST_CAUTIOUS:
        found.append(_CAUTIOUS)
    return tuple(found)


def _out(client: Client) -> Iterator[Stop]:
    row = client.row
    checks = (
        (row["kind"] != "person", _NO_PERSON),
        # a year of birth alone: whoever turns 18 this year may still be 17
        (client.age is not None and client.age <= OF_AGE, _MINOR),
        (row["status"] == "deceased", _DECEASED),
        (row["status"] == "frozen", _FROZEN),
        (bool(row["is_employee"]), _EMPLOYEE),
        (client.closed_on() is not None, _CLOSED.format(day=client.closed_on())),
    )
    yield from (Stop("out", why) for holds, why in checks if holds)


def _exit(client: Client, stage: Stage) -> Iterator[Stop]:
    if client.row["status"] == "deceased":  # the heirs come to the counter; nobody is talked to about leaving
        return
    if found := client.open_requests(*EXIT_REQUESTS):
        yield Stop("exit", _REQUESTED.format(day=found[-1]["date"]))
    elif stage == "exit":
        yield Stop("exit", _ASKS_NOW)


def _complaint(client: Client) -> Iterator[Stop]:
    if found := client.open_requests("complaint"):
        yield Stop("complaint", _COMPLAINT.format(day=found[-1]["date"]))
    elif client.requests is None:
        yield Stop("contract_only", _REQUESTS_UNKNOWN)


def _consent(client: Client) -> Iterator[Stop]:
    consent = client.row["marketing_consent"]
    if client.row["do_not_contact"]:
        yield Stop("no_outreach", _DO_NOT_CONTACT)
    if consent in ("refused", "withdrawn"):
        yield Stop("no_outreach", _REFUSED if consent == "refused" else _WITHDRAWN)
    if client.row["do_not_contact"] or consent in ("refused", "withdrawn"):
        yield Stop("contract_only", _NO_MARKETING)
    elif consent is None:
        yield Stop("contract_only", _UNKNOWN_CONSENT)


def _limits(client: Client, channel: Channel) -> Iterator[Stop]:
    if channel not in OUTREACH:
        return
    since = client.as_of - WEEK
    attempts = [c for c in client.contacts or () if c["direction"] == "out" and c["date"] > since]
    if len(attempts) >= ATTEMPTS_A_WEEK:
        yield Stop("contact_limit", _ENOUGH.format(number=len(attempts), most=ATTEMPTS_A_WEEK))


_NO_PERSON = Text(zh="不是个人客户，不在本工具的范围内", en="not a person: outside this tool")
_MINOR = Text(
    zh="未成年人：不作挽留，按监护规定办理", en="a minor: no retention; the rules of guardianship apply"
)
_DECEASED = Text(
    zh="客户已故：不作任何联系，继承事宜交柜台", en="deceased: no contact; the estate goes to the counter"
)
_FROZEN = Text(
    zh="账户被冻结：不作挽留，先按冻结的处理程序办",
    en="the account is frozen: no retention; the freeze comes first",
)
_EMPLOYEE = Text(zh="本公司员工，不作挽留", en="an employee of the firm: no retention")
_CLOSED = Text(zh="已于 {day} 销户：不再营销联系", en="closed on {day}: no marketing contact any more")
_REQUESTED = Text(
    zh="客户已于 {day} 提出离开：先受理，不拖延、不附条件",
    en="asked to leave on {day}: that is taken up first, without delay and without conditions",
)
_ASKS_NOW = Text(
    zh="客户正提出离开：先受理，不拖延、不附条件",
    en="asks to leave now: that is taken up first, without delay and without conditions",
)
_COMPLAINT = Text(
    zh="{day} 的投诉尚未办结：只处理投诉，不营销、不挽留",
    en="the complaint of {day} is open: handle the complaint alone; no marketing, no retention",
)
_REQUESTS_UNKNOWN = Text(
    zh="账簿没有诉求表，有没有未办结的投诉不知道：不营销",
    en="the book has no table of requests, so whether a complaint is open is not known: no marketing",
)
_DO_NOT_CONTACT = Text(zh="客户要求勿扰：不主动联系", en="asked not to be contacted: nobody calls or writes")
_REFUSED = Text(zh="客户拒绝营销：不主动联系", en="refused marketing: nobody calls or writes")
_WITHDRAWN = Text(
    zh="客户撤回了营销同意：不主动联系", en="withdrew consent to marketing: nobody calls or writes"
)
_NO_MARKETING = Text(
    zh="客户自己来时只办他要办的事，不推介",
    en="where the client comes, only what the client came for; nothing is promoted",
)
_UNKNOWN_CONSENT = Text(
    zh="不知道客户是否同意营销：只作履行合同所需的联系",
    en="whether marketing is consented to is not known: only what serves the contract",
)
_ENOUGH = Text(
    zh="最近 7 天已主动联系 {number} 次（上限 {most} 次），本周不再联系",
    en="{number} outbound contacts in the last 7 days (at most {most}): none more this week",
)
_ELDERLY = Text(
    zh="客户年满 {age} 岁：话术须先看有没有施压，请放慢说、可请家人在场",
    en="{age} or older: check the words for pressure, speak slowly, family may be present",
)
_CAUTIOUS = Text(
    zh="风险等级最低（C1）：话术须先看有没有施压",
    en="the lowest risk level (C1): check the words for pressure",
)
