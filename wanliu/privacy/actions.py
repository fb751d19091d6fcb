"""Telling a client all that is held on them (PIPL 44-45), and forgetting them after their time (PIPL 47)."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from django.db import transaction

from wanliu.audit import held as in_records
from wanliu.audit.held import Part
from wanliu.audit.record import Actor, record
from wanliu.book.calendar import months_earlier
from wanliu.cases import held as in_cases
from wanliu.clock import day_of, now, today
from wanliu.concessions import held as in_concessions
from wanliu.directory import held as in_directory
from wanliu.errors import Refused
from wanliu.exits import held as in_exits
from wanliu.people import held as in_people
from wanliu.people.queries import Person, person
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.privacy.package import packed
from wanliu.text import Text

PURPOSES: Final[Mapping[str, Text]] = {
    "access": Text(zh="客户要求查阅、复制", en="the client asked to see or copy it"),
    "portability": Text(zh="客户要求转移给他方", en="the client asked to have it handed on"),
    "complaint": Text(zh="处理客户投诉", en="to answer a complaint of the client"),
    "supervision": Text(zh="监管或司法机关调取", en="a supervisor or court asked for it"),
}
ROOMS: Final[tuple[Callable[[str], list[Part]], ...]] = (
    in_people.held_on,
    in_directory.held_on,
    in_cases.held_on,
    in_exits.held_on,
    in_concessions.held_on,
    in_records.held_on,
)
MONTHS: Final = 12


@transaction.atomic
def export_client(*, client_id: str, purpose: str, by: Actor) -> bytes:
    """A zip with all that the workbench holds on the client: as JSON, and as a page to read.

    It says nothing of anybody else. The records keep who took it, what for, and its SHA-256. Raises
    NotAllowed, NotFound, and Refused without a purpose.
    """
    client = person(client_id)
    if isinstance(by, User):
        check_may(by, "client.export", client)
    if purpose not in PURPOSES:
        raise Refused(_NO_PURPOSE)
    content = packed(client_id, held_on(client_id), purpose=PURPOSES[purpose], at=now())
    record(
        stream=f"client/{client_id}",
        verb="exported",
        by=by,
        client_id=client_id,
        ids={"purpose": purpose, "sha256": hashlib.sha256(content).hexdigest()},
    )
    return content


def held_on(client_id: str) -> list[Part]:
    """Every table of every room, those without a row on this client included."""
    return [one for room in ROOMS for one in room(client_id)]


@transaction.atomic
def forget_client(*, client_id: str, by: Actor) -> int:
    """Deletes who the client was and every word that was said, in all rooms; how many rows were emptied.

    Numbers, days and events stay: what happened can still be counted, and the chains hold. Twice is as good
    as once. Raises NotFound, and Refused before the time (``check_may_forget``).
    """
    client = person(client_id)
    check_may_forget(client)
    emptied = sum(
        forget(client_id)
        for forget in (
            in_people.forget,
            in_directory.forget,
            in_cases.forget,
            in_exits.forget,
            in_concessions.forget,
            in_records.forget_payloads,
        )
    )
    record(
        stream=f"client/{client_id}", verb="forgotten", by=by, client_id=client_id, ids={"emptied": emptied}
    )
    return emptied


def check_may_forget(client: Person) -> None:
    """Raises Refused for a client who is not frozen, before the time, and where the book names the client."""
    if client.frozen_at is None:
        raise Refused(_NOT_FROZEN)
    closed = max(client.closed_on or date.min, day_of(client.frozen_at))
    if closed > kept_since():
        raise Refused(_TOO_EARLY.format(years=years_kept(), closed=closed))
    if client.in_book:
        raise Refused(_IN_BOOK)


def can_forget(client: Person) -> bool:
    try:
        check_may_forget(client)
    except Refused:
        return False
    return True


def kept_since() -> date:
    """What was closed on or before this day has been kept long enough."""
    return months_earlier(today(), MONTHS * years_kept())


@cache
def years_kept() -> int:
    told = tomllib.loads((Path(__file__).parent / "retention.toml").read_text("utf-8"))
    years: int = told["years"]
    return years


_NO_PURPOSE = Text(
    zh="请先选择导出用途，再导出客户资料。", en="Choose what the export is for; then it is made."
)
_NOT_FROZEN = Text(
    zh="这位客户还没有销户封存，资料不能删除。",
    en="This client's account was not closed and frozen; nothing may be forgotten.",
)
_TOO_EARLY = Text(
    zh="客户资料须保存 {years} 年，这位客户 {closed} 才销户，现在不能删除。",
    en="Records are kept for {years} years, and this account was closed on {closed}; it is too early.",
)
_IN_BOOK = Text(
    zh="数据交付里还有这位客户，删了也会再写进来。请先从交付中去掉，再删除。",
    en="Deliveries still name this client and would bring it all back. Leave the client out of them first.",
)
