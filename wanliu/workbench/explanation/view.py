"""对客户的说明: what was weighed and who decides, in words fit to read to the client."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.directory.queries import current_run, signals_of, standing_of
from wanliu.people.actions import note_view
from wanliu.people.user import User
from wanliu.ruleset import load
from wanliu.why.explain import rule_of
from wanliu.workbench.pages import page
from wanliu.workbench.served import served


@page("clients/<str:client_id>/explanation", action="client.explain")
def client_explanation(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    who = served(user, "client.explain", client_id)
    note_view(client_id=client_id, what="explanation", by=user)
    rules, told = load(settings.WANLIU_RULES), signals_of(client_id)
    fired = [rule_of(rules, one.sign) for one in told if one.status == "fired"]
    unknown = [
        rule_of(rules, one.sign) for one in told if one.status in ("missing_data", "insufficient_history")
    ]
    return render(
        request,
        "explanation/page.html",
        {
            "who": who,
            "standing": standing_of(client_id),
            "run": current_run(),
            "fired": fired,
            "unknown": unknown,
            "all": rules.rules,
        },
    )
