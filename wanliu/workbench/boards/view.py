"""营业部督导: a month by branch, adviser, reason, method or sign; every number opens its rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from wanliu.cases.figures import outcomes
from wanliu.clock import today
from wanliu.oversight.board_days import last_of, month_of, week_named
from wanliu.oversight.board_measures import boards as numbers
from wanliu.oversight.board_measures import name_of
from wanliu.oversight.board_rows import COLUMNS, Row, Value
from wanliu.oversight.board_told import (
    HEADS,
    NO_COMPARISON,
    TABS,
    a_head,
    definitions,
    interval_told,
    is_share,
    notes,
    pair_told,
    value_told,
)
from wanliu.oversight.board_workbook import workbook_of
from wanliu.oversight.boards import TEAM, Board, Quartiles, board, plain, share, team
from wanliu.oversight.weekly import report
from wanliu.people.rights import can
from wanliu.people.user import User
from wanliu.text import Text, current_language, is_plain
from wanliu.workbench.boards.asked import LONGEST, VIEW, Asked, asked, whose_of
from wanliu.workbench.boards.behind import behind
from wanliu.workbench.files import PDF, XLSX, as_file
from wanliu.workbench.pages import page

TILES: Final = (
    "alarms", "load", "first_contact", "connected", "promises",
    "stayed", "left", "dismissed", "overdue", "lost",
)  # fmt: skip
MONTHS: Final = ("alarms", "first_contact", "connected", "dismissed", "promises", "stayed", "left")
CHARTED: Final = (("first_contact", "connected"), ("promises", "stayed"))


@page("boards", action=VIEW, nav=Text(zh="营业部督导", en="Boards"), order=50)
def boards(request: HttpRequest, user: User) -> HttpResponse:
    chosen = asked(request, user)
    told = board(chosen.period, chosen.tab, chosen.whose, chosen.horizon)
    own = chosen.whose.user is not None
    context = {
        "chosen": chosen,
        "own": own,
        "until": None if chosen.period.is_over else chosen.period.last,
        "months": _months(chosen),
        "tabs": [(tab, TABS[tab], chosen.address(by=tab)) for tab in chosen.tabs],
        "horizons": [(days, chosen.address(days=days)) for days in outcomes().horizons],
        "tiles": [_tile(name, told.total, chosen) for name in TILES],
        "head": HEADS[chosen.tab],
        "columns": [name_of(name) for name in COLUMNS[chosen.tab]],
        "rows": [_row(one, chosen) for one in told.rows],
        "total": _row(told.total, chosen),
        "firm": chosen.whose.branch_id is None and not own,
        "trend_columns": [name_of(name) for name in MONTHS],
        "trend": list(_trend(told, chosen)),
        "chart": _chart(told),
        "team": list(_team(chosen, told.total)) if own else [],
        "team_least": numbers().shown.team,
        "notes": list(notes(chosen.tab)),
        "no_comparison": NO_COMPARISON,
        "definitions": definitions(dict.fromkeys((*COLUMNS[chosen.tab], *TILES)), chosen.horizon),
        "file": f"{reverse('boards_file')}?{chosen.address()}",
        "weekly": f"{reverse('boards_weekly')}?branch={chosen.branch}" if can(user, "boards.report") else "",
    }
    return render(request, "boards/page.html", context)


@page("boards/rows", action=VIEW)
def boards_rows(request: HttpRequest, user: User) -> HttpResponse:
    chosen = asked(request, user)
    measure, side = request.GET.get("measure", ""), request.GET.get("side", "")
    key = request.GET.get("key", "")
    told = behind(
        user,
        chosen,
        measure=measure if measure in numbers().measures else "alarms",
        part=side == "part",
        key=key if is_plain(key, most=LONGEST) else "",
        page=request.GET.get("page"),
    )
    return render(request, "boards/rows.html", {"chosen": chosen, "back": chosen.address(), **told})


@page("boards/file", action=VIEW)
def boards_file(request: HttpRequest, user: User) -> HttpResponse:
    """The table as it stands on the page: totals alone, so nobody has to approve it."""
    chosen = asked(request, user)
    told = board(chosen.period, chosen.tab, chosen.whose, chosen.horizon)
    made = workbook_of(told, chosen.period, chosen.horizon, current_language())
    return as_file(made, f"board-{chosen.period.code}-{chosen.tab}.xlsx", XLSX)


@page("boards/weekly.pdf", action="boards.report")
def boards_weekly(request: HttpRequest, user: User) -> HttpResponse:
    week, branch = week_named(request.GET.get("week", "")), request.GET.get("branch", "")
    whose = whose_of(user, "boards.report", branch if is_plain(branch, most=LONGEST) else "")
    return as_file(report(week, whose, by=user.actor_name), f"weekly-{week.code}.pdf", PDF)


# --- what the page shows --------------------------------------------------------------------------


def _months(chosen: Asked) -> list[dict[str, Any]]:
    """The latest first, and the chosen one where it is older."""
    found = last_of(month_of(today()), numbers().shown.months)
    if chosen.period not in found:
        found.append(chosen.period)
    return [
        {"code": one.code, "chosen": one == chosen.period, "address": chosen.address(month=one.code)}
        for one in found
    ]


def _tile(name: str, total: Row, chosen: Asked) -> dict[str, Any]:
    told = _cell(name, total.values.get(name), chosen)
    head = a_head(total) if name == "load" and chosen.whose.user is None else None
    return {**told, "name": name_of(name), "code": name, "a_head": head}


def _row(row: Row, chosen: Asked) -> dict[str, Any]:
    cells = [
        {**_cell(name, row.values.get(name), chosen, row.key), "name": name_of(name)}
        for name in COLUMNS[chosen.tab]
    ]
    firm = chosen.tab == "branch" and row.key
    return {
        "name": row.name,
        "cells": cells,
        "opens": chosen.address(by="adviser", branch=row.key) if firm else "",
        "a_head": a_head(row) if chosen.tab == "branch" else None,
    }


def _cell(name: str, value: Value, chosen: Asked, key: str = "") -> dict[str, Any]:
    """What is said, and the addresses of the rows behind both of its numbers; without a key, of all rows."""
    where = {"measure": name, "key": key}
    found: dict[str, Any] = {
        "said": value_told(value),
        "interval": interval_told(value),
        "unknown": value is None,
    }
    if value is None:
        return found
    if not is_share(name):
        return {**found, "whole": value.part, "opens": _opens(chosen, where, "whole", value.part)}
    return {
        **found,
        "unknown": not value.whole,
        "part": value.part,
        "whole": value.whole,
        "pair": pair_told(value),
        "opens_part": _opens(chosen, where, "part", value.part),
        "opens": _opens(chosen, where, "whole", value.whole or 0),
    }


def _opens(chosen: Asked, where: dict[str, str], side: str, number: int) -> str:
    return f"{reverse('boards_rows')}?{chosen.address(side=side, **where)}" if number else ""


def _trend(told: Board, chosen: Asked) -> Iterator[dict[str, Any]]:
    for month, values in reversed(told.trend):
        there = Asked(month, chosen.tab, chosen.tabs, chosen.horizon, chosen.whose, chosen.branch)
        cells = [{**_cell(name, values[name], there), "name": name_of(name)} for name in MONTHS]
        yield {"code": month.code, "cells": cells, "so_far": not month.is_over}


def _chart(told: Board) -> dict[str, Any]:
    """What the charts draw; what is unknown stays a gap."""
    return {
        "months": [month.code for month, _ in told.trend],
        "interval": str(Text(zh="95% 区间", en="95% interval")),
        "charts": [
            [
                {"name": str(name_of(name)), "points": [_points(values[name]) for _, values in told.trend]}
                for name in pair
            ]
            for pair in CHARTED
        ],
    }


def _points(value: Value) -> list[float | None]:
    figure = share(value)
    return [None if one is None else 100 * one for one in (figure.value, figure.low, figure.high)]


def _team(chosen: Asked, total: Row) -> Iterator[dict[str, Any]]:
    """One's own number beside how the numbers of the branch lie; nobody else is named."""
    assert chosen.whose.user is not None, "a team is somebody's"
    told = team(chosen.period, chosen.whose.user, chosen.horizon)
    for name in TEAM:
        found: Quartiles = told[name]
        yield {
            "name": name_of(name),
            "mine": _said(name, plain(total.values.get(name))),
            "count": found.count,
            "quartiles": [_said(name, one) for one in (found.low, found.middle, found.high)],
        }


def _said(name: str, number: float | None) -> str | None:
    if number is None:
        return None
    return f"{number:.1%}" if is_share(name) else f"{number:,.1f}".removesuffix(".0")
