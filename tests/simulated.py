"""Small simulated books for the tests, and how to read them without any engine."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from wanliu.simulator import simulate

FIRST, LAST = date(2009, 1, 1), date(2009, 10, 31)


def small_book(
    folder: Path, *, clients: int = 300, seed: int = 7, first: date = FIRST, last: date = LAST
) -> Path:
    simulate(folder, clients=clients, first=first, last=last, seed=seed, format="csv")
    return folder


def rows(book: Path, table: str) -> Iterator[dict[str, str]]:
    with (book / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
