"""One whole book, end to end: what the command finds beside the book's own truth."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from benchmarks.machine import Conditions
from wanliu.book.sealed import Book
from wanliu.cli import main
from wanliu.errors import DONE

POINT = 100
SHOWN = ("all", "cut_1", "cut_2")


def whole_book(sealed: Path, truth: Path) -> dict[str, Any]:
    """The page's lines about this book. Raises RuntimeError where the command did not come to its end."""
    began, conditions = time.monotonic(), Conditions.now()
    book = Book.open(sealed)
    days = ("--from", str(book.first_date("assets")), "--to", str(book.last_date("assets")))
    with TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        if main(["commission", "study", str(sealed), *days, "-o", str(out), "--lang", "en"]) != DONE:
            raise RuntimeError("the study did not come to its end")
        effects = pq.read_table(out / "effects.parquet").to_pylist()
        answers = json.loads((out / "run.json").read_text("utf-8"))["answers"]
    clients = book.manifest.tables["clients"].rows
    told = list(_lines(effects, _truth(truth), answers))
    seconds = time.monotonic() - began
    head = f"\n## One whole book\n\n{clients:,} clients, {days[1]} to {days[3]}, {seconds:.0f} s; "
    head += f"load {conditions.load_before} before. The truth is of every cut of a valid client in the book,"
    head += " the estimate of those with 90 days before and 180 after.\n"
    return {"conditions": conditions.ended().as_dict(), "lines": [head, *told]}


def _truth(folder: Path) -> dict[tuple[int, str], float]:
    with (folder / "effect.csv").open(encoding="utf-8") as file:
        return {(int(row["horizon"]), row["nth"]): float(row["effect"]) for row in csv.DictReader(file)}


def _lines(
    effects: list[dict[str, Any]], truth: dict[tuple[int, str], float], answers: list[dict[str, str]]
) -> list[str]:
    lines = [
        "| of what | days | true effect | study (90 %) | bare | cases |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in effects:
        if row["what"] != "cut" or row["part"] not in SHOWN:
            continue
        nth = "all" if row["part"] == "all" else row["part"].removeprefix("cut_")
        known = truth.get((row["horizon"], nth))
        true = "—" if known is None else f"{known * POINT:.2f}"
        found = row["refused"] or _bounds(row, "effect")
        lines.append(
            f"| {row['part']} | {row['horizon']} | {true} | {found} "
            f"| {_bounds(row, 'naive')} | {row['treated']} |"
        )
    return [*lines, "", *(f"- {one['finding']}: **{one['verdict']}**. {one['reason']}" for one in answers)]


def _bounds(row: dict[str, Any], name: str) -> str:
    if row[name] is None:
        return "—"
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{row[name] * POINT:.2f} [{low * POINT:.2f}, {high * POINT:.2f}]"
