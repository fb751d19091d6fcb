"""佣金优惠: which published tier the client meets, what is missing to the next, and asking for one.

Price sees no score, no level and no case: nothing of them is read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wanliu.clock import today
from wanliu.commission.tariff import Channel, Tariff, Tier
from wanliu.commission.terms import Terms
from wanliu.commission.told import terms_in_words
from wanliu.concessions import queries as asked
from wanliu.concessions.actions import request_terms
from wanliu.concessions.eligibility import Facts, Missing, is_better, missing
from wanliu.concessions.from_book import Figures, figures_of
from wanliu.concessions.queries import Granted
from wanliu.concessions.track import STATES
from wanliu.errors import BookRefused, Refused, UsageError
from wanliu.people.queries import person
from wanliu.people.rights import can, check_may
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.at_book import current_book, reader
from wanliu.workbench.channels import CHANNELS, channel_given
from wanliu.workbench.pages import page

LATEST: Final = 3
LONGEST: Final = 64


@dataclass(frozen=True)
class Step:
    """One published tier beside the client's own figures. ``missing`` None: the assets are not known."""

    tier: Tier
    terms: Text
    missing: Missing | None
    is_present: bool
    no_gain: bool

    @property
    def is_met(self) -> bool:
        return self.missing is not None and self.missing.nothing


@page("clients/<str:client_id>/terms", action="concessions.view")
def client_terms(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    """A part of the client's page and of the counter."""
    who = person(client_id)
    check_may(user, "concessions.view", who)
    channel = channel_given(request.GET.get("channel", ""))
    figures = _figures(client_id, channel)
    tariff = figures.tariff if figures else None
    found = asked.requests_of(client_id)
    held = next((one for one in asked.in_force(client_id, today()) if one.channel == channel), None)
    context: dict[str, Any] = {
        "who": who,
        "channel": channel,
        "channels": CHANNELS.items(),
        "figures": figures,
        "tariff": tariff,
        "present": _present(figures),
        "steps": _steps(tariff, channel, figures.facts, held) if figures and tariff else [],
        "held": held,
        "held_terms": terms_in_words(held.terms) if held else None,
        "not_in_book": held is not None and _lags(figures, held.terms),
        "requests": [(one, STATES[one.state], terms_in_words(one.terms)) for one in found[:LATEST]],
        "open_here": any(one.is_open and one.channel == channel for one in found),
        "cuts": len(asked.history(client_id)),
        "may_request": can(user, "concessions.request", who) and not who.is_closed,
    }
    return render(request, "terms/part.html", context)


@page("clients/<str:client_id>/terms/requests", action="concessions.request", methods=("POST",))
def client_terms_request(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    """The client asks for a tier: the figures are the book's own, never the form's."""
    check_may(user, "concessions.request", person(client_id))
    channel = channel_given(request.POST.get("channel", ""))
    tier = request.POST.get("tier", "")[:LONGEST]
    figures = _figures(client_id, channel)
    if figures is None:
        raise Refused(_NO_FIGURES)
    made = request_terms(client_id=client_id, channel=channel, tier=tier, facts=figures.facts, by=user)
    messages.success(request, str(_ASKED.format(due=made.due_on)))
    return redirect("terms_request", request_id=made.id)


def _figures(client_id: str, channel: Channel) -> Figures | None:
    """None without a book, or where it has no orders or not this client."""
    try:
        with reader() as connection:
            return figures_of(connection, current_book(), client_id, channel, day=today())
    except (UsageError, BookRefused):
        return None


def _present(figures: Figures | None) -> Text | None:
    now = figures.quote.now if figures else None
    return None if now is None else terms_in_words(now)


def _steps(tariff: Tariff, channel: Channel, facts: Facts, held: Granted | None) -> list[Step]:
    return [
        Step(
            tier=tier,
            terms=terms_in_words(Terms(tier.rate, tier.minimum)),
            missing=missing(tier, facts),
            is_present=(tier.rate, tier.minimum) == (facts.rate, facts.minimum),
            no_gain=not is_better(tier, facts) or (held is not None and _is_as_good(held.terms, tier)),
        )
        for tier in tariff.ladder(channel)
    ]


def _is_as_good(terms: Terms, tier: Tier) -> bool:
    return terms.rate <= tier.rate and terms.minimum <= tier.minimum


def _lags(figures: Figures | None, granted: Terms) -> bool:
    """Whether the book's terms are dearer than those that were granted."""
    now = figures.quote.now if figures else None
    return now is not None and (now.rate > granted.rate or now.minimum > granted.minimum)


_ASKED = Text(
    zh="申请已登记，{due} 前书面答复客户。由另一位有权限的人决定。",
    en="The request is on file; the client has an answer in writing by {due}. Somebody else decides.",
)
_NO_FIGURES = Text(
    zh="账簿里没有这位客户的委托，判断不了档位，没有登记申请。",
    en="The book has no orders of this client, so no tier can be told; no request was filed.",
)
