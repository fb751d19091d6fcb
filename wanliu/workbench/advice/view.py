"""建议: likely reasons with what speaks for and against, what may be offered, the words, the next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.advice.advise import Advice, advise, words_asked
from wanliu.advice.client import Client, client_of
from wanliu.advice.fill import FIELD_NAMES
from wanliu.advice.observed import observed
from wanliu.cases import queries as cases
from wanliu.cases.linting import linter
from wanliu.cases.offers import playbook, requests_here
from wanliu.directory.queries import current_run, signals_of
from wanliu.errors import EnvironmentFailed, NotFound
from wanliu.exits.queries import is_leaving
from wanliu.people.queries import Person
from wanliu.people.user import User
from wanliu.playbook.items import Channel, Method
from wanliu.reasons.words import Diagnosis, diagnose
from wanliu.ruleset import RuleSet, load
from wanliu.text import Text
from wanliu.workbench.at_book import current_book, reader
from wanliu.workbench.pages import page
from wanliu.workbench.served import served, serves

CHANNELS: Mapping[Channel, Text] = {
    "phone": Text(zh="电话", en="Phone"),
    "counter": Text(zh="柜台", en="Counter"),
    "message": Text(zh="短信或企微", en="Message"),
}
MOST_SAID = 2000
SHOWN = 6
"""Methods shown at once; the others stand behind a fold."""


@page("clients/<str:client_id>/advice", action="client.script", methods=("GET", "POST"))
def client_advice(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    """A part of the client's page, asked for when that is there already; at the counter with what is said."""
    who = served(user, "client.script", client_id)
    channel = _channel(request.GET.get("channel", ""))
    found = _advice(who, channel, request.POST.get("said", "").strip()[:MOST_SAID])
    return render(
        request,
        "advice/part.html",
        {
            "who": who,
            "advice": found,
            "channel": channel,
            "channels": CHANNELS.items(),
            "reasons": [(found.names[one.reason], one) for one in found.likely],
            "offered": [(one, _reason(one, found)) for one in found.offered[:SHOWN]],
            "more": [(one, _reason(one, found)) for one in found.offered[SHOWN:]],
            "case": cases.case_to_offer_in(client_id) if serves(user, "cases.work", who) else None,
            "barred": [one for one in found.excluded if one.barred],
            "to_fill": [FIELD_NAMES[name] for name in found.words.filled.to_fill] if found.words else [],
        },
    )


def _reason(method: Method, advice: Advice) -> str:
    """The likeliest reason that the method answers; none where it fits whatever the reason is."""
    reasons = playbook().reasons
    return next((one.reason for one in advice.likely if method.id in reasons[one.reason].methods), "")


def _channel(asked: str) -> Channel:
    return next((one for one in CHANNELS if one == asked), "phone")


def _advice(who: Person, channel: Channel, said: str) -> Advice:
    run = current_run()
    if run is None:
        raise NotFound(_NO_RUN)
    book, rules = current_book(), load(settings.WANLIU_RULES)
    with reader() as connection:
        client = _as_known_here(client_of(book, who.client_id, run.as_of, connection), who)
    return advise(
        client,
        observed(client, rules.rules, _result(who.client_id, rules), book),
        playbook(),
        book.calendar,
        linter(),
        said=_heard(said or words_asked(client)),
        stage="exit" if is_leaving(who.client_id) else "normal",
        channel=channel,
    )


def _as_known_here(client: Client, who: Person) -> Client:
    """The book's file with what the client decided, and what is open, in the workbench since."""
    row = {
        **client.row,
        "do_not_contact": who.do_not_contact,
        "scoring_opt_out": who.scoring_opt_out,
        "marketing_consent": who.marketing_consent,
    }
    return replace(client, row=row, requests=[*(client.requests or ()), *requests_here(who.client_id)])


def _result(client_id: str, rules: RuleSet) -> dict[str, Any] | None:
    """The run's signals in the shape of a run's row; None for a client who has none."""
    told = {one.sign: one for one in signals_of(client_id)}
    if not told or any(rule.id not in told for rule in rules.rules):
        return None
    return {
        f"{rule.id}__{part}": getattr(told[rule.id], part)
        for rule in rules.rules
        for part in ("status", "value", "threshold")
    }


def _heard(words: str | None) -> Diagnosis | None:
    """What the client's own words say; nothing where they cannot be weighed here."""
    if not words:
        return None
    try:
        return diagnose(words)
    except EnvironmentFailed:
        return None


_NO_RUN = Text(zh="还没有预警结果。", en="There is no run yet.")
