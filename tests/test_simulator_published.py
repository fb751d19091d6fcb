"""The page that holds the simulated book against published figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulated import FIRST, LAST, small_book
from wanliu.errors import UsageError
from wanliu.simulator import simulate
from wanliu.simulator.published import FIGURES, compare, render

NEAR = {
    "clients holding any security at month-end": (0.40, 0.60),
    "clients trading in the month": (0.18, 0.36),
    "holders with less than 500,000 yuan": (0.90, 0.98),
    "valid clients (≥ 5,000 yuan)": (0.35, 0.50),
    "orders per trading client and month, median": (2, 6),
    "orders per trading client and month, mean": (6, 20),
    "explicit exits, of all clients, a month": (0.0003, 0.003),
    "implicit and shallow loss, of valid clients, a month": (0.004, 0.02),
}


def test_a_simulated_book_lies_near_the_published_figures(tmp_path: Path) -> None:
    simulate(tmp_path / "book", clients=6000, first=FIRST, last=LAST, seed=5, format="parquet")

    found = {row.name.en: row.simulated for row in compare(tmp_path / "book")}

    for name, (low, high) in NEAR.items():
        value = found[name]
        assert value is not None
        assert low <= value <= high, (name, value)


def test_the_page_has_a_row_per_figure_in_both_languages(tmp_path: Path) -> None:
    rows = compare(small_book(tmp_path / "book", clients=60))

    for language, word in (("zh", "模拟"), ("en", "simulated")):
        page = render(rows, language)  # type: ignore[arg-type]  # the two languages there are
        assert page.startswith("# ")
        assert word in page
        assert sum(line.startswith("| ") for line in page.splitlines()) == len(FIGURES) + 2


def test_a_folder_without_tables_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="clients"):
        compare(tmp_path)
