"""The one talk beside an exit, if the client agrees; no page of the exit shows it, as none waits for it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from wanliu.cases import actions
from wanliu.cases import queries as cases
from wanliu.cases.track import TalkState
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.pages import page

ACTION = "cases.work"


@page("talks/<int:exit_id>", action=ACTION, methods=("POST",))
def talk_answer(request: HttpRequest, user: User, exit_id: int) -> HttpResponse:
    """Whether the client was asked, and what the client said."""
    actions.talk_about_exit(exit_id=exit_id, state=cast(TalkState, request.POST.get("state", "")), by=user)
    return _back(request, exit_id)


@page("talks/<int:exit_id>/held", action=ACTION, methods=("POST",))
def talk_held(request: HttpRequest, user: User, exit_id: int) -> HttpResponse:
    given = {name: request.POST.get(name, "") for name in ("method", "note", "said", "why")}
    actions.hold_talk(exit_id=exit_id, by=user, **given)
    return _back(request, exit_id)


def _back(request: HttpRequest, exit_id: int) -> HttpResponse:
    talk = cases.talk_of_exit(exit_id)
    assert talk is not None, "it was just noted"
    messages.success(request, str(_NOTED))
    return redirect("client", client_id=talk.client_id)


_NOTED = Text(zh="已记录。离开手续照常办理。", en="Noted. The exit goes on as ever.")
