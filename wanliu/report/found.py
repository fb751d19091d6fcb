"""A folder that a run left, opened for reading: its signals, its warnings, and its account of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from wanliu.book.engine import DuckDB, duckdb_engine, named_failures
from wanliu.book.values import quote_text
from wanliu.ruleset import RuleSet
from wanliu.warning.output import ACCOUNT, SIGNALS, WARNINGS

MEMORY = "1GB"
"""Reports stream: what they need does not grow with the run."""

ROWS_PER_BATCH = 10_000


@dataclass(frozen=True)
class Found:
    """One run's results as tables ``signals`` and ``warnings`` of an engine, and what run.json says."""

    rules: RuleSet
    account: Mapping[str, Any]
    engine: DuckDB

    @property
    def days(self) -> list[date]:
        return [date.fromisoformat(day) for day in self.account["as_of"]]

    def number(self, query: str) -> int:
        """The one number that a query of ours gives."""
        with named_failures():
            ((number,),) = self.engine.connection.execute(query).fetchall()
        return int(number or 0)

    def rows(self, query: str) -> Iterator[dict[str, Any]]:
        """The rows of a query of ours, in order, batch by batch."""
        with named_failures():
            for batch in self._batches(query):
                yield from batch.to_pylist()

    def define(self, macro: str) -> None:
        """Makes an expression of ours callable in later queries."""
        self.engine.connection.execute(f"CREATE TEMP MACRO {macro}")

    def copy(self, query: str, file: Path) -> None:
        """Writes the rows of a query of ours to a CSV file: UTF-8, header, comma, \\n."""
        with named_failures():
            self.engine.connection.execute(f"COPY ({query}) TO {quote_text(str(file))} (FORMAT csv, HEADER)")

    def _batches(self, query: str) -> pa.RecordBatchReader:
        return self.engine.connection.sql(query).to_arrow_reader(ROWS_PER_BATCH)


@contextmanager
def found_in(folder: Path, rules: RuleSet, *, memory: str | None = None) -> Iterator[Found]:
    """Opens the folder of a run; files keep their order of rows."""
    account = json.loads((folder / ACCOUNT).read_text("utf-8"))
    with duckdb_engine(memory=memory or MEMORY) as engine:
        engine.scan("signals", [str(folder / SIGNALS)], ())
        engine.scan("warnings", [str(folder / WARNINGS)], ())
        yield Found(rules, account, engine)


def evidence_of(rules: RuleSet) -> dict[str, tuple[str, ...]]:
    """The evidence names of each sign, in the order of its reading."""
    return {rule.id: tuple(rule.verdict().evidence) for rule in rules.rules}


def evidence_json(sign: str, names: tuple[str, ...]) -> str:
    """An SQL expression: the sign's evidence as a JSON text, numbers as numbers, days as text."""
    if not names:
        return "'{}'"
    return "to_json({" + ", ".join(f"'{name}': {sign}.{quoted(name)}" for name in names) + "})"


def quoted(name: str) -> str:
    """A declared name as an identifier: some, like ``first``, are words of SQL too."""
    return f'"{name}"'
