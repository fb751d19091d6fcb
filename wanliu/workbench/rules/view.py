"""查看规则: what each sign computes, from what number on it fires, and what may mislead."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.people.user import User
from wanliu.ruleset import LEVELS_COUNTED, LEVELS_WHEN, load
from wanliu.text import Text
from wanliu.workbench.pages import page


@page("rules", action="content.view", nav=Text(zh="规则", en="Rules"), order=60)
def rules(request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG001 (the matrix has let them in)
    found = load(settings.WANLIU_RULES)
    levels = [(code, words.format(**vars(found.levels))) for code, words in LEVELS_WHEN.items()]
    return render(request, "rules/page.html", {"rules": found, "levels": levels, "counted": LEVELS_COUNTED})
