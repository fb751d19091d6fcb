"""A form counts once, however often and however fast it is sent; what is refused may be sent again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connections

from tests.workbench.house import OWN, browser, furnished
from wanliu.cases.queries import tasks_of_client
from wanliu.clock import now, today
from wanliu.people.user import User
from wanliu.workbench.forms import KEPT, forget_old, new_key
from wanliu.workbench.models import UsedForm

PATH = f"/clients/{OWN}/promises"


@pytest.fixture(autouse=True)
def _one_factor(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []


def promise(user: User, key: str, what: str = "把资料发给客户") -> int:
    form = {"key": key, "what": what, "to_whom": "客户", "due_on": (today() + timedelta(days=3)).isoformat()}
    return browser(user).post(PATH, form).status_code


def in_a_thread(user: User, key: str) -> int:
    try:
        return promise(user, key)
    finally:
        connections.close_all()


def promises() -> int:
    return sum(task.kind == "promise" for task in tasks_of_client(OWN))


@pytest.mark.django_db(transaction=True)
def test_clicks_at_the_same_moment_make_one_promise() -> None:
    user, key = furnished()["adviser"], new_key()
    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(lambda _: in_a_thread(user, key), range(4)))
    assert (answers, promises()) == ([302, 409, 409, 409], 1)


@pytest.mark.django_db(transaction=True)
def test_what_was_refused_may_be_mended_and_sent_again() -> None:
    user, key = furnished()["adviser"], new_key()
    assert promise(user, key, what="") == 422
    assert (promise(user, key), promises()) == (302, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "short", "x" * 5000, "一" * 16])
def test_a_key_that_is_none_of_ours_breaks_nothing(key: str) -> None:
    assert promise(furnished()["adviser"], key) == 302
    assert UsedForm.objects.count() == 0


@pytest.mark.django_db
def test_old_keys_are_forgotten() -> None:
    UsedForm.objects.create(key="old", at=now() - KEPT - timedelta(seconds=1))
    UsedForm.objects.create(key="new", at=now())
    assert (forget_old(), UsedForm.objects.get().key) == (1, "new")
