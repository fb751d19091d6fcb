"""The exit desk in pages: taken at once, step by step to the end, printed, and never asked twice."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.db import DatabaseError
from django.test import Client as Browser

from tests.web import make_user
from tests.workbench.house import FOREIGN, OWN, browser, furnished
from wanliu.cases.queries import cases_of_client
from wanliu.exits.queries import Exit, exit_of, exits_of
from wanliu.people.queries import person
from wanliu.people.rights import can
from wanliu.workbench.exits_desk import view

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_factor(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []


@pytest.fixture
def clerk() -> Browser:
    return browser(furnished()["counter_clerk"])


def ask(there: Browser, kind: str = "transfer_custody", client_id: str = OWN) -> Exit:
    answer = there.post(f"/exits/of/{client_id}", {"kind": kind, "channel": "counter"})
    assert answer.status_code == 302
    (found,) = (one for one in exits_of(client_id) if one.kind == kind)
    assert answer["Location"] == f"/exits/{found.id}"
    return found


def step(there: Browser, leaving: Exit, verb: str, **given: object) -> int:
    version = exit_of(leaving.id).version
    return there.post(f"/exits/{leaving.id}/moves/{verb}", {"version": version, **given}).status_code


def test_an_exit_goes_from_the_first_word_to_the_end(clerk: Browser) -> None:
    leaving = ask(clerk)
    steps: list[tuple[str, dict[str, object]]] = [
        ("check_identity", {"how": "document"}),
        ("list_conditions", {"codes": ["OPEN_ORDER"]}),
        ("clear_condition", {"code": "OPEN_ORDER"}),
        ("mark_ready", {}),
        ("submit", {}),
        ("finish", {}),
    ]
    for verb, given in steps:
        assert clerk.get(f"/exits/{leaving.id}").status_code == 200
        assert step(clerk, leaving, verb, **given) == 302
    assert exit_of(leaving.id).state == "done"
    page = clerk.get(f"/exits/{leaving.id}").content.decode()
    assert "已办结" in page and "自愿" in page
    assert clerk.post(f"/exits/{leaving.id}/survey", {"answer": ""}).status_code == 302
    assert "自愿" not in clerk.get(f"/exits/{leaving.id}").content.decode()


def test_a_request_lets_retention_rest_at_once(clerk: Browser) -> None:
    ask(clerk)
    (case,) = cases_of_client(OWN)
    assert case.suspended_why == "exit"


def test_asked_twice_is_recorded_once(clerk: Browser) -> None:
    assert ask(clerk).id == ask(clerk).id
    assert len(exits_of(OWN)) == 1


def test_an_exit_is_taken_though_retention_cannot_follow(
    clerk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_client_id: str) -> None:
        raise DatabaseError

    monkeypatch.setattr(view, "reconcile", fails)
    assert ask(clerk).state == "requested"


def test_a_page_that_is_old_changes_nothing(clerk: Browser) -> None:
    leaving = ask(clerk)
    first = {"version": leaving.version, "how": "document"}
    assert clerk.post(f"/exits/{leaving.id}/moves/check_identity", first).status_code == 302
    assert clerk.post(f"/exits/{leaving.id}/moves/check_identity", first).status_code == 409
    assert exit_of(leaving.id).state == "identity_checked"


@pytest.mark.parametrize(
    ("verb", "given", "status"),
    [
        ("submit", {}, 422),
        ("check_identity", {"how": "a feeling"}, 422),
        ("withdraw", {"how": "signature", "reference": " "}, 422),
        ("retain", {}, 404),
        ("learn_done", {}, 404),
    ],
)
def test_a_step_that_cannot_be_made_is_refused(
    clerk: Browser, verb: str, given: dict[str, str], status: int
) -> None:
    leaving = ask(clerk)
    assert step(clerk, leaving, verb, **given) == status
    assert exit_of(leaving.id).state == "requested"


def test_only_the_client_takes_a_request_back(clerk: Browser) -> None:
    leaving = ask(clerk)
    assert step(clerk, leaving, "withdraw", how="signature", reference="F-17") == 302
    assert exit_of(leaving.id).state == "withdrawn_by_client"


def test_the_proof_is_a_pdf_that_leaves_a_record(clerk: Browser) -> None:
    leaving = ask(clerk)
    answer = clerk.post(f"/exits/{leaving.id}/proof")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")


def test_an_exit_of_a_foreign_client_is_shown_to_whom_the_matrix_lets_in() -> None:
    people = furnished()
    for client_id in (OWN, FOREIGN):
        leaving = ask(browser(people["counter_clerk"]), client_id=client_id)
        for user in people.values():
            status = browser(user).get(f"/exits/{leaving.id}").status_code
            assert (status == 200) is can(user, "exits.view", person(client_id))
            assert status in (200, 403)


def test_whoever_may_look_but_not_advance_sees_no_buttons_and_is_refused() -> None:
    people = furnished()
    leaving = ask(browser(people["counter_clerk"]))
    adviser = browser(people["adviser"])
    assert "/moves/" not in adviser.get(f"/exits/{leaving.id}").content.decode()
    assert step(adviser, leaving, "check_identity", how="document") == 403


def test_the_queue_shows_what_is_under_way_and_says_when_nothing_is(clerk: Browser) -> None:
    assert "没有在办的离开手续" in clerk.get("/exits").content.decode()
    ask(clerk)
    page = clerk.get("/exits").content.decode()
    assert "张**" in page and "转托管" in page
    other = browser(make_user("branch_head", branch="B2"))
    assert "没有在办的离开手续" in other.get("/exits").content.decode()


def test_no_word_of_keeping_anyone_stands_at_the_desk(clerk: Browser) -> None:
    leaving = ask(clerk)
    for path in ("/exits", f"/exits/{leaving.id}"):
        page = clerk.get(path).content.decode().replace('href="/">挽留</a>', "").replace("· 挽留</title>", "")
        assert not [word for word in ("挽留", "话术", "在险", "预警") if word in page]
