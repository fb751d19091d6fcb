"""佣金测算: the sum from the client's own orders, by the present terms and by theirs; fit to read aloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.commission.from_book import quote_of
from wanliu.commission.quote import Quote
from wanliu.commission.rates import rate_of, yuan_of
from wanliu.commission.terms import Terms
from wanliu.commission.told import sentences, terms_in_words
from wanliu.directory.queries import current_run
from wanliu.errors import BookRefused, NotFound, UsageError
from wanliu.people.user import User
from wanliu.tariffs.queries import in_force
from wanliu.text import Text
from wanliu.workbench.at_book import current_book, reader
from wanliu.workbench.pages import page
from wanliu.workbench.served import served

LONGEST = 32
WHOLE = 100
"""A bar's full width."""


@dataclass(frozen=True)
class Bar:
    """What the same orders cost by some terms, drawn against the dearest."""

    name: Text
    terms: Text | None
    yuan: Decimal
    width: int


@page("clients/<str:client_id>/sum", action="client.script", methods=("GET", "POST"))
def client_sum(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    """A part of the counter. What the other firm is said to take comes by a form, and both or nothing."""
    served(user, "client.script", client_id)
    typed = {name: request.POST.get(name, "").strip()[:LONGEST] for name in ("rate", "minimum")}
    fault = None
    try:
        against = _terms(typed) if request.method == "POST" else None
    except UsageError as refused:
        against, fault = None, refused.message
    try:
        quote = _quote(client_id, against)
    except (UsageError, BookRefused):  # no book, or one without orders or without this client
        return render(request, "fees/part.html", {"absent": True})
    told = {
        "client_id": client_id,
        "typed": typed,
        "fault": fault,
        "quote": quote,
        "sentences": sentences(quote),
        "bars": _bars(quote) if quote.orders else [],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    return render(request, "fees/part.html", told, status=status)


def _terms(typed: dict[str, str]) -> Terms:
    """Raises UsageError for what is no rate or no sum of money."""
    return Terms(rate_of(typed["rate"], at_most=in_force().law.limit.rate), yuan_of(typed["minimum"]))


def _quote(client_id: str, against: Terms | None) -> Quote:
    run = current_run()
    if run is None:
        raise NotFound(_NO_RUN)
    book = current_book()
    with reader() as connection:
        return quote_of(connection, book, client_id, in_force(), as_of=run.as_of, against=against)


def _bars(quote: Quote) -> list[Bar]:
    known = list(_sums(quote))
    dearest = max(yuan for _, _, yuan in known) or Decimal(1)
    return [Bar(name, terms, yuan, round(WHOLE * yuan / dearest)) for name, terms, yuan in known]


def _sums(quote: Quote) -> Iterator[tuple[Text, Text | None, Decimal]]:
    yield _CHARGED, None, quote.charged
    if quote.now is not None and quote.total is not None:
        yield _NOW, terms_in_words(quote.now), quote.total
    if quote.against is not None:
        yield _THERE, terms_in_words(quote.against.terms), quote.against.total
    if quote.tier is not None:
        yield quote.tier.tier.name, terms_in_words(quote.tier.compared.terms), quote.tier.compared.total


_CHARGED = Text(zh="实际付了", en="Really paid")
_NOW = Text(zh="按现在的条件", en="By the present terms")
_THERE = Text(zh="按对方的条件", en="By their terms")
_NO_RUN = Text(zh="还没有预警结果。", en="There is no run yet.")
