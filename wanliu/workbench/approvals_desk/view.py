"""审批: what one person asked and another decides, with what is behind it; every kind on one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wanliu.approvals.actions import take_back
from wanliu.approvals.authority import kind_of
from wanliu.approvals.queries import Approval, approval_of, decided, waiting, why_not
from wanliu.approvals.states import STATES, Decision
from wanliu.drafts import actions as drafts
from wanliu.drafts.queries import draft
from wanliu.errors import NotAllowed
from wanliu.people.rights import can
from wanliu.people.user import User
from wanliu.ruleset import load, signs
from wanliu.tariffs import actions as tariffs
from wanliu.tariffs.queries import in_force, version_of
from wanliu.text import Text
from wanliu.workbench.numbers import number
from wanliu.workbench.pages import page
from wanliu.workbench.versions import beside_shown, tiers_shown

DECIDE: Final[Mapping[str, Callable[..., Approval]]] = {
    "tariff": tariffs.decide_version,
    "rules": drafts.decide_draft,
}


@page("approvals", action="approvals.view", nav=Text(zh="审批", en="Approvals"), order=52)
def approvals(request: HttpRequest, user: User) -> HttpResponse:
    over = request.GET.get("over") == "1"
    found = decided(user) if over else waiting(user)
    lines = [{"one": one, **_named(one), "hindrance": why_not(user, one)} for one in found]
    return render(request, "approvals_desk/page.html", {"lines": lines, "over": over})


@page("approvals/<int:approval_id>", action="approvals.view")
def approval(request: HttpRequest, user: User, approval_id: int) -> HttpResponse:
    one = _seen(user, approval_id)
    context: dict[str, Any] = {
        "one": one,
        **_named(one),
        "hindrance": why_not(user, one) if one.state == "waiting" else None,
        "own": one.asked_by == user.pk,
        **SUBJECTS[one.kind](one),
    }
    return render(request, "approvals_desk/approval.html", context)


@page("approvals/<int:approval_id>/decision", action="approvals.view", methods=("POST",))
def approval_decision(request: HttpRequest, user: User, approval_id: int) -> HttpResponse:
    """By the room that asked, which looks at its own rules once more."""
    one = _seen(user, approval_id)
    done = DECIDE[one.kind](
        approval_id=approval_id,
        version=number(request.POST.get("version"), 0),
        decision=cast(Decision, request.POST.get("decision", "")),
        reason=request.POST.get("reason", ""),
        by=user,
    )
    messages.success(request, str(_DECIDED.format(state=STATES[done.state])))
    return redirect("approval", approval_id=approval_id)


@page("approvals/<int:approval_id>/withdrawal", action="approvals.view", methods=("POST",))
def approval_withdrawal(request: HttpRequest, user: User, approval_id: int) -> HttpResponse:
    _seen(user, approval_id)
    take_back(approval_id=approval_id, version=number(request.POST.get("version"), 0), by=user)
    messages.success(request, str(_BACK))
    return redirect("approval", approval_id=approval_id)


def _seen(user: User, approval_id: int) -> Approval:
    """Raises NotFound, and NotAllowed for a kind that this person neither asks for nor decides on."""
    one = approval_of(approval_id)
    kind = kind_of(one.kind)
    if not (can(user, kind.asks) or can(user, kind.decides)):
        raise NotAllowed(_NOT_YOURS)
    return one


def _named(one: Approval) -> dict[str, Any]:
    kind = kind_of(one.kind)
    size = None
    if one.size is not None:
        size = f"{one.size:.0%}" if one.kind == "tariff" else f"{one.size.normalize():f}"
    return {"kind": kind.name, "size_name": kind.size, "size": size, "state": STATES[one.state]}


def _tariff(one: Approval) -> dict[str, Any]:
    found, published = version_of(int(one.subject)), in_force()
    shown = {**tiers_shown(found.tariff, published), **beside_shown(found.tariff, published)}
    return {**shown, "unsigned": not found.is_approved}


def _rules(one: Approval) -> dict[str, Any]:
    found = draft(int(one.subject))
    readings = {rule.id: rule.reading for rule in load(settings.WANLIU_RULES).rules}
    changes = [
        (
            signs()[sign].name if sign in signs() else Text(zh=sign, en=sign),
            readings[sign].parameters[key].meaning
            if sign in readings and key in readings[sign].parameters
            else Text(zh=key, en=key),
            old,
            new,
        )
        for sign, numbers in found.changes.items()
        for key, (old, new) in numbers.items()
    ]
    return {"draft": found, "changes": changes}


SUBJECTS: Final[Mapping[str, Callable[[Approval], dict[str, Any]]]] = {"tariff": _tariff, "rules": _rules}

_NOT_YOURS = Text(
    zh="您的岗位不报送也不审批这一类事项。", en="Your role neither asks for this kind nor decides on it."
)
_DECIDED = Text(zh="已记录：{state.zh}。", en="On record: {state.en}.")
_BACK = Text(zh="已撤回，可以修改后重新报送。", en="Taken back; it may be changed and sent anew.")
