"""What ends by itself: terms that ran out and approvals that nobody decided, once each, by the night."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.concessions.desk import MONDAY, House, on
from tests.tariffs.sheets import sent
from wanliu.approvals.queries import approval_of
from wanliu.audit.record import System
from wanliu.clock import today
from wanliu.concessions.queries import history
from wanliu.nightly.lapses import lapse

pytestmark = pytest.mark.django_db


def test_each_ends_after_its_last_day_and_once() -> None:
    with on(MONDAY):
        House().in_state("answered")
        _, asked = sent()
        (held,) = history("C1")
        assert lapse(System) == {"terms_ended": 0, "approvals_expired": 0, "reviews_due": 0}
    with on(asked.until + timedelta(days=1)):
        assert lapse(System) == {"terms_ended": 0, "approvals_expired": 1, "reviews_due": 0}
        assert approval_of(asked.id).state == "expired"
    with on(held.review_on):
        assert lapse(System)["reviews_due"] == 1
    with on(held.until + timedelta(days=1)):
        assert today() == held.until + timedelta(days=1)
        assert lapse(System) == {"terms_ended": 1, "approvals_expired": 0, "reviews_due": 0}
        assert lapse(System)["terms_ended"] == 0
    assert history("C1")[0].ended_why == "expired"
