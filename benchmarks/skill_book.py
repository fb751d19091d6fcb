"""The made-up brokerage: seeds that nothing was tuned on, judged on later months by the book's own labels."""

from __future__ import annotations

import csv
import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

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
        suddenly = _sudden(folder / "raw.truth" / "paths.csv")
    told = card["trials"]["time"]
    methods = {name: {**figures, "seconds": 0.0} for name, figures in told["figures"].items()}
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
            suddenly,
        ],
    }


def _list(one: dict[str, Any]) -> str:
    lead = "—" if one["median_lead"] is None else f"{one['median_lead']:.0f} days"
    return (
        f"{one['name']}, top {one['share']:.0%} of each day: precision {one['precision']:.1%}, recall "
        f"{one['recall']:.1%}, median lead {lead}."
    )


def _sudden(paths: Path) -> str:
    """Who went from deciding to gone within a month's gap between two scores leaves nothing to be seen
    before."""
    with paths.open(encoding="utf-8") as stream:
        left = [row for row in csv.DictReader(stream) if row["left_on"]]
    spans = np.array(
        [
            (date.fromisoformat(row["left_on"]) - date.fromisoformat(row["leaving_on"])).days
            for row in left
            if row["leaving_on"]
        ]
    )
    blind = float((spans <= timedelta(days=1).days).mean()) if len(spans) else float("nan")
    return (
        f"By the truth, {blind:.0%} of those who leave decide and are gone within a day; whatever they did "
        "before that, the leaving itself has no footprint that a monthly score could see."
    )
