"""Two people in the same moment: one request, one decision, nothing lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from tests.concessions.desk import MONDAY, House, on
from wanliu.audit.chain import verify
from wanliu.concessions.models import CommissionRequest
from wanliu.concessions.queries import Request, history
from wanliu.errors import Changed, Refused

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each returned or raised, all begun in the same moment on connections of their own."""
    start = threading.Barrier(len(deeds))
    outcomes: list[Any] = [None] * len(deeds)

    def run(place: int, deed: Callable[[], Any]) -> None:
        start.wait()
        try:
            outcomes[place] = deed()
        except Exception as fault:  # whatever it was, the test looks at it
            outcomes[place] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_the_same_request_at_once_is_filed_once() -> None:
    with on(MONDAY):
        house = House()
        outcomes = at_once(*[house.asks] * 4)

    assert sum(isinstance(one, Request) for one in outcomes) == 1
    assert sum(isinstance(one, Refused) for one in outcomes) == 3, outcomes
    assert CommissionRequest.objects.count() == 1


def test_grant_and_refusal_at_once_are_one_decision() -> None:
    with on(MONDAY):
        house = House()
        asked = house.asks()
        outcomes = at_once(lambda: house.grants(asked), lambda: house.refuses(asked))

    assert sum(isinstance(one, Request) for one in outcomes) == 1
    assert sum(isinstance(one, Changed) for one in outcomes) == 1, outcomes
    assert verify().holds


def test_the_same_answer_at_once_makes_one_concession() -> None:
    with on(MONDAY):
        house = House()
        granted = house.in_state("granted")
        outcomes = at_once(*[lambda: house.answers(granted)] * 3)

    assert sum(isinstance(one, Request) for one in outcomes) == 1
    assert [one.number for one in history("C1")] == [1]


def test_two_channels_answered_at_once_are_two_numbers() -> None:
    with on(MONDAY):
        house = House()
        granted = [house.grants(house.asks(channel=channel)) for channel in ("online", "mobile")]
        outcomes = at_once(*[lambda one=one: house.answers(one) for one in granted])

    assert all(isinstance(one, Request) for one in outcomes), outcomes
    assert [one.number for one in history("C1")] == [1, 2]
