"""The boards' pages: whose numbers somebody sees, what opens behind them, and what is handed out."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.conf import LazySettings

from tests.cases.desk import Clock, running
from tests.oversight.board_house import DAY, House, furnished
from tests.web import make_user
from tests.workbench.house import browser
from wanliu.people.user import User
from wanliu.workbench.boards.view import CHARTED

pytestmark = pytest.mark.django_db
CLIENT = re.compile(r"(?<![A-Za-z0-9])C\d\d(?![A-Za-z0-9])")


@pytest.fixture(autouse=True)
def _a_day(settings: LazySettings) -> Iterator[None]:
    settings.WANLIU_MFA = []
    with running(Clock().set(DAY)):
        yield


@pytest.fixture
def house() -> House:
    return furnished()


def page(user: User, path: str) -> str:
    answer = browser(user).get(path)
    assert answer.status_code == HTTPStatus.OK, (path, answer.status_code)
    return str(answer.content.decode())


def links(text: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'href="(/boards/rows\?[^"]+)"', text)]


def counted(text: str) -> int:
    """How many rows the list says that there are."""
    found = re.search(r"· (\d+) 行", text)
    assert found is not None, "the list says its length"
    return int(found[1])


def test_numbers_open_their_rows_for_whoever_may_see_the_clients(house: House) -> None:
    """Every link of a branch head's board leads to as many rows as it says, all of the own branch."""
    said = page(house.head, "/boards?month=2026-10")
    there = re.findall(r'<a href="(/boards/rows\?[^"]+)">([\d,]+)</a>', said)
    assert len(there) > 30
    for address, number in there[:: max(1, len(there) // 25)]:
        rows = page(house.head, html.unescape(address))
        assert counted(rows) == int(number.replace(",", "")), address
        assert "B2" not in re.findall(r'data-label="营业部">(\w+)', rows)
    assert any(CLIENT.search(page(house.head, html.unescape(one))) for one, _ in there[:5])


@pytest.mark.usefixtures("house")
def test_head_office_sees_numbers_and_no_client() -> None:
    office = make_user("head_office", branch="", staff="")
    said = page(office, "/boards?month=2026-10")
    assert "B1" in said and "B2" in said and not CLIENT.search(said)
    for address in links(said)[:12]:
        assert not re.search(r"(?<!\w)C\d\d(?!\w)|张", page(office, address)), address
    assert "员S1" in page(office, "/boards?month=2026-10&branch=B1&by=adviser")


def test_nobody_sees_another_branch_whatever_the_address_says(house: House) -> None:
    for path in ("/boards", "/boards/rows"):
        other = f"branch=B2&by=adviser&key={house.advisers[2].pk}"
        said = page(house.head, f"{path}?month=2026-10&measure=load&{other}")
        assert "员S3" not in said or path.endswith("rows")
        assert not re.findall(r'data-label="营业部">B2', said)
    own = page(house.advisers[0], "/boards?month=2026-10&by=adviser&branch=B1")
    assert "员S2" not in own and "我的数字" in own
    rows = page(house.advisers[0], "/boards/rows?month=2026-10&measure=load&by=adviser&key=999")
    assert not re.findall(r'data-label="谁负责">员S2', rows)


def test_the_weekly_report_is_not_for_advisers_and_is_of_ones_branch(house: House) -> None:
    assert browser(house.advisers[0]).get("/boards/weekly.pdf").status_code == HTTPStatus.FORBIDDEN
    answer = browser(house.head).get("/boards/weekly.pdf?week=2026-W46&branch=B2")
    assert (answer.status_code, answer["Content-Type"]) == (HTTPStatus.OK, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    sheet = browser(house.head).get("/boards/file?month=2026-10&by=reason")
    assert sheet["Content-Disposition"] == 'attachment; filename="board-2026-10-reason.xlsx"'


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/boards?month=2027-01", HTTPStatus.UNPROCESSABLE_ENTITY),
        ("/boards/weekly.pdf?week=2025-W53", HTTPStatus.UNPROCESSABLE_ENTITY),
        ("/boards?by=nothing&days=31&branch=%E2%80%AE", HTTPStatus.OK),
        ("/boards/rows?measure=x&by=adviser&key=" + "9" * 60, HTTPStatus.OK),
        ("/boards/rows?measure=clients&by=adviser&key=staff:S9", HTTPStatus.OK),
    ],
)
def test_strange_addresses_are_answered_calmly(path: str, status: int) -> None:
    assert browser(make_user("branch_head", staff="")).get(path).status_code == status


def test_an_empty_house_says_unknown_and_draws_gaps() -> None:
    said = page(make_user("branch_head", staff=""), "/boards")
    assert "未知" in said and "0.0%" not in said and "没有对照组" in said and "无对照组" in said
    found = re.search(r'<script id="boards" type="application/json">(.*?)</script>', said)
    assert found is not None
    told = json.loads(found[1])
    assert len(told["charts"]) == len(CHARTED)
    points = [row for chart in told["charts"] for one in chart for row in one["points"]]
    assert {end for point in points for end in point} == {None}
