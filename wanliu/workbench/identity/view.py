"""Name and phone in full: for a purpose, and on record."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.cases.queries import as_served
from wanliu.people.actions import unmask
from wanliu.people.queries import person
from wanliu.people.user import User
from wanliu.workbench.pages import page


@page("clients/<str:client_id>/identity", action="people.unmask", methods=("POST",))
def client_identity(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    place = as_served(user, client_id, person(client_id))
    who = unmask(client_id=client_id, purpose=request.POST.get("purpose", ""), by=user, served_at=place)
    return render(request, "identity/part.html", {"who": who})
