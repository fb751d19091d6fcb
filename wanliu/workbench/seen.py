"""Middleware: each request gets a number, is counted, and leaves one line that names no client."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from wanliu.health.requests import own
from wanliu.workbench.lines import current, route_of

log = logging.getLogger("wanliu.request")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Others are counted together: a visitor can make up as many as he likes."""


class Seen:
    """The number stands in the answer (``X-Request-ID``), in each line of the log, on the page of a fault."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = uuid.uuid4().hex[:16]
        token = current.set(number)
        began = time.perf_counter()
        try:
            answer = self.answer(request)
            answer["X-Request-ID"] = number
            _note(request, answer.status_code, time.perf_counter() - began)
        finally:
            current.reset(token)
        return answer


def _note(request: HttpRequest, status: int, seconds: float) -> None:
    route = route_of(request)
    method = request.method if request.method in METHODS else "OTHER"
    own.note(route, str(method), status, seconds)
    user = getattr(request, "_cached_user", None)  # asking for the user would ask the database
    told = {
        "route": route,
        "method": method,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "user": getattr(user, "pk", None),
    }
    level = logging.WARNING if status >= HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO
    log.log(level, "%s %s %s %s ms", method, route, status, told["ms"], extra=told)
