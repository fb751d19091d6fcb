"""Reasons from signs against the simulator's truth: a confusion matrix, beside the baseline of no evidence.

    python -m benchmarks.skill_reasons [--clients 20000] [--seed 11] [--out benchmarks/results]

Everyone who left with a known cause is judged at the last month's end that lies 30 days or more before
leaving, from the book alone. The weights in ``content/reasons`` were set from what the reasons mean before
this was first run, and are not fitted to it. One was mended afterwards, on another seed: half of
all clients pay more than the median, so that sign cannot make a reason three times as likely.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from wanliu.advice.client import client_of
from wanliu.advice.observed import observed
from wanliu.book.history import reader
from wanliu.book.sealed import Book
from wanliu.cli import main as wanliu
from wanliu.playbook.items import REASONS
from wanliu.playbook.load import load as load_playbook
from wanliu.reasons.together import rank
from wanliu.ruleset import load as load_rules

FIRST, LAST = date(2008, 1, 1), date(2009, 12, 31)
JUDGED_FROM, JUDGED_TO = date(2008, 10, 31), date(2009, 11, 30)
AHEAD = timedelta(days=30)
Z = 1.96


@dataclass(frozen=True)
class Case:
    """One leaver: the true reason, all reasons as ranked, and whether none was named."""

    truth: str
    ranked: tuple[str, ...]
    unknown: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--clients", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        cases = list(_cases(Path(folder), given.clients, given.seed))
    page = "\n".join(_page(cases, given.clients, given.seed)) + "\n"
    print(page)
    (given.out / "reasons.md").write_text(page, encoding="utf-8")
    (given.out / "reasons.json").write_text(json.dumps(_figures(cases), indent=2) + "\n", encoding="utf-8")


def _cases(folder: Path, clients: int, seed: int) -> Iterator[Case]:
    made, book, out = folder / "made", folder / "book", folder / "out"
    span = ("--from", FIRST.isoformat(), "--to", LAST.isoformat())
    _do("simulate", made, "--clients", clients, *span, "--seed", seed)
    _do("seal", made, "-o", book)
    days = ("--from", JUDGED_FROM.isoformat(), "--to", JUDGED_TO.isoformat(), "--every", "month-end")
    _do("warn", book, *days, "--rules", "standard", "-o", out, "--accept-gaps")
    leavers = list(_leavers(folder / "made.truth"))
    results = _results(out / "signals.parquet", leavers)
    sealed, rules, items = Book.open(book), load_rules("standard").rules, load_playbook().reasons
    with reader() as connection:
        for client_id, reason, on in leavers:
            client = client_of(sealed, client_id, on, connection)
            ranking = rank(items, observed(client, rules, results.get((client_id, on)), sealed))
            yield Case(reason, tuple(one.reason for one in ranking.reasons), ranking.unknown)


def _do(*words: object) -> None:
    if wanliu([str(word) for word in words]) != 0:
        raise SystemExit(f"failed: {' '.join(map(str, words))}")


def _leavers(truth: Path) -> Iterator[tuple[str, str, date]]:
    """Client, reason and the day of judgement; who left too early or too late for one is left out."""
    ends = [day for month in range(24) if JUDGED_FROM <= (day := _month_end(month)) <= JUDGED_TO]
    with (truth / "paths.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not row["left_on"] or date.fromisoformat(row["left_on"]) > LAST:
                continue
            latest = date.fromisoformat(row["left_on"]) - AHEAD
            before = [day for day in ends if day <= latest]
            if before and latest - before[-1] < timedelta(days=31):
                yield row["client_id"], row["reason"], before[-1]


def _month_end(number: int) -> date:
    year, month = FIRST.year + (number + 1) // 12, (number + 1) % 12 + 1
    return date(year, month, 1) - timedelta(days=1)


def _results(
    signals: Path, leavers: Iterable[tuple[str, str, date]]
) -> dict[tuple[str, date], Mapping[str, Any]]:
    wanted = {(client_id, on) for client_id, _, on in leavers}
    with duckdb.connect() as connection:
        table = connection.read_parquet(str(signals)).to_arrow_table()
    found: dict[tuple[str, date], Mapping[str, Any]] = {}
    for batch in table.to_batches():
        ids, days = batch.column("client_id").to_pylist(), batch.column("as_of").to_pylist()
        places = [n for n, key in enumerate(zip(ids, days, strict=True)) if key in wanted]
        for row in batch.take(places).to_pylist():
            found[row["client_id"], row["as_of"]] = {
                f"{sign}__{part}": value
                for sign, struct in row.items()
                if isinstance(struct, dict)
                for part, value in struct.items()
            }
    return found


# --- figures --------------------------------------------------------------------------------------------


def _figures(cases: Sequence[Case]) -> dict[str, Any]:
    named = [case for case in cases if not case.unknown]
    return {
        "leavers": len(cases),
        "named": _share(len(named), len(cases)),
        "first, of all": _share(sum(case.truth == case.ranked[0] for case in cases), len(cases)),
        "first, of those named": _share(sum(case.truth == case.ranked[0] for case in named), len(named)),
        "among three, of all": _share(sum(case.truth in case.ranked[:3] for case in cases), len(cases)),
        "baseline: always the commonest": _share(
            Counter(c.truth for c in cases).most_common(1)[0][1], len(cases)
        ),
        "baseline: three commonest": _share(
            sum(n for _, n in Counter(c.truth for c in cases).most_common(3)), len(cases)
        ),
    }


def _share(found: int, of: int) -> dict[str, float]:
    """A share with Wilson's interval of 95 %."""
    if not of:
        return {"share": float("nan"), "low": float("nan"), "high": float("nan")}
    share, spread = found / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * sqrt(share * (1 - share) / of + spread / (4 * of))
    return {"share": share, "low": middle - half, "high": middle + half}


def _page(cases: Sequence[Case], clients: int, seed: int) -> Iterator[str]:
    yield "# Reasons from signs alone, on a simulated brokerage\n"
    yield (
        f"{clients:,} clients, {FIRST} to {LAST}, seed {seed}; {len(cases):,} who left, judged at the last "
        "month's end at least 30 days before. No words, only the book. 70–80 % of the simulated leavers say "
        "nothing, and several causes leave no footprint of their own.\n"
    )
    yield "| figure | share | 95 % interval |\n| --- | --- | --- |"
    for name, value in _figures(cases).items():
        if isinstance(value, dict):
            yield f"| {name} | {value['share']:.1%} | {value['low']:.1%}–{value['high']:.1%} |"
    yield "\nRows: the true reason. Columns: the first reason named, or none (`unknown`).\n"
    columns = (*REASONS, "unknown")
    yield "| truth | " + " | ".join(columns) + " | all |\n" + "| --- " * (len(columns) + 2) + "|"
    counts = Counter((case.truth, "unknown" if case.unknown else case.ranked[0]) for case in cases)
    for truth in REASONS:
        row = [counts[truth, column] for column in columns]
        yield f"| {truth} | " + " | ".join(map(str, row)) + f" | {sum(row)} |"


if __name__ == "__main__":
    main()
