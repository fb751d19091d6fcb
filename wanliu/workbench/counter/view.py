"""柜台: find the client, hear what is said, the reasons as they are typed, the checklist, and the outcome."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wanliu.cases.actions import BeyondLimit, Doubtful, Said, record_complaint, record_contact
from wanliu.cases.offers import playbook
from wanliu.errors import EnvironmentFailed, Refused
from wanliu.exits.track import KINDS
from wanliu.people.actions import note_view
from wanliu.people.queries import Person, find_persons, person
from wanliu.people.rights import can, check_may
from wanliu.people.user import User
from wanliu.reasons.words import diagnose
from wanliu.text import Text
from wanliu.workbench.pages import page
from wanliu.workbench.served import served, serves

MOST_TYPED = 2000
LONGEST = 64
SUGGESTED = 3
WORTH_NAMING = 0.05
SUREST = 0.99
"""Nobody is certain from one sentence."""


@page("counter", action="counter.view", methods=("GET", "POST"), nav=Text(zh="柜台", en="Counter"), order=35)
def counter(request: HttpRequest, user: User) -> HttpResponse:
    """Search by a form; one client who is found opens at once."""
    text = request.POST.get("text", "").strip()[:LONGEST]
    found = find_persons(user=user, text=text) if text else []
    if len(found) == 1:
        return redirect("counter_client", client_id=found[0].client_id)
    return render(request, "counter/page.html", {"asked": bool(text), "found": found})


@page("counter/<str:client_id>", action="counter.view")
def counter_client(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    who = person(client_id)
    check_may(user, "counter.view", who)
    note_view(client_id=client_id, what="counter", by=user)
    return _shown(request, user, who, {}, None)


@page("counter/<str:client_id>/contact", action="cases.work", methods=("POST",))
def counter_contact(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    """The client came, spoke and was served: written down, and the desk is free for the next."""
    who = served(user, "cases.work", client_id)
    typed = {name: request.POST.get(name, "") for name in ("said", "note", "reason", "why")}
    if not typed["said"].strip():
        return _shown(request, user, who, typed, Refused(_NO_WORDS))
    said = Said(
        method="visit",
        connection="connected",
        direction="in",
        purpose="service",
        said=typed["said"],
        note=typed["note"],
        reason=typed["reason"],
        why=typed["why"],
    )
    try:
        record_contact(client_id=client_id, said=said, by=user)
    except Refused as fault:
        return _shown(request, user, who, typed, fault)
    messages.success(request, str(_RECORDED))
    return redirect("counter")


def _shown(
    request: HttpRequest, user: User, who: Person, typed: dict[str, str], fault: Refused | None
) -> HttpResponse:
    """The desk's page; after a refusal with all that was typed and what is wrong with it."""
    context = {
        "who": who,
        "typed": typed,
        "fault": fault.message if fault else None,
        "asks_why": isinstance(fault, Doubtful | BeyondLimit),
        "kinds": KINDS.items(),
        "principles": playbook().principles.values(),
        "may": {
            "exit": can(user, "exits.request", who),
            "complain": can(user, "cases.complain", who),
            "script": can(user, "client.script", who),
            "terms": can(user, "concessions.view", who),
            "work": serves(user, "cases.work", who),
        },
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    return render(request, "counter/client.html", context, status=status)


@page("counter/<str:client_id>/reasons", action="client.script", methods=("POST",))
def counter_reasons(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    """The reasons that the words point to, as they are typed; account clerks have no sales task."""
    check_may(user, "client.script", person(client_id))
    words = request.POST.get("said", "").strip()[:MOST_TYPED]
    items = playbook().reasons
    try:
        heard = diagnose(words) if words else None
    except EnvironmentFailed:
        return render(request, "counter/reasons.html", {"deaf": True})
    named = [] if heard is None or heard.unknown else heard.reasons[:SUGGESTED]
    named = [one for one in named if one.probability >= WORTH_NAMING]
    return render(
        request,
        "counter/reasons.html",
        {"words": words, "reasons": [(items[one.id], min(one.probability, SUREST)) for one in named]},
    )


@page("counter/<str:client_id>/complaint", action="cases.complain", methods=("POST",))
def counter_complaint(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    record_complaint(client_id=client_id, said=request.POST.get("said", ""), method="visit", by=user)
    messages.success(request, str(_TAKEN))
    return redirect("counter_client", client_id=client_id)


_NO_WORDS = Text(zh="请先照客户的原话记下来。", en="Write down what the client said first.")
_RECORDED = Text(zh="已登记。请接待下一位。", en="Recorded. The next client, please.")
_TAKEN = Text(
    zh="投诉已登记，办结前挽留暂停。", en="The complaint is recorded; retention rests until it is closed."
)
