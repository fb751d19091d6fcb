"""Counters that deliver a row per fill: the fills of one order are summed, and every one is accounted for."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.book.deliveries import Sender
from tests.book.small_book import AN, BO, OCTOBER
from wanliu.book.inspection import check_delivery
from wanliu.book.seal import seal
from wanliu.book.sealed import Book
from wanliu.book.verdict import render
from wanliu.text import choose_language

NINTH, TWELFTH = datetime.date(2009, 10, 9), datetime.date(2009, 10, 12)
DELIVERED = (
    "init_date,client_id,fund_account,entrust_no,exchange_type,stock_code,entrust_bs,deliver_type,business_amount,"
    "business_price,business_balance,fare0,exchange_fare0,exchange_fare3\n"
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    choose_language("en")
    yield
    choose_language(None)


@pytest.fixture
def sender(tmp_path: Path) -> Sender:
    folder = tmp_path / "delivery"
    folder.mkdir()
    return Sender(folder)


def _orders(book: Path) -> list[tuple[str]]:
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT order_id FROM ({Book.open(book).rows_of('trades')})").fetchall()


def test_fills_of_one_order_are_summed_at_hundsun(sender: Sender) -> None:
    fills = (
        "20091009,000001,9,77,1,600000,1,0,100,5,500,5,0.10,0.20\n"
        "20091009,000001,9,77,1,600000,1,0,100,5,500,5,0.10,0.20\n"
        "20091009,000001,9,77,1,600000,1,0,200,5.5,1100,6.5,,\n"
        "20091009,000001,9,78,1,600000,2,0,100,5,500,5,,\n"
        "20091012,000001,9,77,1,600000,1,0,100,5,500,5,,\n"
        "20091009,000002,8,77,1,600000,1,0,100,5,500,5,,\n"
    )
    outcome = sender.send("his_deliver.csv", DELIVERED + fills).read("hundsun")
    assert outcome.rows("trades", "client_id", "date", "order_id", "turnover", "commission", "levies") == [
        ("000001", NINTH, "77", Decimal("2100.00"), Decimal("16.50"), Decimal("0.60")),
        ("000001", NINTH, "78", Decimal("500.00"), Decimal("5.00"), None),
        ("000001", TWELFTH, "77", Decimal("500.00"), Decimal("5.00"), None),
        ("000002", NINTH, "77", Decimal("500.00"), Decimal("5.00"), None),
    ]
    assert outcome.counts("trades") == (6, 6, 0)
    assert outcome.delivery.tables["trades"].orders == 4
    assert "6 fills were summed into 4 orders" in outcome.notices


@pytest.mark.parametrize("odd", ["9,77,1,600000,2,0", "9,77,1,600001,1,0", "8,77,1,600000,1,0"])
def test_fills_that_disagree_on_their_order_are_all_rejected(sender: Sender, odd: str) -> None:
    fills = (
        "20091009,000001,9,77,1,600000,1,0,100,5,500,5,,\n"
        f"20091009,000001,{odd},100,5,500,5,,\n"
        "20091009,000001,9,78,1,600000,1,0,100,5,500,5,,\n"
    )
    outcome = sender.send("his_deliver.csv", DELIVERED + fills).read("hundsun")
    assert outcome.counts("trades") == (3, 1, 2)
    assert set(outcome.rejects("line", "client_id")) == {(2, "000001"), (3, "000001")}
    assert "fills of one order number differ" in outcome.why()[0]


def test_broken_fill_is_rejected_and_the_others_count(sender: Sender) -> None:
    fills = (
        "20091009,000001,9,77,1,600000,1,0,100,5,500,5,,\n20091009,000001,9,77,1,600000,1,0,100,5,much,5,,\n"
    )
    outcome = sender.send("his_deliver.csv", DELIVERED + fills).read("hundsun")
    assert outcome.counts("trades") == (2, 1, 1)
    assert outcome.rows("trades", "turnover") == [(Decimal("500.00"),)]


def test_orders_that_are_no_fills_are_still_duplicates(sender: Sender) -> None:
    order = (
        "order_id,client_id,date,turnover,commission\n7,000001,2009-10-09,500,5\n7,000001,2009-10-09,501,5\n"
    )
    outcome = sender.send("trades.csv", order).read("hundsun")
    assert outcome.counts("trades") == (2, 0, 2)
    assert outcome.delivery.tables["trades"].orders is None


def test_seal_fills_of_a_counter_become_orders(tmp_path: Path, october: Path) -> None:
    (october / "trades.csv").unlink()
    (october / "his_deliver.csv").write_text(
        DELIVERED
        + "".join(
            f"{day:%Y%m%d},{AN},9,77,1,600000,1,0,100,5,500,5,0.1,0.2\n" * 2
            + f"{day:%Y%m%d},{BO},8,77,1,600000,1,0,100,5,500,5,0.1,0.2\n"
            for day in OCTOBER
        ),
        encoding="utf-8",
    )

    report = seal(october, tmp_path / "book", mapping="hundsun")

    trades = report.tables["trades"]
    assert (trades.rows_in, trades.rows_used, trades.rows_rejected) == (48, 48, 0)
    assert trades.orders == len(_orders(tmp_path / "book")) == 32
    assert trades.totals["turnover"] == 48 * 500
    assert "48 fills were summed into 32 orders" in "".join(notice.en for notice in report.notices)


def test_check_says_how_many_fills_become_how_many_orders(sender: Sender) -> None:
    fill = "20091009,000001,9,77,1,600000,1,0,100,5,500,5,,\n"
    sender.send("his_deliver.csv", DELIVERED + fill * 3)

    found = check_delivery(sender.folder, mapping="hundsun")

    assert found.answer == "usable"
    assert "trades: 3 fills into 1 orders" in render(found, "en")
    assert "trades: 3 行成交合并为 1 笔委托" in render(found, "zh")
