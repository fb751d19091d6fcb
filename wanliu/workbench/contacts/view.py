"""登记服务: one form for one contact; what it answers is ticked by itself, and nothing typed is ever lost."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wanliu.cases import queries as cases
from wanliu.cases.actions import BeyondLimit, Blocked, Doubtful, Said, record_contact
from wanliu.cases.figures import feedback
from wanliu.cases.offers import playbook
from wanliu.cases.track import CONNECTIONS, DIRECTIONS, METHODS, PURPOSES, Purpose
from wanliu.clock import today
from wanliu.errors import Changed, Refused
from wanliu.people.queries import Person
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.numbers import day_given, number
from wanliu.workbench.pages import page
from wanliu.workbench.served import served

KEYS = "contact_keys"
KEYS_KEPT = 20
TYPED = (
    "method",
    "direction",
    "purpose",
    "connection",
    "feedback",
    "reason",
    "said",
    "note",
    "why",
    "next_follow_up_on",
)


@page("clients/<str:client_id>/contacts/new", action="cases.work", methods=("GET", "POST"))
def contact_new(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    who = served(user, "cases.work", client_id)
    if request.method != "POST":
        return _form(request, who, {}, None)
    typed = {name: request.POST.get(name, "") for name in TYPED}
    _check_key(request)
    try:
        record_contact(client_id=client_id, said=_said(typed), ticked=_ticked(request), by=user)
    except Refused as fault:
        return _form(request, who, typed, fault)
    _use_up_key(request)
    messages.success(request, str(_SAVED))
    following = cases.next_client(user, today(), after=client_id) if "next" in request.POST else None
    return redirect("client", client_id=following or client_id)


def _form(request: HttpRequest, who: Person, typed: dict[str, str], fault: Refused | None) -> HttpResponse:
    """Empty, or with all that was typed and what is wrong with it."""
    open_tasks = cases.tasks_of_client(who.client_id, open_only=True)
    context: dict[str, Any] = {
        "who": who,
        "typed": typed,
        "fault": fault.message if fault else None,
        "hits": fault.hits if isinstance(fault, Blocked) else (),
        "asks_why": isinstance(fault, Doubtful | BeyondLimit),
        "key": _new_key(request),
        "methods": METHODS.items(),
        "directions": DIRECTIONS.items(),
        "purposes": PURPOSES.items(),
        "connections": CONNECTIONS.items(),
        "feedback": feedback().items(),
        "reasons": playbook().reasons.values(),
        "tasks": open_tasks,
        "bars": cases.bars(who, purpose="retention"),
        "today": today(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    return render(request, "contacts/page.html", context, status=status)


def _said(typed: dict[str, str]) -> Said:
    """Both levels of feedback come as one choice, ``neutral:busy``."""
    code, _, detail = typed["feedback"].partition(":")
    return Said(
        method=typed["method"],
        connection=typed["connection"],
        purpose=cast(Purpose, typed["purpose"]),
        direction=typed["direction"],
        feedback=code,
        feedback_detail=detail,
        reason=typed["reason"],
        said=typed["said"],
        note=typed["note"],
        why=typed["why"],
        next_follow_up_on=day_given(typed["next_follow_up_on"]) if typed["next_follow_up_on"] else None,
    )


def _ticked(request: HttpRequest) -> list[int]:
    return [found for one in request.POST.getlist("ticked") if (found := number(one, 0))]


# --- a form counts once ---------------------------------------------------------------------------


def _new_key(request: HttpRequest) -> str:
    key = secrets.token_urlsafe(12)
    request.session[KEYS] = [*request.session.get(KEYS, []), key][-KEYS_KEPT:]
    return key


def _check_key(request: HttpRequest) -> None:
    """Raises Changed for a form that was saved before: a second click, or the page before this one."""
    if request.POST.get("key", "") not in request.session.get(KEYS, []):
        raise Changed(_TWICE)


def _use_up_key(request: HttpRequest) -> None:
    request.session[KEYS] = [one for one in request.session[KEYS] if one != request.POST["key"]]


_SAVED = Text(zh="已登记。", en="Recorded.")
_TWICE = Text(
    zh="这张表单已经保存过，或打开太久，没有重复登记。请回到客户页查看。",
    en="This form was saved before, or was open for too long; nothing was recorded twice. See the "
    "client's page.",
)
