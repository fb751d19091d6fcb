"""Labels are made from the book; the simulator knows who really left. They must tell the same story."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from wanliu.book.engine import duckdb_engine
from wanliu.book.seal import seal
from wanliu.book.sealed import Book
from wanliu.foresight.labels import LEAVING, labels_of
from wanliu.simulator import simulate

FIRST, LAST = date(2009, 1, 1), date(2009, 12, 31)
DAYS = (date(2009, 3, 31), date(2009, 5, 29), date(2009, 7, 31), date(2009, 9, 30))
HORIZON = 90
CLOSE = 5
"""Days by which the book may differ: a client empties the account just before the papers are done."""


@dataclass(frozen=True)
class World:
    labels: dict[tuple[str, date], dict[str, Any]]
    left: dict[str, tuple[date, str]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("truth")
    simulate(folder / "made", clients=900, first=FIRST, last=LAST, seed=23)
    seal(folder / "made", folder / "book")
    with duckdb_engine() as engine:
        rows = labels_of(Book.open(folder / "book"), DAYS, HORIZON, engine).to_pylist()
    with (folder / "made.truth" / "paths.csv").open(encoding="utf-8", newline="") as file:
        told = [row for row in csv.DictReader(file) if row["left_on"]]
    left = {row["client_id"]: (date.fromisoformat(row["left_on"]), row["exit"]) for row in told}
    return World({(row["client_id"], row["as_of"]): row for row in rows}, left)


def true_leavers(world: World) -> list[tuple[dict[str, Any], date, str]]:
    """Rows of valid clients who in truth left some days before the horizon's end, with day and manner."""
    found = []
    for (client, day), row in world.labels.items():
        if client in world.left and row["valid"] and not row["censored"]:
            on, manner = world.left[client]
            if day < on <= day + timedelta(days=HORIZON - CLOSE):
                found.append((row, on, manner))
    return found


def test_who_really_left_has_a_leaving_label(world: World) -> None:
    leavers = true_leavers(world)

    assert len(leavers) > 15
    assert [row for row, _, _ in leavers if row["label"] not in LEAVING] == []


def test_who_left_with_papers_is_explicit(world: World) -> None:
    aloud = [row["label"] for row, _, manner in true_leavers(world) if manner != "silent"]

    assert aloud
    assert set(aloud) == {"explicit"}


def test_who_left_silently_is_never_explicit(world: World) -> None:
    silent = {row["label"] for row, _, manner in true_leavers(world) if manner == "silent"}

    assert silent <= {"implicit", "shallow"}


def test_day_of_leaving_is_near_the_true_one_and_never_later_by_much(world: World) -> None:
    late = [(row["left_on"] - on).days for row, on, _ in true_leavers(world)]

    assert max(late) <= CLOSE
    assert sorted(late)[len(late) // 2] >= -CLOSE


def test_who_never_thought_of_leaving_is_seldom_called_a_leaver(world: World) -> None:
    """Some take most of their money out and bring it back, and some fall with the market: few, not none."""
    loyal = [
        row
        for (client, _), row in world.labels.items()
        if client not in world.left and row["valid"] and not row["censored"]
    ]
    called = [row for row in loyal if row["label"] in LEAVING and not row["by_price"]]

    assert len(called) / len(loyal) < 0.02
