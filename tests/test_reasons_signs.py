"""Reasons from signs: what each piece of evidence does to the ranking, and the sentence that explains it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanliu.playbook.items import REASONS
from wanliu.playbook.load import load
from wanliu.reasons.signs import Observed, deserves_a_name, weigh
from wanliu.reasons.together import rank
from wanliu.reasons.words import Diagnosis, Reason
from wanliu.text import Text

ITEMS = load().reasons
SIGNS = sorted({e.sign for item in ITEMS.values() for e in (*item.for_signs, *item.against_signs)})
TOLD = Text(zh="两次投诉", en="two complaints")


def seen(**signs: bool | None) -> list[Observed]:
    return [Observed(sign, holds, TOLD) for sign, holds in signs.items()]


def heard_as(reason: str, probability: float, *, unknown: bool = False) -> Diagnosis:
    rest = (1 - probability) / (len(REASONS) - 1)
    reasons = [Reason(reason, probability), *(Reason(one, rest) for one in REASONS if one != reason)]
    return Diagnosis("说了些什么", tuple(reasons), unknown=unknown, words=())


def test_without_evidence_all_reasons_are_alike_and_none_is_named() -> None:
    weighed = weigh(ITEMS, [])

    assert all(one.probability == pytest.approx(1 / len(REASONS)) for one in weighed)
    assert not deserves_a_name(weighed)


def test_what_nobody_can_tell_says_nothing() -> None:
    assert weigh(ITEMS, seen(complaint=None, heavy_loss=None)) == weigh(ITEMS, [])


@pytest.mark.parametrize(
    ("sign", "reason"),
    [
        ("works_in_finance", "identity"),
        ("address_changed", "relocation"),
        ("complaint", "service"),
        ("heavy_loss", "heavy_loss"),
        ("cut_asked", "cut_demand"),
        ("gift_asked", "small_gifts"),
        ("product_asked", "quick_profit"),
        ("rate_above_tier", "commission_competition"),
    ],
)
def test_telling_sign_puts_its_reason_first(sign: str, reason: str) -> None:
    assert weigh(ITEMS, seen(**{sign: True}))[0].reason == reason


def test_probability_can_be_redone_by_hand() -> None:
    """A complaint and a change of address: each reason's factors multiplied, over the sum of all."""
    weighed = weigh(ITEMS, seen(complaint=True, address_changed=True))
    products = {}
    for id, item in ITEMS.items():
        product = 1.0
        for evidence in (*item.for_signs, *item.against_signs):
            if evidence.sign in ("complaint", "address_changed"):
                product *= evidence.times
        products[id] = product

    for one in weighed:
        assert one.probability == pytest.approx(products[one.reason] / sum(products.values()))


@given(st.dictionaries(st.sampled_from(SIGNS), st.sampled_from([True, False, None])))
def test_shares_fall_and_sum_to_one_whatever_was_seen(signs: dict[str, bool | None]) -> None:
    shares = [one.probability for one in weigh(ITEMS, seen(**signs))]

    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)


@given(st.dictionaries(st.sampled_from(SIGNS), st.sampled_from([True, False, None])))
def test_order_of_what_was_seen_does_not_matter(signs: dict[str, bool | None]) -> None:
    forwards = {one.reason: one.probability for one in weigh(ITEMS, seen(**signs))}
    backwards = {one.reason: one.probability for one in weigh(ITEMS, seen(**signs)[::-1])}

    assert forwards == pytest.approx(backwards)


def test_every_reason_has_evidence_for_and_against_that_pulls_its_way() -> None:
    for item in ITEMS.values():
        assert all(evidence.times > 1 for evidence in item.for_signs), item.id
        assert all(evidence.times < 1 for evidence in item.against_signs), item.id


def test_words_and_signs_are_weighed_together() -> None:
    ranking = rank(ITEMS, seen(complaint=True), heard_as("favor", 0.9))

    assert {one.reason for one in ranking.reasons[:2]} == {"favor", "service"}
    assert not ranking.unknown


def test_words_that_point_nowhere_leave_the_signs_alone() -> None:
    alone = rank(ITEMS, seen(complaint=True))

    assert rank(ITEMS, seen(complaint=True), heard_as("favor", 0.3, unknown=True)) == alone


def test_sentence_names_what_speaks_for_the_reason_and_what_against() -> None:
    found = [
        Observed("complaint", True, Text(zh="投诉 2 件", en="2 complaints")),
        Observed("rate_above_tier", True, Text(zh="费率偏高", en="a high rate")),
        Observed("contact_drop", True, Text(zh="联系变少", en="fewer contacts")),
    ]

    sentence = rank(ITEMS, found).sentence

    assert sentence.zh.startswith("最可能是「服务不满」")
    assert "因为投诉 2 件；联系变少" in sentence.zh
    assert "不支持的是：费率偏高" in sentence.zh
    assert "because 2 complaints; fewer contacts" in sentence.en


def test_unknown_is_said_and_not_guessed() -> None:
    ranking = rank(ITEMS, seen(trade_drop=True))

    assert ranking.unknown
    assert "请先问" in ranking.sentence.zh
