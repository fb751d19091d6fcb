"""Who works on which case: one given, one handed over, many given at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from wanliu.cases import actions
from wanliu.cases import queries as cases
from wanliu.errors import Refused
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.numbers import number
from wanliu.workbench.pages import page


@page("warnings/assignment", action="cases.assign", methods=("POST",))
def assignment(request: HttpRequest, user: User) -> HttpResponse:
    """Each case comes with the version that was seen: ``12:3``."""
    pairs = [one.split(":") for one in request.POST.getlist("chosen") if one.count(":") == 1]
    chosen = [(number(case, 0), number(version, 0)) for case, version in pairs]
    if not chosen:
        raise Refused(_NONE_CHOSEN)
    done = actions.assign_many(cases=chosen, to=number(request.POST.get("to"), 0), by=user)
    messages.success(request, str(_GIVEN.format(n=len(done.done))))
    if done.left_out:
        messages.warning(request, str(_LEFT_OUT.format(n=len(done.left_out))))
    return redirect("warnings")


@page("cases/<int:case_id>/assignment", action="cases.assign", methods=("POST",))
def case_assignment(request: HttpRequest, user: User, case_id: int) -> HttpResponse:
    to, version = number(request.POST.get("to"), 0), number(request.POST.get("version"), 0)
    actions.assign(case_id=case_id, to=to, version=version, by=user)
    return _back(request, case_id)


@page("cases/<int:case_id>/handing-over", action="cases.work", methods=("POST",))
def case_handing_over(request: HttpRequest, user: User, case_id: int) -> HttpResponse:
    to, version = number(request.POST.get("to"), 0), number(request.POST.get("version"), 0)
    actions.hand_over(case_id=case_id, to=to, why=request.POST.get("why", ""), version=version, by=user)
    return _back(request, case_id)


def _back(request: HttpRequest, case_id: int) -> HttpResponse:
    messages.success(request, str(_GIVEN.format(n=1)))
    return redirect("client", client_id=cases.case_of(case_id).case.client_id)


_NONE_CHOSEN = Text(
    zh="还没有勾选个案。请先在清单里勾选。", en="No case is ticked. Tick some in the list first."
)
_GIVEN = Text(zh="已分派 {n} 项。", en="Given: {n}.")
_LEFT_OUT = Text(
    zh="{n} 项没有分派：刚被别人改动、已结束，或已由这位同事负责。请刷新后再看。",
    en="Not given: {n}. Somebody changed them just now, they are over, or this colleague has them already.",
)
