"""Who is asked about, and whether a run judges them at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from wanliu.book.history import rows_of_client
from wanliu.book.sealed import Book
from wanliu.errors import UsageError
from wanliu.text import Text


@dataclass(frozen=True)
class Asked:
    """The client that ``why`` speaks of; ``segment`` is None where the book does not say."""

    client_id: str
    branch_id: str | None
    manager_id: str | None
    opened_on: date
    segment: str | None
    do_not_contact: bool


def asked_client(connection: duckdb.DuckDBPyConnection, book: Book, client_id: str, as_of: date) -> Asked:
    """Raises UsageError for a client that the book does not know, or one not judged on the day, with why."""
    rows = rows_of_client(connection, book, "clients", client_id).to_pylist()
    if not rows:
        raise UsageError(_UNKNOWN)
    (row,) = rows
    closed = [row["closed_on"]] if row["closed_on"] else []
    if book.has("exits"):
        exits = rows_of_client(connection, book, "exits", client_id).to_pylist()
        closed += [one["date"] for one in exits if one["kind"] == "closed_account"]
    if found := _why_not_judged(row, min(closed, default=None), as_of):
        raise UsageError(_NOT_JUDGED.format(why=found))
    named = {name: row[name] for name in ("client_id", "branch_id", "manager_id", "opened_on", "segment")}
    return Asked(**named, do_not_contact=bool(row["do_not_contact"]))


def _why_not_judged(row: dict[str, object], closed_on: date | None, as_of: date) -> Text | None:
    opened_on = row["opened_on"]
    checks = (
        (row["kind"] != "person", _NO_PERSON),
        (bool(row["is_employee"]), _EMPLOYEE),
        (row["status"] == "deceased", _DECEASED),
        (bool(row["scoring_opt_out"]), _OPTED_OUT),
        (isinstance(opened_on, date) and opened_on > as_of, _NOT_YET.format(day=opened_on)),
        (closed_on is not None and closed_on <= as_of, _CLOSED.format(day=closed_on)),
    )
    return next((why for holds, why in checks if holds), None)


_UNKNOWN = Text(
    zh="账簿的客户表里没有这个客户号。请核对 --client（前导零也算在内）。",
    en="The book's table of clients does not have this number. Check --client (leading zeros count).",
)
_NOT_JUDGED = Text(
    zh="这位客户当日不在判断之列：{why.zh}。因此没有任何信号。",
    en="This client is not judged on that day: {why.en}. So there is no signal to explain.",
)
_NO_PERSON = Text(zh="不是个人客户", en="not a person")
_EMPLOYEE = Text(zh="是本公司员工", en="an employee of the firm")
_DECEASED = Text(zh="已故", en="deceased")
_OPTED_OUT = Text(zh="拒绝自动化评分", en="opted out of automated scoring")
_NOT_YET = Text(zh="{day} 才开户", en="the account was opened on {day}")
_CLOSED = Text(zh="已于 {day} 销户", en="the account was closed on {day}")
