"""What a page is: an address, the action that the matrix must allow, and a view.

Pages are found, not listed.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse

from wanliu.errors import Changed, NotAllowed, NotFound, Refused, UsageError, WanliuError
from wanliu.people.rights import can, check_may
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench import forms

log = logging.getLogger("wanliu.workbench")
View = Callable[..., HttpResponse]
STATUS: Final[dict[type[WanliuError], HTTPStatus]] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Refused: HTTPStatus.UNPROCESSABLE_ENTITY,
    Changed: HTTPStatus.CONFLICT,
    UsageError: HTTPStatus.UNPROCESSABLE_ENTITY,
}


@dataclass(frozen=True)
class Page:
    """One address. ``action`` None: whoever is signed in. ``nav``: its name in the menu, at ``order``."""

    route: str
    name: str
    action: str | None
    methods: tuple[str, ...]
    view: View
    nav: Text | None
    order: int


_found: dict[str, Page] = {}


def page(
    route: str,
    *,
    action: str | None,
    methods: Sequence[str] = ("GET",),
    nav: Text | None = None,
    order: int = 0,
) -> Callable[[View], View]:
    """Declares a view as a page, under its own name. Whoever may not do ``action`` at all gets a 403."""

    def declared(view: View) -> View:
        guarded = _guarded(view, action, tuple(methods))
        _found[view.__name__] = Page(route, view.__name__, action, tuple(methods), guarded, nav, order)
        return guarded

    return declared


def pages() -> list[Page]:
    """Every page, by its place in the menu; loads the folders of pages."""
    here = Path(__file__).parent
    for folder in pkgutil.iter_modules([str(here)]):
        if (here / folder.name / "view.py").is_file():
            importlib.import_module(f"wanliu.workbench.{folder.name}.view")
    return sorted(_found.values(), key=lambda one: (one.order, one.name))


def urls() -> list[URLPattern]:
    return [path(one.route, one.view, name=one.name) for one in pages()]


def menu(user: User) -> list[Page]:
    """What this person's role may open."""
    return [one for one in pages() if one.nav and (one.action is None or can(user, one.action))]


def _guarded(view: View, action: str | None, methods: tuple[str, ...]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, **given: Any) -> HttpResponse:
        if request.method not in (*methods, *(("HEAD",) if "GET" in methods else ())):
            return HttpResponseNotAllowed(methods)
        user = request.user
        if not isinstance(user, User):
            return _to_sign_in(request)
        if _needs_second_factor(user):
            return redirect("mfa_activate_totp")
        try:
            if action is not None:
                check_may(user, action)
            answer = forms.once(request, lambda: view(request, user, **given))
        except tuple(STATUS) as fault:
            answer = fault_page(request, fault.message, _status(fault))
        except WanliuError as fault:  # the book or the machine: its sentence names paths, and is not for here
            log.error("%s failed: %s", view.__name__, type(fault).__name__)
            answer = fault_page(request, _NOT_NOW, HTTPStatus.SERVICE_UNAVAILABLE)
        if request.headers.get("HX-Request") and answer.has_header("Location"):
            answer = _whole_page(answer["Location"])
        answer["Cache-Control"] = "no-store"
        return answer

    return guarded


def _status(fault: WanliuError) -> HTTPStatus:
    return next(status for kind, status in STATUS.items() if isinstance(fault, kind))


def _whole_page(address: str, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """Leads the browser there, where only a part of a page was asked for."""
    answer = HttpResponse(status=status)
    answer["HX-Redirect"] = address
    return answer


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """For a part of a page the whole page goes there."""
    address = reverse("account_login")
    if request.headers.get("HX-Request"):
        return _whole_page(address, HTTPStatus.UNAUTHORIZED)
    if request.method == "GET" and request.path != "/":
        address = f"{address}?next={request.path}"
    return redirect(address)


def _needs_second_factor(user: User) -> bool:
    return user.role in settings.WANLIU_MFA and not settings.WANLIU_DEMO and not is_mfa_enabled(user)


def fault_page(request: HttpRequest, message: Text, status: HTTPStatus) -> HttpResponse:
    """The sentence: alone for a part of a page, else on a page of its own."""
    if request.headers.get("HX-Request"):
        return HttpResponse(str(message), status=status, content_type="text/plain; charset=utf-8")
    return render(
        request, "workbench/fault.html", {"message": message, "status": status.value}, status=status
    )


_NOT_NOW = Text(
    zh="账簿或服务器暂时不可用，没有作任何更改。请稍后再试；若仍不行，请联系系统管理员。",
    en="The book or the machine is not available; nothing was changed. Try again later, or ask the "
    "administrator.",
)
