"""The documentation shows the pages as they are: a demonstration is lived through, and pictures are taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Page

from tests.functional import pictures
from tests.functional.conftest import Visit
from wanliu.book.sealed import Book
from wanliu.cli import main
from wanliu.cli.commands.demo import AS_OF, OPENS, TODAY
from wanliu.cli.demonstration import live_through, make_people
from wanliu.nightly.actions import run_night
from wanliu.people.roles import Role
from wanliu.ruleset import load

pytestmark = [pytest.mark.functional, pytest.mark.xdist_group("browser")]
CLIENTS = 1500
WINDOW = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
ADVICE_MS = 180_000
LOCALES = {"zh": "zh-CN", "en": "en-GB"}


@pytest.fixture
def lived(transactional_db: None, settings: LazySettings, tmp_path: Path) -> None:  # noqa: ARG001 (a server's threads see what is committed)
    """A small demonstration on its Monday morning."""
    home = tmp_path / "home"
    raw = str(tmp_path / "delivery")
    assert main(["simulate", raw, "--clients", str(CLIENTS), "--to", AS_OF]) == 0
    assert main(["seal", raw, "-o", str(home / "book")]) == 0
    settings.WANLIU_HOME, settings.WANLIU_DEMO = home, True
    settings.WANLIU_TODAY, settings.WANLIU_OPENS = date.fromisoformat(TODAY), time.fromisoformat(OPENS)
    make_people(Book.open(home / "book"))
    live_through(lambda day: run_night(home, load("standard"), as_of=day))


def today(visit: Visit) -> None:
    visit.go("/today")


def client(visit: Visit) -> None:
    visit.go("/clients/SIMP03")
    visit.page.wait_for_selector("[data-chart] canvas")
    visit.page.wait_for_selector("#timeline li")
    visit.page.wait_for_selector("#terms .card")
    visit.page.wait_for_selector("#advice h3", timeout=ADVICE_MS)


def drawer(visit: Visit) -> None:
    visit.go("/today")
    visit.page.locator("td.act [hx-get]").first.click()
    visit.page.wait_for_selector("#drawer[open] form")


def counter(visit: Visit) -> None:
    visit.go("/counter/SIMP05")
    visit.page.wait_for_selector("#terms .card")
    visit.page.fill("#said", "你们佣金太高了，别家才万一")
    visit.page.wait_for_selector("#reasons input", timeout=ADVICE_MS)
    visit.page.locator("h1").click()
    visit.page.wait_for_selector("#advice-place:not(.htmx-request) #advice .script", timeout=ADVICE_MS)


def leaving(visit: Visit) -> None:
    visit.go("/exits")
    visit.page.locator("tr", has_text="SIMP06").locator("a").click()
    visit.page.wait_for_selector(".condition")


def warnings(visit: Visit) -> None:
    visit.go("/warnings")


SHOTS: dict[str, tuple[Role, Callable[[Visit], None], dict[str, int]]] = {
    "today": ("adviser", today, WINDOW),
    "today-phone": ("adviser", today, PHONE),
    "client": ("branch_head", client, WINDOW),
    "drawer": ("adviser", drawer, WINDOW),
    "counter": ("branch_head", counter, WINDOW),
    "exit": ("counter_clerk", leaving, WINDOW),
    "warnings": ("branch_head", warnings, WINDOW),
}


def opened(chromium: Browser, base: str, size: dict[str, int], language: str) -> tuple[Page, Visit]:
    context = chromium.new_context(viewport=size, locale=LOCALES[language])  # type: ignore[arg-type]  # playwright's own shape
    page = context.new_page()
    return page, Visit(page, base)


@pytest.mark.usefixtures("lived")
def test_the_documentations_pictures_show_the_pages_as_they_are(
    chromium: Browser, live_server: object
) -> None:
    wrong = []
    for name, (role, walk, size) in SHOTS.items():
        for language in ("zh", "en"):
            page, visit = opened(chromium, str(live_server), size, language)
            visit.sign_in(role, language)
            walk(visit)
            wrong.append(pictures.stale(f"{name}.{language}", pictures.taken(page)))
            page.context.close()
    told = [one for one in wrong if one]
    assert told == [], "the pages look otherwise now; look at them, then: make screenshots"
