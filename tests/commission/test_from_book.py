"""The sum from a sealed book: which orders count, and what the book does not know is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.small_books import Rows, sealed_from
from wanliu.book.history import reader
from wanliu.book.sealed import Book
from wanliu.commission.from_book import quote_of
from wanliu.commission.quote import Quote
from wanliu.commission.tariff import load_tariffs
from wanliu.commission.terms import Terms
from wanliu.commission.told import sentences
from wanliu.errors import UsageError

AS_OF = date(2026, 10, 30)
TARIFFS = load_tariffs()
NONE_AT_ALL = Terms(Decimal("0.0001"), Decimal(0))

Row = Mapping[str, object]


def a_client(**changed: object) -> Row:
    return {
        "client_id": "C1",
        "branch_id": "B",
        "opened_on": date(2020, 1, 2),
        "commission_rate": Decimal("0.00025"),
        "min_commission": Decimal("5.00"),
    } | changed


def an_order(day: date, turnover: str = "8900", commission: str = "5.00", **changed: object) -> Row:
    return {
        "order_id": f"O{day:%Y%m%d}{turnover}",
        "client_id": "C1",
        "date": day,
        "turnover": Decimal(turnover),
        "commission": Decimal(commission),
    } | changed


def a_book(path: Path, *, clients: Rows | None = None, trades: Sequence[Row] = (), **tables: Rows) -> Book:
    """Another client trades from 2025-01-02 on, so the table reaches back far enough."""
    others = [an_order(day, client_id="C2") for day in (date(2025, 1, 2), AS_OF)]
    everyone = [*(clients or [a_client()]), a_client(client_id="C2")]
    return sealed_from({"clients": everyone, "trades": [*trades, *others], **tables}, path / "book")


def the_quote(book: Book, client: str = "C1", as_of: date | None = AS_OF) -> Quote:
    with reader() as connection:
        return quote_of(connection, book, client, TARIFFS, as_of=as_of, against=NONE_AT_ALL)


def told(found: Quote) -> str:
    return "\n".join(one.en for one in sentences(found))


def test_only_ordinary_orders_of_twelve_months_count(tmp_path: Path) -> None:
    trades = [
        an_order(date(2025, 10, 30), "1000"),  # the day before the span begins
        an_order(date(2025, 10, 31), "2000"),
        an_order(date(2026, 10, 30), "3000"),
        an_order(date(2026, 11, 2), "4000"),  # after the day
        an_order(date(2026, 5, 6), "5000", kind="ipo"),
        an_order(date(2026, 5, 6), "6000", kind="repo"),
        an_order(date(2026, 5, 6), "7000", kind="plan"),
    ]

    found = the_quote(a_book(tmp_path, trades=trades))

    assert (found.first, found.last, found.whole_year) == (date(2025, 10, 31), AS_OF, True)
    assert (found.orders, found.turnover, found.charged) == (2, Decimal("5000.00"), Decimal("10.00"))


def test_rows_after_the_day_change_nothing(tmp_path: Path) -> None:
    before = [an_order(date(2026, 5, 6))]
    change = {"client_id": "C1", "date": date(2026, 11, 4), "old_rate": Decimal("0.00025"),
              "new_rate": Decimal("0.0001"), "old_min": Decimal("5"), "new_min": Decimal("0")}  # fmt: skip
    later = [a_client(commission_rate=Decimal("0.0001"), min_commission=Decimal("0"))]

    known = the_quote(a_book(tmp_path / "1", trades=before, rate_changes=()))
    grown = the_quote(
        a_book(
            tmp_path / "2",
            clients=later,
            trades=[*before, an_order(date(2026, 11, 5), commission="0.89")],
            rate_changes=[change],
        )
    )

    assert grown == known


def test_the_day_is_the_last_of_the_orders_unless_given(tmp_path: Path) -> None:
    assert the_quote(a_book(tmp_path), as_of=None).last == AS_OF


def test_less_than_a_year_is_said_and_not_scaled_up(tmp_path: Path) -> None:
    trades = [an_order(date(2026, 5, 6))]
    young = the_quote(a_book(tmp_path / "1", clients=[a_client(opened_on=date(2026, 4, 1))], trades=trades))
    short = the_quote(
        sealed_from(
            {"clients": [a_client()], "trades": [an_order(date(2026, 3, 2)), *trades]}, tmp_path / "2"
        ),
        as_of=date(2026, 5, 6),
    )

    assert (young.first, young.whole_year) == (date(2026, 4, 1), False)
    assert (short.first, short.whole_year) == (date(2026, 3, 2), False)
    assert "nothing was scaled up to a year" in told(young) and "in a year" not in told(young)


def test_a_book_without_rate_and_minimum_says_so(tmp_path: Path) -> None:
    unknown = [a_client(commission_rate=None, min_commission=None)]

    found = the_quote(a_book(tmp_path, clients=unknown, trades=[an_order(date(2026, 5, 6))]))

    assert (found.basis, found.total) == ("charged", None)
    assert "does not have your present rate or minimum" in told(found)
    assert "cannot be checked" in told(found)


def test_own_terms_stand_in_for_unknown_ones(tmp_path: Path) -> None:
    book = a_book(tmp_path, clients=[a_client(min_commission=None)], trades=[an_order(date(2026, 5, 6))])

    with reader() as connection:
        found = quote_of(
            connection, book, "C1", TARIFFS, as_of=AS_OF, own=Terms(Decimal("0.00025"), Decimal(5))
        )

    assert found.total == Decimal("5.00") and found.agreement.agrees


def test_rejected_rows_of_the_client_are_said(tmp_path: Path) -> None:
    day = date(2026, 5, 6)
    rows = {"clients": [a_client()], "trades": [an_order(date(2025, 1, 2)), an_order(day), an_order(AS_OF)]}
    book = sealed_from(rows, tmp_path / "book", tainted=[("C1", "trades", day, day)])

    found = the_quote(book)

    assert found.gaps.rejected
    assert "not whole" in told(found)


def test_the_tier_reads_the_assets_of_the_tariffs_days(tmp_path: Path) -> None:
    assets = [
        {"client_id": "C1", "date": day, "cash": 0, "position_value": 0, "net_assets": Decimal(amount)}
        for day, amount in ((date(2026, 9, 1), "9000000"), (date(2026, 10, 29), "400000"), (AS_OF, "600000"))
    ]

    found = the_quote(a_book(tmp_path, trades=[an_order(AS_OF)], assets=assets)).tier

    assert found is not None
    assert (found.tier.id, found.assets) == ("from_500k", Decimal("500000.00"))


def test_a_book_without_orders_is_refused(tmp_path: Path) -> None:
    book = sealed_from({"clients": [a_client()]}, tmp_path / "book")

    with pytest.raises(UsageError) as refused:
        the_quote(book, as_of=None)

    assert "no orders" in refused.value.message.en


@pytest.mark.parametrize(
    ("client", "day", "why"),
    [
        ("C9", AS_OF, "does not have this number"),
        ("C1", date(2024, 12, 31), "not for the twelve months before"),
        ("C1", date(2027, 1, 4), "not for the twelve months before"),
    ],
)
def test_what_the_book_does_not_have_is_refused(tmp_path: Path, client: str, day: date, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        the_quote(a_book(tmp_path), client, day)

    assert why in refused.value.message.en


def test_a_client_who_was_not_there_yet_is_refused(tmp_path: Path) -> None:
    book = a_book(tmp_path, clients=[a_client(opened_on=date(2026, 10, 30))])

    with pytest.raises(UsageError) as refused:
        the_quote(book, as_of=date(2026, 10, 29))

    assert "2026-10-30" in refused.value.message.en
