"""离开手续: what was asked for, what stands in the way, the next step; and nothing of keeping anyone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wanliu.cases.actions import reconcile
from wanliu.clock import today
from wanliu.errors import NotFound, WanliuError
from wanliu.exits import actions, proof_words, queries, surveys
from wanliu.exits.blocks import blocks_for
from wanliu.exits.course import course_of, records_of
from wanliu.exits.proof import print_proof
from wanliu.exits.track import KINDS, STATES, STEPS, WAITS, Kind, Verb
from wanliu.people.queries import person, persons
from wanliu.people.rights import can, check_may, sight
from wanliu.people.user import User
from wanliu.text import Text, current_language
from wanliu.workbench.files import PDF, as_file
from wanliu.workbench.numbers import number
from wanliu.workbench.pages import page

log = logging.getLogger("wanliu.workbench")
PAGE = 50


@page("exits", action="exits.view", nav=Text(zh="离开手续", en="Exits"), order=38)
def exits(request: HttpRequest, user: User) -> HttpResponse:
    """Open exits, the longest overdue first."""
    seen = sight(user, "exits.view")
    total = queries.queue_size(seen)
    pages = max(1, -(-total // PAGE))
    place = min(number(request.GET.get("page")), pages)
    found = queries.queue(seen, start=(place - 1) * PAGE, most=PAGE)
    people = persons(one.client_id for one in found)
    lines = [
        {
            "exit": one,
            "person": people.get(one.client_id),
            "kind": KINDS[one.kind],
            "state": STATES[one.state],
            "waits": WAITS[STATES[one.state].waits_for],
            "clock": queries.clock_of(one),
            "late": one.step_due_on is not None and one.step_due_on < today(),
        }
        for one in found
    ]
    told = {"lines": lines, "total": total, "late": queries.late_size(seen), "page": place, "pages": pages}
    return render(request, "exits_desk/page.html", told)


@page("exits/of/<str:client_id>", action="exits.request", methods=("POST",))
def exit_request(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    """Taken at once; asked twice, the second leads to the first."""
    taken = actions.request_exit(
        client_id=client_id,
        kind=cast(Kind, request.POST.get("kind", "")),
        channel=request.POST.get("channel", "counter"),
        by=user,
    )
    _follow(client_id)
    messages.success(request, str(_TAKEN if taken.is_new else _THERE))
    return redirect("exit_course", exit_id=taken.exit.id)


@page("exits/<int:exit_id>", action="exits.view")
def exit_course(request: HttpRequest, user: User, exit_id: int) -> HttpResponse:
    leaving = queries.exit_of(exit_id)
    who = person(leaving.client_id)
    check_may(user, "exits.view", who)
    language = current_language()
    shown = queries.conditions_for_client(leaving, language)
    context: dict[str, Any] = {
        "exit": leaving,
        "who": who,
        "kind": KINDS[leaving.kind],
        "state": STATES[leaving.state],
        "clock": queries.clock_of(leaving),
        "course": [
            (STATES[one.state].name, one, WAITS[one.waited_for])
            for one in course_of(leaving, records_of(leaving))
        ],
        "conditions": list(zip(leaving.conditions, shown, strict=True)),
        "moves": [(verb, STEPS[verb].name) for verb in queries.moves_for(user, leaving)],
        "blocks": blocks_for(leaving.kind),
        "identity": proof_words.IDENTITY_CHECKS.items(),
        "signs": proof_words.SIGNS.items(),
        "answers": surveys.ANSWERS.items(),
        "asks": _asks(user, leaving),
        "late": leaving.step_due_on is not None and leaving.step_due_on < today() and leaving.is_open,
    }
    return render(request, "exits_desk/course.html", context)


@page("exits/<int:exit_id>/moves/<str:verb>", action="exits.view", methods=("POST",))
def exit_move(request: HttpRequest, user: User, exit_id: int, verb: str) -> HttpResponse:
    """One step of the track; its own right is asked for by the action."""
    if verb not in MOVES:
        raise NotFound(_NO_SUCH_STEP)
    leaving = queries.exit_of(exit_id)
    check_may(user, "exits.view", person(leaving.client_id))
    version = number(request.POST.get("version"), 0)
    MOVES[verb](request, exit_id=exit_id, version=version, by=user)
    _follow(leaving.client_id)
    messages.success(request, str(_done(verb)))
    return redirect("exit_course", exit_id=exit_id)


@page("exits/<int:exit_id>/survey", action="exits.survey", methods=("POST",))
def exit_survey(request: HttpRequest, user: User, exit_id: int) -> HttpResponse:
    """Voluntary, and after the exit was submitted."""
    if answer := request.POST.get("answer", ""):
        surveys.answer_survey(exit_id=exit_id, answer=answer, words=request.POST.get("words", ""), by=user)
    else:
        surveys.skip_survey(exit_id=exit_id, by=user)
    return redirect("exit_course", exit_id=exit_id)


@page("exits/<int:exit_id>/proof", action="exits.view", methods=("POST",))
def exit_proof(request: HttpRequest, user: User, exit_id: int) -> HttpResponse:  # noqa: ARG001 (the language says it)
    """The PDF. Asked for by a form: each print leaves a record."""
    pdf = print_proof(exit_id=exit_id, language=current_language(), by=user)
    return as_file(pdf, f"exit-{exit_id}.pdf", PDF)


def _done(verb: Verb) -> Text:
    name = STEPS[verb].name
    return Text(zh=f"{name.zh}：已记录。", en=f"Done: {name.en}.")


def _asks(user: User, leaving: queries.Exit) -> bool:
    return leaving.state in surveys.ASKED_IN and leaving.survey is None and can(user, "exits.survey", leaving)


def _follow(client_id: str) -> None:
    """Whatever else goes on with this client rests now. The exit is taken already and never waits for this:
    should it fail, the night does it again."""
    try:
        reconcile(client_id)
    except (WanliuError, DatabaseError) as fault:
        log.error("reconcile after an exit failed: %s", type(fault).__name__)


Step = Callable[..., object]


def _check_identity(request: HttpRequest, **step: Any) -> object:
    return actions.check_identity(how=request.POST.get("how", ""), **step)


def _list_conditions(request: HttpRequest, **step: Any) -> object:
    return actions.list_conditions(codes=request.POST.getlist("codes"), **step)


def _add_condition(request: HttpRequest, **step: Any) -> object:
    return actions.add_condition(code=request.POST.get("code", ""), note=request.POST.get("note", ""), **step)


def _clear_condition(request: HttpRequest, **step: Any) -> object:
    return actions.clear_condition(
        code=request.POST.get("code", ""), note=request.POST.get("note", ""), **step
    )


def _withdraw(request: HttpRequest, **step: Any) -> object:
    return actions.withdraw(
        how=request.POST.get("how", ""), reference=request.POST.get("reference", ""), **step
    )


def _plain(action: Step) -> Step:
    return lambda _request, **step: action(**step)


MOVES: dict[Verb, Step] = {
    "check_identity": _check_identity,
    "list_conditions": _list_conditions,
    "add_condition": _add_condition,
    "clear_condition": _clear_condition,
    "mark_ready": _plain(actions.mark_ready),
    "submit": _plain(actions.submit),
    "finish": _plain(actions.finish),
    "withdraw": _withdraw,
}
_TAKEN = Text(zh="已受理，时钟从现在起走。", en="Taken; the clock runs from now.")
_THERE = Text(
    zh="这项申请先前已经受理，正在办理，没有重复登记。",
    en="This request was taken before and is under way; nothing was recorded twice.",
)
_NO_SUCH_STEP = Text(zh="没有这一步。", en="There is no such step.")
