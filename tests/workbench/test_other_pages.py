"""The pages around the work: one language at a time, a strict policy kept, few queries."""

from __future__ import annotations

import html
import re

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.workbench.house import browser, furnished
from wanliu.people.roles import Role

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u4e00-\u9fff]")
MOST_QUERIES = 25
PATHS: tuple[tuple[Role, str], ...] = (
    ("administrator", "/staff"),
    ("administrator", "/staff?text=nobody"),
    ("administrator", "/staff/new"),
    ("administrator", "/staff/{adviser}"),
    ("administrator", "/staff/{administrator}"),
    ("administrator", "/settings"),
    ("administrator", "/records"),
    ("administrator", "/account"),
    ("counter_clerk", "/account"),
    ("branch_head", "/escalations"),
    ("compliance", "/escalations?tab=tasks"),
    ("head_office", "/playbook?kind=methods"),
    ("head_office", "/playbook/reasons/service"),
)


@pytest.fixture(autouse=True)
def _one_factor(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []


@pytest.mark.parametrize(("role", "path"), PATHS)
def test_a_page_speaks_one_language_and_brings_nothing_of_its_own(role: Role, path: str) -> None:
    people = furnished()
    user = people[role]
    path = path.format(**{one: person.pk for one, person in people.items()})
    there = browser(user)
    with CaptureQueriesContext(connection) as asked:
        answer = there.get(path)
    page = answer.content.decode()
    assert answer.status_code == 200 and len(asked) <= MOST_QUERIES
    assert re.findall(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=|javascript:", page) == []
    assert answer["Cache-Control"] == "no-store"
    user.language = "en"
    user.save()
    page = browser(user).get(path).content.decode().replace("中文", "")
    shown = html.unescape(re.sub(r"<[^>]*>", " ", page)).replace("张**", "")
    for one in people.values():
        shown = shown.replace(one.name, "")
    assert CHINESE.findall(shown) == []


@pytest.mark.parametrize(("role", "path"), PATHS)
def test_every_field_has_a_label(role: Role, path: str) -> None:
    people = furnished()
    page = (
        browser(people[role])
        .get(path.format(**{one: who.pk for one, who in people.items()}))
        .content.decode()
    )
    for field in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page):
        if 'type="hidden"' in field:
            continue
        id = re.search(r'\bid="([^"]+)"', field)
        assert "aria-label" in field or (id and f'for="{id[1]}"' in page), field


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/first"])
def test_who_is_not_signed_in_may_choose_the_language(path: str) -> None:
    there = browser(None)
    assert CHINESE.search(there.get(path).content.decode().replace("中文", ""))
    there.post("/language", {"language": "en", "back": path})
    page = there.get(path)
    assert CHINESE.search(page.content.decode().replace("中文", "")) is None
    assert "unsafe" not in page["Content-Security-Policy"]
