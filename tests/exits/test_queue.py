"""What the desk shows of its exits, and what the database refuses to keep."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.exits.desk import FRIDAY, again, an_exit, on
from tests.web import make_client, make_user
from wanliu.exits import actions
from wanliu.exits.models import Condition, Departure, Escalation
from wanliu.exits.models import Exit as Row
from wanliu.exits.queries import (
    Left,
    all_leaving,
    exits_of,
    has_left,
    open_exits,
    queue,
    queue_size,
)
from wanliu.exits.track import State
from wanliu.people.rights import sight
from wanliu.people.user import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    make_client()
    return make_user("counter_clerk")


def request(by: User, **given: Any) -> actions.Requested:
    return actions.request_exit(
        **{"client_id": "C1", "kind": "close_account", "channel": "counter", "by": by, **given}
    )


def test_queue_shows_first_what_is_due_first(clerk: User) -> None:
    for number in range(2, 6):
        make_client(f"C{number}", branch="B2" if number == 5 else "B1", manager=f"S{number}")
    with on(FRIDAY):
        waiting = an_exit("conditions_open", by=clerk)
        ready = an_exit("ready", by=clerk, client="C2")
        asked = an_exit("requested", by=clerk, client="C3")
        an_exit("done", by=clerk, client="C4")
        elsewhere = an_exit("ready", by=clerk, client="C5")

    def seen(user: User) -> list[int]:
        return [one.id for one in queue(sight(user, "exits.view"))]

    assert seen(clerk) == [asked.id, ready.id, elsewhere.id, waiting.id]
    assert seen(make_user("branch_head", branch="B1")) == [asked.id, ready.id, waiting.id]
    assert seen(make_user("adviser", staff="S2")) == [ready.id]
    assert seen(make_user("administrator")) == []
    assert queue_size(sight(clerk, "exits.view")) == len(open_exits(sight(clerk, "exits.view"))) == 4
    assert [one.id for one in queue(sight(clerk, "exits.view"), start=1, most=2)] == [ready.id, elsewhere.id]
    assert all_leaving() == {"C1", "C2", "C3", "C5"}


def test_queue_asks_no_more_of_the_database_for_more_exits(
    clerk: User, django_assert_num_queries: Any
) -> None:
    for number in range(2, 9):
        make_client(f"C{number}")
        an_exit("conditions_open", by=clerk, client=f"C{number}")

    with django_assert_num_queries(3):
        assert len(queue(sight(clerk, "exits.view"))) == 7


def test_same_kind_may_be_done_twice_in_a_day(clerk: User) -> None:
    with on(FRIDAY):
        for _ in range(2):
            assert an_exit("done", by=clerk, kind="transfer_custody").state == "done"

    assert has_left("C1") == Left("transfer_custody", FRIDAY)


def test_history_of_a_client_is_newest_first(clerk: User) -> None:
    old = an_exit("withdrawn_by_client", by=clerk)
    new = an_exit(by=clerk)

    assert exits_of("C1") == [again(new), again(old)]


# --- what the database itself refuses ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("requested", {"state": "gone"}),
        ("requested", {"kind": "gone"}),
        ("requested", {"requested_by": None}),
        ("requested", {"channel": "nightly"}),
        ("requested", {"state": "withdrawn_by_client"}),
        ("requested", {"state": "done"}),
        ("requested", {"state": "ready"}),
        ("requested", {"withdrawn_how": "signature"}),
        ("requested", {"identity_how": "document"}),
        ("ready", {"due_on": None, "step_due_on": None}),
        ("ready", {"step_due_on": FRIDAY}),
        ("ready", {"state": "submitted"}),
        ("submitted", {"ready_at": None, "due_on": None, "step_due_on": None}),
        ("done", {"done_on": None}),
        ("done", {"done_at": None}),
        ("done", {"state": "submitted"}),
        ("withdrawn_by_client", {"withdrawn_reference": ""}),
        ("withdrawn_by_client", {"withdrawn_how": "clerk"}),
        ("withdrawn_by_client", {"withdrawn_at": None}),
    ],
)
def test_half_an_exit_cannot_be_stored(clerk: User, state: State, change: dict[str, Any]) -> None:
    leaving = an_exit(state, by=clerk)

    with pytest.raises(IntegrityError), transaction.atomic():
        Row.objects.filter(pk=leaving.id).update(**change)


def test_half_a_condition_cannot_be_stored(clerk: User) -> None:
    leaving = an_exit("conditions_open", by=clerk)
    for change in ({"cleared_by": clerk}, {"cleared_at": leaving.entered_at}, {"cleared_note": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Condition.objects.update(**change)


def test_departures_and_escalations_of_unknown_kinds_cannot_be_stored(clerk: User) -> None:
    leaving = an_exit(by=clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Departure.objects.create(client_id="C1", kind="gone", on=FRIDAY, in_book=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.create(exit_id=leaving.id, on=FRIDAY, why="mood", at=leaving.entered_at)
