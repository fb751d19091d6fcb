"""The second road over `standard`: the worked cases of the contract's words, redone by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from .answers import MISSING, NOT_APPLICABLE, TOO_SHORT, Signal
from .judge import judge
from .rows import Book, Money
from .shanghai import TRADING_DAYS

D = date(2009, 10, 31)
"""E is Friday the 30th; current begins 09-25, base60 is 07-03…09-24, base120 begins 04-07."""
CURRENT, BASE, LONG_BASE = date(2009, 9, 25), date(2009, 7, 3), date(2009, 4, 7)
BASE_END = date(2009, 9, 24)
FORTY, SIXTY_BEFORE = date(2009, 8, 28), date(2009, 6, 5)


def signal(
    book: Book, sign: str, *, days: Sequence[date] = TRADING_DAYS, tainted: Sequence[str] = ()
) -> Signal:
    taints = frozenset(("a", table) for table in tainted)
    return judge(book.tables, days, D, "standard", tainted=taints).signals["a", sign]


def judged_book(**client: object) -> Book:
    """One client with 5,000 on one day of the last 120 trading days; trades and contacts since 2008."""
    book = Book()
    book.client("a", **client)  # type: ignore[arg-type]  # columns of any type pass through
    book.assets("a", date(2009, 7, 1), 5_000)
    book.trade("other", date(2008, 1, 2), 1)
    book.contact("other", date(2008, 1, 2))
    return book


# The gate.


@pytest.mark.parametrize(
    ("day", "net", "status"),
    [
        (date(2009, 5, 6), "5000.00", "clear"),
        (date(2009, 5, 6), "4999.99", "not_applicable"),
        (date(2009, 5, 5), "5000.00", "not_applicable"),
        (date(2009, 10, 31), "5000.00", "not_applicable"),
    ],
)
def test_clients_are_judged_from_5000_on_one_of_120_days(day: date, net: str, status: str) -> None:
    book = Book()
    book.client("a")
    book.assets("a", day, net)
    assert signal(book, "securities_out").status == status
    assert signal(book, "complaint").status == "clear"
    assert signal(book, "exit_request").status == "clear"


def test_small_client_without_history_is_not_known_rather_than_not_applicable() -> None:
    book = judged_book(opened_on=date(2009, 10, 1))
    book.tables["assets"].clear()
    assert signal(book, "trade_drop") == TOO_SHORT
    assert signal(book, "heavy_loss") == MISSING


def test_absent_assets_leave_only_the_requests() -> None:
    book = judged_book()
    del book.tables["assets"]
    found = judge(book.tables, TRADING_DAYS, D, "standard").signals
    assert {sign for (_, sign), row in found.items() if row != MISSING} == {
        "complaint",
        "demand",
        "exit_request",
    }


# Money and securities moved.


@pytest.mark.parametrize(("out", "status"), [(2_400, "clear"), (3_000, "clear"), ("3000.01", "fired")])
def test_fund_outflow_is_held_against_what_was_there(out: Money, status: str) -> None:
    book = judged_book()
    book.assets("a", date(2009, 4, 30), 10_000)
    book.flow("a", date(2009, 5, 1), "out", out)
    found = signal(book, "fund_outflow")
    assert (found.status, found.value) == (status, Fraction(out) / 10_000)


def test_fund_outflow_takes_money_in_off_and_securities_in_to_the_base() -> None:
    book = judged_book(opened_on=date(2009, 5, 1))
    book.flow("a", date(2009, 5, 1), "in", 4_000)
    book.flow("a", date(2009, 5, 1), "in", 6_000, kind="securities")
    book.flow("a", D, "out", 7_500)
    assert signal(book, "fund_outflow") == Signal("fired", "strong", Fraction("0.35"), Fraction("0.30"))


@pytest.mark.parametrize(("came_in", "status"), [(5_000, "clear"), ("4999.99", "not_applicable")])
def test_fund_outflow_needs_a_base_of_5000(came_in: Money, status: str) -> None:
    book = judged_book(opened_on=date(2009, 5, 1))
    book.flow("a", D, "in", came_in)
    assert signal(book, "fund_outflow").status == status


def test_fund_outflow_of_an_old_client_needs_the_assets_of_six_months_ago() -> None:
    book = judged_book(opened_on=date(2009, 4, 30))
    assert signal(book, "fund_outflow") == MISSING
    book.assets("a", date(2009, 3, 31), 10_000)
    assert signal(book, "fund_outflow").status == "clear"


@pytest.mark.parametrize(("moved", "status"), [("1000.00", "clear"), ("1000.01", "fired")])
def test_securities_out_of_exactly_a_tenth_does_not_fire(moved: str, status: str) -> None:
    book = judged_book()
    book.assets("a", D, 9_000)
    book.flow("a", date(2009, 8, 31), "out", 500, kind="securities")
    book.flow("a", date(2009, 9, 1), "out", Decimal(moved) + 200, kind="securities")
    book.flow("a", D, "in", 200, kind="securities")
    found = signal(book, "securities_out")
    assert (found.status, found.value) == (status, Fraction(moved))
    assert found.threshold == Fraction("0.10") * (9_000 + Fraction(moved))


def test_securities_out_of_a_client_who_took_everything_needs_no_assets() -> None:
    book = judged_book()
    book.flow("a", D, "out", "0.01", kind="securities")
    assert signal(book, "securities_out").status == "fired"


# Orders and commission.


def order_book(now: Money, then: Money, *, day: date = BASE, **client: object) -> Book:
    """One order a base, one in current; commission a hundredth of turnover in the base."""
    book = judged_book(**client)
    book.trade("a", day, then, turnover=then)
    book.trade("a", CURRENT, 0, turnover=now)
    return book


@pytest.mark.parametrize(("now", "status"), [("210.00", "fired"), ("210.01", "clear")])
def test_commission_drop_reads_turnover_at_the_rate_of_the_base(now: str, status: str) -> None:
    found = signal(order_book(now, 900), "commission_drop")
    assert (found.status, found.value) == (status, 1 - Fraction(now) / 300)


@pytest.mark.parametrize(("paid", "status"), [("60.00", "fired"), ("59.99", "not_applicable")])
def test_commission_drop_needs_20_in_20_days(paid: str, status: str) -> None:
    assert signal(order_book(0, paid), "commission_drop").status == status


def test_commission_drop_is_net_of_levies_and_leaves_ipos_out() -> None:
    book = order_book(0, "60.00")
    book.trade("a", BASE, 500, kind="ipo")
    book.tables["trades"][1]["levies"] = 1
    assert signal(book, "commission_drop") == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("opened_on", "value"),
    [(LONG_BASE, Fraction(1, 2)), (date(2009, 4, 8), Fraction(0)), (date(2009, 7, 4), None)],
)
def test_commission_drop_of_a_large_client_reads_120_days_where_they_are_there(
    opened_on: date, value: Fraction | None
) -> None:
    book = order_book(300, 900, segment="large", opened_on=opened_on)
    book.trade("a", date(2009, 7, 2), 2_700, turnover=2_700)
    assert signal(book, "commission_drop").value == value


@pytest.mark.parametrize(("net", "value"), [("500000.00", Fraction(1, 2)), ("499999.99", Fraction(0))])
def test_commission_drop_finds_large_clients_over_base120(net: str, value: Fraction) -> None:
    book = order_book(300, 900, segment=None)
    book.trade("a", date(2009, 7, 2), 2_700, turnover=2_700)
    book.tables["assets"][0] |= {"net_assets": Fraction(net)}
    assert signal(book, "commission_drop").value == value


def test_weekend_between_base_and_current_belongs_to_neither() -> None:
    book = order_book(300, 900)
    days = [day for day in TRADING_DAYS if day != BASE_END]
    book.trade("a", BASE_END, 0, turnover=90_000)
    assert signal(book, "commission_drop", days=days).value == 0


def test_short_calendar_gives_no_history() -> None:
    days = [day for day in TRADING_DAYS if day >= date(2009, 7, 6)]
    assert signal(order_book(0, 900), "commission_drop", days=days) == TOO_SHORT
    assert signal(order_book(0, 900), "trade_drop", days=days) == TOO_SHORT
    assert signal(order_book(0, 900), "empty_position", days=days) == TOO_SHORT


@pytest.mark.parametrize(
    ("base", "now", "status", "value"),
    [
        (18, 3, "clear", Fraction(1, 2)),
        (18, 2, "fired", Fraction(1, 3)),
        (17, 0, "not_applicable", None),
    ],
)
def test_trade_drop_compares_orders_a_day(base: int, now: int, status: str, value: Fraction | None) -> None:
    book = judged_book()
    for day, count in ((BASE_END, base), (D, 9), (date(2009, 10, 30), now)):
        for _ in range(count):
            book.trade("a", day, 0)
    found = signal(book, "trade_drop")
    assert (found.status, found.value) == (status, value)


# Empty positions and contacts.


def empty_book(held: int, recent: int, *, still: int = 0, now: Money = 10_000) -> Book:
    """`held` rows with a position before the 40 days; `recent` rows in them, of which `still` with one."""
    book = judged_book()
    book.tables["assets"].clear()
    first = TRADING_DAYS.index(FORTY)
    for number, day in enumerate(TRADING_DAYS[first - 120 : first]):
        book.assets("a", day, 10_000, "100.01" if number < held else "100.00")
    for number, day in enumerate(TRADING_DAYS[first : first + 40][-recent:]):
        book.assets("a", day, now, 5_000 if number < still else 0)
    return book


@pytest.mark.parametrize(
    ("held", "recent", "still", "status"),
    [
        (20, 40, 2, "fired"),
        (20, 40, 3, "clear"),
        (19, 40, 0, "not_applicable"),
        (20, 32, 0, "fired"),
        (20, 31, 0, "missing_data"),
    ],
)
def test_empty_position_wants_40_empty_days_after_20_held(
    held: int, recent: int, still: int, status: str
) -> None:
    assert signal(empty_book(held, recent, still=still), "empty_position").status == status


@pytest.mark.parametrize(("now", "severity"), [("7000.00", "weak"), ("6999.99", "strong")])
def test_empty_position_is_strong_where_the_money_left(now: str, severity: str) -> None:
    assert signal(empty_book(20, 40, now=now), "empty_position").severity == severity


def test_empty_position_line_grows_with_net_assets() -> None:
    book = empty_book(20, 40)
    for row in book.tables["assets"][:120]:
        row["net_assets"] = Fraction("10001.00")
    assert signal(book, "empty_position") == NOT_APPLICABLE


@pytest.mark.parametrize(("opened_on", "known"), [(FORTY, True), (date(2009, 8, 29), False)])
def test_empty_position_needs_the_client_for_40_days(opened_on: date, known: bool) -> None:
    book = empty_book(20, 40)
    book.tables["clients"][0]["opened_on"] = opened_on
    assert (signal(book, "empty_position") != TOO_SHORT) == known


@pytest.mark.parametrize(
    ("base", "now", "status", "value"),
    [(6, 2, "clear", Fraction(1, 2)), (7, 2, "fired", Fraction(3, 7)), (5, 0, "not_applicable", None)],
)
def test_contact_drop_compares_contacts_a_day(
    base: int, now: int, status: str, value: Fraction | None
) -> None:
    book = judged_book(opened_on=SIXTY_BEFORE)
    for day, count in ((SIXTY_BEFORE, base), (FORTY, now)):
        for _ in range(count):
            book.contact("a", day, direction="in")
    found = signal(book, "contact_drop")
    assert (found.status, found.value) == (status, value)
    assert found.severity == ("weak" if status == "fired" else None)
    book.tables["clients"][0]["opened_on"] = date(2009, 6, 6)
    assert signal(book, "contact_drop") == TOO_SHORT


def test_requests_count_after_two_months_before_the_day() -> None:
    book = judged_book()
    for kind in ("gift", "close_account"):
        book.request("a", date(2009, 8, 31), kind)
    book.request("a", date(2009, 9, 1), "complaint")
    assert signal(book, "complaint").status == "fired"
    assert signal(book, "demand").value == 0
    assert signal(book, "exit_request").value == 0


# Levels.


def test_trade_drop_is_not_counted_beside_commission_drop() -> None:
    book = judged_book()
    for client in ("a", "b"):
        if client == "b":
            book.client(client)
            book.assets(client, BASE, 5_000)
        for _ in range(18):
            book.trade(client, BASE, 10, turnover=100)
    for _ in range(18):
        book.trade("b", CURRENT, 10, turnover=100)
    warned = judge(book.tables, TRADING_DAYS, D, "standard").warnings["a"]
    assert warned.fired == ("commission_drop", "trade_drop")
    assert warned.level == "orange"


def test_weak_key_sign_counts_as_data_and_an_event_is_red() -> None:
    book = empty_book(20, 40)
    assert judge(book.tables, TRADING_DAYS, D, "standard").warnings["a"].level == "yellow"
    book.request("a", D, "gift")
    assert judge(book.tables, TRADING_DAYS, D, "standard").warnings["a"].level == "orange"
    book.request("a", D, "close_account")
    assert judge(book.tables, TRADING_DAYS, D, "standard").warnings["a"].level == "red"
