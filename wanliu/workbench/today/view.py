"""今日工作台: whom to turn to today, and why; the first line is the best next call."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.cases import queries as cases
from wanliu.cases.today import TILES
from wanliu.cases.track import ESCALATIONS, TASKS
from wanliu.clock import today as this_day
from wanliu.directory.queries import standings_of
from wanliu.directory.rows import Standing
from wanliu.people.queries import Person, persons
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.numbers import number
from wanliu.workbench.pages import page
from wanliu.workbench.served import serves

KINDS = {
    "exit": Text(zh="离开", en="Leaving"),
    "complaint": Text(zh="投诉", en="Complaint"),
    "retention": Text(zh="预警", en="Warning"),
    "task": Text(zh="任务", en="Task"),
}


@page("today", action="cases.today", nav=Text(zh="今日工作台", en="Today"), order=10)
def today(request: HttpRequest, user: User) -> HttpResponse:
    chosen = cases.Filters(
        tile=request.GET.get("tile", ""),
        level=request.GET.get("level", ""),
        team=request.GET.get("team") == "1",
    )
    told = cases.today(user, this_day(), filters=chosen, page=number(request.GET.get("page")))
    ids = [line.client_id for line in told.lines]
    people, standings = persons(ids), standings_of(ids)
    lines = [
        {
            "line": line,
            "person": people.get(line.client_id),
            "standing": standings.get(line.client_id),
            "kind": KINDS.get(line.kind),
            "score": _score(line, standings.get(line.client_id), people.get(line.client_id)),
            "due": TASKS[line.due_kind].name if line.due_kind in TASKS else None,  # type: ignore[index]  # a row's
            "escalated": ESCALATIONS.get(line.escalated_to) if line.escalated_to else None,  # type: ignore[call-overload]  # as above
        }
        for line in told.lines
    ]
    return render(
        request,
        "today/page.html",
        {
            "told": told,
            "lines": lines,
            "chosen": chosen,
            "tiles": [(tile, name, told.tiles[tile]) for tile, name in TILES.items()],
            "saved": [(id, name, urlencode(kept)) for id, name, kept in cases.saved_filters(user, "today")],
            "narrowed": _narrowed(chosen),
            "month": None if chosen.team else cases.month_so_far(user, this_day()),
            "unfinished": _unfinished(user),
            "may_see_team": user.has_role("branch_head"),
        },
    )


def _score(line: cases.Line, standing: Standing | None, person: Person | None) -> Text | None:
    """How high the score is, in its own sentence: for whom the night listed, and who did not refuse it
    since."""
    if line.kind != "retention" or standing is None or not standing.explained:
        return None
    return None if person is None or person.scoring_opt_out else standing.explained[0]


def _unfinished(user: User) -> list[str]:
    """Clients whom this person serves still: who loses sight of one is not told of them here either."""
    ids = cases.unfinished_clients(user)
    people = persons(ids)
    return [one for one in ids if one in people and serves(user, "cases.work", people[one])]


def _narrowed(chosen: cases.Filters) -> str:
    """What a filter of this list would keep; nothing where the list is whole."""
    given = {"tile": chosen.tile, "level": chosen.level, "team": "1" if chosen.team else ""}
    return urlencode({name: value for name, value in given.items() if value})
