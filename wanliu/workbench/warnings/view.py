"""流失预警清单: every case in sight, by urgency."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.cases import queries as cases
from wanliu.cases.track import LEVELS, STATES
from wanliu.cases.warnings import MOST_COUNTED, TABS
from wanliu.directory.queries import standings_of
from wanliu.people.queries import persons
from wanliu.people.rights import can
from wanliu.people.user import User
from wanliu.ruleset import signs
from wanliu.text import Text
from wanliu.workbench.numbers import number
from wanliu.workbench.pages import page

GIVEN_IN = ("working", "waiting", "overdue")
"""Tabs whose cases may be given to somebody."""
CHOICES = ("red", "orange", "yellow")


@page("warnings", action="cases.view", nav=Text(zh="预警清单", en="Warnings"), order=20)
def warnings(request: HttpRequest, user: User) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in ("tab", "level", "sign")}
    known = {"tab": TABS, "level": CHOICES, "sign": signs()}
    chosen = cases.WarningFilters(
        **{name: value for name, value in asked.items() if value in known[name]},  # type: ignore[arg-type]  # texts
    )
    told = cases.warnings_list(user, chosen, number(request.GET.get("page")))
    ids = [line.case.client_id for line in told.lines]
    people, standings = persons(ids), standings_of(ids)
    lines = [
        {
            "case": line.case,
            "days_left": line.days_left,
            "late": line.days_left is not None and line.days_left < 0,
            "person": people.get(line.case.client_id),
            "standing": standings.get(line.case.client_id),
            "state": STATES[line.case.state],  # type: ignore[index]  # a CharField is no Literal
        }
        for line in told.lines
    ]
    may_assign = can(user, "cases.assign")
    kept = urlencode({"tab": chosen.tab, "level": chosen.level, "sign": chosen.sign})
    return render(
        request,
        "warnings/page.html",
        {
            "told": told,
            "lines": lines,
            "chosen": chosen,
            "kept": kept,
            "tabs": TABS.items(),
            "levels": [(code, LEVELS[code]) for code in CHOICES],  # type: ignore[index]  # they are levels
            "signs": [(id, sign.name) for id, sign in signs().items()],
            "may_see_rules": can(user, "content.view"),
            "most": MOST_COUNTED,
            "saved": [
                (id, name, urlencode(kept)) for id, name, kept in cases.saved_filters(user, "warnings")
            ],
            "narrowed": "" if chosen == cases.WarningFilters() else kept,
            "colleagues": cases.colleagues(user.branch_id) if chosen.tab in GIVEN_IN and may_assign else [],
        },
    )
