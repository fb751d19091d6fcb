"""A form that is sent twice counts once: each carries a key of its own, which is used up when it is saved."""

from __future__ import annotations

import secrets

from django.http import HttpRequest

from wanliu.errors import Changed
from wanliu.text import Text

KEYS = "form_keys"
KEPT = 20
"""Forms that one person may have open at a time."""


def new(request: HttpRequest) -> str:
    key = secrets.token_urlsafe(12)
    request.session[KEYS] = [*request.session.get(KEYS, []), key][-KEPT:]
    return key


def check(request: HttpRequest) -> None:
    """Raises Changed for a form that was saved before: a second click, or the page before this one."""
    if request.POST.get("key", "") not in request.session.get(KEYS, []):
        raise Changed(_TWICE)


def use_up(request: HttpRequest) -> None:
    request.session[KEYS] = [one for one in request.session[KEYS] if one != request.POST["key"]]


_TWICE = Text(
    zh="这张表单已经保存过，或打开太久，没有重复登记。请回到客户页查看。",
    en="This form was saved before, or was open for too long; nothing was recorded twice. See the "
    "client's page.",
)
