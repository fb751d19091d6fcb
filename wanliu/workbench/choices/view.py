"""What the client decided: not to be contacted, not to be scored, consent to marketing. It counts at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from wanliu.cases.actions import reconcile
from wanliu.people.actions import note_choice
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.pages import page


@page("clients/<str:client_id>/choices", action="people.choices", methods=("POST",))
def client_choices(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    """``choice`` is what and value: ``do_not_contact:yes``."""
    what, _, value = request.POST.get("choice", "").partition(":")
    note_choice(client_id=client_id, what=what, value=value, source=request.POST.get("source", ""), by=user)
    reconcile(client_id)
    messages.success(request, str(_NOTED))
    return redirect("client", client_id=client_id)


_NOTED = Text(zh="已登记客户的选择，立即生效。", en="The client's choice is noted and counts from now on.")
