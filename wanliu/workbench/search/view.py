"""Finding a client by what the client says or shows; the text goes in a form, never into an address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.people.queries import find_persons
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.pages import page
from wanliu.workbench.served import serves

MOST = 64


@page(
    "search",
    action="people.search",
    methods=("GET", "POST"),
    nav=Text(zh="查客户", en="Find a client"),
    order=30,
)
def search(request: HttpRequest, user: User) -> HttpResponse:
    text = request.POST.get("text", "").strip()[:MOST]
    found = find_persons(user=user, text=text) if text else []
    lines = [(one, serves(user, "client.view", one)) for one in found]
    return render(request, "search/page.html", {"asked": bool(text), "lines": lines})
