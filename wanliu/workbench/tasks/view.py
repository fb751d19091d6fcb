"""Tasks and promises: noted for a client, and ended by whoever does them."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from wanliu.cases import actions
from wanliu.cases import queries as cases
from wanliu.cases.track import TaskKind
from wanliu.errors import Refused
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.numbers import day_given, number
from wanliu.workbench.pages import page
from wanliu.workbench.served import served

ACTION = "cases.work"


@page("clients/<str:client_id>/promises", action=ACTION, methods=("POST",))
def client_promise(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    served(user, ACTION, client_id)
    actions.promise(
        client_id=client_id,
        what=request.POST.get("what", ""),
        to_whom=request.POST.get("to_whom", ""),
        due_on=day_given(request.POST.get("due_on")),
        by=user,
    )
    return _back(request, client_id, _PROMISED)


@page("clients/<str:client_id>/tasks", action=ACTION, methods=("POST",))
def client_task(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    served(user, ACTION, client_id)
    actions.add_task(
        client_id=client_id,
        kind=cast(TaskKind, request.POST.get("kind", "")),
        title=request.POST.get("title", ""),
        due_on=day_given(request.POST.get("due_on")),
        by=user,
    )
    return _back(request, client_id, _ADDED)


@page("tasks/<int:task_id>/end", action=ACTION, methods=("POST",))
def task_end(request: HttpRequest, user: User, task_id: int) -> HttpResponse:
    """Kept, broken, done or dropped; a broken promise says why."""
    found = cases.task_of(task_id)
    version, why = number(request.POST.get("version"), 0), request.POST.get("why", "")
    state = request.POST.get("state", "")
    if state == "kept":
        actions.keep_promise(task_id=task_id, version=version, by=user)
    elif state == "broken":
        actions.break_promise(task_id=task_id, why=why, version=version, by=user)
    elif state == "done":
        actions.finish_task(task_id=task_id, version=version, by=user)
    elif state == "dropped":
        actions.drop_task(task_id=task_id, why=why, version=version, by=user)
    else:
        raise Refused(_NO_END)
    return _back(request, found.client_id, _ENDED)


def _back(request: HttpRequest, client_id: str, said: Text) -> HttpResponse:
    messages.success(request, str(said))
    return redirect("client", client_id=client_id)


_PROMISED = Text(zh="承诺已登记，到期会提醒。", en="The promise is noted; you will be reminded.")
_ADDED = Text(zh="任务已建。", en="The task is added.")
_ENDED = Text(zh="已记录。", en="Recorded.")
_NO_END = Text(zh="任务不能这样结束。", en="A task does not end like this.")
