"""``wanliu commission quote``: text, JSON and picture; both languages; faults with their exit codes."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.small_books import sealed_from
from wanliu.cli import main
from wanliu.compliance.lint import STAGES, Linter
from wanliu.playbook.items import Stage

DAYS = (date(2025, 1, 2), date(2026, 5, 6), date(2026, 10, 30))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("quoted") / "book"
    client = {
        "branch_id": "B",
        "opened_on": date(2020, 1, 2),
        "min_commission": 5,
        "commission_rate": "0.00025",
    }
    orders = [
        {"order_id": f"O{day:%m%d}{turnover}", "client_id": "C1", "date": day, "turnover": turnover,
         "commission": commission}
        for day in DAYS for turnover, commission in (("8900", "5.00"), ("100000", "25.00"))
    ]  # fmt: skip
    assets = [
        {"client_id": "C1", "date": DAYS[-1], "cash": 0, "position_value": 0, "net_assets": Decimal(400_000)}
    ]
    rows = {"clients": [{"client_id": "C1"} | client, {"client_id": "C2"} | client], "trades": orders}
    sealed_from({**rows, "assets": assets}, path)
    return path


def ask(book: Path, *more: str) -> int:
    return main(["commission", "quote", str(book), "--client", "C1", *more])


AGAINST = ("--against", "万1.5", "--min", "0")


def test_json_has_every_number_as_a_decimal(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(book, *AGAINST, "--format", "json", "--lang", "en") == 0

    told = json.loads(capsys.readouterr().out)

    assert (told["from"], told["to"], told["orders"]) == ("2025-10-31", "2026-10-30", 4)
    assert (told["turnover"], told["charged"], told["now"]["total"]) == ("217800.00", "60.00", "60.00")
    assert told["against"]["total"] == "32.68", "2 × 1.34 (1.335 half up) + 2 × 15.00"
    assert told["against"]["difference"] == "27.32"
    assert (told["against"]["rate_alone"], told["against"]["minimum_alone"]) == ("20.00", "5.54")
    assert (told["orders_on_minimum"], told["share_on_minimum"]) == (2, "0.500000")
    assert told["now"]["break_even"] == "20000.00"
    assert told["levies"] == "11.78", "2 × 0.48 + 2 × 5.41"
    assert (told["tier"]["id"], told["tier"]["next"]["assets_missing"]) == ("standard", "100000.00")
    assert told["agreement"]["agrees"] is True


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "一年少付 27.32 元"), ("en", "in a year 27.32 yuan less")]
)
def test_text_says_the_difference(
    book: Path, language: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(book, *AGAINST, "--lang", language) == 0

    assert words in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("stage", STAGES)
def test_every_sentence_may_be_said_to_a_client(
    book: Path, stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    linter = Linter.load()
    for more in (AGAINST, ("--against", "2.5‰", "--min", "5"), ("--now", "万3", "--now-min", "5"), ()):
        ask(book, *more, "--format", "json", "--lang", "zh")
        for sentence in json.loads(capsys.readouterr().out)["sentences"]:
            assert linter.lint(sentence, stage=stage).verdict == "pass", sentence


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_picture_names_the_terms_and_their_sums(book: Path, language: str, tmp_path: Path) -> None:
    file = tmp_path / "quote.svg"

    assert ask(book, *AGAINST, "--picture", str(file), "--lang", language) == 0

    drawn = file.read_text("utf-8")
    assert drawn.startswith("<svg")
    assert all(words in drawn for words in ("60.00", "32.68", "40.00", "54.46"))
    assert ("没有最低收费" if language == "zh" else "no minimum") in drawn
    assert "http" not in drawn.replace("http://www.w3.org/", ""), "nothing is fetched"


def test_a_png_is_drawn_too(book: Path, tmp_path: Path) -> None:
    ask(book, "--picture", str(tmp_path / "quote.png"))

    assert (tmp_path / "quote.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (("--against", "万1.5"), 2, "together"),
        (("--min", "5"), 2, "together"),
        (("--against", "2.5", "--min", "5"), 2, "no sign"),
        (("--against", "万1.5", "--min", "-1"), 2, "cannot be negative"),
        (("--against", "4‰", "--min", "5"), 2, "above the most allowed"),
        (("--as-of", "2030-01-01"), 2, "Choose another day"),
        (("--client", "C9"), 2, "does not have this number"),
        (("--tariff", "nowhere"), 3, "holds no tariff"),
        (("--picture", "quote.pdf"), 2, ".svg or .png"),
        (("--client", "C2", "--picture", "quote.svg"), 2, "nothing to draw"),
    ],
)
def test_bad_input_gets_a_clear_sentence(
    book: Path, more: tuple[str, ...], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(book, *more, "--lang", "en") == code

    said = capsys.readouterr()
    assert words in said.err and said.out == ""
