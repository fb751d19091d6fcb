"""公平性: same tier, same terms, whoever the client is? For compliance and head office, without a name."""

from __future__ import annotations

import re
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.clock import today
from wanliu.errors import Refused
from wanliu.oversight.fairness import Finding, Quarter, Report, fairness, quarter_of
from wanliu.oversight.told import (
    FACTORS,
    QUESTIONS,
    difference_told,
    group_named,
    sentences,
    share_told,
    verdict,
)
from wanliu.oversight.workbook import workbook_of
from wanliu.people.user import User
from wanliu.text import Text, current_language
from wanliu.workbench.files import XLSX, as_file
from wanliu.workbench.pages import page

CODE: Final = re.compile(r"(20\d\d)Q([1-4])", re.ASCII)
QUARTERS: Final = 6


@page("fairness", action="oversight.fairness", nav=Text(zh="公平性", en="Fairness"), order=54)
def fairness_report(request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG001 (the matrix has let them in)
    report = _report(request)
    context = {
        "report": report,
        "quarters": _quarters(),
        "notes": list(sentences(report)),
        "questions": [
            {
                "name": name,
                "asks": asks,
                **_findings([one for one in report.findings if one.question == question]),
            }
            for question, (name, asks) in QUESTIONS.items()
        ],
    }
    return render(request, "fairness/page.html", context)


@page("fairness/file", action="oversight.fairness")
def fairness_file(request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG001 (as above)
    report = _report(request)
    return as_file(workbook_of(report, current_language()), f"fairness-{report.quarter.code}.xlsx", XLSX)


def _report(request: HttpRequest) -> Report:
    """On the quarter that is asked for; without one, the last that is over."""
    code = request.GET.get("quarter", "")
    if not code:
        return fairness(quarter_of(today()).before, settings.WANLIU_HOME / "book")
    found = CODE.fullmatch(code)
    quarter = Quarter(int(found[1]), int(found[2])) if found else None
    if quarter is None or quarter.first > today():
        raise Refused(_NO_QUARTER)
    return fairness(quarter, settings.WANLIU_HOME / "book")


def _quarters() -> list[Quarter]:
    """This one and those before."""
    found = [quarter_of(today())]
    while len(found) < QUARTERS:
        found.append(found[-1].before)
    return found


def _findings(found: list[Finding]) -> dict[str, Any]:
    """What holds of every factor is said once."""
    if len({one.why for one in found}) == 1 and found[0].why is not None:
        return {"said": verdict(found[0]), "findings": []}
    return {"said": None, "findings": [_told(one) for one in found]}


def _told(one: Finding) -> dict[str, Any]:
    return {
        "factor": FACTORS[one.factor],
        "verdict": verdict(one),
        "differs": one.differs,
        "groups": [
            {
                "name": group_named(one.factor, each.name),
                "count": each.count,
                "yes": each.yes,
                "share": share_told(each.share),
                "difference": difference_told(each.difference),
            }
            for each in (one.tested.groups if one.tested else ())
        ],
    }


_NO_QUARTER = Text(
    zh="请选择一个已经开始的季度，如 2026Q3。", en="Choose a quarter that has begun, as 2026Q3."
)
