"""How well signs alone tell why a client leaves, on the simulated brokerage, whose reasons are known.

    python -m benchmarks.skill_reasons [--clients 20000] [--seed 7] [--keep FOLDER]

Clients who leave are looked at as they were a month before. The weights of the evidence come from the guide
and from sense; none was fitted to this truth, and the simulator was not made after them. The baseline knows
the priors and nothing of the client. Writes ``benchmarks/results/reasons.md``.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlglot import select

from benchmarks.machine import Conditions
from wanliu.advice.client import client_of
from wanliu.advice.observed import observed
from wanliu.book.calendar import months_earlier
from wanliu.book.engine import duckdb_engine
from wanliu.book.history import reader
from wanliu.book.seal import seal
from wanliu.book.sealed import Book, is_sealed
from wanliu.playbook.items import REASONS
from wanliu.playbook.load import load as load_playbook
from wanliu.reasons.signs import Weighed, deserves_a_name, weigh
from wanliu.ruleset import load as load_rules
from wanliu.simulator import simulate
from wanliu.warning.one import Result, rows_of
from wanliu.warning.run import Run, days_between, plan_of

RESULT = Path(__file__).parent / "results" / "reasons.md"
CLIENTS, SEED = 20_000, 7
FIRST, LAST = date(2008, 1, 1), date(2009, 12, 31)
AHEAD = timedelta(days=30)
HISTORY_MONTHS = 7
"""Nobody is asked about before the book has this much history: the signs look back half a year."""
FIRST_FEW = 3
CONFIDENCE = 1.96
"""Standard deviations of a 95 % interval."""
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Leaver:
    """One client of the truth: why, and on which day we look."""

    client_id: str
    reason: str
    as_of: date


@dataclass(frozen=True)
class Judged:
    """What the signs said of one leaver."""

    leaver: Leaver
    weighed: tuple[Weighed, ...]
    named: bool

    @property
    def first(self) -> str:
        return self.weighed[0].reason

    @property
    def said(self) -> str:
        """The reason that an adviser would read, or that none is told."""
        return self.first if self.named else UNKNOWN

    def among(self, number: int) -> float:
        """The chance that the reason is among the first so many; those with equal shares come in any order."""
        shares = {one.reason: round(one.probability, 9) for one in self.weighed}
        own = shares[self.leaver.reason]
        before = sum(share > own for share in shares.values())
        alike = sum(share == own for share in shares.values())
        return min(1.0, max(0.0, (number - before) / alike))


def main() -> None:
    given = _given()
    if given.keep:
        judged, left_out = _judge(given.keep, given.clients, given.seed)
    else:
        with TemporaryDirectory(prefix="wanliu-reasons-") as folder:
            judged, left_out = _judge(Path(folder), given.clients, given.seed)
    text = "\n".join(_page(judged, left_out, given.clients, given.seed)) + "\n"
    RESULT.write_text(text, encoding="utf-8")
    print(text)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--keep", type=Path, help="folder in which the brokerage is made, or was before")
    return parser.parse_args()


def _judge(folder: Path, clients: int, seed: int) -> tuple[list[Judged], int]:
    """Every leaver who is judged, and how many leavers are not (minors, employees, opted out …)."""
    raw, path = folder / f"raw-{clients}-{seed}", folder / f"book-{clients}-{seed}"
    if not is_sealed(path):
        simulate(raw, clients=clients, first=FIRST, last=LAST, seed=seed, format="parquet")
        seal(raw, path)
    book = Book.open(path)
    leavers = list(_leavers(raw.with_name(f"{raw.name}.truth") / "paths.csv", book))
    results = _results(book, leavers)
    told = [one for one in leavers if (one.client_id, one.as_of) in results]
    return list(_weighed(book, told, results)), len(leavers) - len(told)


def _leavers(truth: Path, book: Book) -> Iterator[Leaver]:
    """Those who left inside the book, planted stories apart; each on the last trading day of a week, which is
    30 to 36 days before, so that many share a day."""
    since = months_earlier(FIRST, -HISTORY_MONTHS)
    weeks = days_between(book.calendar, since, LAST, "week")
    with truth.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["story"] or not row["left_on"] or date.fromisoformat(row["left_on"]) > LAST:
                continue
            ahead = date.fromisoformat(row["left_on"]) - AHEAD
            if days := [day for day in weeks if day <= ahead]:
                yield Leaver(row["client_id"], row["reason"], days[-1])


def _results(book: Book, leavers: Sequence[Leaver]) -> dict[tuple[str, date], Result]:
    """The signs of the rule set ``standard``, for the leavers on their days alone."""
    asked = {(one.client_id, one.as_of) for one in leavers}
    plan = plan_of(book, load_rules("standard"), sorted({one.as_of for one in leavers}), accept_gaps=True)
    listed = ", ".join(f"('{id}', DATE '{day}')" for id, day in sorted(asked))
    found: dict[tuple[str, date], Result] = {}
    with duckdb_engine() as engine:
        for _ in Run(plan, engine).chunks():
            for row in rows_of(engine, select("*").from_("chunk").where(f"(client_id, as_of) IN ({listed})")):
                found[(row["client_id"], row["as_of"])] = row
    return found


def _weighed(
    book: Book, leavers: Iterable[Leaver], results: dict[tuple[str, date], Result]
) -> Iterator[Judged]:
    reasons, rules = load_playbook().reasons, load_rules("standard").rules
    for one in leavers:
        with reader() as connection:
            client = client_of(book, one.client_id, one.as_of, connection)
        seen = observed(client, rules, results[one.client_id, one.as_of], book)
        weighed = weigh(reasons, seen)
        yield Judged(one, weighed, deserves_a_name(weighed))


def _page(judged: Sequence[Judged], left_out: int, clients: int, seed: int) -> Iterator[str]:
    now = Conditions.now()
    yield "# Reasons from signs, on the simulator's truth"
    yield ""
    yield (
        f"{now.day}, Python {now.python}: {clients:,} simulated clients, {FIRST} to {LAST}, seed {seed}; "
        f"{len(judged):,} leavers 30 to 36 days before they leave ({left_out} more are not judged: not persons, "
        "employees, opted out …). Signs alone, rule set `standard`, no words. Intervals: 95 % (Wilson)."
    )
    yield ""
    yield (
        "The weights come from the guide and from sense; none was fitted to this truth, whose world is made up: "
        "the figures say whether the machinery works, not how often it will be right in a real branch."
    )
    yield from ("", "| | signs | baseline: priors alone |", "| --- | --- | --- |")
    for name, number in (("right at first place", 1), (f"right among the first {FIRST_FEW}", FIRST_FEW)):
        mine = _share(sum(one.among(number) for one in judged), len(judged))
        yield f"| {name} | {mine} | {_even(number)} |"
    named = [one for one in judged if one.named]
    yield f"| a reason is named | {_share(len(named), len(judged))} | 0 |"
    right = sum(one.first == one.leaver.reason for one in named)
    said = sum(one.weighed[0].probability for one in named) / max(1, len(named))
    yield f"| right where one is named | {_share(right, len(named))} (it claimed {said:.2f}) | – |"
    yield from ("", *_by_reason(judged), "", "Rows: the truth; columns: what was named.", "", *_matrix(judged))


def _even(number: int) -> str:
    """All reasons start alike, so the baseline is chance."""
    return f"{number / len(REASONS):.3f}"


def _by_reason(judged: Sequence[Judged]) -> Iterator[str]:
    yield f"| reason | leavers | first | first {FIRST_FEW} | named |"
    yield "| --- | --- | --- | --- | --- |"
    for reason in REASONS:
        own = [one for one in judged if one.leaver.reason == reason]
        first, few = (_share(sum(one.among(number) for one in own), len(own)) for number in (1, FIRST_FEW))
        yield f"| `{reason}` | {len(own)} | {first} | {few} | {_share(sum(one.named for one in own), len(own))} |"


def _matrix(judged: Sequence[Judged]) -> Iterator[str]:
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for one in judged:
        counted[one.leaver.reason][one.said] += 1
    columns = (*REASONS, UNKNOWN)
    yield "| | " + " | ".join(columns) + " |"
    yield "| --- |" + " ---: |" * len(columns)
    for reason in REASONS:
        cells = (counted[reason][column] for column in columns)
        yield f"| **{reason}** | " + " | ".join(str(cell) if cell else "·" for cell in cells) + " |"


def _share(hits: float, of: int) -> str:
    """With its Wilson interval."""
    if not of:
        return "–"
    share, square = hits / of, CONFIDENCE**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = CONFIDENCE * sqrt(share * (1 - share) / of + square / (4 * of**2)) / (1 + square / of)
    return f"{share:.3f} ({max(0.0, middle - half):.3f}–{min(1.0, middle + half):.3f})"


if __name__ == "__main__":
    main()
