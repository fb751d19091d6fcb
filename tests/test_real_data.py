"""Two real logs through the example mappings: all rows accounted for, and the second road agrees."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.secondroad.comparing import compare
from tests.secondroad.judge import judge
from tests.test_second_road import rows_of, told
from wanliu.book.seal import seal
from wanliu.book.sealed import Book

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
pytestmark = pytest.mark.real_data


def sealed(real_data: Path, name: str, folder: Path) -> Book:
    raw = folder / "raw"
    raw.mkdir()
    shutil.copy(real_data / f"{name}.parquet", raw)
    seal(raw, folder / "book", mapping=EXAMPLES / f"{name.removesuffix('_trades')}.toml")
    return Book.open(folder / "book")


def tables_of(book: Book) -> dict[str, list[dict[str, object]]]:
    """The sealed rows as the second road takes them; signs that need an absent column it cannot know of."""
    found = {}
    for name in ("clients", "trades"):
        rows = duckdb.execute(book.rows_of(name))
        names = [str(column[0]) for column in rows.description or ()]
        found[name] = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    return found


def test_congress_trades_are_all_used_and_judged_alike_by_both_roads(real_data: Path, tmp_path: Path) -> None:
    book = sealed(real_data, "congress_trades", tmp_path)
    assert (book.manifest.tables["trades"].rows, book.manifest.tables["clients"].rows) == (56_862, 218)
    assert book.lacks("trades", "commission")

    as_of = date(2022, 6, 30)
    expected = judge(tables_of(book), list(book.calendar.days), as_of, "guide")
    found = told(rows_of(book, "guide", as_of), "guide")

    speaking = [row for row in found["signals"] if row["indicator"] == "trade_drop"]
    differences = compare(expected, {**found, "signals": speaking})
    assert [line for line in differences if "trade_drop" in line and "warning" not in line] == []
    assert {row["status"] for row in found["signals"] if row["indicator"] != "trade_drop"} == {"missing_data"}


def test_online_retail_counts_every_line_as_used_or_left_out(real_data: Path, tmp_path: Path) -> None:
    book = sealed(real_data, "online_retail", tmp_path)

    assert (book.manifest.tables["trades"].rows, book.manifest.tables["clients"].rows) == (397_884, 4_338)
    speaking = [row["trade_drop__status"] for row in rows_of(book, "guide", date(2011, 11, 30))]
    assert {"fired", "clear", "insufficient_history", "not_applicable"} == set(speaking)
