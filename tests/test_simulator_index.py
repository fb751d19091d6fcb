"""A made-up brokerage in a market that was: the closes of a file, newest first, as such files come."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from tests.simulated import rows
from wanliu.cli import main
from wanliu.errors import UsageError
from wanliu.simulator import read_index

# real closes of the Shanghai Composite Index around 2008-10-28, as everybody knows them
CLOSES = """Date,Close,Volume
2008-10-29,1719.81,8
2008-10-28,1771.82,9
2008-10-27,1723.35,9
2008-10-24,1839.62,7
"""


@pytest.fixture
def index(tmp_path: Path) -> Path:
    file = tmp_path / "index.csv"
    file.write_text(CLOSES, encoding="utf-8-sig")
    return file


def simulated(out: Path, index: Path, first: str, last: str) -> int:
    span = ["--from", first, "--to", last, "--clients", "40", "--seed", "3"]
    return main(["simulate", str(out), *span, "--format", "csv", "--index", str(index)])


def test_market_moves_as_the_index_did(tmp_path: Path, index: Path) -> None:
    assert simulated(tmp_path / "made", index, "2008-10-27", "2008-10-29") == 0

    with (tmp_path / "made.truth" / "market.csv").open(encoding="utf-8") as file:
        told = {row["date"]: float(row["index_return"]) for row in csv.DictReader(file)}
    assert list(told) == ["2008-10-27", "2008-10-28", "2008-10-29"]
    moved = [1723.35 / 1839.62 - 1, 1771.82 / 1723.35 - 1, 1719.81 / 1771.82 - 1]
    assert list(told.values()) == pytest.approx(moved, abs=1e-6)
    assert list(rows(tmp_path / "made", "assets"))


def test_a_first_day_without_a_day_before_it_stands_still(tmp_path: Path, index: Path) -> None:
    assert simulated(tmp_path / "made", index, "2008-10-24", "2008-10-27") == 0

    with (tmp_path / "made.truth" / "market.csv").open(encoding="utf-8") as file:
        assert float(next(csv.DictReader(file))["index_return"]) == 0


def test_a_trading_day_that_the_index_lacks_is_named(
    tmp_path: Path, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulated(tmp_path / "made", index, "2008-10-27", "2008-10-31") == 2

    assert "2008-10-30" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "line", ["2008-10-24,1839.62", "2008-10-23,0", "2008-10-23,nan", "2008-10-23", "23.10.2008,1875.56"]
)
def test_a_line_that_is_no_close_is_named(index: Path, line: str) -> None:
    index.write_text(CLOSES + line + "\n", encoding="utf-8")

    with pytest.raises(UsageError, match="第 6 行"):
        read_index(index)


def test_closes_come_by_day(index: Path) -> None:
    assert read_index(index)[0] == (date(2008, 10, 24), 1839.62)
