"""The random books: the same for the same seed, full of borders, and judged by what is known on the day."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from .answers import SIGNS, Judgement, Rules
from .books import Case, crowd_case, random_book, random_case, short_calendar_case
from .judge import Overrides, judge

SEEDS = range(60)
RULES: tuple[Rules, ...] = ("guide", "standard")
NEVER = {
    *[("guide", sign, "not_applicable") for sign in ("fund_outflow", "empty_position")],
    *[(rules, "fund_outflow", "insufficient_history") for rules in RULES],
    *[("standard", sign, "insufficient_history") for sign in ("heavy_loss", "securities_out")],
    *[
        (rules, sign, status)
        for rules in RULES
        for sign in ("complaint", "demand", "exit_request")
        for status in ("not_applicable", "insufficient_history")
    ],
}
"""What the contract leaves no room for, where the calendar is long enough."""


def answer(case: Case, rules: Rules, overrides: Overrides | None = None) -> Judgement:
    return judge(case.tables, case.trading_days, case.as_of, rules, tainted=case.tainted, overrides=overrides)


def test_book_is_the_same_for_the_same_seed() -> None:
    assert random_book(7) == random_book(7)
    assert random_book(7) != random_book(8)


def test_key_of_every_table_is_kept() -> None:
    for seed in SEEDS:
        tables = random_book(seed)
        assets = [(row["client_id"], row["date"]) for row in tables.get("assets", [])]
        flows = [row["flow_id"] for row in tables.get("flows", [])]
        assert len(assets) == len(set(assets))
        assert len(flows) == len(set(flows))


@pytest.mark.parametrize("rules", RULES)
def test_books_reach_every_status_of_every_sign(rules: Rules) -> None:
    seen: Counter[tuple[str, str, str]] = Counter()
    for seed in SEEDS:
        seen.update(
            (rules, sign, row.status) for (_, sign), row in answer(random_case(seed), rules).signals.items()
        )
    statuses = ("fired", "clear", "not_applicable", "insufficient_history", "missing_data")
    every = {(rules, sign, status) for sign in SIGNS[rules] for status in statuses}
    assert every - seen.keys() == {never for never in NEVER if never in every}


def test_value_is_there_only_where_a_sign_is_fired_or_clear() -> None:
    for seed in SEEDS:
        for signal in answer(random_case(seed), "standard").signals.values():
            assert (signal.value is None) == (signal.status not in ("fired", "clear"))


@pytest.mark.parametrize("rules", RULES)
def test_rows_after_the_day_and_their_order_change_nothing(rules: Rules) -> None:
    for seed in range(15):
        case = random_case(seed)
        known = {
            table: [row for row in rows if table == "clients" or row["date"] <= case.as_of]
            for table, rows in case.tables.items()
        }
        for rows in known.values():
            random.Random(seed).shuffle(rows)
        assert answer(replace(case, tables=known), rules) == answer(case, rules)


@pytest.mark.parametrize(
    ("rules", "sign", "name", "other"),
    [
        ("guide", "fund_outflow", "above", "0.2999999"),
        ("guide", "commission_drop", "fall", "0.3000001"),
        ("guide", "trade_drop", "below", "0.5000001"),
        ("guide", "heavy_loss", "above", "0.4999999"),
        ("standard", "fund_outflow", "above", "0.2999999"),
        ("standard", "fund_outflow", "base_from", "5000.001"),
        ("standard", "commission_drop", "fall", "0.3000001"),
        ("standard", "commission_drop", "then_from", "20.0001"),
        ("standard", "empty_position", "share", "0.9500001"),
        ("standard", "empty_position", "rows", "33"),
        ("standard", "empty_position", "held_rows", "21"),
        ("standard", "trade_drop", "below", "0.5000001"),
        ("standard", "trade_drop", "orders", "7"),
        ("standard", "contact_drop", "contacts", "2.0001"),
        ("standard", "securities_out", "share", "0.0999999"),
        ("standard", "every", "judged_from", "5000.001"),
    ],
)
def test_books_stand_on_the_border(rules: Rules, sign: str, name: str, other: str) -> None:
    changed = {(sign, name): Fraction(other)}
    assert any(
        answer(random_case(seed), rules) != answer(random_case(seed), rules, changed) for seed in SEEDS
    )


@pytest.mark.parametrize("other", [99, 101])
def test_crowds_stand_on_the_border_of_100_peers(other: int) -> None:
    changed = {("every", "peers"): other}
    cases = [crowd_case(seed) for seed in range(6)]
    assert any(answer(case, "standard") != answer(case, "standard", changed) for case in cases)


def test_short_calendars_end_history() -> None:
    seen = {
        row.status
        for seed in range(15)
        for (_, sign), row in answer(short_calendar_case(seed), "standard").signals.items()
        if sign == "heavy_loss"
    }
    assert "insufficient_history" in seen
