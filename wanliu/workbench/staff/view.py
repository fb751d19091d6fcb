"""人员: who signs in, as what. Added, changed and let go here; a one-time code is shown once."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wanliu.cases.actions import rearrange
from wanliu.clock import now
from wanliu.errors import Changed, Refused
from wanliu.people.actions import add_staff, issue_code, let_back, reset_second_factor
from wanliu.people.roles import ROLES
from wanliu.people.staff import (
    Member,
    StaffFilters,
    branch_is_known,
    branches,
    clients_under,
    member,
    staff,
)
from wanliu.people.staffing import CODE_LASTS, GIVEN
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.numbers import number
from wanliu.workbench.pages import page

ADMINISTER = "people.administer"
STATES = {
    "here": Text(zh="在岗", en="At work"),
    "left": Text(zh="已停用", en="Left"),
    "all": Text(zh="全部", en="All"),
}
MOST_CAPACITY, MOST_TEXT = 999, 64
EMPTY = {"username": "", **dict.fromkeys(GIVEN, ""), "capacity": "15"}


@page("staff", action=ADMINISTER, nav=Text(zh="人员", en="Staff"), order=70)
def staff_list(request: HttpRequest, user: User) -> HttpResponse:
    state = request.GET.get("state", "here")
    chosen = StaffFilters(
        text=_given(request, "text"),
        role=_given(request, "role"),
        branch_id=_given(request, "branch"),
        state=state if state in STATES else "here",
    )
    told = staff(user, chosen, number(request.GET.get("page")))
    kept = {"text": chosen.text, "role": chosen.role, "branch": chosen.branch_id, "state": chosen.state}
    return render(
        request,
        "staff/page.html",
        {
            "told": told,
            "lines": [(one, _role(one.role), _standing(one), _needs_factor(one)) for one in told.members],
            "chosen": chosen,
            "kept": urlencode(kept),
            "narrowed": chosen != StaffFilters(),
            "roles": ROLES.items(),
            "branches": branches(),
            "states": STATES.items(),
        },
    )


@page("staff/new", action=ADMINISTER, methods=("GET", "POST"))
def staff_new(request: HttpRequest, user: User) -> HttpResponse:
    if request.method != "POST":
        return _form(request, None, EMPTY, None)
    typed = _typed(request)
    try:
        added, code = add_staff(username=typed["username"], by=user, **_values(typed))
    except Refused as fault:
        return _form(request, None, typed, fault)
    return _show_code(request, member(user, added.pk), code, _ADDED)


@page("staff/<int:user_id>", action=ADMINISTER, methods=("GET", "POST"))
def staff_member(request: HttpRequest, user: User, user_id: int) -> HttpResponse:
    one = member(user, user_id)
    if request.method != "POST":
        return _form(request, one, _as_typed(one), None)
    typed = _typed(request)
    try:
        done = rearrange(user_id=user_id, version=_version(request), by=user, **_changed(one, typed))
    except (Refused, Changed) as fault:
        return _form(request, one, typed, fault)
    messages.success(request, str(_CHANGED))
    if done.cases or done.tasks:
        messages.info(request, str(_GONE_BACK.format(cases=done.cases, tasks=done.tasks)))
    if one.staff_id and not done.user.staff_id and typed["staff_id"]:
        messages.warning(request, str(_NUMBER_TAKEN.format(staff_id=one.staff_id)))
    return redirect("staff_member", user_id=user_id)


@page("staff/<int:user_id>/stop", action=ADMINISTER, methods=("POST",))
def staff_stop(request: HttpRequest, user: User, user_id: int) -> HttpResponse:
    done = rearrange(user_id=user_id, version=_version(request), by=user, is_active=False)
    messages.success(request, str(_STOPPED.format(name=done.user.name)))
    messages.info(request, str(_GONE_BACK.format(cases=done.cases, tasks=done.tasks)))
    return redirect("staff_member", user_id=user_id)


@page("staff/<int:user_id>/return", action=ADMINISTER, methods=("POST",))
def staff_return(request: HttpRequest, user: User, user_id: int) -> HttpResponse:
    code = let_back(user_id=user_id, version=_version(request), by=user)
    return _show_code(request, member(user, user_id), code, _RETURNED)


@page("staff/<int:user_id>/code", action=ADMINISTER, methods=("POST",))
def staff_code(request: HttpRequest, user: User, user_id: int) -> HttpResponse:
    code = issue_code(user_id=user_id, by=user)
    return _show_code(request, member(user, user_id), code, _ISSUED)


@page("staff/<int:user_id>/second-factor", action=ADMINISTER, methods=("POST",))
def staff_second_factor(request: HttpRequest, user: User, user_id: int) -> HttpResponse:
    code = reset_second_factor(user_id=user_id, by=user)
    return _show_code(request, member(user, user_id), code, _RESET)


def _given(request: HttpRequest, name: str) -> str:
    """From the address; without the NUL that a database refuses to look for."""
    return request.GET.get(name, "").replace("\x00", "")[:MOST_TEXT]


def _form(
    request: HttpRequest, one: Member | None, typed: dict[str, str], fault: Refused | Changed | None
) -> HttpResponse:
    """Empty, as it stands, or with all that was typed and what is wrong with it."""
    under, elsewhere = clients_under(one.staff_id, branch_id=one.branch_id) if one else (0, 0)
    context: dict[str, Any] = {
        "one": one,
        "oneself": one is not None and one.id == request.user.pk,
        "their_role": _role(one.role) if one else None,
        "standing": _standing(one) if one else None,
        "needs_factor": one is not None and _needs_factor(one),
        "typed": typed,
        "fault": fault.message if fault else None,
        "roles": ROLES.items(),
        "branches": branches(),
        "branch_unknown": bool(one and one.branch_id and not branch_is_known(one.branch_id)),
        "clients": under,
        "elsewhere": elsewhere,
    }
    status = HTTPStatus.OK
    if fault:
        status = HTTPStatus.CONFLICT if isinstance(fault, Changed) else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "staff/member.html", context, status=status)


def _show_code(request: HttpRequest, one: Member, code: str, what: Text) -> HttpResponse:
    """In the answer to the form itself: no address, no log and no session ever has it."""
    context = {
        "one": one,
        "code": code,
        "what": what,
        "until": now() + CODE_LASTS,
        "needs_factor": one.role in settings.WANLIU_MFA,
    }
    return render(request, "staff/code.html", context)


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "").strip() for name in EMPTY}


def _as_typed(one: Member) -> dict[str, str]:
    return {name: str(getattr(one, name)) for name in EMPTY}


def _values(typed: dict[str, str]) -> dict[str, object]:
    """Raises Refused for a capacity that is no number of calls."""
    capacity = number(typed["capacity"], -1)
    if not 0 <= capacity <= MOST_CAPACITY or any("\x00" in one for one in typed.values()):
        raise Refused(_NO_CAPACITY)
    return {**{name: typed[name] for name in GIVEN}, "capacity": capacity}


def _changed(one: Member, typed: dict[str, str]) -> dict[str, object]:
    """What differs, and a number that was left as it stood only where the branch was, too.

    Raises Refused where nothing differs.
    """
    found = {name: value for name, value in _values(typed).items() if value != getattr(one, name)}
    if not found:
        raise Refused(_SAME)
    return found


def _version(request: HttpRequest) -> int:
    return number(request.POST.get("version"), 0)


def _role(role: str) -> Text:
    return ROLES[role]  # type: ignore[index]  # a CharField is no Literal


def _needs_factor(one: Member) -> bool:
    return one.role in settings.WANLIU_MFA and not one.has_second_factor


def _standing(one: Member) -> Text:
    """Whether somebody can sign in, in a word."""
    if not one.is_active:
        return STATES["left"]
    if one.code_waits:
        return _WAITS
    if one.code_until is not None:
        return _EXPIRED
    return STATES["here"] if one.has_password or settings.WANLIU_DEMO else _NO_WAY


_WAITS = Text(zh="待首次登录", en="Code not used yet")
_EXPIRED = Text(zh="代码已过期", en="Code expired")
_NO_WAY = Text(zh="没有密码", en="No password")
_ADDED = Text(zh="已添加", en="Added")
_ISSUED = Text(zh="新的一次性代码", en="A new one-time code")
_RETURNED = Text(zh="已恢复", en="Let back in")
_RESET = Text(zh="已解除第二因素", en="The second factor is taken away")
_CHANGED = Text(zh="已保存，从下一次点击起生效。", en="Saved; it counts from the next click on.")
_STOPPED = Text(
    zh="已停用 {name}：立即不能查看，所有登录已退出。",
    en="{name} may sign in no longer: sight and sessions ended at once.",
)
_GONE_BACK = Text(
    zh="名下 {cases} 个个案、{tasks} 项任务已交回营业部，待负责人分派。",
    en="{cases} cases and {tasks} tasks went back to the branch and wait for its head to assign them.",
)
_NUMBER_TAKEN = Text(
    zh="换了营业部，工号 {staff_id} 已清空：原来的客户马上看不到。等数据里把新客户记到这个工号下，再填回来。",
    en="With the branch the staff number {staff_id} was taken away: the former clients are out of sight at "
    "once. Give it again when the data have the new clients under it.",
)
_NO_CAPACITY = Text(
    zh="每日容量请填 0 到 999 的整数。", en="The daily capacity is a whole number from 0 to 999."
)
_SAME = Text(zh="没有改动，无需保存。", en="Nothing differs; there is nothing to save.")
