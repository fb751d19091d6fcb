"""A form that is sent twice counts once: each carries a key of its own, used up in the form's transaction."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from wanliu.clock import now
from wanliu.errors import Changed
from wanliu.text import Text
from wanliu.workbench.models import UsedForm

KEY = re.compile(r"[\w-]{16}", re.ASCII)
BYTES = 12
KEPT = timedelta(days=2)
"""Longer than a session lasts: an older form is refused with its session."""


def new_key() -> str:
    return secrets.token_urlsafe(BYTES)


def once(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Does it, unless the form was saved before; what is refused does not use the form up.

    Raises Changed for a form that was saved before: a second click, or the page before this one.
    """
    key = request.POST.get("key", "") if request.method == "POST" else ""
    if not KEY.fullmatch(key):  # a form without one, or one that somebody else wrote: other locks hold
        return act()
    with transaction.atomic():
        _, is_new = UsedForm.objects.get_or_create(key=key, defaults={"at": now()})
        if not is_new:
            raise Changed(_TWICE)
        answer = act()
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            transaction.set_rollback(True)
    return answer


def forget_old() -> int:
    """How many keys were too old to matter."""
    return UsedForm.objects.filter(at__lt=now() - KEPT).delete()[0]


_TWICE = Text(
    zh="这张表单已经保存过，没有重复登记。请刷新页面查看。",
    en="This form was saved before; nothing was recorded twice. Reload the page to see it.",
)
