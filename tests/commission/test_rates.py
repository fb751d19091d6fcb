"""Rates as people write them: exactly, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanliu.commission.rates import in_words, rate_of, yuan_of
from wanliu.errors import UsageError

CEILING = Decimal("0.003")


@pytest.mark.parametrize(
    "written",
    [
        "0.00025",
        "0.025%",
        "0.025 %",
        "0.25‰",
        " 0.25 ‰ ",
        "2.5‱",
        "2.5bp",
        "2.5 BP",
        "万2.5",
        "万 2.5",
        "万分之2.5",
        "万分之二点五",
        "万二点五",
        "千分之0.25",
        "百分之0.025",
        "０．０２５％",
        "万２．５",
        Decimal("0.00025"),
    ],
)
def test_a_rate_is_read_however_it_is_written(written: str) -> None:
    assert rate_of(written) == Decimal("0.00025")


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "万",
        "%",
        "-0.025%",
        "万-2",
        "0,025%",
        "万2.5%",
        "万三免五",
        "0.025%%",
        "2.5e-4",
        "二点五",
        "nan",
        "inf",
        "0.025‟",
        "万2.5左右",
        "1/4000",
        "0.00025" + "0" * 40,
        "９" * 50,
        "万2.5\x00",
    ],
)
def test_what_is_no_rate_is_refused(written: str) -> None:
    with pytest.raises(UsageError) as refused:
        rate_of(written)

    assert "万2.5" in refused.value.message.zh and "0.025%" in refused.value.message.en


@pytest.mark.parametrize("written", ["2.5", "0.25", "0.025", "0.00300001"])
def test_a_number_without_its_sign_is_refused_and_nothing_is_guessed(written: str) -> None:
    with pytest.raises(UsageError) as refused:
        rate_of(written, at_most=CEILING)
    assert "no sign; as a fraction it is" in refused.value.message.en


def test_a_rate_above_the_ceiling_is_refused() -> None:
    assert rate_of("3‰", at_most=CEILING) == CEILING
    with pytest.raises(UsageError) as refused:
        rate_of("3.1‰", at_most=CEILING)
    assert "above the most allowed, 0.3%" in refused.value.message.en


def test_more_decimals_than_the_book_holds_are_refused() -> None:
    assert rate_of("万0.0541") == Decimal("0.00000541")
    with pytest.raises(UsageError) as refused:
        rate_of("万0.00541")
    assert "too many decimals" in refused.value.message.en


@given(st.integers(0, 30_000_000))
def test_what_is_said_is_read_back(units: int) -> None:
    rate = Decimal(units).scaleb(-10).quantize(Decimal("0.00000001"))

    said = in_words(rate)

    assert rate_of(said.zh) == rate == rate_of(said.en)


@given(st.text(max_size=12))
def test_any_words_are_a_rate_or_a_refusal(written: str) -> None:
    try:
        assert Decimal(0) <= rate_of(written) <= 1
    except UsageError as refused:
        assert refused.message.zh and refused.message.en


@pytest.mark.parametrize(
    ("written", "yuan"), [("5", "5"), ("5.00", "5"), ("0", "0"), ("5元", "5"), ("¥4.99", "4.99")]
)
def test_an_amount_is_read(written: str, yuan: str) -> None:
    assert yuan_of(written) == Decimal(yuan)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("-5", "negative"),
        ("－1", "negative"),
        ("5.005", "finer than a fen"),
        ("五", "no amount"),
        ("", "no amount"),
    ],
)
def test_what_is_no_amount_is_refused(written: str, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        yuan_of(written)
    assert why in refused.value.message.en
