"""The sum at the counter: from the client's own orders, with what the other firm is said to take."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.small_books import sealed_from
from tests.workbench.house import DAY, FOREIGN, OWN, browser, furnished

pytestmark = pytest.mark.django_db
PATH = f"/clients/{OWN}/sum"


@pytest.fixture(autouse=True)
def _one_factor(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []


@pytest.fixture
def _book(tmp_path: Path, settings: LazySettings) -> None:
    """Two orders of 10,000 and 100,000 at 0.3 per mille with a minimum of five yuan: 5.00 and 30.00."""
    settings.WANLIU_HOME = tmp_path
    terms = {"commission_rate": Decimal("0.0003"), "min_commission": Decimal(5)}
    order = {"client_id": OWN, "side": "buy", "kind": "ordinary"}
    days = [DAY - timedelta(days=back) for back in range(400)]
    sealed_from(
        {
            "clients": [{"client_id": OWN, "branch_id": "B1", "opened_on": date(2020, 3, 2), **terms}],
            "trades": [
                {**order, "order_id": "o0", "date": days[-1], "turnover": 1, "commission": 5},
                {**order, "order_id": "o1", "date": days[30], "turnover": 10_000, "commission": 5},
                {**order, "order_id": "o2", "date": days[20], "turnover": 100_000, "commission": 30},
            ],
        },
        tmp_path / "book",
    )


@pytest.mark.usefixtures("_book")
def test_the_sum_is_told_and_drawn_before_anything_is_asked() -> None:
    page = browser(furnished()["adviser"]).get(PATH).content.decode()
    assert "35.00" in page and "<rect" in page and "按对方的条件" not in page


@pytest.mark.usefixtures("_book")
def test_their_terms_are_worked_out_on_the_clients_own_orders() -> None:
    """10,000 × 0.00015 and 100,000 × 0.00015 without a minimum: 1.50 + 15.00."""
    page = browser(furnished()["adviser"]).post(PATH, {"rate": "万1.5", "minimum": "0"}).content.decode()
    assert "16.50" in page and "按对方的条件" in page


@pytest.mark.usefixtures("_book")
@pytest.mark.parametrize(("rate", "minimum"), [("很低", "5"), ("万1.5", ""), ("50%", "5"), ("万1.5", "-5")])
def test_what_is_no_rate_or_no_money_is_said_and_nothing_is_guessed(rate: str, minimum: str) -> None:
    answer = browser(furnished()["adviser"]).post(PATH, {"rate": rate, "minimum": minimum})
    page = answer.content.decode()
    assert answer.status_code == 422 and 'role="alert"' in page and "按对方的条件" not in page


def test_a_foreign_clients_orders_are_not_worked_on() -> None:
    assert browser(furnished()["adviser"]).get(f"/clients/{FOREIGN}/sum").status_code == 403
