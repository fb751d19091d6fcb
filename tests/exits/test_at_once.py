"""Two people in the same moment: one exit, one outcome, nothing lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.exits.desk import act, again, an_exit
from tests.web import make_client, make_user
from wanliu.audit.chain import verify
from wanliu.audit.queries import events_of_stream
from wanliu.audit.record import System
from wanliu.clock import today
from wanliu.errors import Changed
from wanliu.exits.actions import Requested, request_exit
from wanliu.exits.from_book import BookRequest, FromBook, take_from_book
from wanliu.exits.models import Exit as Row
from wanliu.exits.overdue import escalate_overdue
from wanliu.exits.queries import Exit
from wanliu.people.user import User

pytestmark = pytest.mark.django_db(transaction=True)

TOGETHER = 4


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """What each action returned or raised, all begun in the same moment on connections of their own."""
    start = threading.Barrier(len(actions))
    outcomes: list[Any] = [None] * len(actions)

    def run(place: int, action: Callable[[], Any]) -> None:
        start.wait()
        try:
            outcomes[place] = action()
        except Exception as fault:  # whatever it was, the test looks at it
            outcomes[place] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_same_request_at_once_is_one_exit() -> None:
    make_client()
    clerks = [make_user("counter_clerk") for _ in range(TOGETHER)]

    def ask(clerk: User) -> Callable[[], Requested]:
        return lambda: request_exit(client_id="C1", kind="close_account", channel="counter", by=clerk)

    outcomes = at_once(*(ask(clerk) for clerk in clerks))

    assert all(isinstance(one, Requested) for one in outcomes), outcomes
    assert [one.is_new for one in outcomes].count(True) == 1
    assert len({one.exit.id for one in outcomes}) == Row.objects.count() == 1
    assert len(events_of_stream(f"exit/{outcomes[0].exit.id}")) == 1


def test_same_move_at_once_is_made_once_and_the_others_are_told() -> None:
    make_client()
    clerk = make_user("counter_clerk")
    leaving = an_exit(by=clerk)

    outcomes = at_once(*[lambda: act("check_identity", leaving, by=clerk)] * TOGETHER)

    assert sum(isinstance(one, Exit) for one in outcomes) == 1
    assert sum(isinstance(one, Changed) for one in outcomes) == TOGETHER - 1
    assert again(leaving).version == leaving.version + 1
    assert verify().holds


def test_finish_and_withdrawal_at_once_have_one_end() -> None:
    make_client()
    clerk = make_user("counter_clerk")
    leaving = an_exit("submitted", by=clerk)

    outcomes = at_once(lambda: act("finish", leaving, by=clerk), lambda: act("withdraw", leaving, by=clerk))

    (made,) = [one for one in outcomes if isinstance(one, Exit)]
    assert again(leaving) == made
    assert sum(isinstance(one, Changed) for one in outcomes) == 1


def test_desk_and_book_at_once_open_one_exit() -> None:
    make_client()
    clerk = make_user("counter_clerk")
    rows = FromBook(requests=(BookRequest("R1", "C1", today(), "close_account", is_open=True),))

    at_once(
        lambda: request_exit(client_id="C1", kind="close_account", channel="counter", by=clerk),
        lambda: take_from_book(rows=rows, by=System),
    )
    take_from_book(rows=rows, by=System)

    assert list(Row.objects.values_list("book_request_id", flat=True)) == ["R1"]


def test_two_rounds_of_the_night_at_once_tell_once() -> None:
    make_client()
    an_exit(by=make_user("counter_clerk"))
    late = today() + timedelta(days=30)

    outcomes = at_once(*[lambda: escalate_overdue(day=late, by=System)] * TOGETHER)

    assert sum(len(one) for one in outcomes) == 1
