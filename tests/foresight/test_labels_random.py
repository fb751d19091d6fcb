"""Labels on random small books, against a slow second computation that shares nothing with them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.foresight.people import LAST, Tables, random_tables, sealed
from tests.foresight.slow_labels import SlowLabels, Told
from wanliu.book.engine import duckdb_engine
from wanliu.foresight.labels import labels_of

DAYS = (
    date(2009, 2, 28),
    date(2009, 3, 10),
    date(2009, 3, 31),
    date(2009, 4, 30),
    date(2009, 6, 15),
    date(2009, 8, 31),
    date(2009, 10, 2),
    date(2009, 11, 30),
    date(2009, 12, 31),
)
Answers = dict[tuple[str, date], Told]


def by_the_room(tables: Tables, horizon: int) -> Answers:
    with TemporaryDirectory() as folder, duckdb_engine() as engine:
        found = labels_of(sealed(tables, Path(folder) / "book"), DAYS, horizon, engine).to_pylist()
    return {(row["client_id"], row["as_of"]): told(row) for row in found}


def told(row: dict[str, Any]) -> Told:
    names = ("label", "left_on", "censored", "valid", "by_price", "rebuilt")
    return Told(**{name: row[name] for name in names})


def by_hand(tables: Tables, horizon: int) -> Answers:
    slow = SlowLabels(tables, feed_ends=LAST, book_ends=date(2010, 1, 3))
    answers = {
        (client["client_id"], day): slow.of(client, day, horizon)
        for client in tables["clients"]
        for day in DAYS
    }
    return {key: answer for key, answer in answers.items() if answer is not None}


@settings(max_examples=6)
@given(seed=st.integers(0, 10**6), horizon=st.sampled_from((30, 59, 60, 90, 180)))
def test_labels_agree_with_the_slow_computation(seed: int, horizon: int) -> None:
    tables = random_tables(seed)

    assert by_the_room(tables, horizon) == by_hand(tables, horizon)


def test_random_books_reach_every_label() -> None:
    seen: Counter[tuple[str | None, bool, bool | None, bool]] = Counter()
    for seed in range(4):
        answers = by_hand(random_tables(seed, clients=150), 90).values()
        seen.update((one.label, one.censored, one.by_price, one.rebuilt) for one in answers)

    assert {
        ("explicit", False, None, False),
        ("explicit", False, None, True),
        ("implicit", False, None, False),
        ("shallow", False, False, False),
        ("shallow", False, True, False),
        ("stayed", False, None, False),
        (None, True, None, False),
    } <= seen.keys()


@pytest.mark.parametrize("seed", range(2))
def test_rows_after_the_horizon_change_nothing(seed: int) -> None:
    """But for clients whose rows stop: only the future can say whether they came back."""
    tables = random_tables(seed)
    horizon, day = 90, date(2009, 6, 15)
    whole = by_the_room(tables, horizon)
    end = day + timedelta(days=horizon)
    cut = {
        name: rows if name == "clients" else [row for row in rows if row["date"] <= end]
        for name, rows in tables.items()
    }
    before = by_the_room(cut, horizon)

    for key, answer in whole.items():
        if key[1] == day and not answer.rebuilt and not answer.censored and not before[key].rebuilt:
            assert before[key] == answer
