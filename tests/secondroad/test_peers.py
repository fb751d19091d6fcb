"""The second road over `standard`: peers and losses, redone by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from .answers import MISSING, Signal
from .judge import judge
from .rows import Book, Money
from .shanghai import TRADING_DAYS

D = date(2009, 10, 31)
"""E is Friday the 30th; current begins 09-25, base60 is 07-03…09-24."""
CURRENT, BASE, BASE_END = date(2009, 9, 25), date(2009, 7, 3), date(2009, 9, 24)


def signal(book: Book, sign: str) -> Signal:
    return judge(book.tables, TRADING_DAYS, D, "standard").signals["a", sign]


def judged_book() -> Book:
    """One client with 5,000 on one day of the last 120 trading days."""
    book = Book()
    book.client("a")
    book.assets("a", date(2009, 7, 1), 5_000)
    return book


def crowd(values: Sequence[int]) -> Book:
    """Clients "a", "b"… with 18 orders in the base and the number told in current."""
    book = Book()
    for number, orders in enumerate(values):
        client = book.client("a" if number == 0 else f"b{number:03d}")
        book.assets(client, date(2009, 7, 3), 5_000)
        for _ in range(18):
            book.trade(client, BASE, 0)
        for _ in range(orders):
            book.trade(client, CURRENT, 0)
    book.trade("other", date(2008, 1, 2), 1)
    return book


def test_nobody_stands_out_where_everyone_stops() -> None:
    assert signal(crowd([2, 2, 2]), "trade_drop").severity == "weak"
    assert signal(crowd([2, 3, 3]), "trade_drop").severity == "strong"


def test_median_of_an_even_number_is_between_the_two_in_the_middle() -> None:
    assert signal(crowd([0, 0, 1, 9]), "trade_drop").severity == "weak"
    assert signal(crowd([0, 0, 2, 9]), "trade_drop").severity == "strong"


@pytest.mark.parametrize(("same", "severity"), [(100, "weak"), (99, "strong")])
def test_tier_of_fewer_than_100_peers_is_held_against_all(same: int, severity: str) -> None:
    book = crowd([2] * same + [6] * 150)
    for row in book.tables["assets"][same:]:
        row["net_assets"] = 50_000
    assert signal(book, "trade_drop").severity == severity


def loss_book(nets: Sequence[Money]) -> Book:
    book = judged_book()
    for day, net in zip(
        (date(2009, 9, 24), *TRADING_DAYS[TRADING_DAYS.index(CURRENT) :]), nets, strict=False
    ):
        book.assets("a", day, net)
    return book


@pytest.mark.parametrize(
    ("nets", "status", "severity", "value"),
    [
        ([10_000, 5_000], "clear", None, 0.5),
        ([10_000, "4999.99"], "fired", "strong", 0.500001),
        ([10_000, 8_000, 8_000], "clear", None, 0.2),
        ([10_000, 10_000, -1], "fired", "strong", 1.0001),
        ([-1, 900, 400], "clear", None, 0.0),
        ([5_000], "missing_data", None, None),
    ],
)
def test_heavy_loss_chains_the_days_of_current(
    nets: Sequence[Money], status: str, severity: str | None, value: float | None
) -> None:
    found = signal(loss_book(nets), "heavy_loss")
    assert (found.status, found.severity) == (status, severity)
    assert found.value == (value if value is None else pytest.approx(value, rel=1e-9))


def test_heavy_loss_takes_money_in_to_the_day_before_and_money_out_to_the_day() -> None:
    book = loss_book([10_000, 10_000, 12_000])
    book.flow("a", date(2009, 9, 25), "in", 2_500, kind="securities")
    book.flow("a", date(2009, 9, 26), "out", 3_000)
    found = signal(book, "heavy_loss")
    assert found.value == pytest.approx(1 - 10_000 / 12_500 * 15_000 / 10_000)


@pytest.mark.parametrize(("closing", "status"), [(8_000, "fired"), (7_999, "clear")])
def test_heavy_loss_is_weak_where_it_stands_out_from_the_median(closing: int, status: str) -> None:
    book = loss_book([10_000, 7_000])
    for client in ("b", "c"):
        book.client(client)
        book.assets(client, BASE_END, 10_000)
        book.assets(client, CURRENT, closing)
    found = signal(book, "heavy_loss")
    assert (found.status, found.severity) == (status, "weak" if status == "fired" else None)


def test_heavy_loss_begins_with_a_row_of_the_31_days_before() -> None:
    book = judged_book()
    book.assets("a", CURRENT, 5_000)
    book.assets("a", date(2009, 8, 24), 5_000)
    assert signal(book, "heavy_loss") == MISSING
    book.assets("a", date(2009, 8, 25), 5_000)
    assert signal(book, "heavy_loss").status == "clear"
