"""The first page: that of one's role, or a few words where there is none yet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wanliu.people.user import User
from wanliu.workbench.pages import menu, page


@page("", action=None)
def welcome(request: HttpRequest, user: User) -> HttpResponse:
    first = next(iter(menu(user)), None)
    return redirect(first.name) if first else render(request, "welcome/page.html")
