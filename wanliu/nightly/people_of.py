"""The clients of a book as the workbench keeps them: with names, phones and account numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb

from wanliu.book.sealed import Book
from wanliu.cases.actions import Seen
from wanliu.exits.from_book import BookExit, BookRequest, FromBook
from wanliu.exits.track import KINDS
from wanliu.people.sync import ClientRow

ROWS_AT_ONCE = 5000
MEMORY = "2GB"
SETTLED = "('granted', 'refused', 'withdrawn')"


def client_rows(book: Book) -> Iterator[ClientRow]:
    """Every client of the book, by client id."""
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        found = connection.execute(
            f"SELECT c.client_id, c.branch_id, c.opened_on, c.manager_id, c.kind, c.segment, c.status, "
            f"c.closed_on, c.birth_year, c.risk_level, c.commission_rate, c.is_employee, c.do_not_contact, "
            f"c.scoring_opt_out, c.marketing_consent, p.name, p.phone, p.city, a.accounts "
            f"FROM ({book.rows_of('clients')}) c LEFT JOIN ({book.rows_of('persons')}) p USING (client_id) "
            f"LEFT JOIN ({_accounts(book)}) a USING (client_id) ORDER BY c.client_id"
        )
        names = [column[0] for column in found.description or ()]
        while rows := found.fetchmany(ROWS_AT_ONCE):
            for row in rows:
                yield _client(book, dict(zip(names, row, strict=True)))


def _accounts(book: Book) -> str:
    """Client → the numbers of the accounts that moved or traded."""
    sources = [
        f"SELECT client_id, account_id FROM ({book.rows_of(table)}) WHERE account_id IS NOT NULL"
        for table in ("flows", "trades")
    ]
    return (
        f"SELECT client_id, list(DISTINCT account_id) AS accounts FROM ({' UNION ALL '.join(sources)}) "
        f"GROUP BY client_id"
    )


def _client(book: Book, row: dict[str, Any]) -> ClientRow:
    for name in ("is_employee", "do_not_contact", "scoring_opt_out"):
        if book.lacks("clients", name):
            row[name] = None
    accounts = tuple(sorted(row.pop("accounts") or ()))
    return ClientRow(**row, accounts=accounts)


def exits_of(book: Book, as_of: date) -> FromBook:
    """What the book says of exits up to the day."""
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        requests = connection.execute(
            f"SELECT request_id, client_id, date, kind, closed_on, outcome "
            f"FROM ({book.rows_of('requests', None, as_of)}) WHERE list_contains(?, kind)",
            [list(KINDS)],
        ).fetchall()
        exits = connection.execute(
            f"SELECT client_id, date, kind FROM ({book.rows_of('exits', None, as_of)})"
        ).fetchall()
    return FromBook(
        requests=[
            BookRequest(request_id, client_id, day, kind, is_open=_is_open(closed_on, outcome, as_of))
            for request_id, client_id, day, kind, closed_on, outcome in requests
        ],
        exits=[BookExit(client_id, day, kind) for client_id, day, kind in exits],
    )


def _is_open(closed_on: date | None, outcome: str | None, as_of: date) -> bool:
    """By the day of settlement where there is one, else by the outcome."""
    return closed_on > as_of if closed_on else outcome in (None, "open")


def complaints_of(book: Book, as_of: date) -> dict[str, tuple[str, ...]]:
    """Client → the complaints that are open on the day, by number."""
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        rows = connection.execute(
            f"SELECT client_id, list(request_id ORDER BY request_id) "
            f"FROM ({book.rows_of('requests', None, as_of)}) WHERE kind = 'complaint' "
            f"AND CASE WHEN closed_on IS NULL THEN coalesce(outcome, 'open') = 'open' "
            f"ELSE closed_on > ? END GROUP BY client_id",
            [as_of],
        ).fetchall()
    return {client_id: tuple(requests) for client_id, requests in rows}


def seen_in(book: Book, as_of: date, client_ids: list[str]) -> list[Seen]:
    """How these clients stand on the book's day, for the outcomes that are due."""
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        rows = connection.execute(
            f"SELECT c.client_id, a.net_assets, x.left_on FROM (SELECT unnest(?) AS client_id) c "
            f"LEFT JOIN (SELECT client_id, arg_max(net_assets, date) AS net_assets "
            f"FROM ({book.rows_of('assets', None, as_of)}) WHERE date > ?::DATE - {FRESH_DAYS} "
            f"GROUP BY client_id) a USING (client_id) "
            f"LEFT JOIN (SELECT client_id, max(date) AS left_on "
            f"FROM ({book.rows_of('exits', None, as_of)}) GROUP BY client_id) x USING (client_id)",
            [client_ids, as_of],
        ).fetchall()
    return [Seen(client_id, as_of, net_assets, left_on) for client_id, net_assets, left_on in rows]


FRESH_DAYS = 31
"""Assets that were last told longer ago are unknown today."""
