"""What happened with a client: the workbench's records and the firm's data in one line of time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.small_books import sealed_from
from tests.workbench.house import DAY, FOREIGN, OWN, browser, furnished
from wanliu.cases.actions import Said, record_contact
from wanliu.people.user import User

pytestmark = pytest.mark.django_db
PATH = f"/clients/{OWN}/timeline"


@pytest.fixture(autouse=True)
def _one_factor(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []


@pytest.fixture
def book(tmp_path: Path, settings: LazySettings) -> None:
    """A cut, a complaint, a call and a large transfer before the run's day; a request after it."""
    settings.WANLIU_HOME = tmp_path
    one = {"client_id": OWN}
    sealed_from(
        {
            "clients": [{**one, "branch_id": "B1", "opened_on": date(2020, 3, 2)}],
            "requests": [
                {
                    **one,
                    "request_id": "r1",
                    "date": date(2026, 10, 8),
                    "kind": "complaint",
                    "text": "电话没人接",
                },
                {**one, "request_id": "r2", "date": date(2026, 11, 23), "kind": "gift"},
            ],
            "contacts": [
                {
                    **one,
                    "contact_id": "k1",
                    "date": date(2026, 10, 9),
                    "channel": "phone",
                    "direction": "out",
                },
            ],
            "rate_changes": [
                {
                    **one,
                    "date": date(2026, 6, 1),
                    "old_rate": Decimal("0.0005"),
                    "new_rate": Decimal("0.0003"),
                }
            ],
            "flows": [
                {
                    **one,
                    "flow_id": "f1",
                    "date": date(2026, 9, 1),
                    "direction": "out",
                    "amount": 90_000,
                    "kind": "bank",
                },
                {
                    **one,
                    "flow_id": "f2",
                    "date": date(2026, 9, 2),
                    "direction": "out",
                    "amount": 10,
                    "kind": "bank",
                },
            ],
        },
        tmp_path / "book",
    )


def spoken(by: User) -> None:
    said = Said(
        "phone", "connected", direction="in", feedback="neutral", feedback_detail="busy", said="下周再说"
    )
    record_contact(client_id=OWN, said=said, by=by)


@pytest.mark.usefixtures("book")
def test_records_and_data_stand_in_one_line_the_latest_first() -> None:
    people = furnished()
    spoken(people["adviser"])
    page = browser(people["adviser"]).get(PATH).content.decode()
    told = [
        "服务：电话、接通、现在不便，改日再谈",
        "下周再说",
        "联系客户（电话，有效沟通）",
        "电话没人接",
        "90,000.00",
        "万5 改为 万3",
    ]
    places = [page.index(one) for one in told]
    assert places == sorted(places)


@pytest.mark.usefixtures("book")
def test_what_is_dated_after_the_run_and_small_change_are_not_told() -> None:
    page = browser(furnished()["adviser"]).get(PATH).content.decode()
    assert date(2026, 11, 23) > DAY and "索要礼品" not in page and "转出资金 10" not in page


def test_without_a_book_it_says_that_there_are_only_records(tmp_path: Path, settings: LazySettings) -> None:
    settings.WANLIU_HOME = tmp_path
    page = browser(furnished()["adviser"]).get(PATH).content.decode()
    assert "开立个案" in page and "只有工作台自己的记录" in page


@pytest.mark.usefixtures("book")
def test_more_than_a_screen_is_shown_on_asking() -> None:
    people = furnished()
    there = browser(people["adviser"])
    short = there.get(f"{PATH}?shown=2").content.decode()
    assert short.count("<li>") == 2 and "?shown=27" in short
    assert "?shown=" not in there.get(f"{PATH}?shown=400").content.decode()
    assert there.get(f"{PATH}?shown=-1").status_code == there.get(f"{PATH}?shown=x").status_code == 200


def test_a_foreign_clients_past_is_not_told() -> None:
    assert browser(furnished()["adviser"]).get(f"/clients/{FOREIGN}/timeline").status_code == 403
