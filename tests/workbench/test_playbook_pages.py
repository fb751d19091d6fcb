"""The playbook's pages: every item can be read in both languages, and says who wrote and checked it."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from django.conf import LazySettings

from tests.workbench.house import browser, furnished
from wanliu.advice.fill import FIELD_NAMES
from wanliu.cases.offers import playbook
from wanliu.text import Text
from wanliu.workbench.playbook import words

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def _one_factor(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []


def shown(page: str) -> str:
    """What is read, without what is marked as Chinese, and the switch."""
    page = re.sub(r'<(\w+)[^>]*lang="zh"[^>]*>.*?</\1>', " ", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", page))


@pytest.mark.parametrize("kind", words.KINDS)
def test_every_item_is_listed_and_read_in_both_languages(kind: str) -> None:
    user = furnished()["head_office"]
    there = browser(user)
    items = playbook().items[kind]
    page = there.get(f"/playbook?kind={kind}").content.decode()
    assert all(f'href="/playbook/{kind}/{id}"' in page for id in items)
    for id, item in items.items():
        page = there.get(f"/playbook/{kind}/{id}").content.decode()
        assert item.maker in page and item.checker in page and item.review_by.isoformat() in page
    user.language = "en"
    user.save()
    for path in (f"?kind={kind}", *(f"/{kind}/{id}" for id in items)):
        page = there.get(f"/playbook{path}").content.decode().replace(user.name, "")
        assert CHINESE.findall(shown(page.replace("中文", ""))) == [], path


def test_methods_stand_where_the_law_puts_them_today() -> None:
    there = browser(furnished()["adviser"])
    for method in playbook().methods.values():
        page = html.unescape(there.get(f"/playbook/methods/{method.id}").content.decode())
        assert str(words.STANDINGS[method.standing].zh) in page
        if method.standing == "retired":
            assert "法律今天不允许" in page and method.legal_reason and method.legal_reason.zh in page
        for basis in method.basis:
            assert words.law(basis).zh in page
    listed = there.get("/playbook?kind=methods").content.decode()
    assert listed.count("is-retired") == sum(one.standing == "retired" for one in playbook().methods.values())


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("证券法88", "《证券法》第88条", "Securities Law art. 88"),
        ("证券法57(4)", "《证券法》第57条第4项", "Securities Law art. 57(4)"),
        ("佣金通知2002", "《佣金通知》（2002）", "Notice on Commissions (2002)"),
        (
            "反不正当竞争法9(2025)",
            "《反不正当竞争法》（2025）第9条",
            "Anti-Unfair Competition Law (2025) art. 9",
        ),
    ],
)
def test_a_law_is_told_in_words(code: str, zh: str, en: str) -> None:
    assert words.law(code) == Text(zh=zh, en=en)


def test_every_law_of_a_method_has_its_english_name() -> None:
    for method in playbook().methods.values():
        assert not [one for one in method.basis if CHINESE.search(words.law(one).en)]


def test_placeholders_are_marked_with_their_names_and_markup_stays_text() -> None:
    told = words.marked("<b>{client_title}</b>{unheard}", "zh")
    assert told == (
        f'&lt;b&gt;<mark class="place">{FIELD_NAMES["client_title"].zh}</mark>&lt;/b&gt;'
        '<mark class="place">unheard</mark>'
    )


def test_the_search_finds_words_of_either_language_and_says_where_there_are_none() -> None:
    there = browser(furnished()["compliance"])
    assert "/playbook/methods/gifts_and_points" in there.get("/playbook?text=礼品").content.decode()
    assert "/playbook/methods/gifts_and_points" in there.get("/playbook?text=Gifts").content.decode()
    assert "没有找到" in there.get("/playbook?text=<script>x").content.decode()
    assert "<script>x" not in there.get("/playbook?text=<script>x").content.decode()


@pytest.mark.parametrize(
    ("day", "said"), [("2025-06-30", "尚未启用"), ("2026-11-20", "服务"), ("2099-01-01", "已过期")]
)
def test_a_material_out_of_its_time_is_marked(settings: LazySettings, day: str, said: str) -> None:
    there = browser(furnished()["adviser"])
    settings.WANLIU_TODAY = date.fromisoformat(day)
    assert said in there.get("/playbook/materials/account_review").content.decode()


@pytest.mark.parametrize("path", ["nothing/x", "methods/none", "exemplars/x", "methods/..%2Freasons"])
def test_what_the_playbook_does_not_have_is_not_found(path: str) -> None:
    assert browser(furnished()["adviser"]).get(f"/playbook/{path}").status_code == 404
