"""Every worked example of every indicator, computed by the engine from a real sealed book."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.small_books import sealed_from
from wanliu.book.calendar import continued
from wanliu.book.engine import duckdb_engine
from wanliu.indicator.example import THE_CLIENT, rows_of
from wanliu.indicator.sign import Example, Reading
from wanliu.indicator.windows import Day
from wanliu.ruleset import from_text, signs
from wanliu.warning.plan import Plan
from wanliu.warning.run import Run

CASES = [
    pytest.param(id, reading, example, id=f"{id}-{reading.name}-{number}")
    for id, sign in signs().items()
    for reading in sign.readings.values()
    for number, example in enumerate(reading.examples)
]
BASE = {"literal": "guide", "rolling": "standard"}


@pytest.mark.parametrize(("id", "reading", "example"), CASES)
def test_worked_example_gives_what_it_says(
    id: str, reading: Reading, example: Example, tmp_path: Path
) -> None:
    book = sealed_from(rows_of(example.given, continued(())), tmp_path / "book")
    rules = from_text(
        f'based_on = "{BASE[reading.name]}"\nname = "example"\nversion = "1"\n'
        f'[signs.{id}]\nreading = "{reading.name}"\n'
        + "\n".join(f"{k} = {v}" for k, v in example.parameters.items()),
        where="example",
    )
    plan = Plan(book, rules, (Day(date.fromisoformat(example.as_of), book.calendar),))

    with duckdb_engine() as engine:
        rows = list(Run(plan, engine).rows())

    (row,) = [row for row in rows if row["client_id"] == THE_CLIENT]
    status, *rest = example.expect.split()
    assert row[f"{id}__status"] == status
    if "strong" in rest or "weak" in rest:
        assert row[f"{id}__weak"] == ("weak" in rest)
    for number in (part for part in rest if part not in ("strong", "weak")):
        places = len(number.partition(".")[2])
        assert round(float(str(row[f"{id}__value"])), places) == pytest.approx(float(number))
