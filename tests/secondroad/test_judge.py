"""The second road over `guide`: the worked cases of the contract's words, redone by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

import pytest

from .answers import MISSING, NOT_APPLICABLE, TOO_SHORT, Signal
from .judge import judge
from .rows import Book, Money
from .shanghai import TRADING_DAYS

D = date(2009, 10, 31)
"""A Saturday without a trading day after it in its month: M is October."""


def signal(book: Book, sign: str, *, as_of: date = D, tainted: Sequence[str] = ()) -> Signal:
    taints = frozenset(("a", table) for table in tainted)
    return judge(book.tables, TRADING_DAYS, as_of, "guide", tainted=taints).signals["a", sign]


def trading_book(by_month: Mapping[int, Money], **client: object) -> Book:
    """One trade in each month of 2009 named, with the commission told; the table starts with 2008."""
    book = Book()
    book.client("a", **client)  # type: ignore[arg-type]  # columns of any type pass through
    book.trade("other", date(2008, 1, 2), 1)
    for month, commission in by_month.items():
        book.trade("a", date(2009, month, 12), commission)
    return book


# commission_drop and trade_drop.


@pytest.mark.parametrize(("now", "status"), [("210.00", "fired"), ("210.01", "clear")])
def test_commission_drop_at_exactly_seven_tenths_fires(now: str, status: str) -> None:
    book = trading_book({7: 300, 8: 300, 9: 300, 10: now})
    found = signal(book, "commission_drop")
    assert found.status == status
    assert found.value == 1 - Fraction(now) / 300
    assert found.threshold == Fraction("0.30")


def test_commission_drop_of_a_large_client_reads_six_months() -> None:
    commissions = {4: 600, 5: 600, 6: 600, 7: 300, 8: 300, 9: 300, 10: 310}
    assert signal(trading_book(commissions), "commission_drop").status == "clear"
    found = signal(trading_book(commissions, segment="large"), "commission_drop")
    assert (found.status, found.value) == ("fired", 1 - Fraction(310, 450))


def test_commission_drop_of_a_large_client_leaves_incomplete_months_out() -> None:
    commissions = {5: 600, 6: 600, 7: 300, 8: 300, 9: 300, 10: 300}
    book = trading_book(commissions, segment="large", opened_on=date(2009, 5, 2))
    assert signal(book, "commission_drop").value == 1 - Fraction(300 * 4, 600 + 900)


@pytest.mark.parametrize(("net", "base"), [("500000.00", 450), ("499999.99", 300)])
def test_commission_drop_finds_large_clients_at_exactly_500000(net: str, base: int) -> None:
    commissions = {4: 600, 5: 600, 6: 600, 7: 300, 8: 300, 9: 300, 10: 310}
    book = trading_book(commissions, segment=None)
    book.assets("a", date(2009, 4, 1), net)
    book.assets("a", date(2009, 10, 9), 1)
    assert signal(book, "commission_drop").value == 1 - Fraction(310, base)


def test_commission_drop_without_a_base_is_not_applicable() -> None:
    assert signal(trading_book({10: 5}), "commission_drop") == NOT_APPLICABLE


@pytest.mark.parametrize(("day", "expected"), [(1, "fired"), (2, "insufficient_history")])
def test_months_are_complete_from_an_opening_on_their_first_day(day: int, expected: str) -> None:
    book = trading_book({7: 300, 8: 300, 9: 300}, opened_on=date(2009, 7, day))
    assert signal(book, "commission_drop").status == expected
    assert signal(book, "trade_drop").status == expected


@pytest.mark.parametrize(("day", "expected"), [(1, "fired"), (2, "insufficient_history")])
def test_months_are_complete_from_a_table_that_starts_on_the_first_trading_day(
    day: int, expected: str
) -> None:
    book = Book()
    book.client("a")
    for start in (date(2009, 7, day), date(2009, 8, 3), date(2009, 9, 1)):
        book.trade("a", start, 100)
    assert signal(book, "commission_drop").status == expected


def test_trades_that_all_lie_after_the_day_give_no_history() -> None:
    book = Book()
    book.client("a")
    book.trade("a", date(2009, 11, 2), 100)
    assert signal(book, "commission_drop") == TOO_SHORT


@pytest.mark.parametrize(("orders", "status"), [(1, "clear"), (0, "fired")])
def test_trade_drop_at_exactly_half_does_not_fire(orders: int, status: str) -> None:
    book = trading_book({7: 1, 8: 1, 9: 1})
    for month in (7, 8, 9):
        book.trade("a", date(2009, month, 13), 1, kind="ipo")
    for _ in range(orders):
        book.trade("a", date(2009, 10, 31), 1)
    found = signal(book, "trade_drop")
    assert (found.status, found.value) == (status, Fraction(orders, 2))


# fund_outflow.


def outflow_book() -> Book:
    """100 at the beginning, 24 taken out, 76 now."""
    book = Book()
    book.client("a")
    book.assets("a", date(2009, 4, 30), 10_000)
    book.flow("a", date(2009, 5, 1), "out", 2_400)
    book.assets("a", date(2009, 10, 1), 7_600)
    return book


def test_fund_outflow_is_held_against_what_is_left() -> None:
    found = signal(outflow_book(), "fund_outflow")
    assert (found.status, found.value) == ("fired", Fraction(24, 76))


def test_fund_outflow_of_exactly_three_tenths_does_not_fire() -> None:
    book = outflow_book()
    book.assets("a", D, 8_000)
    assert signal(book, "fund_outflow").status == "clear"


def test_fund_outflow_reads_the_latest_row_of_31_days() -> None:
    book = outflow_book()
    book.tables["assets"].pop()
    book.assets("a", date(2009, 9, 30), 7_600)
    assert signal(book, "fund_outflow") == MISSING
    assert signal(book, "fund_outflow", as_of=date(2009, 10, 30)).status == "fired"


def test_fund_outflow_sums_the_accounts_of_a_day() -> None:
    book = outflow_book()
    book.assets("a", date(2009, 10, 1), 2_400, account_id="2")
    assert signal(book, "fund_outflow").value == Fraction(24, 100)


@pytest.mark.parametrize(("out", "status"), [(2_400, "fired"), (0, "clear")])
def test_fund_outflow_of_a_client_in_debt_has_no_value(out: int, status: str) -> None:
    book = Book()
    book.client("a")
    book.flow("a", date(2009, 10, 1), "out", out)
    book.assets("a", D, 0)
    found = signal(book, "fund_outflow")
    assert (found.status, found.value) == (status, None)


@pytest.mark.parametrize(
    ("reversed_on", "value"), [(date(2009, 10, 31), Fraction(0)), (date(2009, 11, 1), Fraction(24, 76))]
)
def test_a_reversal_is_known_from_its_own_day(reversed_on: date, value: Fraction) -> None:
    book = outflow_book()
    named = str(book.tables["flows"][0]["flow_id"])
    book.flow("a", reversed_on, "in", 2_400, reverses=named)
    assert signal(book, "fund_outflow").value == value


def test_every_flow_of_a_chain_of_reversals_counts_as_nothing() -> None:
    book = outflow_book()
    named = str(book.tables["flows"][0]["flow_id"])
    second = book.flow("a", date(2009, 6, 1), "in", 2_400, reverses=named)
    book.flow("a", date(2009, 6, 2), "out", 2_400, reverses=second)
    assert signal(book, "fund_outflow").value == 0


def test_internal_flows_and_flows_at_the_windows_first_border_do_not_count() -> None:
    book = Book()
    book.client("a")
    book.assets("a", D, 100)
    book.flow("a", date(2009, 4, 30), "out", 90)
    book.flow("a", date(2009, 10, 30), "out", 90, kind="internal")
    book.flow("a", date(2009, 10, 30), "out", 90, kind="securities")
    assert signal(book, "fund_outflow") == Signal("clear", None, Fraction(0), Fraction("0.30"))


# empty_position and heavy_loss.


@pytest.mark.parametrize(("position", "status"), [("0.00", "fired"), ("0.01", "clear")])
def test_empty_position_wants_nothing_on_every_row(position: str, status: str) -> None:
    book = Book()
    book.client("a", opened_on=date(2009, 9, 1))
    book.assets("a", date(2009, 9, 1), 100)
    book.assets("a", date(2009, 10, 31), 100, position)
    found = signal(book, "empty_position")
    assert (found.status, found.value) == (status, Fraction(position != "0.00"))


def test_empty_position_needs_rows_in_both_months() -> None:
    book = Book()
    book.client("a")
    book.assets("a", date(2009, 8, 31), 100)
    book.assets("a", date(2009, 10, 31), 100)
    assert signal(book, "empty_position") == MISSING
    book.tables["clients"][0]["opened_on"] = date(2009, 9, 2)
    assert signal(book, "empty_position") == TOO_SHORT


@pytest.mark.parametrize(("closing", "status"), [("6000.00", "clear"), ("5999.99", "fired")])
def test_heavy_loss_of_exactly_half_does_not_fire(closing: str, status: str) -> None:
    book = Book()
    book.client("a")
    book.assets("a", date(2009, 8, 30), 10_000)
    book.flow("a", date(2009, 10, 1), "in", 4_000, kind="securities")
    book.flow("a", date(2009, 10, 31), "out", 1_000)
    book.assets("a", date(2009, 10, 9), closing)
    assert signal(book, "heavy_loss") == MISSING
    book.assets("a", date(2009, 8, 31), 10_000)
    found = signal(book, "heavy_loss")
    assert (found.status, found.value) == (status, (14_000 - 1_000 - Fraction(closing)) / 14_000)


def test_heavy_loss_of_a_client_who_came_in_the_month_opens_at_nothing() -> None:
    book = Book()
    book.client("a", opened_on=date(2009, 10, 1))
    book.assets("a", date(2009, 10, 31), 10)
    assert signal(book, "heavy_loss") == NOT_APPLICABLE
    book.flow("a", date(2009, 10, 9), "in", 100)
    assert signal(book, "heavy_loss").value == Fraction(90, 100)


def test_heavy_loss_of_a_client_who_came_after_the_month_is_not_known_yet() -> None:
    book = Book()
    book.client("a", opened_on=date(2009, 10, 1))
    assert signal(book, "heavy_loss", as_of=date(2009, 10, 15)) == TOO_SHORT


# Words of the client, and our own effort.


def test_requests_count_from_the_first_day_of_the_month_before() -> None:
    book = Book()
    book.client("a")
    book.request("a", date(2009, 8, 31), "complaint")
    book.request("a", date(2009, 11, 1), "complaint")
    book.request("a", date(2009, 9, 1), "gift")
    assert signal(book, "complaint") == Signal("clear", None, Fraction(0), Fraction(1))
    assert signal(book, "demand") == Signal("fired", "strong", Fraction(1), Fraction(1))


def contact_book(by_month: dict[int, int]) -> Book:
    book = Book()
    book.client("a")
    book.contact("other", date(2008, 1, 2))
    for month, count in by_month.items():
        for _ in range(count):
            book.contact("a", date(2009, month, 12))
    return book


@pytest.mark.parametrize(
    ("by_month", "status", "value"),
    [
        ({7: 1, 8: 1, 9: 1, 10: 1}, "clear", Fraction(1)),
        ({7: 2, 8: 1, 9: 1, 10: 1}, "fired", Fraction(3, 4)),
        ({6: 1, 7: 1, 8: 1, 9: 0, 10: 9}, "fired", Fraction(27, 2)),
        ({6: 1}, "fired", None),
        ({5: 1}, "not_applicable", None),
    ],
)
def test_contact_drop_looks_at_two_months(
    by_month: dict[int, int], status: str, value: Fraction | None
) -> None:
    found = signal(contact_book(by_month), "contact_drop")
    assert (found.status, found.value) == (status, value)


def test_contact_by_sms_is_not_effective_unless_it_says_so() -> None:
    book = contact_book({7: 1, 8: 1, 9: 1})
    book.contact("a", D, channel="sms", effective=None)
    assert signal(book, "contact_drop").value == 0
    book.contact("a", D, channel="sms", effective=True)
    assert signal(book, "contact_drop").value == 1


# Order of the checks, and who is judged.


def test_absent_table_comes_first_and_missing_rows_after_history() -> None:
    book = Book()
    book.client("a", opened_on=D)
    assert signal(book, "empty_position", tainted=["assets"]) == TOO_SHORT
    del book.tables["assets"]
    assert signal(book, "empty_position") == MISSING


def test_client_touched_by_a_rejected_row_is_missing_where_the_table_is_read() -> None:
    book = trading_book({7: 300, 8: 300, 9: 300})
    assert signal(book, "commission_drop", tainted=["trades"]) == MISSING
    assert signal(book, "complaint", tainted=["trades"]).status == "clear"


@pytest.mark.parametrize(
    "columns",
    [
        {"kind": "institution"},
        {"is_employee": True},
        {"status": "deceased"},
        {"scoring_opt_out": True},
        {"closed_on": D},
        {"opened_on": date(2009, 11, 1)},
    ],
)
def test_who_is_not_judged_does_not_appear(columns: dict[str, object]) -> None:
    book = Book()
    book.client("a", **columns)  # type: ignore[arg-type]  # columns of any type pass through
    assert judge(book.tables, TRADING_DAYS, D, "guide").signals == {}


def test_closed_account_among_the_exits_is_not_judged_from_its_day() -> None:
    book = Book()
    book.client("a", do_not_contact=True, closed_on=date(2009, 11, 2))
    book.exit("a", D, "transferred_custody")
    book.exit("a", date(2009, 11, 1))
    assert judge(book.tables, TRADING_DAYS, D, "guide").signals
    book.exit("a", D)
    assert not judge(book.tables, TRADING_DAYS, D, "guide").signals
