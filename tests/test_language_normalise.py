"""How a sentence is read plainly, however it was written, and the way back to the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanliu.language.normalise import plain

DISGUISED = [
    ("保 本", "保本"),
    ("保\u200b本", "保本"),
    ("保*本", "保本"),
    ("【保】【本】", "保本"),
    ("（保）（本）", "保本"),
    ("ｂａｏ本", "保本"),
    ("bao本", "保本"),
    ("保ben", "保本"),
    ("BaoBen", "保本"),
    ("返y", "返佣"),
    ("稳zhuan不赔", "稳赚不赔"),
    ("拥金", "佣金"),
    ("傭金", "佣金"),
    ("反佣", "返佣"),
    ("亻用金", "佣金"),
    ("証券帳戶", "证券账户"),
    ("加我vx", "加我微信"),
    ("送🧧", "送红包"),
    ("0风险", "零风险"),
    ("佣金上限3‟", "佣金上限3‰"),
    ("你好", "您好"),
    ("保😀本", "保本"),
    ("代🌟操🌟作", "代操作"),
    ("我哋唔會蝕", "我们不会亏"),
    ("①②③", "123"),
]


@pytest.mark.parametrize(("written", "meant"), DISGUISED)
def test_disguise_comes_off(written: str, meant: str) -> None:
    assert plain(written).text == meant


@pytest.mark.parametrize(
    "words", ["费用金额", "使用金额", "您好,再见", "万1.2免5", "2.5-3.0", "好的…我给您办"]
)
def test_ordinary_words_stay(words: str) -> None:
    assert plain(words).text == words


def test_hit_in_the_plain_text_leads_back_to_what_was_written() -> None:
    written = "放心，保 \u200bben，稳＊赚"
    read = plain(written)

    start = read.text.index("保本")
    again = read.text.index("稳赚")

    assert written[slice(*read.span(start, start + 2))] == "保 \u200bben"
    assert written[slice(*read.span(again, again + 2))] == "稳＊赚"


@given(st.text(max_size=60) | st.text(alphabet="保本返yong佣金 *()【】\u200b🧧vx，。", max_size=60))
def test_every_place_lies_in_the_original_and_none_goes_back(written: str) -> None:
    read = plain(written)

    assert len(read.at) == len(read.text) + 1
    assert len(read.until) == len(read.text)
    assert list(read.at) == sorted(read.at)
    assert read.at[-1] == len(written)
    assert all(0 <= start < end <= len(written) for start, end in zip(read.at, read.until, strict=False))


@given(st.text(max_size=60))
def test_reading_twice_changes_nothing_that_counts(written: str) -> None:
    once = plain(written).text

    assert len(plain(once).text) <= len(once) or plain(plain(once).text).text == plain(once).text
