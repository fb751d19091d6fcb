"""首次登录: a one-time code from the administrator becomes a password; it signs nobody in."""

from __future__ import annotations

from http import HTTPStatus

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from wanliu.errors import Refused
from wanliu.people.actions import use_code
from wanliu.text import Text

TRIES = "login_failed"
"""Wrong codes count as wrong passwords do."""


@sensitive_post_parameters()
def first_time(request: HttpRequest) -> HttpResponse:
    """The form; and for the right code a new password. What was typed comes back, but never a secret."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(("GET", "POST"))
    if request.method != "POST":
        return _form(request, "", None)
    username = request.POST.get("username", "").strip()[:64]
    fault = _try(request, username)
    if fault is not None:
        return _form(request, username, fault)
    messages.success(request, str(_SET))
    return redirect("account_login")


def _try(request: HttpRequest, username: str) -> Text | None:
    """What is wrong; None where the password was set."""
    key = username.lower()
    if not ratelimit.consume(request, action=TRIES, key=key, dry_run=True):
        return _TOO_OFTEN
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        return DIFFER
    try:
        use_code(username=username, code=request.POST.get("code", "")[:64], password=password)
    except Refused as fault:
        ratelimit.consume(request, action=TRIES, key=key)
        return fault.message
    return None


def _form(request: HttpRequest, username: str, fault: Text | None) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    context = {"username": username, "fault": fault}
    answer = render(request, "account/first.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


DIFFER = Text(
    zh="两次输入的新密码不一样，请再输入一遍。", en="The two new passwords differ; type them again."
)
_SET = Text(zh="密码已设好，请登录。", en="The password is set; sign in with it.")
_TOO_OFTEN = Text(zh="输错次数太多，请过几分钟再试。", en="Too many wrong tries; wait a few minutes.")
