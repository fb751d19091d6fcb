"""What the night takes from the book: each request opens one exit, each exit carried out finishes one."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exits.desk import FRIDAY, MONDAY, SATURDAY, TUESDAY, WEDNESDAY, act, again, an_exit, on
from tests.web import make_client, make_user
from wanliu.audit.chain import verify
from wanliu.audit.queries import events_of_stream
from wanliu.audit.record import System
from wanliu.clock import day_of
from wanliu.exits.from_book import BookExit, BookRequest, FromBook, Taken, take_from_book
from wanliu.exits.models import Departure
from wanliu.exits.models import Exit as Row
from wanliu.exits.queries import Left, exits_of, has_left, is_leaving, open_exits_of, queue
from wanliu.exits.track import OPEN, State
from wanliu.people.queries import person
from wanliu.people.rights import sight
from wanliu.people.user import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    make_client()
    return make_user("counter_clerk")


def asked(on: date = FRIDAY, id: str = "R1", **given: Any) -> BookRequest:
    return BookRequest(
        **{"request_id": id, "client_id": "C1", "on": on, "kind": "close_account", "is_open": True, **given}
    )


def gone(on: date = MONDAY, **given: Any) -> BookExit:
    return BookExit(**{"client_id": "C1", "on": on, "kind": "closed_account", **given})


def take(*rows: BookRequest | BookExit) -> Taken:
    return take_from_book(
        rows=FromBook(
            requests=[row for row in rows if isinstance(row, BookRequest)],
            exits=[row for row in rows if isinstance(row, BookExit)],
        ),
        by=System,
    )


# --- requests -----------------------------------------------------------------------------------------


def test_request_of_the_book_opens_an_exit_once(clerk: User) -> None:
    assert take(asked()) == Taken(opened=1)
    assert take(asked()) == Taken()

    (leaving,) = exits_of("C1")
    assert (leaving.channel, leaving.book_request_id, leaving.state) == ("nightly", "R1", "requested")
    assert day_of(leaving.requested_at) == FRIDAY
    assert not leaving.hour_is_known
    assert leaving.step_due_on == MONDAY
    assert act("check_identity", leaving, by=clerk).state == "identity_checked"


@pytest.mark.usefixtures("clerk")
@pytest.mark.parametrize("given", [{"is_open": False}, {"kind": "complaint"}, {"kind": "gift"}])
def test_other_rows_open_nothing(given: dict[str, Any]) -> None:
    assert take(asked(**given)) == Taken()


@pytest.mark.usefixtures("clerk")
def test_request_of_a_client_whom_nobody_knows_is_counted_and_taken_later() -> None:
    assert take(asked(client_id="C9")) == Taken(unknown=1)
    make_client("C9")
    assert take(asked(client_id="C9")) == Taken(opened=1)


def test_request_joins_the_exit_that_the_desk_took_and_starts_its_clock_earlier(clerk: User) -> None:
    with on(MONDAY):
        leaving = an_exit("identity_checked", by=clerk)

        assert take(asked(FRIDAY)) == Taken(joined=1)
        assert take(asked(FRIDAY), asked(MONDAY, "R2")) == Taken()

    joined = again(leaving)
    assert joined.book_request_id == "R1"
    assert day_of(joined.requested_at) == FRIDAY
    assert (joined.state, joined.version) == (leaving.state, leaving.version)
    assert events_of_stream(f"exit/{leaving.id}")[0].verb == "book_request_joined"


def test_request_joined_on_the_same_day_keeps_its_hour(clerk: User) -> None:
    with on(FRIDAY):
        leaving = an_exit(by=clerk)
        take(asked(FRIDAY))

    assert again(leaving).requested_at == leaving.requested_at


@pytest.mark.usefixtures("clerk")
def test_each_kind_opens_an_exit_of_its_own() -> None:
    taken = take(asked(), asked(id="R2", kind="transfer_custody"), asked(id="R3", kind="revoke_designation"))

    assert taken == Taken(opened=3)
    assert {one.kind for one in open_exits_of(["C1"])} == {
        "close_account", "transfer_custody", "revoke_designation",
    }  # fmt: skip


def test_request_that_the_desk_has_answered_opens_nothing(clerk: User) -> None:
    with on(MONDAY):
        an_exit("done", by=clerk, kind="transfer_custody")

    assert (
        take(asked(FRIDAY, kind="transfer_custody"), asked(MONDAY, "R2", kind="transfer_custody")) == Taken()
    )
    assert take(asked(TUESDAY, "R3", kind="transfer_custody")) == Taken(opened=1)


def test_request_taken_back_on_a_later_day_opens_nothing_but_a_new_word_does(clerk: User) -> None:
    with on(MONDAY):
        an_exit("withdrawn_by_client", by=clerk)

    assert take(asked(FRIDAY)) == Taken()
    # on the same day nobody can tell which came first: it is taken, for no request may be lost
    assert take(asked(MONDAY, "R2")) == Taken(opened=1)


@pytest.mark.usefixtures("clerk")
def test_book_never_takes_a_request_back() -> None:
    take(asked())

    take(asked(is_open=False))

    assert is_leaving("C1")


@pytest.mark.usefixtures("clerk")
def test_request_of_a_client_who_closed_since_opens_nothing() -> None:
    make_client("C2", closed_on=MONDAY)

    assert take(asked(FRIDAY, client_id="C2")) == Taken()
    assert take(asked(FRIDAY), gone(MONDAY)) == Taken(departed=1)


# --- exits carried out ----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", OPEN)
def test_exit_of_the_book_finishes_from_every_state_once(clerk: User, state: State) -> None:
    with on(FRIDAY):
        leaving = an_exit(state, by=clerk)
    with on(WEDNESDAY):
        assert take(gone(MONDAY)) == Taken(finished=1, departed=1)
        assert take(gone(MONDAY)) == Taken()

    done = again(leaving)
    assert (done.state, done.done_on) == ("done", MONDAY)
    assert person("C1").frozen_at is not None
    assert has_left("C1") == Left("close_account", MONDAY)


def test_exit_of_another_kind_finishes_nothing(clerk: User) -> None:
    with on(FRIDAY):
        leaving = an_exit("ready", by=clerk)

    assert take(gone(kind="transferred_custody")) == Taken(departed=1)
    assert again(leaving).state == "ready"
    assert person("C1").frozen_at is None


def test_closed_account_finishes_all_that_is_open(clerk: User) -> None:
    with on(FRIDAY):
        an_exit("ready", by=clerk)
        an_exit("conditions_open", by=clerk, kind="transfer_custody")

    assert take(gone()) == Taken(finished=2, departed=1)
    assert not is_leaving("C1")


def test_exit_from_before_the_request_finishes_nothing(clerk: User) -> None:
    """A transfer of last week says nothing of the one that is asked for today."""
    with on(MONDAY):
        leaving = an_exit("ready", by=clerk)

    assert take(gone(SATURDAY)) == Taken(departed=1)
    assert again(leaving).state == "ready"


def test_row_that_was_taken_before_finishes_no_later_exit(clerk: User) -> None:
    with on(FRIDAY):
        an_exit("ready", by=clerk, kind="transfer_custody")
        take(gone(FRIDAY, kind="transferred_custody"))
        second = an_exit("ready", by=clerk, kind="transfer_custody")

        assert take(gone(FRIDAY, kind="transferred_custody")) == Taken()

    assert again(second).state == "ready"


@pytest.mark.usefixtures("clerk")
def test_departures_of_clients_who_asked_nothing_are_known() -> None:
    rows = [gone(client_id=f"H{number}") for number in range(30)]

    assert take(*rows, *rows) == Taken(departed=30)
    assert take(*rows, gone(TUESDAY, client_id="H1", kind="revoked_designation")) == Taken(departed=1)
    assert has_left("H2") == Left("close_account", MONDAY)
    assert has_left("H1") == Left("revoke_designation", TUESDAY)
    assert person("C1").frozen_at is None


def test_desk_and_book_both_saying_done_is_no_fault(clerk: User) -> None:
    with on(MONDAY):
        an_exit("done", by=clerk)

        assert take(gone(MONDAY)) == Taken(departed=1)
    assert has_left("C1") == Left("close_account", MONDAY)


# --- following clients, and being killed ------------------------------------------------------------------


def test_open_exit_follows_its_client_to_another_branch(clerk: User) -> None:
    leaving = an_exit(by=clerk)
    make_client("C1", branch="B2", manager="S7")

    take()

    assert queue(sight(make_user("branch_head", branch="B1"), "exits.view")) == []
    (seen,) = queue(sight(make_user("adviser", branch="B2", staff="S7"), "exits.view"))
    assert (seen.id, seen.version) == (leaving.id, leaving.version)


def test_killed_night_is_completed_by_the_next(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each record is the last thing before a commit: the night dies at the first, the second, the third …"""
    for number in range(2, 6):
        make_client(f"C{number}")
        with on(FRIDAY):
            an_exit("ready", by=clerk, client=f"C{number}")
    rows: tuple[BookRequest | BookExit, ...] = (
        *(asked(id=f"R{kind}", kind=kind) for kind in ("close_account", "transfer_custody")),
        *(gone(client_id=f"C{number}") for number in range(2, 6)),
        gone(client_id="H1"),
    )

    for nights in count():
        with monkeypatch.context() as patch:
            _dies_after(patch, nights)
            try:
                take(*rows)
                break
            except KeyboardInterrupt:
                assert verify().holds

    assert nights > 1
    assert take(*rows) == Taken()
    assert Row.objects.filter(state="done").count() == 4
    assert Row.objects.filter(client_id="C1").count() == 2
    assert Departure.objects.count() == 5


def _dies_after(patch: pytest.MonkeyPatch, steps: int) -> None:
    from wanliu.exits import actions, from_book, moving

    left = iter(range(steps))
    for module in (actions, from_book, moving):
        real = module.record

        def record(real: Any = real, **given: Any) -> int:
            if next(left, None) is None:
                raise KeyboardInterrupt
            return int(real(**given))

        patch.setattr(module, "record", record)


days = st.integers(0, 6).map(lambda number: FRIDAY + timedelta(days=number))
requests = st.builds(
    BookRequest,
    request_id=st.sampled_from(["R1", "R2", "R3"]),
    client_id=st.sampled_from(["C1", "C2"]),
    on=days,
    kind=st.sampled_from(["close_account", "transfer_custody"]),
    is_open=st.booleans(),
)
departures = st.builds(
    BookExit,
    client_id=st.sampled_from(["C1", "C2"]),
    on=days,
    kind=st.sampled_from(["closed_account", "transferred_custody"]),
)


@given(st.lists(requests, max_size=4, unique_by=lambda row: row.request_id), st.lists(departures, max_size=4))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_delivery_twice_is_as_good_as_once(
    requests: list[BookRequest], departures: list[BookExit]
) -> None:
    from django.db import transaction

    with transaction.atomic():
        make_client("C1")
        make_client("C2")
        take(*requests, *departures)
        first = list(Row.objects.order_by("id").values())
        assert take(*reversed(requests), *reversed(departures)) == Taken()
        assert list(Row.objects.order_by("id").values()) == first
        transaction.set_rollback(True)
