"""Predictions tested: figures alone, unknown said as unknown, decay in a banner, and scores where they
belong."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.foresight.test_watching import BAD
from tests.nightly.test_watching import measured_months
from tests.workbench.house import DAY, OWN, browser, furnished, names, told
from wanliu.clock import today
from wanliu.directory.actions import publish
from wanliu.directory.rows import RunFacts, Told
from wanliu.directory.scoring import NO_MODEL, UNUSABLE
from wanliu.foresight.predicted import Predicted
from wanliu.nightly import watching
from wanliu.people.actions import note_choice
from wanliu.people.roles import Role
from wanliu.people.user import User
from wanliu.text import Text

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u4e00-\u9fff]")
MOST_QUERIES = 25
SENTENCES = tuple(Text(zh=f"第{n}句。", en=f"Sentence {n}.") for n in (1, 2, 3))
SCORING: dict[str, Any] = {
    "model": "abcdef0123456789",
    "why_not": None,
    "horizon": 90,
    "usual": 0.021,
    "scored": 2,
    "listed": 1,
    "overlap": None,
    "basis": "risk_times_value",
    "base": [0.022, 0.016, 0.03],
    "tenths": [
        {"lowest": 0.1, "share": 0.31, "share_low": 0.2, "share_high": 0.44, "rows": 70.0},
        {"lowest": 0.0, "share": 0.01, "share_low": 0.0, "share_high": 0.02, "rows": 630.0},
    ],
}
REASON = {"zh": "模型坏了。", "en": "The model broke."}


@pytest.fixture(autouse=True)
def _one_factor(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []


@pytest.fixture
def people() -> dict[Role, User]:
    return furnished()


def shown(user: User, path: str, *, language: str = "zh") -> str:
    user.language = language
    user.save()
    answer = browser(user).get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def scored(**others: Any) -> None:
    """A run that gave the own client a score."""
    plain = told(OWN, "B1")
    standing = replace(
        plain.standing,
        chance=0.12,
        expected=Decimal(600),
        priority=Decimal(690),
        call_place=1,
        explained=SENTENCES,
    )
    run = RunFacts("r9", DAY, "book", "standard", "1", {"scoring": {**SCORING, **others}})
    publish(run, [Told(standing, plain.signals, plain.months), told("C2", "B2")])


# --- the page ---------------------------------------------------------------------------------------


def test_without_predictions_the_page_says_that_nothing_is_known(people: dict[Role, User]) -> None:
    page = shown(people["head_office"], "/predictions")

    assert "还没有一晚留下预测" in page and "data-watch" not in page


def test_what_has_not_had_its_time_is_unknown_until_a_day(people: dict[Role, User]) -> None:
    for days, words in ((0, "以前不可能知道"), (200, "期限已过，还没有评判")):
        as_of = today() - timedelta(days=days)
        watching.note_prediction(day=Predicted(as_of, "r", "", 90, 7, "0" * 64))
        page = shown(people["compliance"], "/predictions")
        assert words in page
    assert f"{today() + timedelta(days=91)} 以前不可能知道" in page


@pytest.mark.parametrize("role", ["head_office", "compliance", "administrator"])
def test_decay_is_a_banner_and_no_client_is_named(people: dict[Role, User], role: Role) -> None:
    measured_months(BAD, BAD)
    with CaptureQueriesContext(connection) as asked:
        page = shown(people[role], "/predictions")
    assert len(asked) <= MOST_QUERIES
    assert "红色与橙色预警不比随便抽的客户更准" in page and "连续 2 个月" in page
    assert not names(page, OWN) and "张" not in page
    english = shown(people[role], "/predictions", language="en").replace("中文", "")
    text = re.sub(r"<[^>]*>", " ", english.replace(people[role].name, ""))
    assert CHINESE.findall(text) == [] and "does not hold" in text


def test_decay_stands_on_the_page_of_nights(people: dict[Role, User]) -> None:
    measured_months(BAD, BAD)
    for role, links in (("administrator", True), ("branch_head", False)):
        page = shown(people[role], "/nights")  # type: ignore[index]  # a role
        assert "红色与橙色预警不比随便抽的客户更准" in page
        assert ('href="/predictions">看检验' in page) is links


# --- a client's score -------------------------------------------------------------------------------


def test_today_says_how_the_list_is_ordered(people: dict[Role, User]) -> None:
    for other, words in (({}, "模型 abcdef01"), ({"model": ""}, NO_MODEL.zh)):
        scored(**other)
        assert words in shown(people["adviser"], "/today")
        publish(RunFacts("r0", DAY, "book", "standard", "1", {}), [told(OWN, "B1")])
    scored(model="", why_not=REASON)
    page = shown(people["adviser"], "/today")
    assert UNUSABLE.zh in page and SENTENCES[0].zh in page


def test_a_clients_page_tells_the_score_with_baseline_and_interval(people: dict[Role, User]) -> None:
    scored()
    page = shown(people["adviser"], f"/clients/{OWN}")
    assert all(one.zh in page for one in SENTENCES)
    assert "31.0% (20.0%–44.0%)" in page and "2.2% (1.6%–3.0%)" in page
    english = shown(people["adviser"], f"/clients/{OWN}", language="en")
    assert all(one.en in english for one in SENTENCES) and "Place 1" in english


def test_who_refused_scores_is_shown_none_from_that_moment(people: dict[Role, User]) -> None:
    scored()
    note_choice(client_id=OWN, what="scoring_opt_out", value="yes", source="phone", by=people["adviser"])
    page = shown(people["adviser"], f"/clients/{OWN}")
    assert "客户拒绝自动评分" in page and SENTENCES[0].zh not in page and "31.0%" not in page
    assert SENTENCES[0].zh not in shown(people["adviser"], "/today")


def test_without_a_model_a_clients_page_is_as_it_was(people: dict[Role, User]) -> None:
    assert "模型得分" not in shown(people["adviser"], f"/clients/{OWN}")


@pytest.mark.parametrize("path", ["/exits", "/counter"])
def test_no_score_reaches_the_exit_desk_or_the_counter(people: dict[Role, User], path: str) -> None:
    scored()
    page = shown(people["counter_clerk"], path)
    assert SENTENCES[0].zh not in page and "模型" not in page
