"""What the README shows is what the demonstration prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wanliu.cli import main

ROOT = Path(__file__).resolve().parents[1]
PAGES = {"zh": "README.zh-CN.md", "en": "README.md"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "demo"
    assert main(["demo", str(folder), "--no-serve"]) == 0
    return folder


@pytest.mark.parametrize("language", PAGES)
def test_readme_shows_what_the_demonstration_prints(
    language: str, demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "88")
    page = (ROOT / PAGES[language]).read_text("utf-8")
    shown = re.search(r"```text\n(.*?)\n```", page, re.DOTALL)
    capsys.readouterr()

    out = demo.with_name(f"warned-{language}")
    command = [
        "warn",
        str(demo / "home" / "book"),
        "--as-of",
        "2009-10-31",
        "-o",
        str(out),
        "--signals",
        "fired",
    ]
    assert main([*command, "--lang", language]) == 0

    printed = capsys.readouterr().out
    assert shown is not None
    title, *tables = shown[1].split("\n\n")
    assert title.splitlines()[0] in printed
    for table in tables:
        assert table in printed


def test_demonstration_leaves_a_folder_alone_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")

    assert main(["demo", str(tmp_path)]) == 2
    assert (tmp_path / "mine.txt").read_text("utf-8") == "mine"
