"""A real server, a real Chromium, and the house of the workbench's tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Page, Playwright

from tests.small_books import sealed_from
from tests.workbench.house import DAY, FOREIGN, OWN, furnished
from wanliu.people.roles import ROLES, Role
from wanliu.people.user import User

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Playwright runs a loop of its own in this thread, which Django would take for ours.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("Chromium was not found. Install it: apt-get install chromium fonts-noto-cjk")
    browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose book knows both clients of the house."""
    home = tmp_path_factory.mktemp("home")
    days = [DAY - timedelta(days=back) for back in range(90)]
    both = (OWN, FOREIGN)
    sealed_from(
        {
            "clients": [{"client_id": one, "branch_id": "B1", "opened_on": date(2020, 3, 2)} for one in both],
            "assets": [
                {"client_id": one, "date": day, "cash": 900, "position_value": 0, "net_assets": 900}
                for one in both
                for day in days
            ],
        },
        home / "book",
    )
    return home


@pytest.fixture
def house(transactional_db: None, settings: LazySettings, sealed: Path) -> dict[Role, User]:  # noqa: ARG001 (a server's threads see what is committed)
    """One person of each role, who may sign in by a button, at an hour when clients are called."""
    settings.WANLIU_DEMO = True
    settings.WANLIU_TODAY, settings.WANLIU_OPENS = DAY + timedelta(days=3), time(10)
    settings.WANLIU_HOME = sealed
    people = furnished()
    for role, user in people.items():
        user.username = f"demo-{role}"
        user.save()
    return people


class Visit:
    """One person at the workbench, who hears what the browser complains of and whom it asks."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        page.on("request", lambda request: self._meet(request.url))

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def _meet(self, address: str) -> None:
        if not address.startswith((self.base, "data:")):
            self.strangers.append(address)

    def sign_in(self, role: Role, language: str) -> None:
        self.page.goto(f"{self.base}/sign-in")
        self.page.locator(".cast", has=self.page.get_by_text(NAMES[role], exact=True)).click()
        if self.page.get_attribute("html", "lang") != language:
            self.page.locator("button[name=language]").click()
        self.page.wait_for_selector(f"html[lang={language}]")

    def go(self, path: str) -> None:
        self.page.goto(f"{self.base}{path}")


NAMES: dict[Role, str] = {role: name.zh for role, name in ROLES.items()}


@pytest.fixture
def visit(chromium: Browser, live_server: object, house: dict[Role, User]) -> Iterator[Visit]:  # noqa: ARG001 (people must be there)
    context = chromium.new_context(viewport={"width": 1360, "height": 850})
    yield Visit(context.new_page(), str(live_server))
    context.close()
