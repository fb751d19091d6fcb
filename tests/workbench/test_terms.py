"""Commission requests on pages, from asking to the letter: the published tiers alone."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection

from tests.cases.desk import alarm
from tests.concessions.test_wall import FORBIDDEN
from tests.exits.test_wall import reachable_from
from tests.small_books import sealed_from
from tests.workbench.house import FOREIGN, OWN, browser, furnished, names
from wanliu.cases.actions import open_or_update
from wanliu.concessions.models import CommissionRequest, Concession
from wanliu.concessions.queries import history, request_of, requests_of
from wanliu.directory.models import Run, Standing
from wanliu.people.queries import person
from wanliu.people.roles import Role
from wanliu.people.user import User
from wanliu.workbench.forms import new_key

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
PART = f"/clients/{OWN}/terms"
ASK = f"{PART}/requests"
People = dict[Role, User]


@pytest.fixture(autouse=True)
def _monday(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []
    settings.WANLIU_TODAY = date(2026, 11, 23)


@pytest.fixture
def people(tmp_path: Path, settings: LazySettings) -> People:
    """The small house, and a book in which C1 has 600,000 and pays 万2.5 with a minimum of five yuan."""
    settings.WANLIU_HOME = tmp_path
    terms = {"commission_rate": Decimal("0.00025"), "min_commission": Decimal(5)}
    days = [DAY - timedelta(days=back) for back in range(400)]
    order = {"client_id": OWN, "side": "buy", "kind": "ordinary", "turnover": 100_000, "commission": 25}
    sealed_from(
        {
            "clients": [{"client_id": OWN, "branch_id": "B1", "opened_on": date(2020, 3, 2), **terms}],
            "trades": [{**order, "order_id": f"o{n}", "date": day} for n, day in enumerate(days[::7])],
            "assets": [{"client_id": OWN, "date": day, "net_assets": 600_000} for day in days],
        },
        tmp_path / "book",
    )
    return furnished()


def asked(people: People, tier: str = "from_500k") -> int:
    """The number of the request that the adviser files."""
    answer = browser(people["adviser"]).post(ASK, {"channel": "online", "tier": tier, "key": new_key()})
    assert answer.status_code == 302, answer.content.decode()
    return int(answer["Location"].rsplit("/", 1)[-1])


def post(user: User, path: str, **form: Any) -> Any:
    return browser(user).post(path, form)


def test_the_tiers_are_told_with_what_is_missing_to_each(people: People) -> None:
    page = browser(people["adviser"]).get(PART).content.decode()
    assert "600,000.00" in page and "就是现行条件" in page
    assert re.search(r"日均资产50万元以上.*?符合", page, re.DOTALL)
    assert re.search(r"日均资产200万元以上.*?还差.*?1,400,000\.00", page, re.DOTALL)
    assert 'value="from_500k"' in page and 'value="standard"' not in page


def test_a_channel_without_tiers_and_a_book_without_orders_are_said_so(
    people: People, settings: LazySettings, tmp_path: Path
) -> None:
    assert "没有公示的档位" in browser(people["adviser"]).get(f"{PART}?channel=phone").content.decode()
    settings.WANLIU_HOME = tmp_path / "nowhere"
    assert "判断不了" in browser(people["adviser"]).get(PART).content.decode()
    answer = post(people["adviser"], ASK, channel="online", tier="from_500k")
    assert answer.status_code == 422 and not CommissionRequest.objects.exists()


def test_from_asking_to_the_letter(people: People) -> None:
    """The adviser files it, the head grants it, the adviser tells the client, the letter can be printed."""
    number = asked(people)
    path = f"/commission/{number}"
    queue = browser(people["branch_head"]).get("/commission?tab=decide").content.decode()
    assert names(queue, OWN) and "万2" in queue
    page = browser(people["branch_head"]).get(path).content.decode()
    assert "第 1 次优惠" in page and 'value="granted"' in page

    assert post(people["branch_head"], f"{path}/decision", version=1, decision="granted").status_code == 302
    page = browser(people["adviser"]).get(path).content.decode()
    assert "申请已同意" in page and 'name="how"' in page
    assert browser(people["adviser"]).get(f"{path}/letter").status_code == 404
    assert post(people["adviser"], f"{path}/answer", version=2, how="letter").status_code == 302

    letter = browser(people["adviser"]).get(f"{path}/letter").content.decode()
    assert "自 2026-11-24 起执行" in letter and "12386" in letter
    (held,) = history(OWN)
    assert (held.number, held.tier) == (1, "from_500k")
    assert "第 1 次" in browser(people["compliance"]).get(path).content.decode()


def test_nobody_decides_on_their_own_and_the_page_says_so(people: People) -> None:
    head = people["branch_head"]
    answer = browser(head).post(ASK, {"channel": "online", "tier": "from_500k"})
    number = int(answer["Location"].rsplit("/", 1)[-1])
    page = browser(head).get(f"/commission/{number}").content.decode()
    assert "自己提交的申请不能自己决定" in page and 'value="granted"' not in page
    assert post(head, f"/commission/{number}/decision", version=1, decision="granted").status_code == 422


def test_what_is_not_met_is_refused_with_what_is_missing(people: People) -> None:
    number = asked(people, "from_2m")
    head, path = people["branch_head"], f"/commission/{number}"
    page = browser(head).get(path).content.decode()
    assert "1,400,000.00" in page and 'value="granted"' not in page and "您不能同意" in page
    assert post(head, f"{path}/decision", version=1, decision="granted").status_code == 422
    answer = post(
        head, f"{path}/decision", version=1, decision="refused", reason="criteria_not_met", words=""
    )
    assert answer.status_code == 302 and request_of(number).state == "refused"


def test_terms_beyond_the_branch_are_head_offices(people: People) -> None:
    number = asked(people)
    CommissionRequest.objects.update(rate=Decimal("0.00015"), assets=Decimal(3_000_000), tier="from_2m")
    path = f"/commission/{number}"
    assert "超出您的权限" in browser(people["branch_head"]).get(path).content.decode()
    assert post(people["branch_head"], f"{path}/decision", version=1, decision="granted").status_code == 422
    assert post(people["head_office"], f"{path}/decision", version=1, decision="granted").status_code == 302


@pytest.mark.parametrize("form", [{}, {"decision": "maybe"}, {"decision": "refused", "reason": "no_such"}])
def test_no_decision_is_none(people: People, form: dict[str, str]) -> None:
    number = asked(people)
    answer = post(people["branch_head"], f"/commission/{number}/decision", version=1, **form)
    assert answer.status_code == 422 and request_of(number).state == "requested"


def test_a_review_goes_by_todays_book_and_an_end_has_its_reason(
    people: People, settings: LazySettings
) -> None:
    number = asked(people)
    path = f"/commission/{number}"
    post(people["branch_head"], f"{path}/decision", version=1, decision="granted")
    post(people["adviser"], f"{path}/answer", version=2, how="counter")
    Concession.objects.update(review_on=date(2026, 11, 25))
    (held,) = history(OWN)
    settings.WANLIU_TODAY = date(2026, 11, 26)
    assert names(browser(people["branch_head"]).get("/commission?tab=reviews").content.decode(), OWN)

    renewal = f"/commission/granted/{held.id}/renewal"
    assert post(people["branch_head"], renewal, version=1).status_code == 302
    assert history(OWN)[0].until == date(2027, 11, 26)
    ending = f"/commission/granted/{held.id}/ending"
    assert post(people["branch_head"], ending, version=2, why="no_such").status_code == 422
    assert post(people["branch_head"], ending, version=2, why="client_asked").status_code == 302
    assert history(OWN)[0].ended_why == "client_asked"
    assert "客户要求" in browser(people["branch_head"]).get(path).content.decode()


def test_the_client_takes_it_back(people: People) -> None:
    number = asked(people)
    assert post(people["adviser"], f"/commission/{number}/withdrawal", version=1).status_code == 302
    assert "客户已撤回" in browser(people["adviser"]).get("/commission?tab=mine").content.decode()


def test_the_same_form_asks_once(people: People) -> None:
    form = {"channel": "online", "tier": "from_500k", "key": new_key()}
    there = browser(people["adviser"])
    assert [there.post(ASK, form).status_code for _ in range(2)] == [302, 409]
    assert len(requests_of(OWN)) == 1


@pytest.mark.parametrize("tier", ["", "no_such", "standard", "<script>"])
def test_a_tier_that_is_none_or_no_gain_is_refused(people: People, tier: str) -> None:
    answer = post(people["adviser"], ASK, channel="online", tier=tier)
    assert answer.status_code == 422 and not CommissionRequest.objects.exists()


def test_a_foreign_clients_terms_are_shown_to_nobody_here(people: People) -> None:
    for role in ("adviser", "branch_head"):
        assert browser(people[role]).get(f"/clients/{FOREIGN}/terms").status_code == 403


def test_every_page_speaks_english_as_well(people: People) -> None:
    number = asked(people)
    for role in ("adviser", "branch_head"):
        people[role].language = "en"
        people[role].save()
    for path in (PART, "/commission", "/commission?tab=mine", f"/commission/{number}"):
        for role in ("adviser", "branch_head"):
            page = browser(people[role]).get(path).content.decode()  # type: ignore[index]  # as above
            shown = re.sub(r"<[^>]*>", " ", page.replace("中文", "").replace("张**", "").replace("员工", ""))
            assert re.findall(r"[一-鿿]+", shown) == [], path


# --- the wall ---------------------------------------------------------------------------------------

PAGES = ("wanliu.workbench.terms.view", "wanliu.workbench.terms_desk.view")
AROUND = ("directory_run", "nightly_night", "django_session", "workbench_usedform")
"""What stands around every page: the day of the data, the last night, the session, the form's key."""


def test_nothing_of_scores_levels_or_cases_is_reached_by_the_pages_imports() -> None:
    """What ``pages`` itself reaches (the menu finds every page when it is drawn) is not imported by it."""
    reached = reachable_from(list(PAGES))
    assert {name for name in reached if set(name.split(".")[1:2]) & set(FORBIDDEN)} == set()


def test_no_statement_of_the_pages_reads_a_score_a_level_or_a_case(people: People) -> None:
    seen: set[str] = set()

    def watch(execute: Any, sql: str, *given: Any) -> Any:
        seen.update(re.findall(r'"([a-z]+_[a-z_]+)"', sql))
        return execute(sql, *given)

    with connection.execute_wrapper(watch):
        test_from_asking_to_the_letter(people)
        for tab in ("decide", "answer", "mine", "reviews"):
            browser(people["branch_head"]).get(f"/commission?tab={tab}")
        browser(people["adviser"]).get(PART)

    tables = {one for one in seen if one in connection.introspection.table_names()} - set(AROUND)
    assert {"concessions_commissionrequest", "people_client"} <= tables
    rooms = {one.split("_")[0] for one in tables}
    assert rooms <= {
        "concessions",
        "tariffs",
        "approvals",
        "people",
        "audit",
        "account",
        "mfa",
        "django",
        "auth",
    }


@pytest.mark.parametrize("level", ["none", "yellow", "orange", "red", "unknown"])
def test_every_level_and_case_may_change_and_no_page_does(people: People, level: str) -> None:
    def told() -> list[str]:
        bare = re.compile(r'name="(?:key|csrfmiddlewaretoken)" value="[^"]*"|data-csrf="[^"]*"')
        paths = (PART, "/commission?tab=decide", f"/commission/{number}")
        return [bare.sub("", browser(people["branch_head"]).get(path).content.decode()) for path in paths]

    number = asked(people)
    before = told()
    Standing.objects.update(level=level, value_at_stake=Decimal(99999), fired=["a"])
    open_or_update(
        [alarm(OWN, "red", value_at_stake=Decimal(77777))], run_id=Run.objects.get().name, as_of=DAY
    )
    assert told() == before


def test_head_office_decides_without_a_name(people: People) -> None:
    id = asked(people)
    name = person(OWN).masked_name
    assert name
    for path in ("/commission", f"/commission/{id}"):
        assert name in browser(people["branch_head"]).get(path).content.decode()
        there = browser(people["head_office"]).get(path)
        assert there.status_code == 200 and name not in there.content.decode()
