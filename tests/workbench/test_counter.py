"""The counter: found by a form, heard while typed, a complaint recorded; what compliance and nights show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client as Browser

from tests.workbench.house import OWN, browser, furnished
from wanliu.cases.queries import cases_of_client, contacts_of_client
from wanliu.nightly.actions import run_night
from wanliu.people.rights import can
from wanliu.people.roles import ROLES
from wanliu.ruleset import load

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_factor(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []


def test_one_client_who_is_found_opens_at_once() -> None:
    answer = browser(furnished()["counter_clerk"]).post("/counter", {"text": "13800005678"})
    assert (answer.status_code, answer["Location"]) == (302, f"/counter/{OWN}")


def test_nobody_found_is_said_and_the_text_is_not_repeated() -> None:
    page = browser(furnished()["counter_clerk"]).post("/counter", {"text": "<b>13700000000"}).content.decode()
    assert "没有找到" in page and "13700000000" not in page


def test_an_account_clerk_sees_no_script_and_hears_no_reasons() -> None:
    there = browser(furnished()["counter_clerk"])
    page = there.get(f"/counter/{OWN}").content.decode()
    assert "advice" not in page and "/reasons" not in page
    assert there.post(f"/counter/{OWN}/reasons", {"said": "佣金太高"}).status_code == 403


def test_reasons_are_suggested_while_the_adviser_types() -> None:
    there = browser(furnished()["duty_adviser"])
    heard = there.post(f"/counter/{OWN}/reasons", {"said": "你们佣金太高了，别家才万一"}).content.decode()
    assert "佣金" in heard and "%" in heard
    nothing = there.post(f"/counter/{OWN}/reasons", {"said": "嗯"}).content.decode()
    assert "还听不出原因" in nothing
    assert there.post(f"/counter/{OWN}/reasons", {"said": "  "}).content.decode().strip() == ""


def test_a_complaint_at_the_counter_lets_retention_rest() -> None:
    there = browser(furnished()["counter_clerk"])
    answer = there.post(f"/counter/{OWN}/complaint", {"said": "上次的手续费没有说清楚"})
    assert answer.status_code == 302
    found = {case.kind: case for case in cases_of_client(OWN)}
    assert found["complaint"].assignee_name and found["retention"].suspended_why == "complaint"


@pytest.mark.parametrize("said", ["", "   ", "\x07", "长" * 5000])
def test_words_that_cannot_be_kept_are_refused_and_change_nothing(said: str) -> None:
    answer = browser(furnished()["counter_clerk"]).post(f"/counter/{OWN}/complaint", {"said": said})
    assert answer.status_code == 422
    assert {case.kind for case in cases_of_client(OWN)} == {"retention"}


def test_script_in_a_complaint_is_shown_as_text() -> None:
    people = furnished()
    browser(people["counter_clerk"]).post(f"/counter/{OWN}/complaint", {"said": "<script>alert(1)</script>"})
    for path in (f"/clients/{OWN}", "/today"):
        assert "<script>alert" not in browser(people["branch_head"]).get(path).content.decode()


def test_compliance_sees_an_empty_queue_as_such_and_a_verdict_on_nothing_is_404() -> None:
    there = browser(furnished()["compliance"])
    assert "没有待审的备注" in there.get("/reviews").content.decode()
    assert there.post("/reviews/1/verdict", {"verdict": "sound", "version": "1"}).status_code == 404


def test_a_night_is_told_with_its_steps(tmp_path: Path) -> None:
    people = furnished()
    assert "还没有运行过" in browser(people["administrator"]).get("/nights").content.decode()
    run_night(tmp_path, load("standard"))
    page = browser(people["administrator"]).get("/nights").content.decode()
    assert "完成" in page and "检查时限" in page
    for role in ROLES:
        assert (browser(people[role]).get("/nights").status_code == 200) is can(people[role], "night.view")


def at_the_desk(there: Browser, **given: str) -> HttpResponse:
    page = there.get(f"/counter/{OWN}").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    form = {"key": key[1], "said": "别家才万一", "note": "", "reason": "commission_competition", **given}
    return there.post(f"/counter/{OWN}/contact", form)  # type: ignore[return-value]  # the test's own answer


def test_what_was_said_at_the_counter_is_recorded_and_the_desk_is_free() -> None:
    answer = at_the_desk(browser(furnished()["duty_adviser"]))
    assert (answer.status_code, answer["Location"]) == (302, "/counter")
    (contact,) = contacts_of_client(OWN)
    assert (contact.said, contact.reason, contact.direction) == ("别家才万一", "commission_competition", "in")


def test_a_refused_note_at_the_counter_loses_nothing() -> None:
    answer = at_the_desk(browser(furnished()["duty_adviser"]), note="保本的，您放心")
    page = answer.content.decode()
    assert answer.status_code == 422 and "没有保存" in page
    assert "别家才万一" in page and "保本的，您放心" in page and contacts_of_client(OWN) == []


def test_nothing_is_recorded_without_the_clients_words() -> None:
    answer = at_the_desk(browser(furnished()["duty_adviser"]), said="  ", note="办了")
    assert answer.status_code == 422 and "办了" in answer.content.decode() and contacts_of_client(OWN) == []


def test_an_account_clerk_records_no_retention_work() -> None:
    there = browser(furnished()["counter_clerk"])
    assert f"/counter/{OWN}/contact" not in there.get(f"/counter/{OWN}").content.decode()
    assert there.post(f"/counter/{OWN}/contact", {"said": "x"}).status_code == 403
