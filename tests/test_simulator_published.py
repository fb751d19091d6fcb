"""The page that holds the made-up brokerage against published figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.simulated import FIRST, LAST
from wanliu.errors import UsageError
from wanliu.reference.published_page import written, written_page
from wanliu.simulator import simulate
from wanliu.simulator.figures import FIGURES, SOURCES
from wanliu.simulator.published import Row, compared, measure

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
HOLDERS = next(figure for figure in FIGURES if figure.name.en == next(iter(NEAR)))
RICH = next(figure for figure in FIGURES if figure.name.en == "holders with more than 10 m yuan")


def test_a_simulated_book_lies_near_the_published_figures(tmp_path: Path) -> None:
    simulate(tmp_path / "book", clients=6000, first=FIRST, last=LAST, seed=5, format="parquet")

    values = dict(zip((figure.name.en for figure in FIGURES), measure(tmp_path / "book"), strict=True))

    for name, (low, high) in NEAR.items():
        value = values[name]
        assert value is not None
        assert low <= value <= high, (name, value)


def test_every_figure_names_a_source_and_a_range_that_its_words_give() -> None:
    for figure in FIGURES:
        assert figure.source in SOURCES
        assert 0 < figure.low < figure.high
        for border in (figure.low, figure.high):
            if "about" not in figure.published.en:
                shown = written(border, figure.unit).removesuffix(" %").rstrip("0").rstrip(".")
                assert shown in figure.published.en, figure.name.en


@pytest.mark.parametrize(
    ("values", "agreement"),
    [
        ((0.45, 0.50), "agrees"),
        ((0.427, 0.524), "agrees"),
        ((0.30, 0.40), "below"),
        ((0.60, 0.53), "above"),
        ((0.40, 0.50), "partly"),
        ((0.40, 0.60), "partly"),
        ((0.45, None), "partly"),
    ],
)
def test_a_row_agrees_only_where_every_book_does(values: tuple[float | None, ...], agreement: str) -> None:
    assert Row(HOLDERS, values).agreement == agreement


def test_the_page_tells_what_differs_and_why_and_leaves_out_what_agrees() -> None:
    rows = [Row(HOLDERS, (0.5, 0.5, 0.5)), Row(RICH, (0.0001, 0.0002, 0.0003))]

    page = written_page(rows, "en")
    differences = page.split("## Where it differs")[1].split("##")[0]

    assert "| 0.01 % | 0.02 % | 0.03 % | **below** |" in page
    assert RICH.differs is not None
    assert RICH.differs.en in differences
    assert HOLDERS.name.en not in differences


def test_the_same_seeds_give_the_same_rows_and_leave_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    span = {"first": date(2009, 6, 1), "last": date(2009, 10, 31)}

    once, again = (compared(clients=200, **span, seeds=(1, 2)) for _ in range(2))

    assert once == again
    assert once[0].simulated[0] != once[0].simulated[1]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_tables_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="clients"):
        measure(tmp_path)
