"""Two people at the same page in the same moment: one is told in a clear sentence, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from tests.cases.desk import Clock, alarm, head, open_now, running, the_case
from tests.exits.test_at_once import at_once
from tests.web import make_client, make_user
from tests.workbench.house import browser
from wanliu.audit.chain import verify
from wanliu.audit.queries import events_of_client
from wanliu.cases.queries import contacts_of_client
from wanliu.errors import Busy
from wanliu.exits.queries import exits_of
from wanliu.nightly.actions import run_night
from wanliu.nightly.queries import NightView
from wanliu.people.user import User
from wanliu.ruleset import load
from wanliu.workbench.forms import new_key

pytestmark = pytest.mark.django_db(transaction=True)
TELLS = "没有保存"


@pytest.fixture(autouse=True)
def _a_working_day(settings: LazySettings) -> Iterator[None]:
    settings.WANLIU_MFA = []
    with running(Clock()):
        yield


def posted(people: list[User], path: str, form: dict[str, Any]) -> list[Any]:
    """The answers to the same form, sent by all in the same moment; 500 would be raised."""
    there = [browser(one) for one in people]
    return at_once(*((lambda one=one: one.post(path, form)) for one in there))


def verbs() -> list[str]:
    return sorted(event.verb for event in events_of_client("C1"))


def test_a_waiting_case_is_claimed_by_one_and_the_other_is_told() -> None:
    make_client(manager="")
    open_now(alarm(manager_id=""))
    people = [make_user("duty_adviser", staff=f"S{one}") for one in range(2)]

    answers = posted(people, f"/cases/{the_case().pk}/claim", {"version": 1})

    assert sorted(one.status_code for one in answers) == [302, 409]
    told = next(one for one in answers if one.status_code == 409)
    assert TELLS in told.content.decode()
    winner = people[[one.status_code for one in answers].index(302)]
    assert the_case().assignee_id == winner.pk and verbs().count("case_claimed") == 1
    assert verify().holds


def test_two_who_save_the_same_case_differ_and_one_is_told() -> None:
    make_client(marketing_consent="given")
    boss, other = head(), make_user("branch_head", staff="S9")
    open_now(alarm())
    path, version = f"/cases/{the_case().pk}", the_case().version
    one, two = browser(boss), browser(other)

    answers = at_once(
        lambda: one.post(f"{path}/dismissal", {"version": version, "reason": "own_money_plan"}),
        lambda: two.post(f"{path}/assignment", {"version": version, "to": other.pk}),
    )

    assert sorted(one.status_code for one in answers) == [302, 409]
    told = next(one for one in answers if one.status_code == 409)
    assert TELLS in told.content.decode() and "刷新" in told.content.decode()
    assert the_case().version == version + 1 and verify().holds


def test_two_contacts_at_once_are_both_kept() -> None:
    make_client(marketing_consent="given")
    people = [head(), make_user("branch_head", staff="S9")]
    forms = []
    for number, one in enumerate(people):
        there = browser(one)
        key = new_key()
        said = {"method": "visit", "direction": "in", "purpose": "service", "connection": "connected"}
        forms.append((there, {**said, "key": key, "note": f"客户问了第 {number} 件事"}))

    answers = at_once(
        *((lambda it=it, form=form: it.post("/clients/C1/contacts/new", form)) for it, form in forms)
    )

    assert [one.status_code for one in answers] == [302, 302]
    assert {one.note for one in contacts_of_client("C1")} == {f"客户问了第 {one} 件事" for one in range(2)}
    assert verify().holds


def test_two_clerks_take_the_same_exit_once_and_move_it_once() -> None:
    make_client()
    clerks = [make_user("counter_clerk", staff=f"S{one}") for one in range(2)]

    answers = posted(clerks, "/exits/of/C1", {"kind": "close_account", "channel": "counter"})

    (leaving,) = exits_of("C1")
    assert [(one.status_code, one["Location"]) for one in answers] == [(302, f"/exits/{leaving.id}")] * 2
    moved = posted(clerks, f"/exits/{leaving.id}/moves/check_identity", {"version": 1, "how": "document"})
    assert sorted(one.status_code for one in moved) == [302, 409]
    assert TELLS in next(one for one in moved if one.status_code == 409).content.decode()
    assert verbs().count("exit_requested") == verbs().count("identity_checked") == 1
    assert verify().holds


def test_of_two_nights_at_once_one_is_told_to_wait(tmp_path: Path) -> None:
    rules = load("standard")
    outcomes = at_once(*[lambda: run_night(tmp_path / "home", rules)] * 2)
    assert sum(isinstance(one, NightView) for one in outcomes) >= 1
    assert all(isinstance(one, NightView | Busy) for one in outcomes)
