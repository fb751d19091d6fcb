"""降佣研究: what studies of the firm's own cuts found, with their charts. Totals alone, no clients."""

from __future__ import annotations

import re
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.book.calendar import months_earlier
from wanliu.directory.queries import current_run
from wanliu.errors import NotFound
from wanliu.nightly.places import Places
from wanliu.people.user import User
from wanliu.report.price_said import CHARTS
from wanliu.report.stored_price_study import StoredPriceStudy, price_studies
from wanliu.text import Text, current_language
from wanliu.workbench.files import XLSX, as_file
from wanliu.workbench.pages import page

SPAN: Final = 24
"""Months that the command on an empty page asks for."""
SAFE: Final = re.compile(r"[^\w.-]+", re.ASCII)
OWN_PAGE: Final = {"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "sandbox": True}
"""A study's own page brings its style within itself, and nothing that runs."""


@page(
    "price-studies",
    action="commission.study",
    nav=Text(zh="降佣研究", en="Does price matter?"),
    order=62,
)
def studies_of_cuts(request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG001 (the matrix has let them in)
    """The newest study, or the one that is asked for."""
    found, unreadable = _studies()
    name = request.GET.get("study", "")
    chosen = _among(found, name) if name else next(iter(found), None)
    language = current_language()
    context = {
        "study": chosen,
        "lines": chosen.lines[language] if chosen else (),
        "charts": [(one, CHARTS[one]) for one in chosen.charts(language)] if chosen else [],
        "studies": found,
        "unreadable": unreadable,
        "command": _command(),
    }
    return render(request, "price_studies/page.html", context)


@page("price-studies/<str:study>/<str:chart>.svg", action="commission.study")
def chart_of_cuts(request: HttpRequest, user: User, study: str, chart: str) -> HttpResponse:  # noqa: ARG001 (as above)
    file = _named(study).charts(current_language()).get(chart)
    if file is None:
        raise NotFound(_NO_SUCH)
    return HttpResponse(file.read_bytes(), content_type="image/svg+xml")


@page("price-studies/<str:study>/whole", action="commission.study")
def whole_study_of_cuts(request: HttpRequest, user: User, study: str) -> HttpResponse:  # noqa: ARG001 (as above)
    """The page that the study itself wrote, in the language that it was made in."""
    answer = HttpResponse(_named(study).page.read_bytes())
    answer._csp_config = OWN_PAGE  # type: ignore[attr-defined]  # as the decorator of csp does
    return answer


@page("price-studies/<str:study>/file", action="commission.study")
def file_of_cuts(request: HttpRequest, user: User, study: str) -> HttpResponse:  # noqa: ARG001 (as above)
    return as_file(_named(study).sheets.read_bytes(), f"{SAFE.sub('-', study)}.xlsx", XLSX)


def _studies() -> tuple[tuple[StoredPriceStudy, ...], tuple[str, ...]]:
    return price_studies(Places(settings.WANLIU_HOME).price_studies)


def _named(name: str) -> StoredPriceStudy:
    return _among(_studies()[0], name)


def _among(found: tuple[StoredPriceStudy, ...], name: str) -> StoredPriceStudy:
    """Looked for among those that there are: a name never becomes a path."""
    study = next((one for one in found if one.name == name), None)
    if study is None:
        raise NotFound(_NO_SUCH)
    return study


def _command() -> str:
    """What makes a study of the last two years."""
    run, home = current_run(), Places(settings.WANLIU_HOME)
    last = run.as_of if run else None
    span = f"--from {months_earlier(last, SPAN)} --to {last}" if last else "--from … --to …"
    return f"wanliu commission study {home.book} {span} -o {home.price_studies / str(last or '…')}"


_NO_SUCH = Text(
    zh="没有这份研究：可能已经移走。请从列表里选。",
    en="There is no such study: it may have been moved. Choose from the list.",
)
