"""``wanliu commission study``: the folder in both languages, refusals in words, faults and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.commission.test_study_risk_sets import WHO, the_book
from wanliu.cli import main
from wanliu.simulator import simulate

SPAN = ("--from", "2008-01-02", "--to", "2009-06-30")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few hundred made-up clients: too few cuts for anything but a refusal."""
    from datetime import date

    folder = tmp_path_factory.mktemp("studied")
    simulate(
        folder / "book", clients=300, first=date(2008, 1, 2), last=date(2009, 6, 30), seed=6, price_effect=0.8
    )
    assert main(["seal", str(folder / "book"), "-o", str(folder / "sealed")]) == 0
    return folder / "sealed"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_small_book_is_refused_in_words_and_leaves_its_folder(
    book: Path, tmp_path: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"

    assert main(["commission", "study", str(book), *SPAN, "-o", str(out), "--lang", language]) == 0

    told = capsys.readouterr().out
    assert ("这些数据回答不了" if language == "zh" else "not decidable with these data") in told
    page = (out / "study.html").read_text("utf-8")
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    account = json.loads((out / "run.json").read_text("utf-8"))
    assert {one["verdict"] for one in account["answers"]} == {"undecidable"}
    effects = pq.read_table(out / "effects.parquet").to_pylist()
    assert all((row["effect"] is None) == (row["refused"] is not None) for row in effects)
    assert (out / "study.xlsx").exists()
    assert "client_id" not in effects[0]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--cost", "cut=3"), "no cost"),
        (("--cost", "contact"), "no cost"),
        (("--cost", "contact=-3"), "no cost"),
        (("--cost", "contact=much"), "no amount"),
        (("--from", "2009-06-30", "--to", "2008-01-02"), "Swap them"),
        (("--from", "2009-05-01", "--to", "2009-06-30"), "No week"),
    ],
)
def test_bad_input_gets_a_sentence_and_leaves_nothing(
    book: Path, tmp_path: Path, more: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"

    assert main(["commission", "study", str(book), *SPAN, *more, "-o", str(out), "--lang", "en"]) == 2

    assert says in capsys.readouterr().err
    assert not out.exists()


def test_a_folder_that_is_there_is_not_overwritten(book: Path, tmp_path: Path) -> None:
    assert main(["commission", "study", str(book), *SPAN, "-o", str(tmp_path)]) == 2


def test_a_book_of_a_few_days_has_no_week(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    the_book(tmp_path / "book", {who: who for who in WHO})
    days = ("--from", "2026-01-01", "--to", "2026-06-30")

    assert (
        main(
            ["commission", "study", str(tmp_path / "book"), *days, "-o", str(tmp_path / "o"), "--lang", "en"]
        )
        == 2
    )

    assert "No week" in capsys.readouterr().err
