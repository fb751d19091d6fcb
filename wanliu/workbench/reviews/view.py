"""合规审阅: the contacts that compliance must read, and its verdicts."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wanliu.cases import queries as cases
from wanliu.cases.actions import judge_note
from wanliu.cases.reviews import VERDICTS, Verdict
from wanliu.cases.track import CONNECTIONS, METHODS
from wanliu.people.queries import persons
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.numbers import number
from wanliu.workbench.pages import page


@page("reviews", action="cases.review", nav=Text(zh="合规审阅", en="Reviews"), order=50)
def reviews(request: HttpRequest, user: User) -> HttpResponse:
    decided = request.GET.get("decided") == "1"
    told = cases.review_queue(user, decided=decided, page=number(request.GET.get("page")))
    people = persons(one.client_id for one in told.reviews)
    lines = [
        {
            "review": one,
            "person": people.get(one.client_id),
            "method": METHODS.get(one.contact.method),  # type: ignore[call-overload]  # a CharField is no Literal
            "connection": CONNECTIONS.get(one.contact.connection),  # type: ignore[call-overload]  # as above
            "verdict": VERDICTS.get(cast(Verdict, one.verdict)) if one.verdict else None,
        }
        for one in told.reviews
    ]
    return render(
        request,
        "reviews/page.html",
        {"told": told, "lines": lines, "decided": decided, "verdicts": VERDICTS.items()},
    )


@page("reviews/<int:review_id>/verdict", action="cases.review", methods=("POST",))
def review_verdict(request: HttpRequest, user: User, review_id: int) -> HttpResponse:
    judge_note(
        review_id=review_id,
        verdict=cast(Verdict, request.POST.get("verdict", "")),
        version=number(request.POST.get("version"), 0),
        remark=request.POST.get("remark", ""),
        by=user,
    )
    messages.success(request, str(_GIVEN))
    return redirect("reviews")


_GIVEN = Text(zh="已记录审阅意见。", en="The verdict is on record.")
