"""The worked examples in batches: a run on Spark costs seconds, so examples that cannot meet share a book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from tests.small_books import sealed_from
from wanliu.book.calendar import continued
from wanliu.book.sealed import Book
from wanliu.indicator.example import THE_CLIENT, Row, rows_of
from wanliu.indicator.sign import Example, Reading
from wanliu.indicator.windows import Day
from wanliu.ruleset import RuleSet, from_text, signs
from wanliu.warning.plan import TABLES_WITH_START, Plan

BASE = {"literal": "guide", "rolling": "standard"}
OWN_NUMBERS = ("client_id", "flow_id", "order_id", "contact_id", "request_id", "reverses")
"""Columns that number something of one example; another example may use the same number."""

JUDGED = ("fired", "clear")


@dataclass(frozen=True)
class Told:
    """One worked example, its rows numbered so that it can share a book with others."""

    name: str
    sign: str
    reading: Reading
    example: Example
    tables: dict[str, list[Row]]

    @property
    def client_id(self) -> str:
        return f"{self.name}-{THE_CLIENT}"

    @property
    def meets_nobody_of(self) -> tuple[str, ...]:
        """Examples that say the same here can share a book: rule set, day, tables and where these begin.

        An example has a book of its own where peers would matter, or where it sets numbers.
        """
        has_peers = self.reading.verdict({}).own is not None and self.example.expect.startswith(JUDGED)
        alone = self.example.parameters or has_peers
        starts = (
            min((str(r["date"]) for r in self.tables.get(t, [])), default="") for t in TABLES_WITH_START
        )
        shared = (self.reading.name, self.example.as_of, *starts, " ".join(sorted(self.tables)))
        return (*shared, self.name if alone else "")


@dataclass(frozen=True)
class Batch:
    """Worked examples that share a book, a rule set and a day."""

    told: tuple[Told, ...]

    def __str__(self) -> str:
        return f"{self.told[0].name} and {len(self.told) - 1} more"

    def sealed(self, folder: Path) -> Book:
        names = self.told[0].tables
        return sealed_from(
            {name: [row for one in self.told for row in one.tables[name]] for name in names}, folder
        )

    def plan(self, book: Book) -> Plan:
        return Plan(book, self.rules, (Day(date.fromisoformat(self.told[0].example.as_of), book.calendar),))

    @property
    def rules(self) -> RuleSet:
        one = self.told[0]
        numbers = "\n".join(f"{name} = {value}" for name, value in one.example.parameters.items())
        head = f'based_on = "{BASE[one.reading.name]}"\nname = "example"\nversion = "1"\n'
        reading = f'[signs.{one.sign}]\nreading = "{one.reading.name}"\n'
        return from_text(head + reading + numbers, where="example")


def batches() -> list[Batch]:
    """Every worked example of every reading, each in one batch."""
    told = sorted(every_example(), key=lambda one: one.meets_nobody_of)
    return [Batch(tuple(group)) for _, group in groupby(told, key=lambda one: one.meets_nobody_of)]


def every_example() -> list[Told]:
    return [
        _told(f"{id}-{number}", id, reading, example)
        for id, sign in signs().items()
        for reading in sign.readings.values()
        for number, example in enumerate(reading.examples)
    ]


def _told(name: str, sign: str, reading: Reading, example: Example) -> Told:
    tables = rows_of(example.given, continued(()))
    return Told(
        name,
        sign,
        reading,
        example,
        {t: [_numbered(name, row) for row in rows] for t, rows in tables.items()},
    )


def _numbered(name: str, row: Row) -> Row:
    return {
        column: f"{name}-{cell}" if cell and column in OWN_NUMBERS else cell for column, cell in row.items()
    }
