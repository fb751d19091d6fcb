"""The day of each role in a browser, in both languages: what they came to do is done, and what is not theirs
is not there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Dialog, expect

from tests.functional.conftest import Visit
from tests.functional.test_day import PHONE, check
from tests.workbench.house import FOREIGN, OWN
from wanliu.cases.queries import cases_of_client, contacts_of_client
from wanliu.exits.queries import open_exits_of
from wanliu.people.roles import ROLES, Role

pytestmark = [pytest.mark.functional, pytest.mark.xdist_group("browser")]
LANGUAGES = ("zh", "en")
ADVICE_MS = 180_000


def whole(visit: Visit) -> None:
    """Nothing was complained of but refusals that the walk meant, and no stranger was asked."""
    meant = "422 (Unprocessable Entity)"
    assert [one for one in visit.complaints if meant not in one] == []
    assert visit.strangers == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_adviser_records_a_call_in_the_drawer_and_goes_on(visit: Visit, language: str) -> None:
    visit.sign_in("adviser", language)
    visit.go("/today")
    visit.page.locator("td.act [hx-get]").first.click()
    form = visit.page.locator("#drawer[open] form")
    form.wait_for()
    check(visit, "drawer")
    form.locator("input[value=no_answer]").check(force=True)
    expect(form.locator("#feedback")).to_be_hidden()
    form.locator("#note").fill("我跟他说了，保本的，您放心")
    form.locator("button[name=save]").click()
    visit.page.locator("#drawer [role=alert]").wait_for(timeout=ADVICE_MS)
    expect(form.locator("#note")).to_have_value("我跟他说了，保本的，您放心")
    assert contacts_of_client(OWN) == []
    form.locator("#note").fill("没有接，下午再打")
    form.locator("button[name=save]").click()
    visit.page.locator("main .alert[role=status]").wait_for()
    assert visit.page.url.endswith("/today")
    (contact,) = contacts_of_client(OWN)
    assert (contact.connection, contact.note) == ("no_answer", "没有接，下午再打")
    whole(visit)


def test_a_drawer_is_not_closed_over_what_was_typed(visit: Visit) -> None:
    visit.sign_in("adviser", "zh")
    visit.go("/today")
    visit.page.locator("td.act [hx-get]").first.click()
    visit.page.locator("#drawer #note").fill("还没写完")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    visit.page.once("dialog", stay)
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("#drawer #note")).to_have_value("还没写完")
    assert asked == ["已填的内容还没有保存，确定放弃？"]
    visit.page.once("dialog", lambda dialog: dialog.accept())
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("#drawer")).to_be_hidden()


def test_what_is_kept_for_later_is_there_when_the_drawer_opens_again(visit: Visit) -> None:
    visit.sign_in("adviser", "zh")
    visit.go("/today")
    visit.page.locator("td.act [hx-get]").first.click()
    visit.page.locator("#drawer #note").fill("客户在开会，下午接着谈")
    visit.page.locator("#drawer button[name=later]").click()
    visit.page.locator("main .alert[role=status]").wait_for()
    assert contacts_of_client(OWN) == []
    visit.page.locator(f"p a[hx-get*='{OWN}']").click()
    expect(visit.page.locator("#drawer #note")).to_have_value("客户在开会，下午接着谈")
    whole(visit)


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_the_counter_five_steps_lead_from_the_client_to_the_record(visit: Visit, language: str) -> None:
    visit.sign_in("duty_adviser", language)
    visit.go("/counter")
    visit.page.locator("#text").fill("13800005678")
    visit.page.keyboard.press("Enter")  # 1: who it is
    visit.page.wait_for_url(f"**/counter/{OWN}")
    check(visit, "counter")
    visit.page.locator("#said").fill("你们佣金太高了，别家才万一")  # 2: what is said
    visit.page.locator("#reasons input").first.wait_for(timeout=ADVICE_MS, state="attached")
    visit.page.locator("#reasons label").first.click()  # 3: the reason, asked once more
    visit.page.locator("#note").fill("按公示条件说明了佣金标准")  # 4: what was done
    visit.page.keyboard.press("Enter")  # 5: recorded
    visit.page.wait_for_url("**/counter", timeout=ADVICE_MS)
    (contact,) = contacts_of_client(OWN)
    assert (contact.reason, contact.direction) == ("commission_competition", "in")
    whole(visit)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clerk_takes_an_exit_at_once_and_carries_it_out(visit: Visit, language: str) -> None:
    visit.sign_in("counter_clerk", language)
    visit.go(f"/counter/{FOREIGN}")
    assert visit.page.locator("#advice-place, #reasons").count() == 0
    visit.page.locator("button[value=close_account]").click()
    visit.page.wait_for_url("**/exits/*")
    assert len(open_exits_of([FOREIGN])) == 1
    visit.page.locator("form[action$=check_identity] button").click()
    visit.page.locator("input[value=CASH_NONZERO]").check()
    check(visit, "conditions")
    visit.page.locator("form[action$=list_conditions] button").click()
    visit.page.locator("form[action$=clear_condition] button").click()
    for step in ("mark_ready", "submit", "finish"):
        visit.page.locator(f"form[action$={step}] button").click()
    with visit.page.expect_download() as proof:
        visit.page.locator("form[action$=proof] button").click()
    assert proof.value.suggested_filename.endswith(".pdf")
    assert open_exits_of([FOREIGN]) == []
    visit.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # playwright's own shape
    check(visit, "exit on a phone")
    whole(visit)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_branch_head_gives_what_is_ticked_to_a_colleague(visit: Visit, language: str) -> None:
    visit.sign_in("branch_head", language)
    visit.go("/warnings")
    check(visit, "warnings")
    visit.page.locator("input[name=chosen]").first.check()
    visit.page.locator("#to").select_option(index=0)
    visit.page.locator("form[action$=assignment] button").click()
    visit.page.locator(".alert[role=status]").first.wait_for()
    assert cases_of_client(OWN)[0].assignee_name
    whole(visit)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_roles_menu_opens_in_the_window_and_on_a_phone(
    visit: Visit, role: Role, language: str
) -> None:
    visit.sign_in(role, language)
    paths = [
        link.get_attribute("href") or "" for link in visit.page.locator("header nav a").element_handles()
    ]
    assert paths
    for size in (None, PHONE):
        if size:
            visit.page.set_viewport_size(size)  # type: ignore[arg-type]  # playwright's own shape
        for path in paths:
            visit.go(path)
            check(visit, path)
    whole(visit)
