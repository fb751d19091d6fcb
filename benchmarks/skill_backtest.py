"""Rule sets against the simulator: do alarms come true, and what does a slump of the market do to them?

    python -m benchmarks.skill_backtest [--clients N] [--seeds S] [--year Y] [--index FILE] [--out FOLDER]

Month's ends of three simulated years, outcomes within 90 days, ``standard`` beside ``guide``. No number of a
rule set or of the simulator was changed after looking at these figures. The truth is read here alone, to see
whether the labels, which are made from the book, find those who really left.
"""

from __future__ import annotations

import argparse
import csv
import resource
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.machine import Conditions
from wanliu.book.engine import duckdb_engine
from wanliu.book.sealed import Book
from wanliu.cli import main as wanliu
from wanliu.foresight.backtest import BackTest, run_backtest
from wanliu.foresight.backtest_days import asked_days
from wanliu.foresight.labels import LEAVING, labels_of
from wanliu.foresight.study import Study
from wanliu.report.study_words import first_lines, kind_name, shown
from wanliu.ruleset import load

YEARS = 3
JUDGED_FROM = (9, 30)
"""The first month's end on which every window of both rule sets lies in the book."""
HORIZON = 90
RULES = ("standard", "guide")
MEMORY = "1500MB"
KB_PER_GIB = 1 << 20


@dataclass(frozen=True)
class Span:
    """Three years of a market, and the first day judged."""

    first: date
    last: date
    judged_from: date
    index: Path | None

    @classmethod
    def beginning(cls, year: int, index: Path | None) -> Span:
        return cls(date(year, 1, 1), date(year + YEARS - 1, 12, 31), date(year, *JUDGED_FROM), index)


@dataclass(frozen=True)
class Result:
    """What one seed gave."""

    seed: int
    study: Study
    truth: Mapping[str, Any]
    market: Mapping[str, float]
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--clients", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[101])
    parser.add_argument("--year", type=int, default=2015, help="the first of the three years")
    parser.add_argument("--index", type=Path, help="a real index (day, close): the market moves as it did")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    given = parser.parse_args()
    conditions, span = Conditions.now(), Span.beginning(given.year, given.index)
    results = []
    for seed in given.seeds:
        with TemporaryDirectory() as folder:
            results.append(_result(Path(folder), given.clients, seed, span))
    page = "\n".join(_page(results, given.clients, span, conditions.ended())) + "\n"
    print(page)
    name = "backtest.md" if given.index is None else "backtest-index.md"
    (given.out / name).write_text(page, encoding="utf-8")


def _result(folder: Path, clients: int, seed: int, span: Span) -> Result:
    made, path = folder / "made", folder / "book"
    told = ("--from", span.first, "--to", span.last, *(("--index", span.index) if span.index else ()))
    _do("simulate", made, "--clients", clients, "--seed", seed, *told)
    _do("seal", made, "-o", path)
    book, began = Book.open(path), time.monotonic()
    days = asked_days(book, span.judged_from, span.last, "month", HORIZON)
    asked = BackTest(book, tuple(load(name) for name in RULES), days, HORIZON)
    with duckdb_engine(memory=MEMORY) as engine:
        study = run_backtest(asked, engine)
        seconds = time.monotonic() - began
        labels = labels_of(book, days.days, HORIZON, engine).to_pylist()
    truth = folder / "made.truth"
    return Result(seed, study, _against_truth(labels, _left(truth)), _index(truth), seconds)


def _do(*words: object) -> None:
    if wanliu([str(word) for word in words]) != 0:
        raise SystemExit(f"failed: {' '.join(map(str, words))}")


def _left(truth: Path) -> dict[str, date]:
    with (truth / "paths.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["left_on"]]
    return {row["client_id"]: date.fromisoformat(row["left_on"]) for row in rows}


def _index(truth: Path) -> dict[str, float]:
    """The index at each month's end, from 100 on the first day."""
    level, found = 100.0, {}
    with (truth / "market.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            level *= 1 + float(row["index_return"])
            found[row["date"][:7]] = level
    return found


def _against_truth(labels: Sequence[Mapping[str, Any]], left: Mapping[str, date]) -> dict[str, Any]:
    """Valid client-days: how labels and truth agree on who leaves within the horizon."""
    by_label: Counter[tuple[str, str]] = Counter()
    off: list[int] = []
    for row in labels:
        if row["censored"] or not row["valid"]:
            continue
        on = left.get(row["client_id"])
        leaves = on is not None and row["as_of"] < on <= row["as_of"] + timedelta(days=HORIZON)
        later = on is not None and on > row["as_of"] + timedelta(days=HORIZON)
        label = "shallow by price" if row["by_price"] else row["label"]
        by_label[label, "left" if leaves else "leaves later" if later else "stayed"] += 1
        if leaves and on is not None and row["left_on"] is not None:
            off.append(abs((row["left_on"] - on).days))
    return {"by_label": by_label, "off": sorted(off)}


# --- the page ---------------------------------------------------------------------------------------------


def _page(results: Sequence[Result], clients: int, span: Span, conditions: Conditions) -> Iterator[str]:
    yield "# Back-test of the two rule sets on a simulated brokerage\n"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KB_PER_GIB
    seconds = ", ".join(f"{one.seconds:.0f}" for one in results)
    yield (
        f"{clients:,} clients, {span.first} to {span.last}, "
        f"seeds {', '.join(str(one.seed) for one in results)}; "
        f"{len(results[0].study.days)} month's ends judged from {span.judged_from}, outcomes within {HORIZON}"
        " days. The world's "
        "numbers were fixed before and nothing was tuned to these figures; it is a made-up brokerage, "
        "so they say how the "
        "rule sets behave on its stories, not how they would do at a real firm.\n"
    )
    yield (
        f"Both rule sets, labels and counting: {seconds} s on {conditions.cores} cores shared with other "
        f"work (load {conditions.load_before} to {conditions.load_after}); peak memory of the process "
        f"{peak:.1f} GiB, simulating and sealing included.\n"
    )
    if span.index:
        yield (
            f"The market is that of a real index (`{span.index.name}`), day by day; how lively trading is, "
            "and who leaves why, is made up as ever: nobody here leaves because of the fall itself.\n"
        )
    for one in results:
        yield from _of_seed(one)


def _of_seed(result: Result) -> Iterator[str]:
    study = result.study
    yield f"## Seed {result.seed}\n"
    yield from (f"- {line}" for line in first_lines(study, "en"))
    yield "\n### Red and orange through the slump\n"
    yield from _slump(result)
    yield "\n### Alarms\n"
    yield from _alarms(study)
    yield "\n### Labels against the truth\n"
    yield from _labels(result.truth)
    yield ""


def _slump(result: Result) -> Iterator[str]:
    yield (
        "Standing alarms per 1,000 clients at each month's end, the index (100 on the first day), and the "
        "month's base rate of valid clients.\n"
    )
    yield "| month | index | standard red | standard orange | guide red | guide orange | base rate |"
    yield "| --- " * 7 + "|"
    rows = {(row["rules"], row["month"], row["kind"]): row for row in result.study.months}
    for month in sorted({key[1] for key in rows}):
        cells = [
            shown(rows[rules, month, kind], "per_1000", "en") for rules in RULES for kind in ("red", "orange")
        ]
        base = shown(rows["standard", month, "call"], "base", "en")
        yield f"| {month:%Y-%m} | {result.market[f'{month:%Y-%m}']:.0f} | {' | '.join(cells)} | {base} |"


def _alarms(study: Study) -> Iterator[str]:
    figures = (
        "new_per_1000",
        "precision_new",
        "lift_new",
        "precision",
        "recall",
        "worth_caught",
        "lead_median",
    )
    yield "| rule set | alarm | new | " + " | ".join(figures) + " |"
    yield "| --- " * (len(figures) + 3) + "|"
    for row in study.figures:
        cells = " | ".join(shown(row, name, "en") for name in figures)
        yield f"| {row['rules']} | {kind_name(row['kind'], 'en')} | {row['new_alarms']:,} | {cells} |"


def _labels(truth: Mapping[str, Any]) -> Iterator[str]:
    by_label, off = truth["by_label"], truth["off"]
    yield "Client-days of valid clients, by label and by what the truth says of the same horizon.\n"
    yield "| label | left | leaves later | never left |\n| --- | --- | --- | --- |"
    for label in (*LEAVING, "shallow by price", "stayed"):
        counts = [by_label[label, what] for what in ("left", "leaves later", "stayed")]
        yield f"| {label} | " + " | ".join(f"{count:,}" for count in counts) + " |"
    true = sum(count for (_, what), count in by_label.items() if what == "left")
    found = sum(count for (label, what), count in by_label.items() if what == "left" and label != "stayed")
    yield (
        f"\nOf {true:,} client-days before a true leaving within the horizon, {found / max(1, true):.1%} "
        f"have a leaving label. The day of leaving differs from the truth by {_quantile(off, 0.5)} days in "
        f"the median and {_quantile(off, 0.9)} at the ninth decile."
    )


def _quantile(values: Sequence[int], share: float) -> int:
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0


if __name__ == "__main__":
    main()
