"""What pages say, in both languages, and what browsers are told about them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import override_settings

from tests.web import PASSWORD, make_user
from tests.workbench.house import browser, furnished
from wanliu.clock import trading_days
from wanliu.directory import models
from wanliu.workbench.happenings import HAPPENED

pytestmark = pytest.mark.django_db
HOUSE = Path(__file__).resolve().parents[2] / "wanliu"
TEMPLATES = sorted((HOUSE / "workbench").rglob("*.html"))
PATHS = ("/today", "/warnings", "/clients/C1", "/search", "/no-such-page")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def _one_factor(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []


def bare(template: str) -> str:
    """What stands in a template outside of template tags: markup, and text that nobody translates."""
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", template, flags=re.DOTALL)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_every_word_of_a_template_stands_in_both_languages(file: Path) -> None:
    template = bare(file.read_text("utf-8"))
    text = re.sub(r"<[^>]*>", " ", template)
    assert re.findall(r"[A-Za-z\u4e00-\u9fff]{2,}", text.replace("&amp;", "").replace("&nbsp;", "")) == []
    assert (
        re.findall(r'(?:title|placeholder|aria-label|data-label|alt)="[^"]*[A-Za-z\u4e00-\u9fff]', template)
        == []
    )


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_both_languages_say_something_with_the_same_values(file: Path) -> None:
    for zh, en in re.findall(
        r"""\{% t (?:"|')(.*?)(?:"|') (?:"|')(.*?)(?:"|')[ %]""", file.read_text("utf-8")
    ):
        assert zh and en and (not CHINESE.search(en) or zh == "English")
        assert set(re.findall(r"\{(\w+)\}", zh)) == set(re.findall(r"\{(\w+)\}", en))


@pytest.mark.parametrize("path", PATHS)
def test_a_page_speaks_the_language_of_its_reader(path: str) -> None:
    user = furnished()["adviser"]
    assert '<html lang="zh">' in browser(user).get(path).content.decode()
    user.language = "en"
    user.save()
    page = browser(user).get(path).content.decode()
    shown = re.sub(r"<[^>]*>", " ", page.replace("中文", ""))
    assert '<html lang="en">' in page
    assert CHINESE.findall(shown.replace("张**", "").replace(user.name, "")) == []


def test_the_switch_stays_with_the_person_and_leads_nowhere_else() -> None:
    user = furnished()["adviser"]
    answer = browser(user).post("/language", {"language": "en", "back": "/warnings"})
    user.refresh_from_db()
    assert (answer["Location"], user.language) == ("/warnings", "en")
    assert (
        browser(user).post("/language", {"language": "zh", "back": "https://elsewhere.example/"})["Location"]
        == "/"
    )


@pytest.mark.parametrize("path", [*PATHS, "/sign-in"])
def test_pages_bring_nothing_that_a_strict_policy_forbids(path: str) -> None:
    answer = browser(None if path == "/sign-in" else furnished()["adviser"]).get(path)
    policy, page = answer["Content-Security-Policy"], answer.content.decode()
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    assert re.findall(r'<script(?![^>]*(?:src=|type="application/json"))', page) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", page) == []
    assert (answer["X-Frame-Options"], answer["Referrer-Policy"]) == ("DENY", "same-origin")


def test_pages_about_clients_are_kept_by_no_cache() -> None:
    assert browser(furnished()["adviser"]).get("/clients/C1")["Cache-Control"] == "no-store"


def test_nothing_of_ours_names_another_host() -> None:
    for file in (*TEMPLATES, *(HOUSE / "workbench" / "static" / "workbench").iterdir()):
        hosts = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+", file.read_text("utf-8")))
        assert hosts <= {"http://www.w3.org"}, file.name


# --- signing in -----------------------------------------------------------------------------------


def test_signing_in_with_name_and_password() -> None:
    user = make_user("adviser")
    there = browser(None)
    answer = there.post("/sign-in", {"login": user.username, "password": PASSWORD})
    assert answer["Location"] == "/"
    assert there.get("/today").status_code == 200
    there.post("/sign-out")
    assert there.get("/today").status_code == 302


def test_guessing_passwords_gets_nowhere() -> None:
    """After some bad tries the right password does not help either, and then nothing is answered at all."""
    user = make_user("adviser")
    there = browser(None)
    for _ in range(6):
        there.post("/sign-in", {"login": user.username, "password": "wrong"})
    assert there.post("/sign-in", {"login": user.username, "password": PASSWORD}).status_code == 200
    assert there.get("/today").status_code == 302
    found = [there.post("/sign-in", {"login": user.username, "password": "x"}).status_code for _ in range(30)]
    assert found[-1] == 429


def test_nobody_can_sign_up() -> None:
    for path in ("/signup/", "/accounts/signup/", "/sign-up", "/sign-in/signup"):
        assert browser(None).get(path).status_code == 404


def test_the_demonstrations_people_are_there_in_a_demonstration_alone() -> None:
    user = make_user("adviser", username="demo-S1", name="拟员工")
    assert "拟员工" not in browser(None).get("/sign-in").content.decode()
    assert browser(None).post(f"/sign-in/as/{user.pk}").status_code == 404
    with override_settings(WANLIU_DEMO=True):
        assert "拟员工" in browser(None).get("/sign-in").content.decode()
        there = browser(None)
        assert there.post(f"/sign-in/as/{user.pk}")["Location"] == "/"
        assert there.get("/today").status_code == 200


def test_a_demonstration_opens_no_other_persons_door() -> None:
    user = make_user("administrator", username="root")
    with override_settings(WANLIU_DEMO=True):
        assert browser(None).post(f"/sign-in/as/{user.pk}").status_code == 404


# --- what must not be overlooked ------------------------------------------------------------------


def test_what_is_unknown_is_said_to_be_unknown() -> None:
    user = furnished()["adviser"]
    models.Standing.objects.update(net_assets=None, last_login_on=None)
    page = browser(user).get("/warnings").content.decode()
    assert page.count("未知") >= 2


def test_a_client_whom_the_data_do_not_name_is_not_shown_as_fine() -> None:
    user = furnished()["adviser"]
    models.Run.objects.update(is_current=False)
    assert "情况未知" in browser(user).get("/clients/C1").content.decode()


def test_the_end_of_the_trading_calendar_is_told_in_time(settings: LazySettings) -> None:
    user = furnished()["adviser"]
    settings.WANLIU_TODAY = trading_days().runs_out_on
    assert "交易日历将在" in browser(user).get("/today").content.decode()


def test_every_kind_of_event_about_a_client_has_its_words() -> None:
    told = {verb for room in ("cases", "exits", "people", "concessions") for verb in verbs_in(HOUSE / room)}
    firm = {
        "clients_synced",
        "departures_taken",
        "names_lost",
        "filter_saved",
        "filter_deleted",
        "language_chosen",
        "staff_changed",
        "staff_added",
        "staff_returned",
        "staff_stopped",
        "sign_in_code_issued",
        "first_password_set",
        "password_changed",
        "second_factor_reset",
        "second_factor_set_up",
        "second_factor_removed",
        "recovery_codes_renewed",
    }
    assert told - set(HAPPENED) - firm == set()


def verbs_in(room: Path) -> Iterator[str]:
    """The words given as ``verb=`` to ``record`` in this room, where they stand written out."""
    for file in room.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record":
                told = [word.value for word in node.keywords if word.arg == "verb"]
                found = [
                    one.value for tree in told for one in ast.walk(tree) if isinstance(one, ast.Constant)
                ]
                yield from (one for one in found if isinstance(one, str) and "_" in one and one[-1] != "_")
