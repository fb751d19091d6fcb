"""Promises about what may stand in the way: whole, in both languages, fit to read to a client."""

from __future__ import annotations

import re
from datetime import date

import pytest
from pydantic import ValidationError

from tests.exits.desk import FRIDAY, MONDAY
from wanliu.errors import Refused
from wanliu.exits.blocks import Block, blocks, blocks_for, can_count, check_counts
from wanliu.exits.track import KINDS, Kind

CODES = re.findall(
    r"\w+",
    "OPEN_ORDER TRADED_TODAY UNSETTLED IPO_PENDING RIGHTS_PENDING REPO_OPEN STOCK_PLEDGE MARGIN_DEBT "
    "MARGIN_ACCT_OPEN OPTION_ACCT_OPEN FUND_SHARES CASH_PRODUCT CASH_NONZERO NEG_BALANCE FROZEN DORMANT "
    "UNQUALIFIED ID_EXPIRED SUSPENDED_SECURITY BUYS_TODAY",
)
UNKIND_ZH = re.compile(r"必须|不得|拒绝|违规|过失|您没有|您未|无法办理|不予|挽留|考虑清楚|再想想")
UNKIND_EN = re.compile(
    r"\b(must|refuse|fail|fault|forbidden|illegal|you did not|reconsider|stay with us)\b", re.I
)
WHOLE = {
    "code": "A_B",
    "name": {"zh": "名", "en": "name"},
    "text": {"zh": "文", "en": "text"},
    "can_do": {"zh": "做", "en": "do"},
    "clears": "client",
    "kinds": ["close_account"],
}


def test_list_is_the_list_of_the_guide() -> None:
    assert list(blocks()) == CODES


@pytest.mark.parametrize("code", CODES)
def test_words_are_plain_polite_and_without_blame(code: str) -> None:
    block = blocks()[code]
    for words in (block.name, block.text, block.can_do):
        assert not UNKIND_ZH.search(words.zh), words.zh
        assert not UNKIND_EN.search(words.en), words.en
        assert re.search(r"[\u4e00-\u9fff]", words.zh)
        assert not re.search(r"[\u4e00-\u9fff]", words.en)
    for sentence in (block.text, block.can_do):
        assert sentence.zh.endswith("。")
        assert sentence.en.endswith(".")
        assert len(sentence.zh) <= 60


@pytest.mark.parametrize("kind", KINDS)
def test_block_counts_for_its_kinds_alone(kind: Kind) -> None:
    counted = {block.code for block in blocks_for(kind)}

    assert counted
    for code in CODES:
        assert can_count(code, kind) == (code in counted)
        if code in counted:
            assert check_counts(code, kind).code == code
        else:
            with pytest.raises(Refused):
                check_counts(code, kind)


def test_money_in_the_account_stands_only_in_the_way_of_closing() -> None:
    """A transfer must not wait for what a closing needs."""
    for code in ("CASH_NONZERO", "FUND_SHARES", "CASH_PRODUCT", "MARGIN_ACCT_OPEN"):
        assert blocks()[code].kinds == ("close_account",)


def test_expected_day_is_counted_in_trading_days_or_unknown() -> None:
    assert blocks()["TRADED_TODAY"].expected_on(FRIDAY) == MONDAY
    assert blocks()["RIGHTS_PENDING"].expected_on(date(2026, 12, 30)) == date(2027, 1, 8)
    assert blocks()["FROZEN"].expected_on(FRIDAY) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "lower"},
        {"name": {"zh": "名"}},
        {"name": {"zh": "名", "en": " "}},
        {"text": "text"},
        {"clears": "nobody"},
        {"days": -1},
        {"kinds": []},
        {"kinds": ["leave"]},
        {"colour": "red"},
    ],
)
def test_block_that_is_not_whole_is_refused(wrong: dict[str, object]) -> None:
    assert Block(**WHOLE).code == "A_B"  # type: ignore[arg-type]  # as a file gives it
    with pytest.raises(ValidationError):
        Block(**{**WHOLE, **wrong})  # type: ignore[arg-type]  # as a file gives it


def test_block_is_frozen() -> None:
    with pytest.raises(ValidationError):
        blocks()["FROZEN"].days = 1
