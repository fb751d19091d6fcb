"""A model of a large book: fitted within memory and minutes, and a day scored, held against ``warn``.

    python -m benchmarks.training FOLDER [--clients N] [--memory SIZE] [--out RESULTS]

The book is that of ``benchmarks.books`` and is made in FOLDER, unless it is there. Each figure is a whole
process: ``wanliu model fit --book`` over the months that its windows allow, ``wanliu warn`` and ``wanliu
model score`` on the last day; the last two take turns, so that a busy machine slows both alike.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.books import FIRST, LAST, book_of
from benchmarks.machine import Conditions
from benchmarks.measuring import Once, run_once
from wanliu.book.sealed import Book

LEARNT_FROM = date(2008, 10, 31)
"""The first month's end whose longest window lies in the book."""
LISTED = 1000
"""Clients whose contributions are told."""
TURNS = 3
ASKED_FIT, ASKED_RATIO = "≤ 15 min, ≤ 6 GiB", 5
GIB = 1 << 30
WANLIU = (sys.executable, "-m", "wanliu")


@dataclass(frozen=True)
class Result:
    """One fit, and the turns of warning and scoring."""

    clients: int
    fit: Once
    warned: tuple[Once, ...]
    scored: tuple[Once, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clients", type=int, default=1_000_000)
    parser.add_argument("--memory", default="2GB", help="what the engine may take")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    given = parser.parse_args()
    book = book_of(given.folder, given.clients)
    conditions = Conditions.now()
    with TemporaryDirectory(prefix="wanliu-training-", dir=given.folder) as name:
        result = _measured(book, Path(name), given.clients, given.memory)
    page = _page(result, given.memory, conditions.ended())
    print(page)
    (given.out / "training.md").write_text(page, encoding="utf-8")


def _measured(book: Book, folder: Path, clients: int, memory: str) -> Result:
    model, engine = folder / "model", ("--memory", memory)
    span = ("--from", f"{LEARNT_FROM}", "--to", f"{LAST}")
    fit = run_once((*WANLIU, "model", "fit", "--book", f"{book.path}", *span, *engine, "-o", f"{model}"))
    print(f"fit: {fit}", flush=True)
    warned, scored = [], []
    day = ("--as-of", f"{LAST}")
    warn = (*WANLIU, "warn", f"{book.path}", *day, "--rules", "standard", *engine)
    score = (*WANLIU, "model", "score", f"{model}", "--book", f"{book.path}", *day, *engine)
    for turn in range(TURNS):
        warned.append(run_once((*warn, "-o", f"{folder / f'warned-{turn}'}")))
        scored.append(run_once((*score, "--explain", f"{LISTED}", "-o", f"{folder / f'{turn}.csv'}")))
        print(f"warn: {warned[-1]}\nscore: {scored[-1]}", flush=True)
    return Result(clients, fit, tuple(warned), tuple(scored))


def _page(result: Result, memory: str, told: Conditions) -> str:
    fit, peak = result.fit, max(once.peak for once in result.scored)
    return f"""# Learning from a large book

`python -m benchmarks.training` made this page. {result.clients:,} clients, {FIRST} to {LAST}; learnt from the
months' ends from {LEARNT_FROM} on, with a trial on later months; the engine was given {memory}.

{told.cores} cores ({told.processor}), Python {told.python}, {told.day} {told.began}–{told.end}, load
{told.load_before} before, {told.load_after} after.

| process | wall | processor | most memory | asked |
| --- | --- | --- | --- | --- |
| fit | {_minutes(fit.seconds)} min | {_minutes(fit.processor)} min | {fit.peak / GIB:.1f} GiB | {ASKED_FIT} |
| warn, standard | {_wall(result.warned):.1f} s | {_processor(result.warned):.1f} s | | |
| score, {LISTED:,} clients explained | {_wall(result.scored):.1f} s | {_processor(result.scored):.1f} s \
| {peak / GIB:.1f} GiB | |
| **score ÷ warn** | **{_wall(result.scored) / _wall(result.warned):.2f}** \
| **{_processor(result.scored) / _processor(result.warned):.2f}** | | ≤ {ASKED_RATIO} |

Warn and score are medians of {TURNS} turns on the last day of the book.
"""


def _wall(turns: tuple[Once, ...]) -> float:
    return statistics.median(once.seconds for once in turns)


def _processor(turns: tuple[Once, ...]) -> float:
    return statistics.median(once.processor for once in turns)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f}"


if __name__ == "__main__":
    main()
