"""The engine against the slow, independent computation, on random books full of border values."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

import pytest

from tests.secondroad.books import Case, crowd_case, random_case, short_calendar_case
from tests.secondroad.comparing import compare
from tests.secondroad.judge import judge
from tests.small_books import sealed_from
from wanliu.book.engine import duckdb_engine
from wanliu.book.sealed import Book
from wanliu.indicator.windows import Day
from wanliu.ruleset import load
from wanliu.warning.plan import Plan
from wanliu.warning.run import Run

Rules = Literal["guide", "standard"]
RULE_SETS: tuple[Rules, ...] = ("guide", "standard")
BOOKS = range(int(os.environ.get("WANLIU_BOOKS", "12")))
"""The random books; hundreds for somebody who changes a formula and has an hour."""


def sealed_case(case: Case, folder: Path) -> Book:
    calendar = [{"date": day} for day in case.trading_days]
    tainted = [(client, table, date.min, date.max) for client, table in sorted(case.tainted)]
    return sealed_from({**case.tables, "calendar": calendar}, folder, tainted=tainted)


def rows_of(book: Book, rules: str, as_of: date) -> list[dict[str, object]]:
    plan = Plan(book, load(rules), (Day(as_of, book.calendar),))
    with duckdb_engine() as engine:
        return list(Run(plan, engine).rows())


def told(rows: Sequence[Mapping[str, object]], rules: str) -> dict[str, list[dict[str, object]]]:
    ids = load(rules).ids
    signals = [
        {
            "client_id": row["client_id"],
            "indicator": id,
            "status": row[f"{id}__status"],
            "severity": _severity(row, id),
            "value": row[f"{id}__value"] if row[f"{id}__status"] in ("fired", "clear") else None,
            "threshold": row[f"{id}__threshold"],
        }
        for row in rows
        for id in ids
    ]
    order = ("red", "orange", "yellow", "unknown")
    warned = sorted(
        (row for row in rows if row["level"] != "none"),
        key=lambda row: (order.index(str(row["level"])), -row["value_at_stake"], row["client_id"]),  # type: ignore[operator]  # a decimal
    )
    return {"signals": signals, "warnings": warned}  # type: ignore[dict-item]  # rows of plain values


def _severity(row: Mapping[str, object], id: str) -> str | None:
    if row[f"{id}__status"] != "fired":
        return None
    return "weak" if row[f"{id}__weak"] else "strong"


@pytest.mark.parametrize("rules", RULE_SETS)
@pytest.mark.parametrize("seed", BOOKS)
def test_random_books_are_judged_alike_by_both_roads(seed: int, rules: Rules, tmp_path: Path) -> None:
    assert differences(random_case(seed), rules, tmp_path / "book") == []


@pytest.mark.parametrize("rules", RULE_SETS)
@pytest.mark.parametrize("seed", range(3))
def test_books_with_a_short_calendar_are_judged_alike(seed: int, rules: Rules, tmp_path: Path) -> None:
    assert differences(short_calendar_case(seed), rules, tmp_path / "book") == []


@pytest.mark.parametrize("seed", range(3))
def test_crowds_with_peers_are_judged_alike(seed: int, tmp_path: Path) -> None:
    assert differences(crowd_case(seed), "standard", tmp_path / "book") == []


def differences(case: Case, rules: Rules, folder: Path) -> list[str]:
    expected = judge(case.tables, case.trading_days, case.as_of, rules, tainted=case.tainted)
    return compare(expected, told(rows_of(sealed_case(case, folder), rules, case.as_of), rules))


def test_one_engine_serves_two_runs(tmp_path: Path) -> None:
    case = random_case(1)
    book = sealed_case(case, tmp_path / "book")
    plan = Plan(book, load("standard"), (Day(case.as_of, book.calendar),))

    with duckdb_engine() as engine:
        first, second = list(Run(plan, engine).rows()), list(Run(plan, engine).rows())

    assert first == second
