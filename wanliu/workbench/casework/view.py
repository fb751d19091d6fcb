"""What may be done with a case from the client's page: claim, put off, set aside, end; promises and tasks."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wanliu.cases import actions
from wanliu.cases import queries as cases
from wanliu.cases.figures import aside
from wanliu.cases.track import CLAIMABLE, OUTCOMES
from wanliu.clock import today
from wanliu.errors import Refused
from wanliu.people.queries import person
from wanliu.people.rights import can, check_may
from wanliu.people.user import User
from wanliu.ruleset import signs
from wanliu.text import Text
from wanliu.workbench.numbers import number
from wanliu.workbench.pages import page

ACTION = "cases.work"


@page("cases/<int:case_id>/buttons", action=ACTION)
def case_buttons(request: HttpRequest, user: User, case_id: int) -> HttpResponse:
    """A part of the client's page: only what the case's state allows."""
    found = cases.case_of(case_id)
    who = person(found.case.client_id)
    check_may(user, ACTION, who)
    context: dict[str, Any] = {
        "case": found.case,
        "moves": found.moves,
        "signs": [(one, signs()[one].name) for one in found.signs if one in signs()],
        "dismissals": aside().dismissals.items(),
        "snoozes": aside().snoozes.items(),
        "outcomes": [(code, OUTCOMES[code]) for code in CLAIMABLE],
        "tasks": found.tasks,
        "today": today(),
        "may_work": can(user, ACTION, who),
    }
    return render(request, "casework/buttons.html", context)


@page("cases/<int:case_id>/claim", action=ACTION, methods=("POST",))
def case_claim(request: HttpRequest, user: User, case_id: int) -> HttpResponse:
    actions.claim(case_id=case_id, version=_version(request), by=user)
    return _back(request, case_id, _CLAIMED)


@page("cases/<int:case_id>/snooze", action=ACTION, methods=("POST",))
def case_snooze(request: HttpRequest, user: User, case_id: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    until = _day(request.POST.get("until", ""))
    actions.snooze(case_id=case_id, until=until, reason=reason, version=_version(request), by=user)
    return _back(request, case_id, _SNOOZED)


@page("cases/<int:case_id>/dismissal", action=ACTION, methods=("POST",))
def case_dismissal(request: HttpRequest, user: User, case_id: int) -> HttpResponse:
    """不相关: counts against the signs that are named."""
    actions.dismiss(
        case_id=case_id,
        signs=request.POST.getlist("signs"),
        reason=request.POST.get("reason", ""),
        version=_version(request),
        by=user,
    )
    return _back(request, case_id, _DISMISSED)


@page("cases/<int:case_id>/closure", action=ACTION, methods=("POST",))
def case_closure(request: HttpRequest, user: User, case_id: int) -> HttpResponse:
    outcome = request.POST.get("outcome", "")
    actions.close(case_id=case_id, outcome=outcome, version=_version(request), by=user)
    return _back(request, case_id, _CLOSED)


@page("clients/<str:client_id>/promises", action=ACTION, methods=("POST",))
def client_promise(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    check_may(user, ACTION, person(client_id))
    actions.promise(
        client_id=client_id,
        what=request.POST.get("what", ""),
        to_whom=request.POST.get("to_whom", ""),
        due_on=_day(request.POST.get("due_on", "")),
        by=user,
    )
    messages.success(request, str(_PROMISED))
    return redirect("client", client_id=client_id)


def _version(request: HttpRequest) -> int:
    return number(request.POST.get("version"), 0)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise Refused(_NO_DAY) from fault


def _back(request: HttpRequest, case_id: int, said: Text) -> HttpResponse:
    messages.success(request, str(said))
    return redirect("client", client_id=cases.case_of(case_id).case.client_id)


_CLAIMED = Text(zh="已认领。", en="The case is yours.")
_SNOOZED = Text(zh="到期前不再排在前面；到期的事仍会出现。", en="Put off; what falls due still shows.")
_DISMISSED = Text(zh="已标为不相关，计入该信号的准确率。", en="Set aside; it counts in the sign's precision.")
_CLOSED = Text(zh="已结束，结果以账簿为准。", en="The work is over; the book will say how it ended.")
_PROMISED = Text(zh="承诺已登记，到期会提醒。", en="The promise is noted; you will be reminded.")
_NO_DAY = Text(zh="请填写日期，如 2026-11-24。", en="Give a day, as 2026-11-24.")
