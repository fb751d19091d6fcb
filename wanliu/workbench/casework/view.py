"""What is at work for a client: cases, tasks, promises, offers, and what this person may do with each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wanliu.cases import actions
from wanliu.cases import queries as cases
from wanliu.cases.figures import aside
from wanliu.cases.offers import playbook
from wanliu.cases.track import (
    CLAIMABLE,
    KINDS,
    METHODS,
    OUTCOMES,
    OVER,
    STATES,
    SUSPENSIONS,
    TALK_STATES,
    WORKING,
)
from wanliu.clock import today
from wanliu.people.queries import Person
from wanliu.people.user import User
from wanliu.ruleset import signs
from wanliu.text import Text
from wanliu.workbench.numbers import day_given, number
from wanliu.workbench.pages import page
from wanliu.workbench.served import served, serves

VIEW, WORK = "cases.view", "cases.work"
EARLIER = 3
"""Cases that are over, shown beside those at work."""


@page("clients/<str:client_id>/work", action=VIEW)
def client_work(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    """A part of the client's page, with only what each state allows."""
    who = served(user, VIEW, client_id)
    every = cases.cases_of_client(client_id)
    found = [_case(one) for one in every if one.state in WORKING]
    over = [one for one in every if one.state in OVER and one.merged_into is None][:EARLIER]
    context: dict[str, Any] = {
        "who": who,
        "cases": found,
        "over": [(one, KINDS[one.kind], STATES[one.state], _target(one, every)) for one in over],  # type: ignore[index]  # CharFields
        "tasks": [(one, cases.ends_of(one)) for one in cases.tasks_of_client(client_id, open_only=True)],
        "offers": [
            (one, playbook().methods[one.method].name)
            for one in cases.offers_of_client(client_id)
            if one.state == "offered"
        ],
        "talk": cases.talk_at_hand(client_id),
        "talk_states": {code: str(name) for code, name in TALK_STATES.items()},
        "methods": METHODS.items(),
        "dismissals": aside().dismissals.items(),
        "snoozes": aside().snoozes.items(),
        "outcomes": [(code, OUTCOMES[code]) for code in CLAIMABLE],
        "today": today(),
        "may": _rights(user, who),
        "colleagues": cases.colleagues(who.branch_id),
    }
    return render(request, "casework/part.html", context)


@page("cases/<int:case_id>/claim", action=WORK, methods=("POST",))
def case_claim(request: HttpRequest, user: User, case_id: int) -> HttpResponse:
    actions.claim(case_id=case_id, version=_version(request), by=user)
    return _back(request, case_id, _CLAIMED)


@page("cases/<int:case_id>/snooze", action=WORK, methods=("POST",))
def case_snooze(request: HttpRequest, user: User, case_id: int) -> HttpResponse:
    until = day_given(request.POST.get("until"))
    reason = request.POST.get("reason", "")
    actions.snooze(case_id=case_id, until=until, reason=reason, version=_version(request), by=user)
    return _back(request, case_id, _SNOOZED)


@page("cases/<int:case_id>/dismissal", action=WORK, methods=("POST",))
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


@page("cases/<int:case_id>/closure", action=WORK, methods=("POST",))
def case_closure(request: HttpRequest, user: User, case_id: int) -> HttpResponse:
    outcome = request.POST.get("outcome", "")
    actions.close(case_id=case_id, outcome=outcome, version=_version(request), by=user)
    return _back(request, case_id, _CLOSED)


@page("cases/<int:case_id>/answer", action="cases.close_complaint", methods=("POST",))
def complaint_answer(request: HttpRequest, user: User, case_id: int) -> HttpResponse:
    """办结投诉, with the answer that the client was given."""
    answer = request.POST.get("answer", "")
    actions.close_complaint(case_id=case_id, answer=answer, version=_version(request), by=user)
    return _back(request, case_id, _ANSWERED)


@page("cases/<int:case_id>/reopening", action=WORK, methods=("POST",))
def case_reopening(request: HttpRequest, user: User, case_id: int) -> HttpResponse:
    actions.reopen(case_id=case_id, why=request.POST.get("why", ""), version=_version(request), by=user)
    return _back(request, case_id, _REOPENED)


@page("cases/<int:case_id>/merging", action=WORK, methods=("POST",))
def case_merging(request: HttpRequest, user: User, case_id: int) -> HttpResponse:
    into = number(request.POST.get("into"), 0)
    actions.merge(case_id=case_id, into=into, version=_version(request), by=user)
    return _back(request, case_id, _MERGED)


def _case(one: cases.CaseView) -> dict[str, Any]:
    found = cases.case_of(one.id)
    return {
        "case": one,
        "kind": KINDS[one.kind],  # type: ignore[index]  # a CharField is no Literal
        "state": STATES[one.state],  # type: ignore[index]  # as above
        "rests": SUSPENSIONS[one.suspended_why] if one.suspended_why else None,  # type: ignore[index]  # as above
        "moves": () if one.suspended_why else found.moves,
        "signs": [(sign, signs()[sign].name) for sign in found.signs if sign in signs()],
        "snoozed_until": found.snoozed_until,
    }


def _target(over: cases.CaseView, every: list[cases.CaseView]) -> cases.CaseView | None:
    """The case at work that an earlier one may be laid into."""
    return next((one for one in every if one.kind == over.kind and one.state in WORKING), None)


def _rights(user: User, who: Person) -> dict[str, bool]:
    return {
        "work": serves(user, WORK, who),
        "assign": serves(user, "cases.assign", who),
        "answer": serves(user, "cases.close_complaint", who),
    }


def _version(request: HttpRequest) -> int:
    return number(request.POST.get("version"), 0)


def _back(request: HttpRequest, case_id: int, said: Text) -> HttpResponse:
    messages.success(request, str(said))
    return redirect("client", client_id=cases.case_of(case_id).case.client_id)


_CLAIMED = Text(zh="已认领。", en="The case is yours.")
_SNOOZED = Text(zh="到期前不再排在前面；到期的事仍会出现。", en="Put off; what falls due still shows.")
_DISMISSED = Text(zh="已标为不相关，计入该信号的准确率。", en="Set aside; it counts in the sign's precision.")
_CLOSED = Text(zh="已结束，结果以账簿为准。", en="The work is over; the book will say how it ended.")
_ANSWERED = Text(zh="投诉已办结。", en="The complaint is closed.")
_REOPENED = Text(zh="已重新打开，并安排了回访。", en="Taken up again, with a call back due.")
_MERGED = Text(zh="已合并到在办的个案。", en="Merged into the case at work.")
