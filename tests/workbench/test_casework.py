"""Recording a contact and working a case: what is refused changes nothing and loses nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client as Browser

from tests.workbench.house import FOREIGN, OWN, browser, furnished
from wanliu.cases.queries import CaseView, cases_of_client, contacts_of_client, tasks_of_client
from wanliu.clock import now, today

pytestmark = pytest.mark.django_db
PLAIN = {
    "method": "phone",
    "connection": "connected",
    "direction": "in",
    "purpose": "retention",
    "feedback": "neutral:thinking",
    "reason": "",
    "said": "再想想",
    "note": "客户说再考虑几天",
    "next_follow_up_on": "",
}


@pytest.fixture(autouse=True)
def _one_factor(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []


@pytest.fixture
def adviser() -> Browser:
    return browser(furnished()["adviser"])


def the_case() -> CaseView:
    (case,) = cases_of_client(OWN)
    return case


def key_of(there: Browser) -> str:
    page = there.get(f"/clients/{OWN}/contacts/new").content.decode()
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def record(there: Browser, **given: str) -> Any:
    return there.post(f"/clients/{OWN}/contacts/new", {**PLAIN, "key": key_of(there), **given})


def test_a_contact_is_recorded_and_ends_the_first_contact(adviser: Browser) -> None:
    assert record(adviser)["Location"] == f"/clients/{OWN}"
    (contact,) = contacts_of_client(OWN)
    assert (contact.note, contact.feedback, contact.feedback_detail) == (
        "客户说再考虑几天",
        "neutral",
        "thinking",
    )
    assert the_case().first_contact_at is not None
    assert "first_contact" not in [task.kind for task in tasks_of_client(OWN, open_only=True)]


def test_the_same_form_twice_counts_once(adviser: Browser) -> None:
    form = {**PLAIN, "key": key_of(adviser)}
    assert adviser.post(f"/clients/{OWN}/contacts/new", form).status_code == 302
    assert adviser.post(f"/clients/{OWN}/contacts/new", form).status_code == 409
    assert len(contacts_of_client(OWN)) == 1


def test_a_forbidden_note_is_not_saved_and_comes_back_with_better_words(adviser: Browser) -> None:
    answer = record(adviser, note="我跟他说了，保本的，您放心", said="他说<考虑>")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没有保存" in page and "保本的，您放心" in page and "他说&lt;考虑&gt;" in page
    assert contacts_of_client(OWN) == [] and the_case().first_contact_at is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "pigeon"},
        {"next_follow_up_on": "tomorrow"},
        {"next_follow_up_on": "1999-01-01"},
        {"note": "\x00"},
    ],
)
def test_bad_input_is_refused_with_everything_that_was_typed(adviser: Browser, wrong: dict[str, str]) -> None:
    answer = record(adviser, **wrong, said="原话还在")
    assert answer.status_code == 422 and "原话还在" in answer.content.decode()
    assert contacts_of_client(OWN) == []


def test_a_foreign_clients_form_is_refused(adviser: Browser) -> None:
    assert adviser.get(f"/clients/{FOREIGN}/contacts/new").status_code == 403
    assert adviser.post(f"/clients/{FOREIGN}/contacts/new", PLAIN).status_code == 403


def test_the_buttons_are_those_of_the_state(adviser: Browser) -> None:
    before = adviser.get(f"/cases/{the_case().id}/buttons").content.decode()
    assert "/snooze" in before and "/closure" not in before
    record(adviser)
    assert "/closure" in adviser.get(f"/cases/{the_case().id}/buttons").content.decode()


def test_irrelevant_with_a_reason_ends_the_case(adviser: Browser) -> None:
    case = the_case()
    form = {"version": case.version, "signs": ["fund_outflow"], "reason": "own_money_plan"}
    assert adviser.post(f"/cases/{case.id}/dismissal", form).status_code == 302
    assert the_case().state == "closed"


def test_two_who_save_the_same_case_one_is_told(adviser: Browser) -> None:
    case = the_case()
    form = {"version": case.version, "reason": "client_asked", "until": today().isoformat()}
    first = adviser.post(f"/cases/{case.id}/snooze", form).status_code
    assert {first, adviser.post(f"/cases/{case.id}/snooze", form).status_code} & {409, 422}


def test_a_closed_case_waits_for_the_book(adviser: Browser) -> None:
    record(adviser)
    case = the_case()
    assert (
        adviser.post(f"/cases/{case.id}/closure", {"version": case.version, "outcome": "stayed"}).status_code
        == 302
    )
    assert (the_case().state, the_case().outcome_claimed) == ("tracking", "stayed")


def test_a_promise_is_noted_with_its_day(adviser: Browser) -> None:
    day = now().date().isoformat()
    form = {"what": "寄对账单", "to_whom": "客户本人", "due_on": day}
    assert adviser.post(f"/clients/{OWN}/promises", form).status_code == 302
    assert "promise" in [task.kind for task in tasks_of_client(OWN, open_only=True)]
    assert adviser.post(f"/clients/{OWN}/promises", {**form, "what": ""}).status_code == 422


@pytest.mark.parametrize("verb", ["claim", "snooze", "dismissal", "closure"])
def test_a_case_that_there_is_not_is_404(adviser: Browser, verb: str) -> None:
    form = {"version": 1, "reason": "client_asked", "until": today().isoformat(), "outcome": "stayed"}
    assert (
        adviser.post(
            f"/cases/999/{verb}", {**form, "reason": "own_money_plan"} if verb == "dismissal" else form
        ).status_code
        == 404
    )
