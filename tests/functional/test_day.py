"""A role's day in a browser: every page opens, complains of nothing, asks no stranger, and reads aloud."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import LazySettings

from tests.functional.conftest import Visit

pytestmark = [pytest.mark.functional, pytest.mark.xdist_group("browser")]
PHONE = {"width": 390, "height": 844}
ADVICE_MS = 180_000
"""The first advice of a server may have to learn its words."""
GRAVE = ("serious", "critical")


def check(visit: Visit, where: str) -> None:
    """No grave fault for people who listen or use keys; nothing wider than the window."""
    found = Axe().run(visit.page).response["violations"]
    assert [(where, one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in GRAVE] == []
    assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, where


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_adviser_goes_from_the_list_to_the_client(visit: Visit, language: str) -> None:
    visit.sign_in("adviser", language)
    for size in (None, PHONE):
        if size:
            visit.page.set_viewport_size(size)  # type: ignore[arg-type]  # playwright's own shape
        visit.go("/today")
        check(visit, "today")
        visit.page.locator(".rows a").first.click()
        visit.page.wait_for_selector("[data-chart] canvas")
        visit.page.wait_for_selector("#advice h3", timeout=ADVICE_MS)
        assert visit.page.locator("h1").inner_text() == "张**"
        check(visit, "client")
        for path in ("/warnings", "/search"):
            visit.go(path)
            check(visit, path)
    assert (visit.complaints, visit.strangers) == ([], [])


def test_a_slash_leads_to_the_search_field(visit: Visit) -> None:
    visit.sign_in("counter_clerk", "zh")
    visit.go("/search")
    visit.page.locator("h1").click()
    visit.page.keyboard.press("/")
    visit.page.keyboard.type("C1")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("td >> text=C1")


def test_a_refused_part_is_told_in_words(visit: Visit, settings: LazySettings, tmp_path: Path) -> None:
    settings.WANLIU_HOME = tmp_path  # without a book
    visit.sign_in("adviser", "zh")
    visit.go("/clients/C1")
    visit.page.locator("button[hx-get]").first.click()
    for place in ("#rows", "#advice-place"):
        told = visit.page.locator(f"{place} .part-fault")
        told.wait_for()
        assert told.inner_text().startswith("账簿或服务器暂时不可用")
