"""留痕: whether the chains of the records hold, and the days' heads to compare by hand. No clNo client."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.audit.chain import Verified, heads_in
from wanliu.audit.checking import STREAM, can_verify_now, verify_now
from wanliu.audit.queries import latest_of_stream, number_of_events
from wanliu.errors import Refused
from wanliu.nightly.actions import BROKEN
from wanliu.nightly.places import Places
from wanliu.nightly.queries import NightView, nights
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.pages import page

MOST_HEADS = 60
ABOUT = {
    "case": Text(zh="个案", en="cases"),
    "client": Text(zh="客户", en="clients"),
    "draft": Text(zh="规则草案", en="draft rules"),
    "exit": Text(zh="离开手续", en="exits"),
    "task": Text(zh="任务", en="tasks"),
    "user": Text(zh="人员", en="staff"),
}
OTHERS = Text(zh="其他", en="others")


@dataclass(frozen=True)
class State:
    """The latest check that is on record: when, by whom, how much, and in how many places it failed."""

    at: datetime
    by: str
    """Empty: the night."""
    events: int | None
    broken: bool


@page(
    "records",
    action="records.verify",
    methods=("GET", "POST"),
    nav=Text(zh="留痕", en="Records"),
    order=82,
)
def records(request: HttpRequest, user: User) -> HttpResponse:
    """The page; POST redoes every hash now."""
    heads = heads_in(Places(settings.WANLIU_HOME).heads, MOST_HEADS)
    found: Verified | None = None
    fault: Text | None = None
    if request.method == "POST":
        try:
            found = verify_now(head=heads[0].file if heads else None, by=user)
        except Refused as refused:
            fault = refused.message
    context = {
        "found": found,
        "broken": _by_subject(found) if found else [],
        "fault": fault,
        "state": _state(),
        "events": number_of_events(),
        "can_verify": can_verify_now(),
        "heads": heads,
        "folder": Places(settings.WANLIU_HOME).heads,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    return render(request, "records/page.html", context, status=status)


def _by_subject(found: Verified) -> list[tuple[Text, Text, int]]:
    """What is broken: about what, in which way, how often. The chain's own name would name a client."""
    counted = Counter((one.stream.partition("/")[0], one.why) for one in found.broken)
    return [(ABOUT.get(subject, OTHERS), why, number) for (subject, why), number in counted.most_common()]


def _state() -> State | None:
    """The later of the last night's check and the last one by hand; None where there was none."""
    told = [one for one in (_by_night(), _by_hand()) if one]
    return max(told, key=lambda one: one.at, default=None)


def _by_night() -> State | None:
    for night in nights():
        if night.ended_at is None:
            continue
        if night.state == "failed" and night.why == BROKEN:
            return State(night.ended_at, "", None, broken=True)
        if (events := _checked(night)) is not None:
            return State(night.ended_at, "", events, broken=False)
    return None


def _checked(night: NightView) -> int | None:
    """How many events this night redid; None where it did not come so far."""
    return next(
        (step["events"] for step in night.steps if step["step"] == "records" and "events" in step), None
    )


def _by_hand() -> State | None:
    last = latest_of_stream(STREAM)
    if last is None:
        return None
    return State(last.at, last.actor_name, last.ids["events"], broken=last.ids["broken"] > 0)
