"""What the book says of exits: requests that open one here, and exits carried out that finish one.

Everything is taken once, however often it is delivered. The book never takes a request back: only the
client can.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Final, Literal, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from wanliu.audit.record import Actor, record
from wanliu.clock import SHANGHAI, day_of, now
from wanliu.exits.actions import record_request
from wanliu.exits.models import NIGHTLY, Departure
from wanliu.exits.models import Exit as Row
from wanliu.exits.moving import move, step_due, stream_of
from wanliu.exits.track import FINAL, KINDS, Kind
from wanliu.people.actions import freeze
from wanliu.people.queries import Person, persons

Item = TypeVar("Item")

STREAM: Final = "exits/book"
ROWS_AT_ONCE: Final = 2000
CARRIED_OUT: Final[dict[str, Kind]] = {
    "closed_account": "close_account",
    "transferred_custody": "transfer_custody",
    "revoked_designation": "revoke_designation",
}


@dataclass(frozen=True)
class BookRequest:
    """One row of the book's ``requests``, of a kind that is an exit; rows of other kinds are passed over."""

    request_id: str
    client_id: str
    on: date
    kind: str
    is_open: bool
    """Neither settled nor refused nor withdrawn, as far as the book knows."""


@dataclass(frozen=True)
class BookExit:
    """One row of the book's ``exits``."""

    client_id: str
    on: date
    kind: Literal["closed_account", "transferred_custody", "revoked_designation"]


@dataclass(frozen=True)
class FromBook:
    """What a delivery says of exits; any order, any overlap with what was delivered before."""

    requests: Sequence[BookRequest] = ()
    exits: Sequence[BookExit] = ()


@dataclass(frozen=True)
class Taken:
    """What was new: exits opened, joined to one that was open, finished; departures; requests of nobody."""

    opened: int = 0
    joined: int = 0
    finished: int = 0
    departed: int = 0
    unknown: int = 0


def take_from_book(*, rows: FromBook, by: Actor) -> Taken:
    """Takes what is new. Each exit changes in a transaction of its own: killed half-way, call it again.

    Departures come first, so that a request which the book has answered already opens nothing.
    """
    departed = finished = 0
    for some in _batches(rows.exits):
        new, done = _take_departures(some, by)
        departed, finished = departed + new, finished + done
    asked: Counter[str] = Counter()
    for more in _batches([one for one in rows.requests if one.is_open and one.kind in KINDS]):
        asked += _take_requests(more, by)
    _follow_clients()
    return Taken(
        opened=asked["opened"],
        joined=asked["joined"],
        finished=finished,
        departed=departed,
        unknown=asked["unknown"],
    )


def _take_departures(rows: Sequence[BookExit], by: Actor) -> tuple[int, int]:
    """How many were new, and how many exits they finished."""
    clients = {row.client_id for row in rows}
    known = set(
        Departure.objects.filter(client_id__in=clients, in_book=True).values_list("client_id", "kind", "on")
    )
    new = [row for row in dict.fromkeys(rows) if (row.client_id, CARRIED_OUT[row.kind], row.on) not in known]
    busy = set(_open().filter(client_id__in=clients).values_list("client_id", flat=True))
    _keep([row for row in new if row.client_id not in busy], by)
    finished = sum(_finish(row, by) for row in sorted(new, key=lambda row: row.on) if row.client_id in busy)
    return len(new), finished


@transaction.atomic
def _keep(rows: Sequence[BookExit], by: Actor) -> None:
    """Departures of clients who had asked for nothing here: known from the book alone."""
    if not rows:
        return
    Departure.objects.bulk_create(_departure(row) for row in rows)
    record(stream=STREAM, verb="departures_taken", by=by, ids={"departed": len(rows)})


@transaction.atomic
def _finish(row: BookExit, by: Actor) -> int:
    """Keeps the departure and finishes what it answers; a closed account answers all that is open."""
    departure = _departure(row)
    departure.save(force_insert=True)
    answered = [leaving for leaving in _answered_by(row) if day_of(leaving.requested_at) <= row.on]
    for leaving in answered:
        leaving.done_at, leaving.done_on = now(), row.on
        move(leaving, "learn_done", by=by, ids={"done_on": row.on.isoformat(), "book": row.kind})
    if answered and row.kind == "closed_account":
        freeze(client_id=row.client_id, by=by)
    return len(answered)


def _answered_by(row: BookExit) -> list[Row]:
    found = _open().select_for_update().filter(client_id=row.client_id).order_by("id")
    return list(found if row.kind == "closed_account" else found.filter(kind=CARRIED_OUT[row.kind]))


def _take_requests(rows: Sequence[BookRequest], by: Actor) -> Counter[str]:
    """How many ``opened`` an exit, were ``joined`` to one, or are of clients ``unknown``."""
    ids = [row.request_id for row in rows]
    known = set(Row.objects.filter(book_request_id__in=ids).values_list("book_request_id", flat=True))
    new = {row.request_id: row for row in rows if row.request_id not in known}
    clients = persons(row.client_id for row in new.values())
    found: Counter[str] = Counter()
    for row in sorted(new.values(), key=lambda row: (row.on, row.request_id)):
        client = clients.get(row.client_id)
        found["unknown" if client is None else _take_request(row, client, by)] += 1
    return found


def _take_request(row: BookRequest, client: Person, by: Actor) -> str:
    try:
        with transaction.atomic():
            if _is_answered(row, client):
                return "answered"
            open_one = _open().select_for_update().filter(client_id=row.client_id, kind=row.kind).first()
            if open_one is not None:
                return _join(open_one, row, by)
            return _open_exit(row, client, by)
    except IntegrityError:  # a clerk took the same request in this moment: the next night joins the two
        return "answered"


def _is_answered(row: BookRequest, client: Person) -> bool:
    """Whether what the client asked for was done since, or taken back by the client on a later day."""
    if client.closed_on is not None and client.closed_on >= row.on:
        return True
    gone = Departure.objects.filter(client_id=row.client_id, on__gte=row.on)
    if gone.filter(kind__in=(row.kind, "close_account")).exists():
        return True
    next_day = _first_second(row.on + timedelta(days=1))
    taken_back = Row.objects.filter(client_id=row.client_id, kind=row.kind, withdrawn_at__gte=next_day)
    return taken_back.exists()


def _join(leaving: Row, row: BookRequest, by: Actor) -> str:
    """The desk took the same request: the clock starts with the client's first word, whoever heard it."""
    if leaving.book_request_id is not None:
        return "answered"
    leaving.book_request_id = row.request_id
    if row.on < day_of(leaving.requested_at):
        leaving.requested_at = _first_second(row.on)
    leaving.save(update_fields=["book_request_id", "requested_at"])
    ids = {"request": row.request_id, "asked_on": row.on.isoformat()}
    record(
        stream=stream_of(leaving.pk), verb="book_request_joined", by=by, client_id=leaving.client_id, ids=ids
    )
    return "joined"


def _open_exit(row: BookRequest, client: Person, by: Actor) -> str:
    moment = _first_second(row.on)
    leaving = Row(
        client_id=client.client_id,
        branch_id=client.branch_id,
        manager_id=client.manager_id,
        kind=row.kind,
        channel=NIGHTLY,
        book_request_id=row.request_id,
        requested_at=moment,
        entered_at=moment,
    )
    leaving.step_due_on = step_due(leaving, row.on)
    leaving.save(force_insert=True)
    record_request(leaving, by=by)
    return "opened"


def _follow_clients() -> None:
    """Open exits follow their clients to another branch or manager: lists show them to the right people."""
    for some in _batches(list(_open().order_by("id"))):
        clients = persons(leaving.client_id for leaving in some)
        for leaving in some:
            client = clients.get(leaving.client_id)
            if client and (client.branch_id, client.manager_id) != (leaving.branch_id, leaving.manager_id):
                Row.objects.filter(pk=leaving.pk).update(
                    branch_id=client.branch_id, manager_id=client.manager_id
                )


def _departure(row: BookExit) -> Departure:
    return Departure(client_id=row.client_id, kind=CARRIED_OUT[row.kind], on=row.on, in_book=True)


def _open() -> QuerySet[Row]:
    return Row.objects.exclude(state__in=FINAL)


def _first_second(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)


def _batches(rows: Sequence[Item]) -> Iterator[list[Item]]:
    left = iter(rows)
    while some := list(islice(left, ROWS_AT_ONCE)):
        yield some
