"""The threshold studio in a browser: a slider moved by keys, its part redrawn in place, the draft sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import expect

from tests.functional.conftest import Visit
from tests.functional.test_day import PHONE, check
from tests.report.stored import stored_study
from wanliu.drafts.queries import drafts
from wanliu.ruleset import load

pytestmark = [pytest.mark.functional, pytest.mark.xdist_group("browser")]
expect.set_options(timeout=30_000)  # a shared machine may stall


@pytest.mark.parametrize("language", ["zh", "en"])
def test_head_office_moves_a_number_by_keys_and_sends_the_draft(
    visit: Visit, settings: LazySettings, tmp_path: Path, language: str
) -> None:
    settings.WANLIU_HOME = tmp_path
    visit.sign_in("head_office", language)
    visit.go("/studio")
    check(visit, "without a study")
    stored_study(tmp_path / "studies" / "one", load("standard"))
    visit.go("/studio")
    check(visit, "with a study")
    slider = visit.page.locator("[data-field=number-fund_outflow]")
    slider.focus()
    visit.page.keyboard.press("ArrowLeft")
    expect(visit.page.locator("#sign-fund_outflow > table thead")).to_contain_text("0.25")
    visit.page.keyboard.press("ArrowLeft")
    expect(visit.page.locator("#sign-fund_outflow > table thead")).to_contain_text("0.2")
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", "0.2")
    visit.page.fill("#number-fund_outflow", "0.27")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#sign-fund_outflow .alert-warning")).to_be_visible()
    check(visit, "a number that was not tried")
    visit.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # playwright's own shape
    visit.page.reload()  # the choice stands in the address
    expect(visit.page.locator("#number-fund_outflow")).to_have_value("0.27")
    check(visit, "on a phone")
    visit.page.fill("#reason", "漏得太多")
    visit.page.locator("form[action$=drafts] button").click()
    visit.page.locator(".alert[role=status]").wait_for()
    check(visit, "a draft that was sent")
    assert [one.changes for one in drafts()] == [{"fund_outflow": {"share": ("0.3", "0.27")}}]
    assert (visit.complaints, visit.strangers) == ([], [])
