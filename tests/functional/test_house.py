"""The pages around the work in a browser: staff, account, playbook, escalations, records."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from tests.functional.conftest import Visit
from tests.functional.test_day import PHONE, check
from wanliu.people.roles import Role

pytestmark = [pytest.mark.functional, pytest.mark.xdist_group("browser")]
PATHS: dict[Role, tuple[str, ...]] = {
    "administrator": ("/staff", "/staff/new", "/settings", "/records", "/account", "/second-factor/"),
    "head_office": (
        "/playbook",
        "/playbook?kind=methods",
        "/playbook/reasons/service",
        "/playbook/methods/gifts_and_points",
        "/playbook/scripts/service.phone.first",
        "/playbook/rules/H01",
        "/playbook/precedents/asks_for_a_cut",
    ),
    "compliance": ("/escalations", "/escalations?tab=tasks"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", PATHS)
def test_the_pages_of_a_role_open_and_read_aloud(visit: Visit, role: Role, language: str) -> None:
    visit.sign_in(role, language)
    for size in (None, PHONE):
        if size:
            visit.page.set_viewport_size(size)  # type: ignore[arg-type]  # playwright's own shape
        for path in PATHS[role]:
            visit.go(path)
            check(visit, path)
    assert (visit.complaints, visit.strangers) == ([], [])


def test_somebody_is_taken_on_and_comes_in_by_the_code_alone(visit: Visit, chromium: Browser) -> None:
    visit.sign_in("administrator", "zh")
    visit.go("/staff/new")
    for field, value in (("username", "zhang.san"), ("name", "张珊"), ("branch_id", "B1")):
        visit.page.fill(f"#{field}", value)
    visit.page.select_option("#role", "counter_clerk")
    visit.page.keyboard.press("Enter")
    code = visit.page.locator(".one-time code").inner_text()
    assert code not in visit.page.url
    context = chromium.new_context()
    theirs = context.new_page()
    theirs.goto(f"{visit.base}/sign-in/first")
    for field, value in (("username", "zhang.san"), ("code", code)):
        theirs.fill(f"#{field}", value)
    for field in ("password", "again"):
        theirs.fill(f"#{field}", "plum-rain-over-suzhou")
    theirs.keyboard.press("Enter")
    theirs.wait_for_selector("#id_login")
    theirs.fill("#id_login", "zhang.san")
    theirs.fill("#id_password", "plum-rain-over-suzhou")
    theirs.keyboard.press("Enter")
    theirs.wait_for_url(re.compile("/search|/counter"))
    context.close()
