"""The test of groups within tiers, held against exact sums and other roads to the same numbers."""

from __future__ import annotations

from math import comb, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanliu.oversight.strata import Cell, Table, arrays, compared, difference, holm, joined, moments, p_value

DRAWS, SEED = 9999, 7


def exact_p(table: Table) -> float:
    """Two groups, any strata: the whole distribution of the first group's total, by multiplying out."""
    spread = {0: 1.0}
    mean = 0.0
    for row in table.values():
        (n1, x), (n0, y) = row.get("a", (0, 0)), row.get("b", (0, 0))
        people, outcomes = n1 + n0, x + y
        mean += n1 * outcomes / people
        chances = {k: comb(outcomes, k) * comb(people - outcomes, n1 - k) / comb(people, n1)
                   for k in range(max(0, n1 - (people - outcomes)), min(n1, outcomes) + 1)}  # fmt: skip
        spread = {
            total: sum(spread[total - k] * chance for k, chance in chances.items() if total - k in spread)
            for total in {t + k for t in spread for k in chances}
        }
    seen = sum(row.get("a", (0, 0))[1] for row in table.values())
    far = abs(seen - mean)
    return sum(chance for total, chance in spread.items() if abs(total - mean) >= far - 1e-9)


def shuffled(table: Table, groups: tuple[str, ...] = ("a", "b"), draws: int = DRAWS) -> float:
    return p_value(*arrays(table, groups), draws=draws, seed=SEED)


TABLES = [
    {"t": {"a": (10, 9), "b": (10, 4)}},
    {"t": {"a": (30, 20), "b": (12, 11)}, "u": {"a": (8, 1), "b": (20, 9)}},
    {"t": {"a": (50, 25), "b": (50, 25)}},
    {"t": {"a": (5, 5), "b": (40, 10)}, "u": {"a": (40, 10), "b": (5, 5)}},
]


@pytest.mark.parametrize("table", TABLES)
def test_shuffling_agrees_with_the_exact_distribution(table: Table) -> None:
    exact, found = exact_p(table), shuffled(table)
    assert abs(found - exact) <= 4 * sqrt(exact * (1 - exact) / DRAWS) + 2 / DRAWS


def test_the_exact_sum_is_scipys_where_there_is_one_tier() -> None:
    """Equal groups: the two-sided exact test of Fisher counts the same tables."""
    stats = pytest.importorskip("scipy.stats")
    assert exact_p(TABLES[0]) == pytest.approx(stats.fisher_exact([[9, 1], [4, 6]])[1])


def test_three_groups_agree_with_shuffling_people_one_by_one() -> None:
    """Labels of real rows shuffled within their tier, as the words say it."""
    table: Table = {"t": {"a": (12, 10), "b": (9, 4), "c": (15, 7)}, "u": {"a": (6, 2), "b": (7, 6)}}
    groups = ("a", "b", "c")
    counts, yes = arrays(table, groups)
    expected, spread = moments(counts, yes)
    rows = [
        (tier, place, outcome)
        for tier in range(2)
        for place in range(3)
        for outcome in [1] * yes[tier, place] + [0] * (counts[tier, place] - yes[tier, place])
    ]
    tiers, labels, outcomes = (np.array(column) for column in zip(*rows, strict=True))
    generator = np.random.default_rng(1)

    def apart(outcome: np.ndarray) -> float:
        totals = np.bincount(labels, weights=outcome, minlength=3)
        return float((((totals - expected) ** 2) / spread).sum())

    seen, far, draws = apart(outcomes), 0, 4000
    for _ in range(draws):
        mixed = outcomes.copy()
        for tier in range(2):
            mixed[tiers == tier] = generator.permutation(mixed[tiers == tier])
        far += apart(mixed) >= seen - 1e-9
    slow, fast = (1 + far) / (1 + draws), shuffled(table, groups)
    assert abs(slow - fast) < 0.03


def test_a_difference_between_tiers_is_none_within_them() -> None:
    """The upper tier asks for more and more of it is granted; within a tier both groups are treated alike."""
    table: Table = {"t": {"a": (100, 90), "b": (10, 9)}, "u": {"a": (10, 2), "b": (100, 20)}}
    pooled: Table = {"all": {"a": (110, 92), "b": (110, 29)}}
    assert shuffled(table) > 0.9 and shuffled(pooled) < 0.001
    assert difference(*arrays(table, ("a", "b")), 0).value == pytest.approx(0)


def test_one_tiers_difference_has_the_plain_interval() -> None:
    """Equal groups in one tier: Sato's variance is p1·q1/n + p0·q0/n."""
    found = difference(*arrays({"t": {"a": (50, 40), "b": (50, 25)}}, ("a", "b")), 0)
    half = 1.959963984540054 * sqrt(0.8 * 0.2 / 50 + 0.25 / 50)
    assert found.value == pytest.approx(0.3)
    assert found.low == pytest.approx(0.3 - half) and found.high == pytest.approx(0.3 + half)


def test_the_interval_holds_the_true_difference_as_often_as_it_says() -> None:
    generator, inside, draws = np.random.default_rng(3), 0, 400
    sizes, base, apart = ((30, 60), (50, 25), (40, 40)), (0.3, 0.5, 0.6), 0.15
    for _ in range(draws):
        table = {
            str(n): {
                "a": (n1, int(generator.binomial(n1, p + apart))),
                "b": (n0, int(generator.binomial(n0, p))),
            }
            for n, ((n1, n0), p) in enumerate(zip(sizes, base, strict=True))
        }
        found = difference(*arrays(table, ("a", "b")), 0)
        inside += found.low is not None and found.high is not None and found.low <= apart <= found.high
    assert 0.92 <= inside / draws <= 0.98


def test_without_a_difference_one_is_claimed_no_oftener_than_alpha() -> None:
    generator, claimed, draws = np.random.default_rng(5), 0, 400
    for _ in range(draws):
        table = {
            tier: {name: (n, int(generator.binomial(n, p))) for name, n in (("a", 25), ("b", 40), ("c", 15))}
            for tier, p in (("t", 0.4), ("u", 0.8))
        }
        claimed += shuffled(table, ("a", "b", "c"), draws=999) <= 0.05
    assert claimed / draws <= 0.05 + 3 * sqrt(0.05 * 0.95 / draws)


def test_holm_by_hand() -> None:
    """0.01 × 3; then 0.03 × 2; then 0.04, raised to the one before."""
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([]) == [] and holm([0.9, 0.8]) == [1.0, 1.0]


CELLS = st.integers(0, 15).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
ROWS = st.dictionaries(st.sampled_from("abcd"), CELLS, min_size=1)
GIVEN = st.dictionaries(st.sampled_from("tuv"), ROWS, min_size=1)


@given(GIVEN, st.integers(2, 20))
def test_no_shown_group_is_small_and_nobody_is_lost(table: dict[str, dict[str, Cell]], smallest: int) -> None:
    found = joined(table, smallest=smallest, rest="rest")
    sizes: dict[str, int] = {}
    for row in found.values():
        for name, (count, _) in row.items():
            sizes[name] = sizes.get(name, 0) + count
    total = sum(count for row in table.values() for count, _ in row.values())
    assert sum(sizes.values()) == total
    assert all(size >= smallest for size in sizes.values()) or set(sizes) == {"rest"}


@settings(deadline=None)
@given(GIVEN)
def test_no_table_breaks_the_test(table: dict[str, dict[str, Cell]]) -> None:
    names = sorted({name for row in table.values() for name in row})
    found = compared(table, names, draws=99, seed=1)
    assert 0 < found.p <= 1
    for group in found.groups:
        low, high = group.difference.low, group.difference.high
        assert low is None or high is None or -1 <= low <= high <= 1
