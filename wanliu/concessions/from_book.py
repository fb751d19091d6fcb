"""What the tiers ask of a client, from the sealed book: the sum, and the figures that a request keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from wanliu.book.sealed import Book
from wanliu.commission.from_book import last_day, quote_of
from wanliu.commission.quote import Quote
from wanliu.commission.tariff import Channel, Tariff
from wanliu.concessions.eligibility import Facts, facts_of, tariffs


@dataclass(frozen=True)
class Figures:
    """The sum over the client's own orders, what of it the tiers ask, and the version that held on its day.

    ``tariff`` None: the day lies before the first published version.
    """

    quote: Quote
    facts: Facts
    tariff: Tariff | None


def figures_of(
    connection: duckdb.DuckDBPyConnection, book: Book, client_id: str, channel: Channel, *, day: date
) -> Figures:
    """By the last day of the book's orders that has come by ``day``. Raises UsageError where the book has no
    orders or does not have the client."""
    as_of, published = min(last_day(book), day), tariffs()
    quote = quote_of(connection, book, client_id, published, as_of=as_of, channel=channel)
    tariff = published.on(as_of) if as_of >= published.versions[0].since else None
    return Figures(quote, facts_of(quote, book.fingerprint), tariff)
