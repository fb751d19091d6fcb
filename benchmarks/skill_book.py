"""The made-up brokerage: seeds that nothing was tuned on, judged on later months by the book's own labels."""

from __future__ import annotations

import csv
import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from wanliu.book.calendar import month_end, month_start
from wanliu.book.engine import duckdb_engine
from wanliu.book.seal import seal
from wanliu.book.sealed import Book
from wanliu.foresight import book_model, trial
from wanliu.foresight.hazard_numbers import hazard
from wanliu.simulator import simulate

FIRST = date(2007, 1, 4)
WARM_UP = 10
"""Months before the first one that is learnt from: what the longest windows look back on."""

SEEDS = (20261128,)


def simulator(clients: int, months: int, *, threads: int, seed: int = SEEDS[0]) -> dict[str, Any]:
    last = month_end(month_start(FIRST, back=1 - months))
    with TemporaryDirectory(prefix="wanliu-skill-") as name:
        folder = Path(name)
        simulate(folder / "raw", clients=clients, first=FIRST, last=last, seed=seed)
        seal(folder / "raw", folder / "book")
        book = Book.open(folder / "book")
        asked = book_model.Asked(
            book, month_start(FIRST, back=-WARM_UP), last, hazard().horizon, seed=1, threads=threads
        )
        began = time.process_time()
        with duckdb_engine(memory="3GB", threads=threads) as engine:
            card = book_model.fit(asked, engine, folder / "model")
        seconds = time.process_time() - began
        told = card["trials"]["time"]
        span = (date.fromisoformat(told["from"]), date.fromisoformat(told["to"]) + timedelta(asked.horizon))
        blind = unseen(folder / "raw.truth" / "paths.csv", *span)
    methods = {name: {**figures, "seconds": None} for name, figures in told["figures"].items()}
    methods["wanliu"] = {**methods.pop(trial.OURS), "seconds": seconds}
    judged = sum(part["observed"] for part in told["reliability"])
    return {
        "what": f"Made-up brokerage, seed {seed}, {clients:,} clients, {months} months, "
        f"{hazard().horizon} days ahead; "
        f"learnt up to a horizon before {told['from']}, judged from there to {told['to']}, valid clients "
        "only. Seconds: facts, labels and both fits together.",
        "rows": told["rows"],
        "leavers": round(judged),
        "methods": {"wanliu": methods.pop("wanliu"), **methods},
        "notes": [
            *(_list(one) for one in told["listed"]),
            "Observed ÷ expected in the top three tenths: "
            + ", ".join(f"{part['observed_to_expected']:.2f}" for part in told["reliability"][:3])
            + f" (asked: {0.8}–{1.25}).",
            f"A split by row would have claimed an AUC of {told['random_auc']:.4f} for LightGBM as it "
            f"comes, which has {told['plain_time_auc']:.4f} on later months.",
            blind,
        ],
    }


def _list(one: dict[str, Any]) -> str:
    lead = "—" if one["median_lead"] is None else f"{one['median_lead']:.0f} days"
    return (
        f"{one['name']}, top {one['share']:.0%} of each day: precision {one['precision']:.1%}, recall "
        f"{one['recall']:.1%}, median lead {lead}."
    )


def unseen(paths: Path, first: date, last: date) -> str:
    """Whom no monthly score could see: between becoming annoyed, or deciding, and being gone lies no month's
    end. What nobody can see is no fault of a model."""
    with paths.open(encoding="utf-8") as stream:
        left = [
            row
            for row in csv.DictReader(stream)
            if row["left_on"] and first <= date.fromisoformat(row["left_on"]) <= last
        ]
    between = {name: sum(_meets_no_score(row[name], row["left_on"]) for row in left) for name in BEGINNINGS}
    told = "; ".join(
        f"{said} for {between[name] / len(left):.0%} ({between[name]:,})" for name, said in BEGINNINGS.items()
    )
    return (
        f"By the truth, of {len(left):,} who were gone between {first} and {last}, no month's end lies "
        f"{told}. On no scored day had these left any footprint of it: no monthly score can see them."
    )


BEGINNINGS = {
    "annoyed_on": "between the first annoyance and being gone",
    "leaving_on": "between the decision and being gone",
}


def _meets_no_score(began: str, left: str) -> bool:
    if not began:
        return True
    return month_end(date.fromisoformat(began)) >= date.fromisoformat(left)
