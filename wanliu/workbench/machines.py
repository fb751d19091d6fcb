"""What monitors ask: whether it lives, whether people can work, and the figures.

Everybody may ask whether it is well and hears one word; the reasons and the figures are for whoever holds the
token. No address counts as local: behind a proxy everybody comes from there. ``wanliu health`` on the machine
itself says the same in words.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from wanliu.health.exposition import CONTENT_TYPE, exposition
from wanliu.health.requests import of_all
from wanliu.health.state import State, findings, state, worst

KEPT: Final = 3.0
"""Seconds for which an answer holds: nobody can make the database work by asking."""


class Machines:
    """Middleware, before all others: no session, no host name, no redirect to HTTPS, no line in the log."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer
        self.kept: tuple[float, State] | None = None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.path_info
        if asked not in ("/health", "/health/live", "/metrics"):
            return self.answer(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(("GET", "HEAD"))
        if asked == "/health/live":
            answer: HttpResponse = JsonResponse({"status": "ok"})
        elif asked == "/health":
            answer = _health(self._state(), in_full=_holds_token(request))
        elif _holds_token(request):
            answer = HttpResponse(exposition(self._state(), of_all()), content_type=CONTENT_TYPE)
        else:
            return self.answer(request)  # as any address that is none
        answer["Cache-Control"] = "no-store"
        return answer

    def _state(self) -> State:
        if self.kept is None or time.monotonic() - self.kept[0] > KEPT:
            self.kept = (time.monotonic(), state())
        return self.kept[1]


def _holds_token(request: HttpRequest) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    token: str = settings.WANLIU_MONITOR_TOKEN
    return bool(token) and kind == "Bearer" and hmac.compare_digest(given.encode(), token.encode())


def _health(found: State, *, in_full: bool) -> HttpResponse:
    told = findings(found)
    grade = worst(told)
    status = HTTPStatus.SERVICE_UNAVAILABLE if grade == "failed" else HTTPStatus.OK
    if not in_full:
        return JsonResponse({"status": "not ok" if grade == "failed" else "ok"}, status=status)
    checks = {one.name: {"grade": one.grade, "zh": one.said.zh, "en": one.said.en} for one in told}
    return JsonResponse({"status": grade, "checks": checks}, status=status)
