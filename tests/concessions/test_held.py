"""What the commission desk holds on a client: told whole, and its words forgotten in due time."""

from __future__ import annotations

import pytest

from tests.concessions.desk import MONDAY, House, on
from wanliu.concessions.held import GONE, forget, held_on
from wanliu.concessions.models import CommissionRequest

pytestmark = pytest.mark.django_db


def test_a_request_and_what_was_granted_are_told_with_all_columns() -> None:
    with on(MONDAY):
        house = House()
        house.in_state("answered")

        asked, granted = held_on("C1")

    assert asked.rows[0]["tier"] == granted.rows[0]["tier"] == "from_500k"
    assert asked.rows[0]["letter_zh"] and set(asked.rows[0]) == set(asked.columns)
    assert not any(part.rows for part in held_on("C2"))


def test_words_and_letters_are_forgotten_and_the_terms_stay() -> None:
    with on(MONDAY):
        house = House()
        house.answers(house.refuses(house.asks(), reason="other", words="客户口头说明"))

        emptied = forget("C1")

    row = CommissionRequest.objects.get()
    assert (emptied, row.words, row.letter_zh, row.letter_en) == (2, "", GONE, GONE)
    assert (row.tier, row.state, row.reason) == ("from_500k", "answered", "other")
