"""What a cell's text means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanliu.book.values import install_values

Ask = Callable[[str, object], Any]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Ask one macro for the value of one text."""
    with duckdb.connect() as connection:
        install_values(connection)

        def answer(macro: str, text: object) -> Any:
            row = connection.execute(f"select {macro}($1)", [text]).fetchone()
            return row[0] if row else None

        yield answer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("１２３ＡＢｃ", "123ABc"),
        ("深圳Ａ股", "深圳A股"),
        ("  000001\u00a0\u00a0", "000001"),
        ("\u3000000001\u3000", "000001"),
        ('="000001"', "000001"),
        ("'000001", "000001"),
        ("\ufeff000001", "000001"),
        ("-", None),
        ("--", None),
        ("——", None),
        ("", None),
        ("   ", None),
        ("\\N", None),
        ("NULL", None),
        ("-5", "-5"),
        ("a'b", "a'b"),
    ],
)
def test_plain_text(ask: Ask, text: str, expected: str | None) -> None:
    assert ask("wl_plain", text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "20091009",
        "20091009.0",
        "2009-10-09",
        "2009-10-9",
        "2009/10/9",
        "2009.10.09",
        "2009年10月9日",
        "2009-10-09 00:00:00",
        "2009-10-09 00:00:00.000000",
        "2009-10-09T00:00:00",
        "2009/10/9 0:00",
    ],
)
def test_day_in_every_spelling_a_branch_sends(ask: Ask, text: str) -> None:
    assert ask("wl_day", text) == date(2009, 10, 9)


@pytest.mark.parametrize(
    "text", ["0", "00000000", "0000-00-00", "19000101", "1900-01-01", "1900/1/1", "30000000"]
)
def test_day_that_means_no_day(ask: Ask, text: str) -> None:
    assert ask("wl_no_day", text) is True
    assert ask("wl_day", text) is None


@pytest.mark.parametrize(
    "text",
    [
        "20091301",
        "20090230",
        "2009-02-30",
        "200910",
        "09/10/2009",
        "yesterday",
        "2009-10-09Z",
        "2009-10-09T00:00:00+08:00",
        "45566",
        "infinity",
        "0001-01-01",
        "22000101",
    ],
)
def test_day_that_cannot_be_read(ask: Ask, text: str) -> None:
    assert ask("wl_day", text) is None
    assert ask("wl_no_day", text) is False


def test_day_as_excel_serial(ask: Ask) -> None:
    assert ask("wl_serial_day", "45566") == date(2024, 10, 1)
    assert ask("wl_serial_day", "40095.0") == date(2009, 10, 9)
    assert ask("wl_serial_day", "20091009") is None
    assert ask("wl_serial_day", "1") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234,567.00", "1234567.00"),
        ("0.00", "0.00"),
        (".5", "0.50"),
        ("5.", "5.00"),
        ("+5", "5.00"),
        ("-5.005", "-5.01"),
        ("2.675", "2.68"),
        ("2.005", "2.01"),
        ("2.0049999", "2.00"),
        ("¥1,000", "1000.00"),
        ("1000元", "1000.00"),
        ("1e-05", "0.00"),
    ],
)
def test_money(ask: Ask, text: str, expected: str) -> None:
    assert ask("wl_money", text) == Decimal(expected)


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "1,23,4",
        "12,34",
        "1.2.3",
        "1_000",
        "1.23457E+11",
        "1e3",
        "12345678901234567.00",
        "٣",
        "inf",
        "1 000",
    ],
)
def test_money_that_cannot_be_read(ask: Ask, text: str) -> None:
    assert ask("wl_money", text) is None


@given(st.integers(min_value=-(10**13), max_value=10**13), st.integers(min_value=0, max_value=4))
def test_money_of_a_double_is_the_money_of_its_text(ask: Ask, digits: int, places: int) -> None:
    number = digits / 10**places
    by_text = Decimal(repr(number)).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    assert ask("wl_money_of_double", number) == by_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.00025", "0.00025"),
        ("0.025%", "0.00025"),
        ("万2.5", "0.00025"),
        ("万分之2.5", "0.00025"),
        ("2.5‱", "0.00025"),
        ("0.25‰", "0.00025"),
        ("千分之0.25", "0.00025"),
        ("2.5e-04", "0.00025"),
        ("0", "0"),
    ],
)
def test_rate_in_every_spelling(ask: Ask, text: str, expected: str) -> None:
    assert ask("wl_rate", text) == Decimal(expected)


@pytest.mark.parametrize("text", ["万二点五", "%", "万", "2.5%%", "rate", "0.00.1"])
def test_rate_that_cannot_be_read(ask: Ask, text: str) -> None:
    assert ask("wl_rate", text) is None


@pytest.mark.parametrize(
    ("text", "expected"), [("1980", 1980), ("1980.0", 1980), ("1,980", 1980), ("-3", -3)]
)
def test_integer(ask: Ask, text: str, expected: int) -> None:
    assert ask("wl_integer", text) == expected


@pytest.mark.parametrize("text", ["1.5", "1e3", "x", "99999999999", "1_0"])
def test_integer_that_cannot_be_read(ask: Ask, text: str) -> None:
    assert ask("wl_integer", text) is None


@pytest.mark.parametrize(
    ("text", "lost"), [("1.23457E+11", True), ("1.23457e+11", True), ("123456789012", False)]
)
def test_client_number_whose_digits_excel_lost(ask: Ask, text: str, lost: bool) -> None:
    assert ask("wl_digits_lost", text) is lost


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$1,001 - $15,000", "8000.50"),
        ("1001~15000", "8000.50"),
        ("<$1000", "500.00"),
        ("$250", "250.00"),
        ("$0 - $0.01", "0.01"),
    ],
)
def test_middle_of_a_disclosed_range(ask: Ask, text: str, expected: str) -> None:
    assert ask("wl_middle", text) == Decimal(expected)


@pytest.mark.parametrize("text", ["Over $50,000,000", "$50,000,001 +", "100万以上", "unknown"])
def test_middle_of_an_open_range_is_unknown(ask: Ask, text: str) -> None:
    assert ask("wl_middle", text) is None
