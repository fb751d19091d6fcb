"""Sums in words: a branch manager redoes them with a pocket calculator."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.report.runs import OUTFLOW
from wanliu.indicator.sign import Reading
from wanliu.report.formatting import money, operand, share, sum_in_words
from wanliu.ruleset import load, signs
from wanliu.text import Language

READINGS = [
    pytest.param(reading, id=f"{id_}-{reading.name}")
    for id_, sign in signs().items()
    for reading in sign.readings.values()
]


def reading(sign: str, name: str = "rolling") -> Reading:
    return signs()[sign].readings[name]


def test_sum_holds_its_operands_value_and_threshold() -> None:
    words = sum_in_words(reading("fund_outflow"), OUTFLOW, 160000 / 520000, 0.3, "zh")

    for part in ("2009-05-01", "2009-10-30", "180,000.00", "20,000.00", "500,000.00", "30.77%", "30%"):
        assert part in words


def test_sum_in_english_sets_the_per_cent_apart() -> None:
    words = sum_in_words(reading("fund_outflow"), OUTFLOW, 160000 / 520000, 0.3, "en")

    assert "= 30.77 %" in words


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.3, "30%"), (0.30000000000000004, "30%"), (0.29997, "29.997%"), (0.3000001, "30.00001%")],
)
def test_value_is_never_rounded_onto_its_threshold(value: float, shown: str) -> None:
    words = sum_in_words(reading("fund_outflow"), OUTFLOW, value, 0.3, "zh")

    assert f"= {shown}，" in words


def test_counts_stay_whole() -> None:
    evidence = {"first": OUTFLOW["first"], "last": OUTFLOW["last"]}

    words = sum_in_words(reading("complaint"), evidence, 2.0, 1.0, "zh")

    assert "投诉 2 件" in words
    assert "1.0" not in words


@pytest.mark.parametrize(("language", "unknown"), [("zh", "未知"), ("en", "unknown")])
def test_unknown_operand_says_so(language: Language, unknown: str) -> None:
    words = sum_in_words(reading("fund_outflow"), {**OUTFLOW, "opening": None}, None, 0.3, language)

    assert unknown in words
    assert "None" not in words


def test_ratio_that_cannot_be_formed_says_so() -> None:
    evidence = {**OUTFLOW, "net_assets": Decimal("0.00")}

    words = sum_in_words(reading("fund_outflow", "literal"), evidence, None, 0.3, "zh")

    assert "= 无法计算" in words


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("one", READINGS)
def test_every_sum_can_be_filled(one: Reading, language: Language) -> None:
    parameters = {name: declared.default for name, declared in one.parameters.items()}
    evidence = dict.fromkeys(one.verdict({}).evidence)

    words = sum_in_words(one, evidence, 0.25, 0.5, language, parameters=parameters)

    assert "{" not in words


@pytest.mark.parametrize("rules", ["guide", "standard"])
def test_numbers_of_a_rule_fill_its_sum(rules: str) -> None:
    for rule in load(rules).rules:
        evidence = dict.fromkeys(rule.verdict().evidence)
        assert sum_in_words(rule.reading, evidence, 1.0, 1.0, "zh", parameters=rule.values)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1234567.80"), "1,234,567.80"),
        (12345, "12,345"),
        (0.375, "0.375"),
        (-0.0, "0"),
        (True, "是"),
        (None, "未知"),
    ],
)
def test_operand_reads_as_its_kind(value: object, shown: str) -> None:
    assert operand(value, "zh") == shown  # type: ignore[arg-type]  # one of each kind


def test_money_is_rounded_half_up() -> None:
    assert money(0.125) == "0.13"
    assert money(Decimal("-1234.5")) == "-1,234.50"


def test_share_leaves_out_empty_decimals() -> None:
    assert share(Decimal("0.50"), "zh") == "50%"
    assert share(1 / 3, "zh") == "33.33%"
