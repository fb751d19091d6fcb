"""What the client decides counts at once; names in full are shown for a purpose and on record."""

from __future__ import annotations

import re

import pytest
from django.conf import LazySettings

from tests.workbench.house import OWN, browser, furnished
from wanliu.audit.queries import events_of_client
from wanliu.cases.queries import cases_of_client
from wanliu.people.queries import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_factor(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []


def test_who_wants_no_contact_is_left_alone_at_once() -> None:
    there = browser(furnished()["adviser"])
    answer = there.post(f"/clients/{OWN}/choices", {"choice": "do_not_contact:yes", "source": "phone"})
    assert (answer.status_code, answer["Location"]) == (302, f"/clients/{OWN}")
    assert person(OWN).do_not_contact
    assert [(case.state, case.outcome_claimed) for case in cases_of_client(OWN)] == [("closed", "withdrawn")]
    page = there.get(f"/clients/{OWN}").content.decode()
    assert "勿扰" in page and "现在不能主动联系挽留" in page


@pytest.mark.parametrize("choice", ["", "do_not_contact", "do_not_contact:maybe", "name:yes", "<script>:yes"])
def test_a_choice_that_there_is_not_changes_nothing(choice: str) -> None:
    answer = browser(furnished()["adviser"]).post(
        f"/clients/{OWN}/choices", {"choice": choice, "source": "phone"}
    )
    assert answer.status_code == 422
    assert not person(OWN).do_not_contact


def test_a_name_in_full_needs_a_purpose_and_leaves_a_record() -> None:
    there = browser(furnished()["adviser"])
    assert there.post(f"/clients/{OWN}/identity").status_code == 422
    assert "unmasked" not in [event.verb for event in events_of_client(OWN)]
    page = there.post(f"/clients/{OWN}/identity", {"purpose": "call"}).content.decode()
    assert "张三丰" in page and "13800005678" in page
    assert events_of_client(OWN)[0].verb == "unmasked"


def test_the_explanation_says_what_was_weighed_and_who_decides() -> None:
    page = browser(furnished()["adviser"]).get(f"/clients/{OWN}/explanation").content.decode()
    text = re.sub(r"<[^>]*>", "", page)
    for words in ("资金转出", "由人决定", "可以拒绝这类评分", "马上受理", "2026-11-20"):
        assert words in text
    assert "红" not in re.sub(r"\s", "", text.split("说明", 1)[1])


def test_who_opted_out_is_told_that_nothing_is_judged() -> None:
    there = browser(furnished()["adviser"])
    there.post(f"/clients/{OWN}/choices", {"choice": "scoring_opt_out:yes", "source": "counter"})
    page = there.get(f"/clients/{OWN}/explanation").content.decode()
    assert "您已选择不参与自动化评分" in page and "资金转出" not in page


def test_advice_without_a_book_is_told_calmly() -> None:
    answer = browser(furnished()["adviser"]).get(f"/clients/{OWN}/advice", headers={"HX-Request": "true"})
    assert answer.status_code == 503
    assert answer.content.decode().startswith("账簿或服务器暂时不可用")
