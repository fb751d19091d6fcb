"""The tariff's editor and approvals on pages: faults stand at their fields, and two people make a version."""

from __future__ import annotations

import re
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings

from tests.concessions.desk import MONDAY
from tests.tariffs.sheets import SHEET, sent
from tests.web import make_user
from tests.workbench.house import browser, furnished
from wanliu.approvals.models import Approval
from wanliu.drafts.actions import submit_draft
from wanliu.people.roles import Role
from wanliu.people.user import User
from wanliu.tariffs.models import TariffVersion
from wanliu.tariffs.queries import latest_own
from wanliu.tariffs.sheet import Sheet

pytestmark = pytest.mark.django_db
NEW = "/tariffs/new"


@pytest.fixture(autouse=True)
def _monday(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []
    settings.WANLIU_TODAY = MONDAY


@pytest.fixture
def people() -> dict[Role, User]:
    return furnished()


def form(typed: Sheet = SHEET, **changed: Any) -> dict[str, Any]:
    """The editor's fields, as a browser sends them."""
    told: dict[str, Any] = {
        one.name: getattr(typed, one.name) for one in fields(typed) if one.name != "tiers"
    }
    for place, tier in enumerate(typed.tiers):
        told |= {f"{one.name}_{place}": getattr(tier, one.name) for one in fields(tier)}
    return told | {"tiers": len(typed.tiers) + 2} | changed


def saved(people: dict[Role, User]) -> TariffVersion:
    assert browser(people["head_office"]).post(NEW, form()).status_code == 302
    return TariffVersion.objects.get()


def test_from_the_editor_to_a_tariff_in_force(people: dict[Role, User]) -> None:
    office, watch = browser(people["head_office"]), browser(people["compliance"])
    assert 'value="万2.5"' in office.get(NEW).content.decode()
    version = saved(people)
    path = f"/tariffs/{version.pk}"
    assert office.post(f"{path}/sending", {"version": 1, "why": "调整"}).status_code == 302
    asked = Approval.objects.get()
    assert "我司收费标准" in watch.get("/approvals").content.decode()
    assert "自己提交的" in office.get(f"/approvals/{asked.pk}").content.decode()
    decision = {"version": 1, "decision": "granted", "reason": "已核"}
    assert office.post(f"/approvals/{asked.pk}/decision", decision).status_code == 422
    assert watch.post(f"/approvals/{asked.pk}/decision", decision).status_code == 302
    assert latest_own() is not None
    page = browser(people["adviser"]).get("/tariffs").content.decode()
    assert "我司收费标准" in page and "2027-01-04" in page
    told = browser(people["adviser"]).get(f"{path}/file").content.decode()
    assert "approved_on = 2026-11-23" in told and 'rate = "0.0002"' in told
    assert office.get(f"{path}/draft").status_code == 422


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rate_1": "万0.5"}, "低于底线"),
        ({"rate_0": "3.1‰"}, "高于"),
        ({"minimum_1": "-5"}, "不能"),
        ({"since": "2026-11-23"}, "起日要晚于今天"),
        ({"channels_1": []}, "请至少选择一个渠道"),
        ({"rate_1": "万2.6"}, "费率和最低收费都不得更高"),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_is_saved(
    people: dict[Role, User], changed: dict[str, Any], said: str
) -> None:
    answer = browser(people["head_office"]).post(NEW, form(**changed))
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and not TariffVersion.objects.exists()
    assert "我司收费标准" in page and 'value="500000"' in page


@pytest.mark.parametrize(
    "evil", ["<script>alert(1)</script>", "9" * 5000, "\x1b[2J", "-1", "１２３", "长" * 300]
)
def test_no_field_of_the_editor_breaks_it(people: dict[Role, User], evil: str) -> None:
    for name in form():
        answer = browser(people["head_office"]).post(NEW, {**form(), name: evil})
        page = answer.content.decode()
        assert answer.status_code in (302, 400, 422), name
        assert "<script>alert" not in page


def test_a_tier_that_is_ticked_away_is_gone(people: dict[Role, User]) -> None:
    assert browser(people["head_office"]).post(NEW, form(gone_1="1")).status_code == 302
    assert "from_500k" not in TariffVersion.objects.get().text


def test_a_draft_is_changed_and_deleted(people: dict[Role, User]) -> None:
    version = saved(people)
    office, path = browser(people["head_office"]), f"/tariffs/{version.pk}"
    assert 'value="2027-01-04"' in office.get(f"{path}/draft").content.decode()
    assert office.post(f"{path}/draft", form(since="2027-02-01", version=1)).status_code == 302
    assert office.post(f"{path}/draft", form(since="2027-03-01", version=1)).status_code == 409
    assert office.post(f"{path}/removal", {"version": 2}).status_code == 302
    assert not TariffVersion.objects.exists()


def test_a_rule_draft_is_approved_and_the_live_rules_stay(people: dict[Role, User]) -> None:
    moved = {"fund_outflow": {"share": Decimal("0.20")}}
    submit_draft(source="standard", moved=moved, reason="漏得太多", study="", by=people["head_office"])
    asked = Approval.objects.get()
    watch = browser(people["compliance"])
    page = watch.get(f"/approvals/{asked.pk}").content.decode()
    assert "0.3 → <strong>0.2</strong>" in page and "批准不等于生效" in page
    decision = {"version": 1, "decision": "granted", "reason": "看过回测"}
    assert watch.post(f"/approvals/{asked.pk}/decision", decision).status_code == 302
    assert "已批准" in watch.get("/approvals?over=1").content.decode()


def test_whoever_asked_takes_it_back_and_nobody_else(people: dict[Role, User]) -> None:
    _, asked = sent(by=people["head_office"])
    path = f"/approvals/{asked.id}/withdrawal"
    assert (
        browser(make_user("head_office", branch="", staff="")).post(path, {"version": 1}).status_code == 422
    )
    assert browser(people["head_office"]).post(path, {"version": 1}).status_code == 302


def test_pages_speak_english_as_well(people: dict[Role, User]) -> None:
    version, asked = sent(by=people["head_office"])
    office = people["head_office"]
    office.language = "en"
    office.save()
    for path in (
        "/tariffs",
        NEW,
        f"/tariffs/{version.id}",
        "/approvals",
        f"/approvals/{asked.id}",
        "/fairness",
    ):
        page = browser(office).get(path).content.decode()
        # Chinese names stay in their own fields, and what a person wrote is not translated
        own = ("中文", "员工", "调整", "公示2027", "成本说明2027", "我司收费标准")
        for one in own:
            page = page.replace(one, "")
        shown = re.sub(r"示例证券（虚构机构）[^<·]*", "", re.sub(r"<[^>]*>", " ", page))
        assert re.findall(r"[一-鿿]+", shown) == [], path


@pytest.mark.parametrize("quarter", ["2026Q5", "Q3", "2099Q1", "２０２６Q3", "<script>"])
def test_a_quarter_that_is_none_is_refused(people: dict[Role, User], quarter: str) -> None:
    assert browser(people["compliance"]).get("/fairness", {"quarter": quarter}).status_code == 422
    assert browser(people["compliance"]).get("/fairness/file", {"quarter": quarter}).status_code == 422


def test_the_report_is_a_page_and_a_sheet(people: dict[Role, User]) -> None:
    watch = browser(people["compliance"])
    assert "只有合计，没有客户" in watch.get("/fairness").content.decode()
    sheet = watch.get("/fairness/file?quarter=2026Q3")
    assert sheet["Content-Type"].endswith("spreadsheetml.sheet") and sheet.content[:2] == b"PK"
