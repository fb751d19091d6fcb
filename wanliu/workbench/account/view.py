"""账号: one's own password, second factor and language. Who one is here, the administrator says."""

from __future__ import annotations

from http import HTTPStatus

from allauth.core import ratelimit
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wanliu.errors import Refused
from wanliu.people.actions import change_own_password
from wanliu.people.roles import ROLES
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.first_time import DIFFER
from wanliu.workbench.pages import page


@page(
    "account",
    action="people.account",
    methods=("GET", "POST"),
)
def account(request: HttpRequest, user: User) -> HttpResponse:
    """The page; POST changes the password. Nothing that was typed comes back: all of it is secret."""
    fault = _change_password(request, user) if request.method == "POST" else None
    if request.method == "POST" and fault is None:
        messages.success(request, str(_CHANGED))
        return redirect("account")
    context = {
        "one": user,
        "own_role": ROLES[user.role],  # type: ignore[index]  # a CharField is no Literal
        "has_password": user.has_usable_password(),
        "has_second_factor": is_mfa_enabled(user),
        "must_have_second_factor": user.role in settings.WANLIU_MFA,
        "fault": fault,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    return render(request, "account/page.html", context, status=status)


def _change_password(request: HttpRequest, user: User) -> Text | None:
    """What is wrong; None where the password was changed. This session stays, all others end."""
    given = {name: request.POST.get(name, "") for name in ("old", "new", "again")}
    if given["new"] != given["again"]:
        return DIFFER
    if not ratelimit.consume(request, action="change_password", user=user):
        return _TOO_OFTEN
    try:
        changed = change_own_password(old=given["old"], new=given["new"], by=user)
    except Refused as fault:
        return fault.message
    update_session_auth_hash(request, changed)
    return None


_CHANGED = Text(
    zh="密码已更改，其他设备上的登录已退出。", en="The password is changed; sessions elsewhere have ended."
)
_TOO_OFTEN = Text(zh="尝试次数太多，请一分钟后再试。", en="Too many tries; wait a minute.")
