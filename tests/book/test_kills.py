"""SIGKILL at random moments of sealing and ingesting: the old state or the new, never between."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from tests.book.small_book import OCTOBER, write_assets, write_clients, write_trades
from wanliu.book.sealed import Book

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = [f"{number:06}" for number in range(300)]

KILLS = [pytest.param(5, id="a few"), pytest.param(20, id="many", marks=pytest.mark.slow)]


def write_delivery(folder: Path, cash: str) -> Path:
    """A month of a few hundred clients; another cash makes another state of the book.

    As Parquet, which is quick to read: the kills should meet the writing.
    """
    text = folder.with_name(f".{folder.name}")
    write_clients(text, *CLIENTS)
    write_assets(text, OCTOBER, *CLIENTS, cash=cash)
    write_trades(text, OCTOBER, *CLIENTS[:200])
    folder.mkdir()
    for file in text.iterdir():
        rows = duckdb.read_csv(str(file), all_varchar=True)
        rows.write_parquet(str(folder / f"{file.stem}.parquet"))
    shutil.rmtree(text)
    return folder


@contextmanager
def started(action: str, source: Path, book: Path) -> Iterator[subprocess.Popen[str]]:
    """The process, just before it begins to work."""
    command = [sys.executable, "-m", "tests.book.killed_run", action, str(source), str(book)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process


def run_whole(action: str, source: Path, book: Path) -> float:
    """Seconds that it takes unharmed."""
    with started(action, source, book) as process:
        start = time.perf_counter()
        assert process.wait() == 0
        return time.perf_counter() - start


def run_and_kill(action: str, source: Path, book: Path, after: float) -> bool:
    """Whether the process was still at work when it was killed."""
    with started(action, source, book) as process:
        try:
            process.wait(timeout=after)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL


def state(book: Path) -> str:
    opened = Book.open(book)
    opened.verify()
    return opened.fingerprint


@pytest.mark.parametrize("kills", KILLS)
@pytest.mark.parametrize("action", ["seal", "ingest"])
def test_kill_leaves_the_old_state_or_the_new(tmp_path: Path, action: str, kills: int) -> None:
    moments = random.Random(20091009)
    sources = [write_delivery(tmp_path / "in one", "1.00"), write_delivery(tmp_path / "in two", "2.00")]
    book = tmp_path / "book"
    run_whole("seal", sources[0], book)
    states = [state(book)]
    seconds = run_whole(action, sources[1], book)
    states.append(state(book))

    hit = 0
    for _ in range(kills):
        before = states.index(state(book))
        hit += run_and_kill(action, sources[1 - before], book, after=moments.uniform(0, seconds))
        assert state(book) in states

    assert hit >= kills / 2, "most kills must meet a process at work"
    run_whole(action, sources[0], book)
    assert state(book) == states[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book", "in one", "in two"]
    assert set(book.rglob("*.parquet")) == {book / part.path for part in Book.open(book).manifest.parts}


def test_kill_before_the_first_seal_ends_leaves_no_book_or_a_whole_one(tmp_path: Path) -> None:
    moments = random.Random(20091010)
    source = write_delivery(tmp_path / "in", "1.00")
    seconds = run_whole("seal", source, tmp_path / "measured")

    for number in range(3):
        book = tmp_path / f"book {number}"
        run_and_kill("seal", source, book, after=moments.uniform(0, seconds))
        assert not book.exists() or state(book) == state(tmp_path / "measured")
