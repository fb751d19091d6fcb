"""What the book says of one client up to the as-of day: what stops, observes and fills are made from.

Names and phones are not here: the analytic core never reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import duckdb

from wanliu.book.calendar import months_earlier
from wanliu.book.history import rows_of_client
from wanliu.book.sealed import Book, quoted
from wanliu.errors import UsageError
from wanliu.text import Text

Row = dict[str, Any]
MONTHS_OF_ORDERS = 12


@dataclass(frozen=True)
class Client:
    """One client's file on a day. A table that the book lacks is None: unknown, not empty."""

    row: Row
    as_of: date
    orders: Sequence[Row] | None
    """Of the last twelve months; None where the book does not reach back so far."""
    requests: Sequence[Row] | None
    contacts: Sequence[Row] | None
    profile_changes: Sequence[Row] | None
    exits: Sequence[Row] | None
    held: Row | None
    """The latest row of assets, of the last month."""
    manager: Row | None
    branch: Row | None
    median_rate: Decimal | None
    """The median commission rate of the clients of the same segment."""

    @property
    def id(self) -> str:
        return str(self.row["client_id"])

    @property
    def age(self) -> int | None:
        """In whole years, as far as the year of birth tells."""
        born = self.row["birth_year"]
        return None if born is None else self.as_of.year - int(born)

    def closed_on(self) -> date | None:
        """The day the account was closed, on or before the as-of day."""
        days = [self.row["closed_on"], *(one["date"] for one in self.exits or () if one["kind"] == CLOSED)]
        return min((day for day in days if day is not None and day <= self.as_of), default=None)

    def open_requests(self, *kinds: str) -> list[Row]:
        """Requests of these kinds that were not settled on the day, the latest first.

        One without a day of settlement is settled where its outcome says so, or the exit was carried out.
        """
        return [one for one in self.asked(*kinds) if not self._settled(one)]

    def _settled(self, request: Row) -> bool:
        if request["closed_on"]:
            return bool(request["closed_on"] <= self.as_of)
        carried_out = CARRIED_OUT.get(request["kind"])
        left = any(one["kind"] == carried_out and one["date"] >= request["date"] for one in self.exits or ())
        return left or request.get("outcome") in SETTLED

    def asked(self, *kinds: str) -> list[Row]:
        """Requests of these kinds up to the day, the latest first."""
        found = [one for one in self.requests or () if one["kind"] in kinds]
        return sorted(found, key=lambda one: (one["date"], one["request_id"]), reverse=True)


CLOSED = "closed_account"
CARRIED_OUT = {
    "close_account": CLOSED,
    "transfer_custody": "transferred_custody",
    "revoke_designation": "revoked_designation",
}
"""Request to leave → the exit that fulfils it."""
SETTLED = ("granted", "refused", "withdrawn")


def client_of(book: Book, client_id: str, as_of: date, reader: duckdb.DuckDBPyConnection) -> Client:
    """Raises UsageError for a client whom the book does not know, or not yet on that day."""
    rows = rows_of_client(reader, book, "clients", client_id).to_pylist()
    if not rows:
        raise UsageError(_UNKNOWN)
    (row,) = rows
    if row["opened_on"] > as_of:
        raise UsageError(_NOT_YET.format(day=row["opened_on"]))

    def history(table: str, months: int | None = None) -> list[Row] | None:
        if not book.has(table):
            return None
        first = months_earlier(as_of, months) if months else None
        rows: list[Row] = rows_of_client(reader, book, table, client_id, first=first, up_to=as_of).to_pylist()
        return rows

    # orders of twelve months are known only where the book has them from the first of these days on
    since = max(months_earlier(as_of, MONTHS_OF_ORDERS) + timedelta(days=1), row["opened_on"])
    begins = book.first_date("trades")
    orders = history("trades", MONTHS_OF_ORDERS) if begins and begins <= since else None
    assets = history("assets", months=1)
    return Client(
        row=row,
        as_of=as_of,
        orders=orders and [one for one in orders if one["date"] >= since],
        requests=history("requests"),
        contacts=history("contacts"),
        profile_changes=history("profile_changes"),
        exits=history("exits"),
        held=assets[-1] if assets else None,
        manager=_named(book, "staff", "staff_id", row["manager_id"], reader),
        branch=_named(book, "branches", "branch_id", row["branch_id"], reader),
        median_rate=_median_rate(book.rows_of("clients"), row["segment"], book.fingerprint),
    )


def staff_of(book: Book, staff_id: str | None, reader: duckdb.DuckDBPyConnection) -> Row | None:
    """The member of staff; raises UsageError for a number that the book does not have."""
    found = _named(book, "staff", "staff_id", staff_id, reader)
    if staff_id is not None and found is None:
        raise UsageError(_NO_STAFF)
    return found


def _named(book: Book, table: str, key: str, id: str | None, reader: duckdb.DuckDBPyConnection) -> Row | None:
    if id is None or not book.has(table):
        return None
    found = reader.sql(f"SELECT * FROM ({book.rows_of(table)}) WHERE {key} = ?", params=[id])
    return next(iter(found.to_arrow_table().to_pylist()), None)


@lru_cache(maxsize=16)
def _median_rate(clients: str, segment: str | None, _fingerprint: str) -> Decimal | None:
    """Over the persons with an open account and a known rate; of the same segment, where that is known.

    It reads every client, so it is taken once for each book (``_fingerprint``) and not for each page.
    """
    alike = f"segment = {quoted(segment)}" if segment else "TRUE"
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT median(commission_rate) FROM ({clients}) "
            f"WHERE kind = 'person' AND closed_on IS NULL AND {alike}"
        ).fetchall()
    ((median,),) = found
    return None if median is None else Decimal(str(median))


_UNKNOWN = Text(
    zh="账簿的客户表里没有这个客户号。请核对 --client（前导零也算在内）。",
    en="The book's table of clients does not have this number. Check --client (leading zeros count).",
)
_NO_STAFF = Text(
    zh="账簿的员工表里没有这个员工号。请核对 --staff。",
    en="The book's table of staff does not have this number. Check --staff.",
)
_NOT_YET = Text(
    zh="这位客户 {day} 才开户。请换一个日期。",
    en="This client's account was opened on {day}. Choose another day.",
)
