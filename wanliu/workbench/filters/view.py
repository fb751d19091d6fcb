"""Filters of a list that somebody keeps under a name."""

from __future__ import annotations

from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from wanliu.cases.actions import delete_filter, save_filter
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.pages import page

ACTION = "cases.view"
KEPT = ("tile", "tab", "level", "sign", "team")
"""What a list may be narrowed by; nothing else of an address is kept."""


@page("filters", action=ACTION, methods=("POST",))
def filter_saved(request: HttpRequest, user: User) -> HttpResponse:
    asked = dict(parse_qsl(request.POST.get("query", "")))
    query = {name: asked[name] for name in KEPT if name in asked}
    place = request.POST.get("page", "")
    save_filter(page=place, name=request.POST.get("name", ""), query=query, by=user)
    messages.success(request, str(_SAVED))
    return redirect(place)


@page("filters/<int:filter_id>/deletion", action=ACTION, methods=("POST",))
def filter_deleted(request: HttpRequest, user: User, filter_id: int) -> HttpResponse:
    delete_filter(filter_id=filter_id, by=user)
    return redirect("today" if request.POST.get("page") == "today" else "warnings")


_SAVED = Text(zh="筛选已保存。", en="The filter is saved.")
