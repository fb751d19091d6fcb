"""Every client in one pass: the same numbers as one client at a time, whatever the book lacks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.commission.test_from_book import AS_OF, TARIFFS, a_client, an_order
from tests.small_books import sealed_from
from wanliu.book.history import reader
from wanliu.book.seal import seal
from wanliu.book.sealed import Book
from wanliu.commission.everyone import quotes
from wanliu.commission.from_book import quote_of
from wanliu.commission.quote import Quote
from wanliu.commission.terms import Terms
from wanliu.simulator.brokerage import simulate

AGAINST = Terms(Decimal("0.00015"), Decimal("1.00"))


def the_same(book: Book, *, as_of: date, against: Terms = AGAINST) -> int:
    """Both ways for every client; how many of them had orders."""
    with reader() as connection:
        rows = quotes(connection, book, TARIFFS, against=against, as_of=as_of).to_pylist()
        for row in rows:
            alone = quote_of(connection, book, row["client_id"], TARIFFS, as_of=as_of, against=against)
            assert row == as_row(alone)
    return sum(row["orders"] > 0 for row in rows)


def as_row(quote: Quote) -> dict[str, Any]:
    assert quote.against is not None
    return {
        "client_id": quote.client_id,
        "orders": quote.orders,
        "turnover": quote.turnover,
        "charged": quote.charged,
        "levies": quote.levies,
        "rate": quote.now and quote.now.rate,
        "minimum": quote.now and quote.now.minimum,
        "total": quote.total,
        "on_minimum": quote.on_minimum,
        "against_total": quote.against.total,
        "difference": quote.against.difference,
        "rate_alone": quote.against.rate_alone,
        "minimum_alone": quote.against.minimum_alone,
    }


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Book:
    folder = tmp_path_factory.mktemp("everyone")
    simulate(
        folder / "raw", clients=60, first=date(2008, 11, 3), last=date(2009, 10, 30), seed=7, processes=1
    )
    seal(folder / "raw", folder / "book")
    return Book.open(folder / "book")


def test_both_ways_agree_on_a_simulated_brokerage(simulated: Book) -> None:
    assert the_same(simulated, as_of=date(2009, 9, 30)) >= 15


def test_both_ways_agree_with_unknown_terms_changes_and_levies(tmp_path: Path) -> None:
    clients = [
        a_client(),
        a_client(client_id="C2", min_commission=None),
        a_client(client_id="C3", commission_rate=None),
        a_client(client_id="C4", opened_on=date(2026, 3, 2)),
        a_client(client_id="C5", min_commission=Decimal(0)),
        a_client(client_id="C6"),
        a_client(client_id="C7", opened_on=AS_OF),
    ]
    days = (
        date(2025, 1, 2),
        date(2025, 10, 31),
        date(2026, 2, 3),
        date(2026, 5, 6),
        AS_OF,
        date(2026, 11, 3),
    )
    trades = [
        an_order(day, turnover, commission, client_id=f"C{number}", levies=levies)
        for number in range(1, 6)
        for day in days
        for turnover, commission, levies in (
            ("8900.01", "5.00", None),
            ("0", "0", None),
            ("123456.79", "30.86", "6.68"),
            ("99999.98", "0.50", None),
        )
    ]
    changes = [
        {
            "client_id": client,
            "date": day,
            "old_rate": old,
            "new_rate": new,
            "old_min": least,
            "new_min": most,
        }
        for client, day, old, new, least, most in (
            ("C1", date(2026, 3, 2), "0.0005", "0.0003", None, None),
            ("C1", date(2026, 11, 2), "0.00035", "0.00025", None, None),
            ("C1", date(2026, 11, 9), "0.00025", "0.0002", "4", "5"),
            ("C2", date(2026, 3, 2), "0.0005", "0.0003", None, "3"),
            ("C3", date(2026, 3, 2), "0.0005", "0.0003", None, None),
            ("C3", AS_OF, "0.0003", "0.0004", None, None),
        )
    ]
    book = sealed_from({"clients": clients, "trades": trades, "rate_changes": changes}, tmp_path / "book")

    assert the_same(book, as_of=AS_OF) == 5


def test_an_order_beyond_64_bits_is_summed_all_the_same(tmp_path: Path) -> None:
    huge = an_order(AS_OF, "9999999999999999.99", "2999999999999.99")
    book = sealed_from({"clients": [a_client()], "trades": [huge]}, tmp_path / "book")

    assert the_same(book, as_of=AS_OF) == 1


def test_levies_of_days_before_all_law_are_unknown(tmp_path: Path) -> None:
    day = date(2001, 5, 8)
    clients = [a_client(opened_on=date(2000, 1, 4)), a_client(client_id="C2", opened_on=date(2000, 1, 4))]
    trades = [an_order(day), an_order(day, client_id="C2", levies="1.00")]
    book = sealed_from({"clients": clients, "trades": trades}, tmp_path / "book")

    assert the_same(book, as_of=day) == 2
