"""超时上报: what is overdue and was told upwards; exits before everything else, the longest overdue first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.cases import queries as cases
from wanliu.cases.track import ESCALATIONS
from wanliu.clock import today, trading_days
from wanliu.exits import queries as exits
from wanliu.exits.track import KINDS, STATES
from wanliu.people.queries import persons
from wanliu.people.rights import can, sight
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.numbers import number
from wanliu.workbench.pages import page

PAGE = 20
TABS = {
    "exits": Text(zh="离开手续超时", en="Exits overdue"),
    "tasks": Text(zh="任务超时", en="Tasks overdue"),
}


@page("escalations", action="cases.escalations", nav=Text(zh="超时上报", en="Escalations"), order=12)
def escalations(request: HttpRequest, user: User) -> HttpResponse:
    seen = sight(user, "exits.view")
    late, told = exits.late_size(seen), cases.told_upwards(user, number(request.GET.get("page")))
    tab = request.GET.get("tab", "")
    if tab not in TABS:
        tab = "exits" if late or not told.total else "tasks"
    pages = max(1, -(-late // PAGE)) if tab == "exits" else told.pages
    place = min(max(1, number(request.GET.get("page"))), pages)
    start = (place - 1) * PAGE
    # the desk's queue begins with what is overdue: the first ``late`` of it are those
    leaving = exits.queue(seen, start=start, most=min(PAGE, late - start)) if tab == "exits" and late else []
    lines = told.lines if tab == "tasks" else ()
    people = persons([one.client_id for one in leaving] + [one.task.client_id for one in lines])
    return render(
        request,
        "escalations/page.html",
        {
            "tab": tab,
            "tabs": [("exits", TABS["exits"], late), ("tasks", TABS["tasks"], told.total)],
            "exits": [
                {
                    "exit": one,
                    "person": people.get(one.client_id),
                    "kind": KINDS[one.kind],
                    "state": STATES[one.state].name,
                    "late": trading_days().between(one.step_due_on, today()) if one.step_due_on else None,
                }
                for one in leaving
            ],
            "tasks": [
                {
                    "told": one,
                    "person": people.get(one.task.client_id),
                    "to": ESCALATIONS[one.task.escalated_to],  # type: ignore[index]  # a CharField is no Literal
                }
                for one in lines
            ],
            "page": place,
            "pages": pages,
            "whole_firm": seen.branch_id is None,
            "opens_clients": can(user, "client.view"),
        },
    )
