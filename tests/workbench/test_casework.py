"""Recording a contact and working a case: what is refused changes nothing and loses nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client as Browser

from tests.web import make_user
from tests.workbench.house import FOREIGN, OWN, browser, furnished
from wanliu.cases.actions import rearrange
from wanliu.cases.offers import playbook
from wanliu.cases.queries import (
    CaseView,
    TaskView,
    cases_of_client,
    contacts_of_client,
    offers_of_client,
    saved_filters,
    tasks_of_client,
)
from wanliu.clock import now, today
from wanliu.exits.queries import open_exits_of
from wanliu.people.user import User

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
        {"note": "\x07"},
    ],
)
def test_bad_input_is_refused_with_everything_that_was_typed(adviser: Browser, wrong: dict[str, str]) -> None:
    answer = record(adviser, **wrong, said="原话还在")
    assert answer.status_code == 422 and "原话还在" in answer.content.decode()
    assert contacts_of_client(OWN) == []


def test_what_is_kept_for_later_waits_on_todays_page_until_sight_of_the_client_is_lost(
    adviser: Browser,
) -> None:
    path = f"/clients/{OWN}/contacts/new"
    assert record(adviser, later="1").status_code == 302
    assert contacts_of_client(OWN) == []
    assert PLAIN["note"] in adviser.get(path).content.decode()
    assert "暂存、还没登记" in adviser.get("/today").content.decode()

    rearrange(
        user_id=User.objects.get(role="adviser").pk, by=User.objects.get(role="administrator"), branch_id="B2"
    )

    there = adviser.get("/today").content.decode()
    assert "暂存、还没登记" not in there and OWN not in there


def test_the_drawer_gets_the_form_alone_and_comes_back_with_all_that_was_typed(adviser: Browser) -> None:
    path, part = f"/clients/{OWN}/contacts/new", {"HX-Request": "true"}
    form = adviser.get(f"{path}?back=today", headers=part).content.decode()
    assert "<html" not in form and 'name="back" value="today"' in form
    refused = adviser.post(path, {**PLAIN, "key": key_of(adviser), "method": "pigeon"}, headers=part)
    assert (
        refused.status_code == 422
        and "<form" in refused.content.decode()
        and "再想想" in refused.content.decode()
    )
    saved = adviser.post(path, {**PLAIN, "key": key_of(adviser), "back": "today"}, headers=part)
    assert saved["HX-Redirect"] == "/today"


def test_one_comes_back_to_a_page_of_ours_and_to_no_other_place(adviser: Browser) -> None:
    assert record(adviser, back="//evil.example")["Location"] == f"/clients/{OWN}"


def test_a_foreign_clients_form_is_refused(adviser: Browser) -> None:
    assert adviser.get(f"/clients/{FOREIGN}/contacts/new").status_code == 403
    assert adviser.post(f"/clients/{FOREIGN}/contacts/new", PLAIN).status_code == 403


def test_the_buttons_are_those_of_the_state(adviser: Browser) -> None:
    before = adviser.get(f"/clients/{OWN}/work").content.decode()
    assert "/snooze" in before and "/closure" not in before
    record(adviser)
    assert "/closure" in adviser.get(f"/clients/{OWN}/work").content.decode()


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


def the_task(kind: str) -> TaskView:
    (task,) = [task for task in tasks_of_client(OWN, open_only=True) if task.kind == kind]
    return task


def test_a_promise_is_kept_or_broken_with_a_reason_and_leaves_the_list(adviser: Browser) -> None:
    form = {"what": "寄对账单", "to_whom": "客户本人", "due_on": today().isoformat()}
    adviser.post(f"/clients/{OWN}/promises", form)
    end = {"version": the_task("promise").version, "state": "broken"}
    address = f"/tasks/{the_task('promise').id}/end"
    assert adviser.post(address, end).status_code == 422
    assert adviser.post(address, {**end, "why": "系统故障没寄出"}).status_code == 302
    assert "promise" not in [task.kind for task in tasks_of_client(OWN, open_only=True)]
    assert adviser.post(address, {**end, "why": "again"}).status_code in (409, 422)


def test_a_task_of_ones_own_is_added_and_done(adviser: Browser) -> None:
    form = {"kind": "own", "title": "准备对账说明", "due_on": today().isoformat()}
    assert adviser.post(f"/clients/{OWN}/tasks", form).status_code == 302
    assert "准备对账说明" in adviser.get(f"/clients/{OWN}/work").content.decode()
    task = the_task("own")
    assert (
        adviser.post(f"/tasks/{task.id}/end", {"version": task.version, "state": "kept"}).status_code == 422
    )
    assert (
        adviser.post(f"/tasks/{task.id}/end", {"version": task.version, "state": "done"}).status_code == 302
    )


def test_an_offer_is_noted_with_its_version_and_answered_once(adviser: Browser) -> None:
    record(adviser, reason="service")
    form = {"version": the_case().version, "method": "named_adviser", "reason": "service"}
    assert adviser.post(f"/cases/{the_case().id}/offers", {**form, "method": "gold_bars"}).status_code == 404
    answer = adviser.post(f"/cases/{the_case().id}/offers", form)
    assert answer.status_code == 302, answer.content.decode()
    (offer,) = offers_of_client(OWN)
    assert (offer.method, offer.method_version) == (
        "named_adviser",
        playbook().methods["named_adviser"].version,
    )
    assert f"/offers/{offer.id}/answer" in adviser.get(f"/clients/{OWN}/work").content.decode()
    assert adviser.post(f"/offers/{offer.id}/answer", {"answer": "accepted"}).status_code == 302
    assert "job" in [task.kind for task in tasks_of_client(OWN, open_only=True)]
    assert adviser.post(f"/offers/{offer.id}/answer", {"answer": "declined"}).status_code == 422


def test_a_refusal_of_a_form_is_told_beside_it_and_the_page_stays(adviser: Browser) -> None:
    answer = adviser.post(f"/clients/{OWN}/promises", {"what": "寄对账单"}, headers={"HX-Request": "true"})
    assert answer.status_code == 422 and "日期" in answer.content.decode()
    form = {"what": "寄对账单", "to_whom": "本人", "due_on": today().isoformat()}
    answer = adviser.post(f"/clients/{OWN}/promises", form, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, f"/clients/{OWN}")


def test_a_case_handed_over_opens_for_the_colleague_with_the_clients_phone() -> None:
    people = furnished()
    other = make_user("adviser", staff="S9")
    mine, theirs = browser(people["adviser"]), browser(other)
    assert theirs.get(f"/clients/{OWN}").status_code == 403
    form = {"version": the_case().version, "to": other.pk, "why": "休假"}
    assert mine.post(f"/cases/{the_case().id}/handing-over", form).status_code == 302
    assert the_case().assignee_id == other.pk
    assert theirs.get(f"/clients/{OWN}").status_code == 200
    assert "13800005678" in theirs.post(f"/clients/{OWN}/identity", {"purpose": "call"}).content.decode()
    assert theirs.get(f"/clients/{FOREIGN}").status_code == 403


def test_the_branch_head_gives_what_is_ticked_and_hears_what_was_not() -> None:
    people = furnished()
    head, other = browser(people["branch_head"]), make_user("adviser", staff="S9")
    page = head.get("/warnings").content.decode()
    assert f'name="chosen" value="{the_case().id}:{the_case().version}"' in page
    form = {"chosen": [f"{the_case().id}:{the_case().version}", "999:1", "nonsense"], "to": other.pk}
    answer = head.post("/warnings/assignment", form, follow=True).content.decode()
    assert the_case().assignee_id == other.pk
    assert "已分派 1 项" in answer and "1 项没有分派" in answer
    assert head.post("/warnings/assignment", {"to": other.pk}).status_code == 422
    assert 'name="chosen"' not in browser(people["adviser"]).get("/warnings").content.decode()


def test_a_dismissed_case_is_taken_up_again_with_a_reason(adviser: Browser) -> None:
    form = {"version": the_case().version, "signs": ["fund_outflow"], "reason": "own_money_plan"}
    adviser.post(f"/cases/{the_case().id}/dismissal", form)
    assert "/reopening" in adviser.get(f"/clients/{OWN}/work").content.decode()
    form = {"version": the_case().version, "why": "客户来电"}
    assert adviser.post(f"/cases/{the_case().id}/reopening", form).status_code == 302
    assert the_case().state == "assigned"


def test_a_complaint_is_closed_with_the_answer_by_the_branch_head() -> None:
    people = furnished()
    adviser, head = browser(people["adviser"]), browser(people["branch_head"])
    adviser.post(f"/counter/{OWN}/complaint", {"said": "等了一个小时"})
    (complaint,) = [case for case in cases_of_client(OWN) if case.kind == "complaint"]
    assert "/answer" not in adviser.get(f"/clients/{OWN}/work").content.decode()
    assert "/answer" in head.get(f"/clients/{OWN}/work").content.decode()
    form = {"version": complaint.version, "answer": "已致歉并说明了原因"}
    assert adviser.post(f"/cases/{complaint.id}/answer", form).status_code == 403
    assert head.post(f"/cases/{complaint.id}/answer", {**form, "answer": ""}).status_code == 422
    assert head.post(f"/cases/{complaint.id}/answer", form).status_code == 302


def test_a_talk_beside_an_exit_is_only_held_if_the_client_agrees(adviser: Browser) -> None:
    adviser.post(f"/exits/of/{OWN}", {"kind": "close_account", "channel": "phone"})
    (leaving,) = open_exits_of([OWN])
    assert f"/talks/{leaving.id}" in adviser.get(f"/clients/{OWN}/work").content.decode()
    held = {"method": "phone", "note": "客户问了转出以后的对账单怎么寄，已说明", "said": "", "why": ""}
    assert adviser.post(f"/talks/{leaving.id}/held", held).status_code == 422
    assert adviser.post(f"/talks/{leaving.id}", {"state": "accepted"}).status_code == 302
    forbidden = {**held, "note": "我跟他说了，保本的，您放心"}
    assert adviser.post(f"/talks/{leaving.id}/held", forbidden).status_code == 422
    assert adviser.post(f"/talks/{leaving.id}/held", held).status_code == 302
    assert adviser.post(f"/talks/{leaving.id}/held", held).status_code == 422
    assert "/talks/" not in adviser.get(f"/exits/{leaving.id}").content.decode()


def test_a_filter_is_kept_under_a_name_and_deleted(adviser: Browser) -> None:
    form = {"page": "warnings", "name": "红色", "query": "tab=working&level=red&evil=1"}
    assert adviser.post("/filters", form)["Location"] == "/warnings"
    ((number, name, query),) = saved_filters(the_adviser(), "warnings")
    assert (name, query) == ("红色", {"tab": "working", "level": "red"})
    assert "红色" in adviser.get("/warnings").content.decode()
    assert browser(make_user("adviser", staff="S9")).post(f"/filters/{number}/deletion").status_code == 404
    assert adviser.post(f"/filters/{number}/deletion").status_code == 302
    assert saved_filters(the_adviser(), "warnings") == []
    assert adviser.post("/filters", {**form, "page": "elsewhere"}).status_code == 422


def the_adviser() -> User:
    return User.objects.get(role="adviser", staff_id="S1")


@pytest.mark.parametrize("verb", ["claim", "snooze", "dismissal", "closure"])
def test_a_case_that_there_is_not_is_404(adviser: Browser, verb: str) -> None:
    form = {"version": 1, "reason": "client_asked", "until": today().isoformat(), "outcome": "stayed"}
    assert (
        adviser.post(
            f"/cases/999/{verb}", {**form, "reason": "own_money_plan"} if verb == "dismissal" else form
        ).status_code
        == 404
    )
