"""登记服务: one form, in a drawer or on a page; what it answers ends, and nothing typed is ever lost."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wanliu.cases import queries as cases
from wanliu.cases.actions import BeyondLimit, Blocked, Doubtful, Said, keep_unfinished, record_contact
from wanliu.cases.figures import feedback
from wanliu.cases.offers import playbook
from wanliu.cases.track import CONNECTIONS, DIRECTIONS, METHODS, PURPOSES, Purpose
from wanliu.clock import today
from wanliu.errors import Refused
from wanliu.people.queries import Person
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.numbers import day_given, number
from wanliu.workbench.pages import page
from wanliu.workbench.served import served

BACK_TO = ("today", "warnings", "counter")
"""Pages that one comes back to after a contact; else the client's."""
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
        return _form(request, who, _kept(user, client_id), None)
    typed = {name: request.POST.get(name, "") for name in TYPED}
    later = "later" in request.POST
    try:
        if later:
            keep_unfinished(client_id=client_id, said=_said(typed), by=user)
        else:
            record_contact(client_id=client_id, said=_said(typed), ticked=_ticked(request), by=user)
    except Refused as fault:
        return _form(request, who, typed, fault)
    messages.success(request, str(_KEPT if later else _SAVED))
    if "next" in request.POST and (following := cases.next_client(user, today(), after=client_id)):
        return redirect("client", client_id=following)
    back = request.POST.get("back", "")
    return redirect(back) if back in BACK_TO else redirect("client", client_id=client_id)


def _kept(user: User, client_id: str) -> dict[str, str]:
    """What this person has typed about the client and not saved yet, as the form's fields."""
    kept = cases.unfinished_by(user, client_id)
    if kept is None:
        return {}
    typed = {name: str(kept.get(name, "")) for name in TYPED}
    both = (kept.get("feedback", ""), kept.get("feedback_detail", ""))
    return {**typed, "feedback": ":".join(both) if all(both) else "", "kept": "yes"}


def _form(request: HttpRequest, who: Person, typed: dict[str, str], fault: Refused | None) -> HttpResponse:
    """Empty, or with all that was typed and what is wrong with it."""
    open_tasks = cases.tasks_of_client(who.client_id, open_only=True)
    context: dict[str, Any] = {
        "who": who,
        "typed": typed,
        "fault": fault.message if fault else None,
        "hits": fault.hits if isinstance(fault, Blocked) else (),
        "asks_why": isinstance(fault, Doubtful | BeyondLimit),
        "methods": METHODS.items(),
        "directions": DIRECTIONS.items(),
        "purposes": PURPOSES.items(),
        "connections": CONNECTIONS.items(),
        "feedback": feedback().items(),
        "reasons": playbook().reasons.values(),
        "tasks": open_tasks,
        "bars": cases.bars(who, purpose="retention"),
        "today": today(),
        "back": _back(request),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    template = "contacts/form.html" if request.headers.get("HX-Request") else "contacts/page.html"
    return render(request, template, context, status=status)


def _back(request: HttpRequest) -> str:
    """The page that the drawer was opened on, where one goes back there."""
    given = request.POST.get("back") or request.GET.get("back", "")
    return given if given in BACK_TO else ""


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


_SAVED = Text(zh="已登记。", en="Recorded.")
_KEPT = Text(
    zh="已暂存，还不算登记；再打开这位客户的登记就接着写。",
    en="Kept, not recorded yet: open this client's contact again and go on writing.",
)
