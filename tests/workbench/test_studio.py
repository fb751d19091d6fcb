"""The threshold studio: what a study stored is shown and nothing else, and a draft goes where it belongs."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from tests.report.stored import TRIED, point, stored_study
from tests.workbench.house import FOREIGN, OWN, browser, furnished, names
from wanliu.drafts import models
from wanliu.drafts.actions import submit_draft
from wanliu.drafts.overlay import overlay
from wanliu.drafts.queries import drafts
from wanliu.people.roles import Role
from wanliu.people.user import User
from wanliu.ruleset import from_text, load
from wanliu.text import Text

pytestmark = pytest.mark.django_db
STANDARD = load("standard")
FIFTH = overlay("standard", {"fund_outflow": {"share": Decimal("0.20")}})
UNKNOWN, BASE = "未知", "对照：基准率（95% 区间）"


@pytest.fixture(autouse=True)
def studies(settings: LazySettings, tmp_path: Path) -> Path:
    settings.WANLIU_MFA = []
    settings.WANLIU_HOME = tmp_path
    return tmp_path / "studies"


@pytest.fixture
def people() -> dict[Role, User]:
    return furnished()


@pytest.fixture
def there(people: dict[Role, User], studies: Path) -> Browser:
    """Head office, with a study of the live rules."""
    stored_study(studies / "standard-2026", STANDARD)
    return browser(people["head_office"])


def shown(there: Browser, address: str = "/studio", **headers: str) -> str:
    answer = there.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u2060", "")


def rows(page: str, part: str = "fund_outflow") -> dict[str, tuple[str, str]]:
    """The figures of one sign's part: name → live, chosen."""
    own = page.partition(f'id="sign-{part}"')[2].partition("</table>")[0]
    found = re.findall(r'<th scope="row">(.*?)</th><td class="num">(.*?)</td><td class="num">(.*?)</td>', own)
    return {name: (live, chosen) for name, live, chosen in found}


# --- what is shown ----------------------------------------------------------------------------------


def test_without_a_study_the_page_says_which_command_makes_one(
    people: dict[Role, User], tmp_path: Path
) -> None:
    page = shown(browser(people["head_office"]))
    assert (
        "还没有回测" in page and f"wanliu backtest {tmp_path}/book --from 2025-11-20 --to 2026-11-20" in page
    )
    assert f"-o {tmp_path}/studies/standard-1" in page
    assert "送出草案" not in page


def test_a_study_of_other_numbers_is_not_taken_for_one_of_the_live_rules(
    people: dict[Role, User], studies: Path
) -> None:
    stored_study(studies / "other", FIFTH.rules)
    page = shown(browser(people["head_office"]))
    assert "测的不是现行规则现在的这些数" in page and 'name="fund_outflow"' not in page


def test_a_damaged_study_is_named(there: Browser, studies: Path) -> None:
    (stored_study(studies / "broken", STANDARD, at=9) / "run.json").write_text("{", encoding="utf-8")
    page = shown(there)
    assert "<code>broken</code>" in page and "standard-2026" in page


def test_the_live_number_stands_with_the_studys_figures(there: Browser) -> None:
    found = rows(shown(there))
    assert {live for live, _ in found.values()} == {
        "3.33",
        "30.0% (20.0–40.0)",
        "5.0% (4.0–6.0)",
        "30 (20–40)",
        "50.0% (40.0–60.0)",
        "40.0% (35.0–50.0)",
        "40.0 万",
    }
    assert {chosen for _, chosen in found.values()} == {"—"}


def test_a_moved_number_shows_its_figures_beside_the_live_ones(there: Browser) -> None:
    found = rows(shown(there, "/studio?fund_outflow=0.20"))
    assert found["新报命中率（95% 区间）"] == ("30.0% (20.0–40.0)", "20.0% (10.0–30.0)")
    assert found["每个交易日新报（次，全公司）"] == ("3.33", "5.00")
    assert found["每千户每个交易日新报（次）"] == ("3.33", "5.00")
    assert found["提前天数：中位（四分位）"] == ("30 (20–40)", "20 (10–30)")
    assert found["漏掉的离开资产占比（95% 区间）"] == ("40.0% (35.0–50.0)", "30.0% (25.0–40.0)")
    assert found["漏掉的离开资产（元，整段时间）"] == ("40.0 万", "30.0 万")


def test_what_was_not_tried_is_unknown_and_its_neighbours_are_named(there: Browser) -> None:
    page = shown(there, "/studio?fund_outflow=0.27")
    assert {name for name, (_, chosen) in rows(page).items() if chosen != UNKNOWN} == {BASE}
    assert "没有试过 0.27" in page
    assert 'href="?fund_outflow=0.25">0.25<' in page and 'href="?fund_outflow=0.3">0.3<' in page


def test_where_only_survivors_are_seen_nothing_is_said_of_leavers(
    people: dict[Role, User], studies: Path
) -> None:
    folder = stored_study(studies / "survivors", STANDARD, survivors_only="it sees survivors only")
    nothing = {f"{name}{end}": None for name in ("recall", "worth_missed") for end in ("", "_low", "_high")}
    table = pa.Table.from_pylist([point(number, **nothing) for number in TRIED])
    pq.write_table(table, folder / "curves.parquet")
    page = shown(browser(people["head_office"]), "/studio?fund_outflow=0.2")
    found = rows(page)
    assert "只看得到留下来的人" in page
    assert found["离开者中报过警（95% 区间）"] == (UNKNOWN, UNKNOWN)
    assert found["漏掉的离开资产占比（95% 区间）"] == (UNKNOWN, UNKNOWN)
    assert found["新报命中率（95% 区间）"][0] == "30.0% (20.0–40.0)"


@pytest.mark.parametrize("typed", ["0.001", "7", "-1", "abc", "NaN", "1e9", "０.２", "0,2", "9" * 40, "<b>"])
def test_a_number_that_no_rule_may_have_is_refused_in_its_place(there: Browser, typed: str) -> None:
    answer = there.get("/studio", {"fund_outflow": typed})
    page = answer.content.decode()
    assert answer.status_code == 200 and 'class="alert alert-danger d-block" role="alert"' in page
    assert f'value="{escape(typed)}"' in page and "<b>" not in page
    sent = there.post("/studio/drafts", {"fund_outflow": typed, "reason": "因为"})
    assert sent.status_code == 422 and drafts() == []
    assert there.get("/studio/draft.toml", {"fund_outflow": typed}).status_code == 422


def test_one_moved_slider_asks_for_its_part_and_the_draft_alone(there: Browser) -> None:
    part = shown(
        there, "/studio?fund_outflow=0.2", **{"HX-Request": "true", "HX-Target": "sign-fund_outflow"}
    )
    assert part.lstrip().startswith('<div class="studio-shown" id="sign-fund_outflow"')
    assert 'id="draft-numbers" hx-swap-oob="true"' in part and "<html" not in part
    assert '<input type="hidden" name="fund_outflow" value="0.2">' in part
    assert "合起来会把多少客户变成红或橙，曲线里没有" in part


def test_signs_without_a_curve_are_named(there: Browser) -> None:
    page = shown(there)
    assert "没有曲线的指标" in page and str(STANDARD.rules[-1].sign.name) in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_brings_nothing_that_a_strict_policy_forbids(
    there: Browser, people: dict[Role, User], language: str
) -> None:
    user = people["head_office"]
    user.language = language
    user.save()
    page = shown(there, "/studio?fund_outflow=0.2")
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", page) == []
    if language == "en":
        said = re.sub(r"<[^>]*>", " ", page.replace("中文", "").replace(user.name, ""))
        assert re.findall(r"[\u4e00-\u9fff]", said) == []


def test_the_page_asks_little_of_the_database_however_many_drafts(
    there: Browser, people: dict[Role, User]
) -> None:
    for share in range(10, 30):
        moved = {"fund_outflow": {"share": Decimal(share) / 1000}}
        submit_draft(source="standard", moved=moved, reason="试", study="", by=people["head_office"])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        shown(there)
    assert len(asked) <= 25


# --- the draft --------------------------------------------------------------------------------------


def test_a_draft_is_downloaded_as_the_file_that_a_back_test_takes(there: Browser) -> None:
    answer = there.get("/studio/draft.toml?fund_outflow=0.20")
    assert answer["Content-Disposition"] == f'attachment; filename="{FIFTH.rules.name}.toml"'
    loaded = from_text(answer.content.decode(), where="download")
    assert loaded.numbers() == FIFTH.rules.numbers() and loaded.name != STANDARD.name
    assert there.get("/studio/draft.toml").status_code == 422


def test_head_office_sends_the_draft_and_the_live_rules_stay(there: Browser) -> None:
    answer = there.post("/studio/drafts", {"fund_outflow": "0.20", "reason": "漏得太多"})
    assert (answer.status_code, answer["Location"]) == (302, "/studio")
    (made,) = drafts()
    assert (made.text, made.study, made.reason) == (FIFTH.text, "standard-2026", "漏得太多")
    page = shown(there)
    assert f"草案 {made.name} 已送出" in page and "待审批" in page and made.hash in page
    assert "对等级的影响未知" in page and f"--against {made.name}.toml" in page
    assert there.get(f"/studio/drafts/{made.id}.toml").content.decode() == made.text
    assert load("standard").numbers() == STANDARD.numbers()


def test_without_a_reason_or_a_change_nothing_is_sent(there: Browser) -> None:
    for given in (
        {"fund_outflow": "0.20", "reason": " "},
        {"reason": "因为"},
        {"fund_outflow": "0.30", "reason": "因为"},
    ):
        assert there.post("/studio/drafts", given).status_code == 422
    assert drafts() == []


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize("role", ["branch_head", "compliance"])
def test_who_may_not_send_still_sees_and_downloads(people: dict[Role, User], role: Role) -> None:
    other = browser(people[role])
    page = shown(other, "/studio?fund_outflow=0.2")
    assert "草案由总部送出" in page and "送出草案</button>" not in page
    assert other.get("/studio/draft.toml?fund_outflow=0.2").status_code == 200
    assert other.post("/studio/drafts", {"fund_outflow": "0.2", "reason": "因为"}).status_code == 403
    assert drafts() == []


def test_a_study_of_the_draft_is_shown_as_counts_and_names_no_client(there: Browser, studies: Path) -> None:
    there.post("/studio/drafts", {"fund_outflow": "0.20", "reason": "漏得太多"})
    stored_study(studies / "both", STANDARD, FIFTH.rules, at=5)
    (studies / "both" / "changes.csv").write_text(f"client_id\n{OWN}\n", encoding="utf-8")
    page = shown(there)
    assert "7 位客户换手" in page and "-5.0 (-6.0 至 -4.0)" in page and "+1.00 (-9.00 至 +11.00)" in page
    assert not names(page, OWN) and not names(page, FOREIGN)


def test_a_draft_of_an_older_time_stays_readable(there: Browser, people: dict[Role, User]) -> None:
    """A later version may know a sign no more: its text and its numbers still stand there."""
    made = submit_draft(
        source="standard",
        moved={"fund_outflow": {"share": Decimal("0.2")}},
        reason="试",
        study="",
        by=people["head_office"],
    )
    text = made.text.replace("fund_outflow", "gone")
    models.RuleDraft.objects.update(text=text, changes={"gone": {"share": ["0.3", "0.2"]}})
    page = shown(there)
    assert "gone · share" in page and str(Text(zh="未知", en="unknown")) in page
