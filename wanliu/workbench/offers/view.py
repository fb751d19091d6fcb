"""Offers: what was offered to the client, from the playbook alone, and what the client answered."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from wanliu.cases import actions
from wanliu.cases import queries as cases
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.numbers import number
from wanliu.workbench.pages import page

ACTION = "cases.work"


@page("cases/<int:case_id>/offers", action=ACTION, methods=("POST",))
def case_offer(request: HttpRequest, user: User, case_id: int) -> HttpResponse:
    actions.make_offer(
        case_id=case_id,
        method=request.POST.get("method", ""),
        reason=request.POST.get("reason", ""),
        version=number(request.POST.get("version"), 0),
        by=user,
    )
    return _back(request, cases.case_of(case_id).case.client_id, _OFFERED)


@page("offers/<int:offer_id>/answer", action=ACTION, methods=("POST",))
def offer_answer(request: HttpRequest, user: User, offer_id: int) -> HttpResponse:
    client_id = cases.offer_of(offer_id).client_id
    accepted = request.POST.get("answer") == "accepted"
    actions.answer_offer(offer_id=offer_id, accepted=accepted, by=user)
    return _back(request, client_id, _ACCEPTED if accepted else _DECLINED)


def _back(request: HttpRequest, client_id: str, said: Text) -> HttpResponse:
    messages.success(request, str(said))
    return redirect("client", client_id=client_id)


_OFFERED = Text(
    zh="已记下提出的方案，等客户答复。", en="The offer is noted and waits for the client's answer."
)
_ACCEPTED = Text(zh="客户接受，已开始落实。", en="Accepted; its job has started.")
_DECLINED = Text(zh="客户不接受，已记下。", en="Declined; noted.")
