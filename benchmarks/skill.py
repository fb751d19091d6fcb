"""How well leavers are told apart, beside the peers, on the same splits in the same run.

    python -m benchmarks.skill [--only bank|cdnow|online_retail|simulator] [--parts N] [--clients N] [--flaml]

``--parts``: how many fifths of the bank's customers are judged (each needs a whole fit). ``--flaml`` makes an
environment of its own for FLAML in a temporary folder, which needs a package index. Real data is read from
``WANLIU_DATA`` (default ``../shared/data``). Writes ``benchmarks/results/skill.md`` and ``skill.json``;
sections that were not asked for keep their last figures.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks import skill_book, skill_logs, skill_tables
from benchmarks.machine import Conditions

RESULT = Path(__file__).parent / "results" / "skill.json"
MEASURES = ("auc", "average_precision", "lift", "log_loss")
Section = Mapping[str, Any]


def main() -> None:
    given = _given()
    data = Path(os.environ.get("WANLIU_DATA", Path(__file__).parents[2] / "shared" / "data"))
    found: dict[str, Any] = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
    makers: dict[str, Callable[[], Section]] = {
        "bank": lambda: skill_tables.bank(data, parts=given.parts, flaml=given.flaml, threads=given.threads),
        "cdnow": lambda: skill_logs.cdnow(data, flaml=given.flaml, threads=given.threads),
        "online_retail": lambda: skill_logs.online_retail(data, flaml=given.flaml, threads=given.threads),
        "simulator": lambda: skill_book.simulator(given.clients, given.months, threads=given.threads),
    }
    for name, make in makers.items():
        if given.only in (None, name):
            conditions = Conditions.now()
            told = dict(make())
            found[name] = {"conditions": conditions.ended().as_dict(), **told}
            RESULT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
            RESULT.with_suffix(".md").write_text(page(found), "utf-8")
            print("\n".join(_section(name, found[name])), flush=True)


def page(found: Mapping[str, Section]) -> str:
    parts = [TITLE, *("\n".join(_section(name, found[name])) for name in ORDER if name in found)]
    return "\n\n".join(parts) + "\n"


def _section(name: str, told: Section) -> Iterable[str]:
    conditions = told["conditions"]
    yield f"## {name}\n"
    yield f"{told['what']}\n"
    yield (
        f"{conditions['cores']} cores ({conditions['processor']}), Python {conditions['python']}, "
        f"{conditions['day']} {conditions['began']}–{conditions['end']}, load "
        f"{conditions['load_before']} before "
        f"and {conditions['load_after']} after; {told['rows']:,} rows judged, {told['leavers']:,} "
        f"leavers. Brackets: "
        "95 % intervals by resampling customers. Seconds are processor seconds.\n"
    )
    yield "| method | AUC | average precision | lift, top tenth | log-loss | seconds |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for method, figures in told["methods"].items():
        cells = " | ".join(_cell(figures.get(one)) for one in MEASURES)
        seconds = figures["seconds"]
        yield f"| {method} | {cells} | {'—' if seconds is None else f'{seconds:.1f}'} |"
    yield ""
    yield from (f"- {line}" for line in told.get("notes", ()))


def _cell(figure: list[float | None] | None) -> str:
    if figure is None or figure[0] is None:
        return "—"
    value, low, high = figure
    return f"{value:.4f}" if low is None or high is None else f"{value:.4f} [{low:.4f}, {high:.4f}]"


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=ORDER)
    parser.add_argument("--parts", type=int, default=5, help="fifths of the bank that are judged")
    parser.add_argument("--clients", type=int, default=20_000, help="clients of the made-up brokerage")
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--flaml", action="store_true")
    return parser.parse_args()


ORDER = ("bank", "cdnow", "online_retail", "simulator")
TITLE = """# How well leavers are told apart

`python -m benchmarks.skill` made this page. Every method of a section saw the same rows and is judged on
the same rows, which it did not see."""

if __name__ == "__main__":
    main()
