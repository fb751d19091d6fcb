"""What a page costs at the least: plain Django views on the same server, behind the same middleware.

``/peer/one`` asks SELECT 1. ``/peer/five`` asks five queries by key and renders a small template, as a lean
page of anybody's would. Their times beside ours take the machine's speed out of the figures.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from wanliu.workbench.urls import handler400, handler403, handler404, handler500
from wanliu.workbench.urls import urlpatterns as ours

PAGE = "<!doctype html><title>five</title><ul>{% for one in rows %}<li>{{ one }}</li>{% endfor %}</ul>"
TABLES = ("people_client", "people_user", "cases_case", "cases_task", "directory_run")


def one(_request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return HttpResponse(str(cursor.fetchone()[0]))


def five(_request: HttpRequest) -> HttpResponse:
    rows = []
    with connection.cursor() as cursor:
        for table in TABLES:
            key = "client_id" if table == "people_client" else "id"
            cursor.execute(f"SELECT * FROM {table} ORDER BY {key} LIMIT 4")
            rows += [row[:4] for row in cursor.fetchall()]
    return HttpResponse(engines["django"].from_string(PAGE).render({"rows": rows}))


def counted(get_answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the queries behind an answer, and the processor's milliseconds in its thread, as headers.

    Others on the machine move the clock's time, hardly the processor's. The database's own is not in it.
    """

    def count(request: HttpRequest) -> HttpResponse:
        asked, began = [0], time.thread_time()

        def wrapper(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
            asked[0] += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(wrapper):
            answer = get_answer(request)
        answer["X-Queries"] = str(asked[0])
        answer["X-Processor"] = f"{(time.thread_time() - began) * 1000:.1f}"
        return answer

    return count


urlpatterns = [path("peer/one", one), path("peer/five", five), *ours]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
