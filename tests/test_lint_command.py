"""``wanliu lint`` as people and programs use it: rows, exit codes, bad input."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from wanliu.cli import main

KEYS = {"rule", "severity", "start", "end", "found", "basis", "instead"}


def written(tmp_path: Path, content: bytes) -> str:
    file = tmp_path / "said.txt"
    file.write_bytes(content)
    return str(file)


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_rows_are_as_agreed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, "您好，请坐\n我们保证收益\n我们是最好的券商\n我们不能保证收益\n".encode())

    code = main(["lint", file, "--format", "json", "--lang", "zh"])

    told = rows(capsys)
    assert code == 1
    assert [set(row) for row in told] == [{"line", "text", "verdict", "hits"}] * 4
    assert [row["line"] for row in told] == [1, 2, 3, 4]
    assert [row["verdict"] for row in told] == ["pass", "block", "warn", "pass"]
    hits = [hit for row in told for hit in row["hits"]]  # type: ignore[attr-defined]  # JSON has no types
    assert [(hit["rule"], hit["severity"], hit["found"]) for hit in hits] == [
        ("H01", "block", "保证收益"),
        ("H11", "warn", "我们是最好"),
        ("H01", "info", "保证收益"),
    ]
    assert all(set(hit) == KEYS for hit in hits)
    assert "证券法" in hits[0]["basis"]


def test_nothing_blocked_is_exit_code_0(tmp_path: Path) -> None:
    file = written(tmp_path, "我们是最好的券商\n今天休市\n".encode())

    assert main(["lint", file]) == 0
    assert main(["lint", file, "--channel", "mass"]) == 1


def test_pipe_gets_a_json_object_a_line_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["lint", written(tmp_path, "今天休市\n".encode())])

    assert rows(capsys)[0]["verdict"] == "pass"


def test_stage_and_adviser_matter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, "再给我们一次机会吧\n建议您买入这只股票\n".encode())

    main(["lint", file, "--format", "json"])
    plainly = [row["verdict"] for row in rows(capsys)]
    main(["lint", file, "--format", "json", "--stage", "exit", "--adviser"])
    otherwise = [row["verdict"] for row in rows(capsys)]

    assert plainly == ["pass", "block"]
    assert otherwise == ["warn", "pass"]


def test_words_for_a_person_name_offence_basis_and_better_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, "保 本的，您放心\n".encode())

    main(["lint", file, "--format", "text", "--lang", "zh"])
    chinese = capsys.readouterr().out
    main(["lint", file, "--format", "text", "--lang", "en"])
    english = capsys.readouterr().out

    assert "第 1 行 拦下" in chinese
    assert "H02 宣称保本或没有风险" in chinese
    assert "「保 本」" in chinese
    assert "依据：《证券法》第135条" in chinese
    assert "共 1 行：拦下 1，待审 0，通过 0。" in chinese
    assert "Securities Law art. 135" in english


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("我们保证收益".encode())))

    assert main(["lint", "-", "--format", "json"]) == 1
    assert len(rows(capsys)) == 1


def test_empty_file_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", written(tmp_path, b""), "--format", "json"]) == 0
    assert rows(capsys) == []


def test_empty_and_strange_lines_are_not_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["", "我们\x00保证\x1b收益", "\u2028", "\x85", "今天休市", "   "]
    file = written(tmp_path, "\n".join(lines).encode() + b"\n\xff\xfe\xb1\xa3\xb1\xbe\r\n" + "您好".encode())

    code = main(["lint", file, "--format", "json", "--lang", "en"])

    captured = capsys.readouterr()
    told = [json.loads(line) for line in captured.out.split("\n") if line]
    assert code == 1
    assert [row["text"] for row in told[:6]] == lines
    assert len(told) == 8
    assert told[1]["verdict"] == "block"
    assert "Line 7" in captured.err


def test_unknown_file_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "nowhere.txt", "--lang", "en"]) == 2
    assert "There is no file nowhere.txt" in capsys.readouterr().err


def test_without_the_extra_the_rules_work_and_say_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", _without("sklearn"))
    file = written(tmp_path, "我们保证收益\n今天休市\n".encode())

    code = main(["lint", file, "--format", "json", "--lang", "en"])

    captured = capsys.readouterr()
    assert code == 1
    assert [json.loads(line)["verdict"] for line in captured.out.splitlines()] == ["block", "pass"]
    assert "wanliu[text]" in captured.err


def _without(missing: str) -> object:
    import importlib.util

    real = importlib.util.find_spec

    def find(name: str, package: str | None = None) -> object:
        return None if name == missing else real(name, package)

    return find
