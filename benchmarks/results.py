"""What was found, as a table that a person can read and as JSON that a program can."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.machine import Conditions
from benchmarks.measuring import Measured

MB = 1 << 20


@dataclass(frozen=True)
class Ratio:
    """One figure that something was asked of; ``bound`` says what, and is empty where nothing was."""

    name: str
    value: float
    bound: str
    holds: bool | None
    by_processor: float | None = None
    unit: str = ""


@dataclass
class Result:
    """Everything one run of the benchmark found."""

    measures: list[Measured] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    points: list[tuple[str, int, Measured]] = field(default_factory=list)
    compared: dict[str, list[str]] = field(default_factory=dict)
    compared_on: str = ""
    book: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether every process came to its end and every peer gave our answer."""
        return all(one.runs for one in self.measures) and not any(self.compared.values())

    def add(self, found: Measured) -> None:
        self.measures.append(found)
        told = (
            f"{found.seconds:9.2f} s  {found.peak / MB:8,.0f} MB"
            if found.runs
            else f"FAILED  {found.failure}"
        )
        print(f"{found.name:55s} {told}", flush=True)

    def ratio(
        self,
        name: str,
        above: Measured,
        below: Measured,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        value, by_processor = above.seconds / below.seconds, above.processor / below.processor
        self._judge(name, value, at_most, at_least, by_processor=by_processor)

    def peak(self, name: str, run: Measured) -> None:
        self._judge(name, run.peak / MB if run.runs else math.nan, 3072, None, unit="MB")

    def history(self, told: Mapping[str, float], *, at_most: float) -> None:
        names = {
            "alone": "one client's history, an engine for each call",
            "first": "one client's history, first of an engine kept open",
            "median": "one client's history, median of those after it",
            "slowest": "one client's history, slowest of those after it",
        }
        self._judge("opening the book with its check", told["open"], None, None, unit="ms")
        for key, name in names.items():
            self._judge(name, told[key], at_most if key == "median" else None, None, unit="ms")

    def point(self, rules: str, clients: int, run: Measured) -> None:
        self.points.append((rules, clients, run))

    def answers(self, book: str, found: Mapping[str, list[str]]) -> None:
        self.compared, self.compared_on = dict(found), book
        for tool, differing in found.items():
            print(f"{tool}: {'equal to ours' if not differing else '; '.join(differing)}", flush=True)

    def _judge(
        self,
        name: str,
        value: float,
        at_most: float | None,
        at_least: float | None,
        *,
        by_processor: float | None = None,
        unit: str = "",
    ) -> None:
        bound, holds = "", None
        if at_most is not None:
            bound, holds = f"≤ {at_most:g}", value <= at_most
        if at_least is not None:
            bound, holds = f"≥ {at_least:g}", value >= at_least
        self.ratios.append(Ratio(name, value, bound, holds, by_processor, unit))


def write_results(result: Result, conditions: Conditions, folder: Path) -> Path:
    """Writes ``<day>.md`` and ``<day>.json``; returns the page. A second run of a day replaces the first."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{conditions.day}.md"
    page.write_text(_page(result, conditions), encoding="utf-8")
    told = json.dumps(_plain(result, conditions), ensure_ascii=False, indent=2) + "\n"
    page.with_suffix(".json").write_text(told, encoding="utf-8")
    return page


def _page(result: Result, conditions: Conditions) -> str:
    parts = [
        f"# Speed, {conditions.day}",
        _conditions(conditions),
        "## What was asked\n\n"
        "“by processor” is the same ratio of processor seconds: others on the machine hardly move it.\n\n"
        + _table(("figure", "value", "asked", "holds", "by processor"), map(_ratio_row, result.ratios)),
        "## Same answer, same output\n\n" + _answers(result),
        "## From few clients to many, one day\n\n" + _curve(result),
        "## Every measure\n\nWhole processes, median of the runs; the peak is the largest of the runs.\n\n"
        + _table(
            ("process", "runs", "seconds", "processor s", "peak MB"), map(_measure_row, result.measures)
        ),
        "## The book\n\n" + _book(result.book),
    ]
    return "\n\n".join(parts) + "\n"


def _conditions(told: Conditions) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in told.versions.items())
    note = f" {told.note}" if told.note else ""
    return (
        f"{told.cores} cores ({told.processor}), {told.memory_gib:g} GiB, {told.system}, "
        f"Python {told.python}; {versions}. "
        f"{told.began} to {told.end}; load {told.load_before} before, {told.load_after} after. "
        f"Files were in the page cache.{note}"
    )


def _answers(result: Result) -> str:
    if not result.compared:
        return "The peers were left out of this run."
    lines = [
        f"Every row and field of signals and warnings, compared on {result.compared_on} beforehand:",
        "",
    ]
    for tool, differing in result.compared.items():
        lines.append(f"- {tool}: " + ("equal to ours" if not differing else "; ".join(differing)))
    return "\n".join(lines)


def _curve(result: Result) -> str:
    rows = [
        (
            rules,
            f"{clients:,}",
            _number(run.seconds),
            _number(run.seconds / clients * 1e6, 1),
            f"{run.peak / MB:,.0f}",
        )
        for rules, clients, run in result.points
    ]
    return _table(("rules", "clients", "seconds", "µs per client", "peak MB"), rows)


def _book(book: Mapping[str, object]) -> str:
    rows = [
        (str(name), f"{number:,}" if isinstance(number, int) else str(number))
        for name, number in book.items()
    ]
    return _table(("", "rows"), rows)


def _ratio_row(one: Ratio) -> tuple[str, ...]:
    holds = {True: "yes", False: "**no**", None: ""}[one.holds]
    processor = "" if one.by_processor is None else _number(one.by_processor)
    digits = 0 if one.unit == "MB" else 2
    return one.name, f"{_number(one.value, digits)} {one.unit}".strip(), one.bound, holds, processor


def _measure_row(one: Measured) -> tuple[str, ...]:
    if not one.runs:
        return one.name, "0", "failed", "", one.failure.splitlines()[-1] if one.failure else ""
    return one.name, str(len(one.runs)), _number(one.seconds), _number(one.processor), f"{one.peak / MB:,.0f}"


def _number(value: float, digits: int = 2) -> str:
    return "—" if math.isnan(value) else f"{value:,.{digits}f}"


def _table(head: tuple[str, ...], rows: object) -> str:
    lines = [head, tuple("---" for _ in head), *rows]  # type: ignore[misc]  # rows of text
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _plain(result: Result, conditions: Conditions) -> dict[str, object]:
    measures = [
        {"name": one.name, "runs": [asdict(run) for run in one.runs], "failure": one.failure}
        for one in result.measures
    ]
    points = [
        {"rules": rules, "clients": clients, "seconds": run.seconds, "peak": run.peak}
        for rules, clients, run in result.points
    ]
    return {
        "conditions": conditions.as_dict(),
        "book": dict(result.book),
        "ratios": [asdict(one) for one in result.ratios],
        "curve": points,
        "compared_on": result.compared_on,
        "differences": result.compared,
        "measures": measures,
    }
