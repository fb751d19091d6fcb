"""What the workbench's benchmark found: a page that a person can read, and JSON that a program can."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import Conditions
from benchmarks.web_people import Answer

ASKED_MS = 300.0
ASKED_OF = ("Today", "Client", "Search")
MOST_QUERIES = 25
SAVES = ("Contact, saved", "Exit, taken")
"""Not pages that are shown, but forms that are written down, and answered with a way to a page."""
PEER = "peer: five queries"


@dataclass(frozen=True)
class Kind:
    """All answers of one kind of request."""

    name: str
    answers: tuple[Answer, ...]

    def at(self, share: float) -> float:
        """Milliseconds within which that share of the requests was answered (nearest rank)."""
        times = sorted(one.seconds for one in self.answers)
        return times[min(len(times) - 1, int(share * len(times)))] * 1000

    def processor(self, share: float) -> float:
        """The same of the processor's milliseconds in the server."""
        times = sorted(one.processor for one in self.answers if one.processor >= 0)
        return times[min(len(times) - 1, int(share * len(times)))] if times else 0.0

    @property
    def errors(self) -> int:
        return sum(one.failed for one in self.answers)

    @property
    def queries(self) -> int:
        return max(one.queries for one in self.answers)

    def plain(self) -> dict[str, Any]:
        return {
            "kind": self.name,
            "n": len(self.answers),
            "p50": round(self.at(0.50), 1),
            "p95": round(self.at(0.95), 1),
            "p99": round(self.at(0.99), 1),
            "max": round(self.at(1.0), 1),
            "processor_p50": self.processor(0.50),
            "processor_p95": self.processor(0.95),
            "errors": self.errors,
            "statuses": sorted({one.status for one in self.answers if one.failed}),
            "queries": self.queries,
        }


@dataclass(frozen=True)
class Phase:
    """People at work for so long, alone or beside a step of the night."""

    name: str
    seconds: float
    answers: tuple[Answer, ...]
    step: Mapping[str, Any]
    used: Mapping[str, float]

    @property
    def kinds(self) -> list[Kind]:
        names = sorted({one.kind for one in self.answers}, key=lambda name: (name.startswith("peer"), name))
        return [Kind(name, tuple(one for one in self.answers if one.kind == name)) for name in names]

    def page(self) -> str:
        peer = next((one for one in self.kinds if one.name == PEER), None)
        rows = [_row(one, peer) for one in self.kinds]
        head = (
            "request",
            "n",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "max ms",
            "errors",
            "queries",
            "processor p50",
            "p95",
            "p50 ÷ peer",
            "p95 ÷ peer",
            "processor p50 ÷ peer",
        )
        beside = f" Beside them: {_told(self.step)}." if self.step else ""
        used = (
            f"{len(self.answers)} requests in {self.seconds:,.0f} s; the server used "
            f"{self.used['server_cores']:.2f} cores and {self.used['server_mb']:,.0f} MB; the machine was "
            f"busy {self.used['machine_busy']:.0%} of its cores' time (database, made-up people and whatever "
            f"else ran included).{beside}"
        )
        return f"## {TITLES[self.name]}\n\n{used}\n\n{_table(head, rows)}"

    def plain(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "seconds": round(self.seconds, 1),
            "step": dict(self.step),
            **self.used,
            "kinds": [one.plain() for one in self.kinds],
        }


TITLES = {
    "alone": "People at work, nothing beside them",
    "unchanged": "While a delivery without a change is synchronised",
    "tenth-new": "While a delivery with a tenth of new clients is synchronised",
    "publish": "While a run is published for all clients, in one swap",
}


def write_web(
    folder: Path, name: str, told: Mapping[str, Any], phases: list[Phase], conditions: Conditions
) -> Path:
    """Writes the page and its JSON; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{name}.md"
    parts = [
        f"# The workbench under work, {conditions.day}",
        _conditions(told, conditions),
        _asked(phases),
        *(phase.page() for phase in phases),
        _filled(told["filled"]),
    ]
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    plain = {
        "conditions": conditions.as_dict(),
        **told,
        "phases": [one.plain() for one in phases],
    }
    text = json.dumps(plain, ensure_ascii=False, indent=1) + "\n"
    page.with_suffix(".json").write_text(text, encoding="utf-8")
    return page


def _conditions(told: Mapping[str, Any], at: Conditions) -> str:
    settings = ", ".join(f"{name} {value}" for name, value in told["settings"].items())
    return (
        f"{told['database']}{f' ({settings})' if settings else ''}; {told['clients']:,} clients, one in five "
        f"with a case, a quarter of the cases at work; {told['people']} people, {told['think']:g} s of "
        f"thinking in the mean (exponential). "
        f"{at.cores} cores ({at.processor}), {at.memory_gib:g} GiB, {at.system}, "
        f"Python {at.python}; {at.began} to {at.end}, load {at.load_before} before, {at.load_after} after. "
        f"Server (`wanliu serve`, default workers), database and the made-up people share the machine. "
        f"Sessions were handed out, static files are not asked for, a client's parts are asked for one after "
        f"the other. {told['in_book']:,} clients were made one by one and stand in the book behind advice "
        f"and rows; people open those. What is beyond them are copies (`web_many.py`). "
        f"Processor: milliseconds of the server's own thread; the database's are not in it. {at.note}"
    ).strip()


def _asked(phases: list[Phase]) -> str:
    """What was asked of the workbench, and whether it holds."""
    rows = []
    for phase in phases:
        for kind in phase.kinds:
            if kind.name in ASKED_OF:
                holds = kind.at(0.95) <= ASKED_MS and not kind.errors
                rows.append(
                    (TITLES[phase.name], kind.name, f"{kind.at(0.95):,.0f}", "yes" if holds else "**no**")
                )
        errors = sum(one.errors for one in phase.kinds)
        shown, saved = (
            max((one.queries for one in phase.kinds if (one.name in SAVES) == saves), default=0)
            for saves in (False, True)
        )
        holds = not errors and shown <= MOST_QUERIES
        rows.append(
            (
                TITLES[phase.name],
                "all requests",
                f"{errors} errors; at most {shown} queries to show a page, {saved} to save a form",
                "yes" if holds else "**no**",
            )
        )
    head = ("", "request", "p95 ms", "holds")
    return (
        f"## What was asked\n\np95 ≤ {ASKED_MS:.0f} ms on Today, Client and search, no error, no page over "
        f"{MOST_QUERIES} queries.\n\n{_table(head, rows)}"
    )


def _filled(steps: Iterable[Mapping[str, Any]]) -> str:
    rows = [(one["step"], f"{one['seconds']:,}", f"{one['peak_mb']:,}", _counts(one)) for one in steps]
    return "## Filling the house\n\n" + _table(("step", "seconds", "peak MB", "rows"), rows)


def _row(kind: Kind, peer: Kind | None) -> tuple[str, ...]:
    times = [kind.at(share) for share in (0.50, 0.95, 0.99, 1.0)]
    used = [f"{kind.processor(share):,.1f}" for share in (0.50, 0.95)]
    ratios = ["", "", ""]
    if peer:
        found = [kind.at(share) / peer.at(share) for share in (0.50, 0.95)]
        found.append(kind.processor(0.50) / max(peer.processor(0.50), 0.1))
        ratios = [f"{one:.1f}" for one in found]
    errors = f"{kind.errors}" if not kind.errors else f"**{kind.errors}** {kind.plain()['statuses']}"
    return (
        kind.name,
        str(len(kind.answers)),
        *(f"{one:,.0f}" for one in times),
        errors,
        str(kind.queries),
        *used,
        *ratios,
    )


def _told(step: Mapping[str, Any]) -> str:
    return f"`{step['step']}`, {step['seconds']:,} s, peak {step['peak_mb']:,} MB, {_counts(step)}"


def _counts(step: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name} {value:,}" for name, value in step.items() if name not in ("step", "seconds", "peak_mb")
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
