"""How fast, how large, and against what: one run on one machine, written down as a table and as JSON.

    python benchmarks/speed.py [--clients 1000000] [--skip-peers] [--books DIR] [--note TEXT]

Every figure is of a whole process, start-up and writing included. Books are made once and kept in DIR.
Before any peer is timed, its answer is compared with ours, row by row and field by field, on a smaller book.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.asking import asked_of, bare_scan
from benchmarks.books import book_of, delivery_of, made_in
from benchmarks.machine import Conditions
from benchmarks.measuring import ROOT, Failed, Measured, measured, run_once
from benchmarks.results import Result, write_results
from wanliu.book.sealed import Book
from wanliu.ruleset import load
from wanliu.warning.run import plan_of

AS_OF = date(2009, 10, 31)
FIRST_MONTH_END, LAST_MONTH_END = "2008-01-31", "2009-12-31"
CURVE = (10_000, 30_000, 100_000, 300_000, 1_000_000)
COMPARED_AT = 10_000
SEALED_AT = 100_000
PANDAS_AT = 100_000
SMALL_MEMORY = "2GB"
ROOMY_MEMORY = "3GB"
LONG_RUNS = 1
"""Times that a run of minutes is repeated."""


@dataclass
class Bench:
    """The books, a folder for what the measured processes leave, and what was found so far."""

    books: Path
    scratch: Path
    clients: int
    repeat: int
    result: Result = field(default_factory=Result)

    def book(self, clients: int) -> Book:
        return book_of(self.books, clients)

    @property
    def largest(self) -> Book:
        return self.book(self.clients)

    @property
    def out(self) -> Path:
        return self.scratch / "out"

    def time(self, name: str, command: Sequence[str], *, times: int | None = None) -> Measured:
        """Runs and prints one measure; what the run before left is cleared away off the clock."""
        found = measured(name, command, times=times or self.repeat, before=self.clear)
        self.result.add(found)
        return found

    def clear(self) -> None:
        shutil.rmtree(self.out, ignore_errors=True)

    def warn(self, book: Book, *options: str) -> list[str]:
        return [*module("wanliu"), "warn", str(book.path), "-o", str(self.out), "--lang", "en", *options]

    def one_day(self, book: Book, rules: str, *options: str) -> list[str]:
        return self.warn(book, "--as-of", AS_OF.isoformat(), "--rules", rules, *options)

    def month_ends(self, book: Book, rules: str, *options: str) -> list[str]:
        span = ("--from", FIRST_MONTH_END, "--to", LAST_MONTH_END, "--every", "month-end")
        return self.warn(book, *span, "--rules", rules, *options)

    def scan(self, book: Book, rules: str) -> list[str]:
        queries = bare_scan(plan_of(book, load(rules), [AS_OF]))
        file = self.scratch / f"scan-{rules}.json"
        file.write_text(json.dumps(queries), encoding="utf-8")
        return [*module("benchmarks.peers.scan"), str(file)]

    def peer(self, tool: str, book: Book) -> list[str]:
        file = self.scratch / f"asked-{book.path.name}.json"
        file.write_text(asked_of(book, AS_OF).to_json(), encoding="utf-8")
        return [*module(f"benchmarks.peers.{tool}_guide"), str(file), str(self.out)]


def module(name: str) -> list[str]:
    return [sys.executable, "-m", name]


def main(arguments: Sequence[str] | None = None) -> int:
    given = options().parse_args(arguments)
    given.books.mkdir(parents=True, exist_ok=True)
    conditions = Conditions.now(note=given.note)
    with TemporaryDirectory(prefix="speed-", dir=given.books) as scratch:
        bench = Bench(given.books.resolve(), Path(scratch).resolve(), given.clients, given.repeat)
        warm_up(bench)
        bench.result.book = made_in(bench.books, bench.largest)
        for part in given.parts or PARTS:
            if part != "peers" or not given.skip_peers:
                PARTS[part](bench)
            # after each part: what was found so far outlives an interruption
            written = write_results(bench.result, conditions.ended(), given.results)
    print(f"\n{written.read_text(encoding='utf-8')}")
    return 0 if bench.result.is_whole else 1


def warm_up(bench: Bench) -> None:
    """One run off the clock, so that no measured process has to compile the program's modules."""
    run_once(bench.one_day(bench.book(min(COMPARED_AT, bench.clients)), "standard"))
    bench.clear()


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=CURVE[-1], help="clients of the largest book")
    parser.add_argument("--parts", nargs="+", choices=PARTS, help="only these parts (default: all)")
    parser.add_argument("--skip-peers", action="store_true", help="leave out Polars, PySpark and pandas")
    parser.add_argument(
        "--books", type=Path, default=ROOT / "build" / "books", help="where the books are kept"
    )
    parser.add_argument("--repeat", type=int, default=3, help="runs of each measure; the median counts")
    parser.add_argument(
        "--results", type=Path, default=ROOT / "benchmarks" / "results", help="where the report goes"
    )
    parser.add_argument("--note", default="", help="what else was going on, for the report")
    return parser


# --- (a) one day, (b) many days ----------------------------------------------------------------------


def one_day(bench: Bench) -> None:
    """The whole command against the bare scan, both from a warm page cache."""
    for rules, most in (("guide", 3.0), ("standard", 6.0)):
        scan = bench.time(f"bare scan, {rules}", bench.scan(bench.largest, rules))
        run = bench.time(f"one day, {rules}", bench.one_day(bench.largest, rules))
        bench.result.ratio(f"one day ÷ bare scan, {rules}", run, scan, at_most=most)


def many_days(bench: Bench) -> None:
    """The month-ends of two years in one go; one day is timed beside them, under the same load."""
    bounds: dict[str, dict[str, float | None]] = {
        "guide": {"all": 12.0, "fired": 6.0},
        "standard": {"all": None, "fired": None},
    }
    for rules, asked in bounds.items():
        day = bench.time(f"one day beside 24 month-ends, {rules}", bench.one_day(bench.largest, rules))
        for kept, most in asked.items():
            command = bench.month_ends(bench.largest, rules, "--signals", kept)
            run = bench.time(f"24 month-ends, {rules}, --signals {kept}", command, times=LONG_RUNS)
            name = f"24 month-ends ÷ one day, {rules}, --signals {kept}"
            bench.result.ratio(name, run, day, at_most=most)


# --- (c) the same signs by hand -------------------------------------------------------------------------


def equal_answers(bench: Bench) -> dict[str, list[str]]:
    """Each tool's differences from our answer on the smaller book; an empty list where it is equal."""
    book = bench.book(min(COMPARED_AT, bench.clients))
    ours = bench.scratch / "ours"
    bench.clear()
    run_once(bench.one_day(book, "guide"))
    bench.out.rename(ours)
    found = {tool: _differences(bench, tool, book, ours) for tool in ("polars", "spark", "pandas")}
    bench.result.answers(book.path.name, found)
    return found


def _differences(bench: Bench, tool: str, book: Book, ours: Path) -> list[str]:
    bench.clear()
    try:
        run_once(bench.peer(tool, book))
    except Failed as failure:
        return [str(failure)]
    compared = subprocess.run(
        [*module("benchmarks.comparing"), str(ours), str(bench.out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return [] if compared.returncode == 0 else compared.stdout.splitlines() or [compared.stderr[-500:]]


def peers(bench: Bench) -> None:
    equal = equal_answers(bench)
    sizes = {"polars": bench.clients, "spark": bench.clients, "pandas": min(PANDAS_AT, bench.clients)}
    least = {"polars": 1.0, "spark": 5.0, "pandas": 15.0}
    for tool, clients in sizes.items():
        book = bench.book(clients)
        times = LONG_RUNS if tool == "spark" else bench.repeat
        theirs = bench.time(
            f"by hand in {tool}, guide, {clients:,} clients", bench.peer(tool, book), times=times
        )
        # beside each other, so that both meet the machine in the same mood
        ours = bench.time(f"ours beside {tool}, guide, {clients:,} clients", bench.one_day(book, "guide"))
        suffix = "" if not equal[tool] else " (answers differ)"
        bench.result.ratio(f"{tool} ÷ ours, {clients:,} clients{suffix}", theirs, ours, at_least=least[tool])


# --- (d) cost curve, (e) memory, (f) history, sealing ----------------------------------------------------


def cost_curve(bench: Bench) -> None:
    for clients in curve(bench.clients):
        for rules in ("guide", "standard"):
            run = bench.time(
                f"curve, {rules}, {clients:,} clients", bench.one_day(bench.book(clients), rules)
            )
            bench.result.point(rules, clients, run)


def curve(largest: int) -> Iterator[int]:
    yield from (clients for clients in CURVE if clients < largest)
    yield largest


def memory(bench: Bench) -> None:
    """Peak memory of one day, with room and with little; ``standard`` is the larger of the two rule sets."""
    for limit in (ROOMY_MEMORY, SMALL_MEMORY, "1GB"):
        for rules in ("guide", "standard"):
            command = bench.one_day(bench.largest, rules, "--memory", limit)
            run = bench.time(f"one day, {rules}, --memory {limit}", command, times=LONG_RUNS)
            bench.result.peak(f"peak of one day, {rules}, --memory {limit}", run)


def history(bench: Bench) -> None:
    told = bench.scratch / "history.json"
    try:
        run_once([*module("benchmarks.history"), str(bench.largest.path)], out=told)
    except Failed as failure:
        bench.result.add(Measured("one client's history", (), str(failure)))
        return
    bench.result.history(json.loads(told.read_text(encoding="utf-8")), at_most=100)


def sealing(bench: Bench) -> None:
    """``wanliu seal`` of the same rows as a raw Parquet delivery: checks, sums, sorts and writes."""
    book = bench.book(min(SEALED_AT, bench.clients))
    raw = delivery_of(book, bench.scratch / "delivery")
    command = [*module("wanliu"), "seal", str(raw), "-o", str(bench.out), "--lang", "en"]
    bench.time(f"sealing a delivery, {min(SEALED_AT, bench.clients):,} clients", command, times=LONG_RUNS)
    bench.clear()


PARTS: dict[str, Callable[[Bench], None]] = {
    "one-day": one_day,
    "peers": peers,
    "curve": cost_curve,
    "memory": memory,
    "history": history,
    "sealing": sealing,
    "many-days": many_days,
}


if __name__ == "__main__":
    sys.exit(main())
