"""From a day's scores to the clients whom a call may be made to: what each may lose, and what bars a call.

Read from the book alone. Who serves a house of people adds what it knows besides: exits under way, and
clients who said that they want no call.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import duckdb

from wanliu.book.sealed import Book
from wanliu.book.tables import EXIT_REQUESTS
from wanliu.foresight.book_model import Day
from wanliu.foresight.rank import Candidate
from wanliu.ruleset import load

RULES = "standard"
"""Whose share of net assets makes the value at stake."""
WEEK = timedelta(days=7)
ASKED_TO_LEAVE = timedelta(days=61)
"""Who asked to leave within two months is served by the exit desk and gets no retention call."""


@dataclass(frozen=True)
class Besides:
    """What is known beside the book. ``among``: only these are candidates; None: everybody with a score."""

    effects: Mapping[str, float] = field(default_factory=dict)
    leaving: Collection[str] = frozenset()
    declined: Collection[str] = frozenset()
    among: Collection[str] | None = None


NOTHING = Besides()


def candidates_of(book: Book, as_of: date, day: Day, besides: Besides = NOTHING) -> Iterator[Candidate]:
    """One for each client with a score, in the order of client numbers."""
    share = float(load(RULES).stake.share)
    attempts = attempts_of(book, as_of)
    leaving = asked_to_leave(book, as_of) | set(besides.leaving)
    months = day.months
    for place, client_id in enumerate(months.client_ids):
        if besides.among is not None and client_id not in besides.among:
            continue
        yield Candidate(
            client_id=client_id,
            adviser=months.managers[place] or months.branches[place],
            risk=float(day.scores[place]),
            value=max(0.0, float(months.commission[place])) + share * float(months.net_assets[place]),
            effect=besides.effects.get(client_id),
            attempts_this_week=attempts.get(client_id, 0),
            do_not_contact=bool(months.uncalled[place]),
            is_leaving=client_id in leaving,
            has_declined=client_id in besides.declined,
        )


def attempts_of(book: Book, as_of: date) -> dict[str, int]:
    """Client → outbound contacts of the last seven days, whatever came of them."""
    if not book.has("contacts"):
        return {}
    rows = book.rows_of("contacts", as_of - WEEK + timedelta(days=1), as_of)
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT client_id, count(*) FROM ({rows}) WHERE direction = 'out' GROUP BY client_id"
        )
        return {str(client): int(count) for client, count in found.fetchall()}


def asked_to_leave(book: Book, as_of: date) -> set[str]:
    """Clients with a request to leave in the two months up to the day, whatever became of it."""
    if not book.has("requests"):
        return set()
    kinds = EXIT_REQUESTS.split()
    marks = ", ".join("?" for _ in kinds)
    rows = book.rows_of("requests", as_of - ASKED_TO_LEAVE, as_of)
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT client_id FROM ({rows}) WHERE kind IN ({marks})", kinds)
        return {str(client) for (client,) in found.fetchall()}
