"""SIGKILL at random moments of `wanliu warn`: the old result or the new, never between."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.brokerage import write_brokerage
from wanliu.cli import main

KILLS = [pytest.param(5, id="a few"), pytest.param(20, id="many", marks=pytest.mark.slow)]


def started(book: Path, out: Path, rules: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "wanliu", "warn", str(book), "--as-of", "2009-10-31", "--rules", rules]
    return subprocess.Popen([*command, "-o", str(out), "--replace"])


def contents(out: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in out.iterdir() if file.name != "run.json"}


@pytest.mark.parametrize("kills", KILLS)
def test_kill_leaves_the_old_result_or_the_new(kills: int, tmp_path: Path) -> None:
    moments = random.Random(20091031)
    book, out = tmp_path / "book", tmp_path / "out"
    assert main(["seal", str(write_brokerage(tmp_path / "raw")), "-o", str(book)]) == 0
    whole = {}
    for rules in ("guide", "standard"):
        begun = time.perf_counter()
        assert started(book, out, rules).wait() == 0
        seconds = time.perf_counter() - begun
        whole[rules] = contents(out)

    hit = 0
    for number in range(kills):
        process = started(book, out, ("guide", "standard")[number % 2])
        try:
            process.wait(timeout=moments.uniform(0, seconds))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        hit += process.wait() == -signal.SIGKILL
        assert contents(out) in whole.values()

    assert hit >= kills / 2, "most kills must meet a process at work"
    assert started(book, out, "guide").wait() == 0
    assert contents(out) == whole["guide"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book", "out", "raw"]
