"""``wanliu diagnose`` at the command line: a row for every line, whatever the file holds."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from wanliu.cli import main
from wanliu.cli.commands.diagnose import rounded
from wanliu.playbook.items import REASONS

LONG = 350_000


def rows_of(captured: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.splitlines()]


def written(folder: Path, content: bytes) -> str:
    file = folder / "said.txt"
    file.write_bytes(content)
    return str(file)


def test_diagnose_writes_one_row_a_line_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, "佣金太高，隔壁万一\r\n\n外甥在券商有任务\n你好".encode())

    assert main(["diagnose", file, "--format", "json"]) == 0

    rows = rows_of(capsys.readouterr().out)
    assert [row["line"] for row in rows] == [1, 2, 3, 4]
    assert [row["text"] for row in rows] == ["佣金太高，隔壁万一", "", "外甥在券商有任务", "你好"]
    assert [row["reasons"][0]["id"] for row in (rows[0], rows[2])] == ["commission_competition", "favor"]
    assert ["unknown" in row for row in rows] == [False, False, False, True]
    assert rows[3]["unknown"] is True


def test_diagnose_row_is_as_promised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["diagnose", written(tmp_path, "佣金太高".encode()), "--format", "json"])

    row = rows_of(capsys.readouterr().out)[0]
    shares = [reason["probability"] for reason in row["reasons"]]
    assert list(row) == ["line", "text", "reasons"]
    assert {reason["id"] for reason in row["reasons"]} == set(REASONS)
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1.0, abs=1e-12)


def test_diagnose_empty_line_has_no_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["diagnose", written(tmp_path, b"\n"), "--format", "json"])

    assert rows_of(capsys.readouterr().out) == [{"line": 1, "text": "", "reasons": []}]


@pytest.mark.parametrize("format", ["json", "text"])
def test_diagnose_empty_file_has_no_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], format: str
) -> None:
    assert main(["diagnose", written(tmp_path, b""), "--format", format]) == 0

    assert capsys.readouterr().out == ""


def test_diagnose_names_the_line_that_is_not_utf8_and_keeps_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, "佣金太高\n".encode() + "佣金太高\n".encode("gb18030") + "搬家了\n".encode())

    assert main(["diagnose", file, "--format", "json", "--lang", "zh"]) == 0

    captured = capsys.readouterr()
    assert [row["line"] for row in rows_of(captured.out)] == [1, 2, 3]
    assert "第 2 行" in captured.err
    assert "另存为 UTF-8" in captured.err


def test_diagnose_counts_the_broken_lines_it_does_not_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["diagnose", written(tmp_path, b"\xff\n" * 8), "--format", "json", "--lang", "en"])

    captured = capsys.readouterr()
    assert len(rows_of(captured.out)) == 8
    assert "8 lines in all" in captured.err
    assert "Line 6" not in captured.err


def test_diagnose_reads_past_a_byte_order_mark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["diagnose", written(tmp_path, "\ufeff佣金太高".encode()), "--format", "json"])

    assert rows_of(capsys.readouterr().out)[0]["text"] == "佣金太高"


def test_diagnose_refuses_utf16_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", written(tmp_path, "佣金太高".encode("utf-16")), "--lang", "zh"]) == 2

    assert "UTF-16" in capsys.readouterr().err


def test_diagnose_keeps_strange_characters_within_their_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strange = "佣金\x00太\x1b[31m高\u2028了\x85\x0b!"
    file = written(tmp_path, f"{strange}\n你好\n".encode())

    main(["diagnose", file, "--format", "json"])
    rows = rows_of(capsys.readouterr().out)
    main(["diagnose", file, "--format", "text"])
    shown = capsys.readouterr().out

    assert [row["text"] for row in rows] == [strange, "你好"]
    assert "\x1b" not in shown
    assert "\x00" not in shown


def test_diagnose_reads_a_line_of_a_megabyte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, ("佣" * LONG + "\n搬家了").encode())

    assert main(["diagnose", file, "--format", "json"]) == 0

    rows = rows_of(capsys.readouterr().out)
    assert [len(row["text"]) for row in rows] == [LONG, 3]
    assert len(rows[0]["reasons"]) == len(REASONS)


def test_diagnose_reads_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("搬家了，太远".encode())))

    assert main(["diagnose", "-", "--format", "json"]) == 0

    assert rows_of(capsys.readouterr().out)[0]["reasons"][0]["id"] == "relocation"


def test_diagnose_says_that_the_file_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", str(tmp_path / "nowhere.txt"), "--lang", "zh"]) == 2
    assert "找不到文件" in capsys.readouterr().err

    assert main(["diagnose", str(tmp_path), "--lang", "en"]) == 2
    assert "is a folder" in capsys.readouterr().err


def test_diagnose_without_scikit_learn_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "sklearn" else there(name))

    assert main(["diagnose", written(tmp_path, "你好".encode()), "--lang", "zh"]) == 4

    assert "pip install 'wanliu[text]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "name", "unknown"),
    [("zh", "居住搬迁", "听不出"), ("en", "Moved house", "No reason is heard")],
)
def test_diagnose_shows_a_person_names_and_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, name: str, unknown: str
) -> None:
    file = written(tmp_path, "搬家了，太远\n你好\n".encode())

    main(["diagnose", file, "--format", "text", "--lang", language])

    shown = capsys.readouterr().out
    assert name in shown
    assert "搬家" in shown.splitlines()[1]
    assert unknown in shown


@pytest.mark.parametrize("shares", [[1.0], [1 / 11] * 11, [0.5, 0.3, 0.2], [0.9999999, 1e-7]])
def test_rounded_shares_still_fall_and_are_one_in_all(shares: list[float]) -> None:
    told = rounded(shares)

    assert told == sorted(told, reverse=True)
    assert sum(told) == pytest.approx(1.0, abs=1e-12)
