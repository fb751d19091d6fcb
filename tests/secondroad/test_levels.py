"""The second road's levels, what is at stake, and the comparison of two answers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from .answers import Judgement, Row
from .comparing import compare
from .judge import judge
from .levels import half_up
from .rows import Book
from .shanghai import TRADING_DAYS

D = date(2009, 10, 31)


def test_value_at_stake_rounds_half_up() -> None:
    book = Book()
    book.client("a")
    book.trade("a", date(2009, 10, 12), 10)
    book.trade("a", date(2008, 10, 31), 1000)
    book.trade("a", date(2008, 11, 1), "7.00", levies="2.00")
    book.assets("a", D, 1)
    book.request("a", D, "complaint")
    warned = judge(book.tables, TRADING_DAYS, D, "guide").warnings["a"]
    assert (warned.level, warned.value_at_stake) == ("yellow", Decimal("15.01"))


@pytest.mark.parametrize(
    ("fires", "level"),
    [
        ({"outflow"}, "orange"),
        ({"outflow", "complaint"}, "red"),
        ({"complaint"}, "yellow"),
        ({"complaint", "gift"}, "yellow"),
        ({"complaint", "gift", "loss"}, "orange"),
        ({"loss"}, "yellow"),
        ({"loss", "gift"}, "orange"),
        (set(), None),
    ],
)
def test_level_counts_key_and_aux(fires: set[str], level: str | None) -> None:
    book = Book()
    book.client("a")
    for day in (date(2009, 9, 30), D):
        book.assets("a", day, 400 if "loss" in fires and day == D else 1_000, 10)
    book.flow("a", date(2009, 9, 1), "out", 900 if "outflow" in fires else 0)
    for kind in sorted(fires & {"complaint", "gift"}):
        book.request("a", D, kind)
    warned = judge(book.tables, TRADING_DAYS, D, "guide").warnings.get("a")
    assert (warned and warned.level) == level


def test_blind_key_sign_is_a_level_only_where_the_table_is_there() -> None:
    book = Book()
    book.client("a")
    assert judge(book.tables, TRADING_DAYS, D, "guide").warnings["a"].level == "unknown"
    del book.tables["assets"]
    assert not judge(book.tables, TRADING_DAYS, D, "guide").warnings


def test_value_at_stake_of_a_debt_rounds_a_half_away_from_zero() -> None:
    assert half_up(Fraction("-0.005")) == Decimal("-0.01")
    assert half_up(Fraction("-0.0049")) == 0


def written(judgement: Judgement) -> dict[str, list[Row]]:
    """The answer as rows, the way a run writes them."""
    signals = [
        {"client_id": client_id, "indicator": sign}
        | {"status": signal.status, "severity": signal.severity or ""}
        | {"value": None if signal.value is None else float(signal.value)}
        | {"threshold": None if signal.threshold is None else float(signal.threshold)}
        for (client_id, sign), signal in judgement.signals.items()
    ]
    warnings = [
        {"client_id": client_id, "level": warned.level, "value_at_stake": warned.value_at_stake}
        | {"fired": ";".join(warned.fired), "unknown": list(warned.unknown)}
        for client_id, warned in judgement.warnings.items()
    ]
    return {"signals": signals, "warnings": warnings}


def two_warned_clients() -> Judgement:
    book = Book()
    for client_id in ("a", "b"):
        book.client(client_id)
        book.assets(client_id, D, 3)
        book.flow(client_id, D, "out", 1)
    return judge(book.tables, TRADING_DAYS, D, "guide")


def test_compare_finds_nothing_between_equal_answers() -> None:
    expected = two_warned_clients()
    assert list(expected.warnings) == ["a", "b"]
    assert compare(expected, written(expected)) == []


def test_compare_names_client_sign_field_expected_and_actual() -> None:
    expected = two_warned_clients()
    actual = written(expected)
    actual["signals"][0] |= {"value": 0.34}
    assert compare(expected, actual) == [
        "a fund_outflow value: expected 0.3333333333333333 (1/3), actual 0.34"
    ]
    del actual["signals"][0]
    assert compare(expected, actual) == ["a fund_outflow: expected fired, actual has no such row"]


def test_compare_reads_warnings_to_the_fen_and_in_their_order() -> None:
    expected = two_warned_clients()
    actual = written(expected)
    actual["warnings"].reverse()
    assert compare(expected, actual) == ["order of warnings: expected ['a', 'b'], actual ['b', 'a']"]
    actual["warnings"][0] |= {"value_at_stake": 0.03, "level": "red"}
    assert compare(expected, actual) == [
        "b warning level: expected orange, actual red",
        "b warning value_at_stake: expected 0.02, actual 0.03",
    ]
