"""Reading a study's folder back: its account, its threshold curves, and how two rule sets differed.

A folder that is not whole, or was made by another program, is told apart and never half read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wanliu.report.shelf import newest
from wanliu.report.study_files import ACCOUNT
from wanliu.ruleset import RuleSet

MOST = 60
"""Studies that are looked through, the newest first."""
KEPT = 128

Row = Mapping[str, Any]
CURVE_COLUMNS = frozenset(("rules", "sign", "parameter", "comparison", "number", "in_force", "new_alarms"))
DIFFERENCE_COLUMNS = frozenset(("kind", "figure", "first", "second", "difference"))


@dataclass(frozen=True)
class Curve:
    """What one sign would have done with other numbers; ``points`` rise by their number."""

    sign: str
    parameter: str
    comparison: str
    points: tuple[Row, ...]

    def at(self, number: Decimal | float) -> Row | None:
        """None where this number was not tried: nothing is made up between two points."""
        return next((row for row in self.points if row["number"] == float(number)), None)

    def beside(self, number: Decimal | float) -> list[float]:
        """The tried numbers next to this one: below, above, or the one that there is."""
        below = [row["number"] for row in self.points if row["number"] < float(number)]
        above = [row["number"] for row in self.points if row["number"] > float(number)]
        return [*below[-1:], *above[:1]]


@dataclass(frozen=True)
class StoredStudy:
    """One finished back-test as its folder tells it."""

    name: str
    horizon: int
    days: tuple[date, ...]
    book: str
    rules: tuple[Row, ...]
    """Name, version and every number of each rule set; the first one is the live one of its day."""
    outcomes: Row
    survivors_only: bool
    without_curve: Mapping[str, Sequence[str]]
    change_hands: int
    curves_of: Mapping[str, Mapping[str, Curve]]
    """Rule set → sign → its curve."""
    differences: tuple[Row, ...]

    def tested(self, rules: RuleSet) -> bool:
        """Whether this rule set, with exactly these numbers, is the first of the study."""
        return _is(self.rules[0], rules)

    def compared(self, live: RuleSet, other: RuleSet) -> bool:
        """Whether the two were held against each other; what the other one was called is no matter."""
        return len(self.rules) > 1 and _is(self.rules[0], live) and _same(self.rules[1], other)

    def curves(self, rules: RuleSet) -> Mapping[str, Curve]:
        return self.curves_of.get(rules.name, {})

    @property
    def last_day(self) -> date:
        return self.days[-1]

    @property
    def clients_a_day(self) -> float:
        """Clients judged on an asked day whose outcome is wholly known, in the mean."""
        known: int = self.outcomes["client_days"] - self.outcomes["client_days_unknown"]
        return known / len(self.days)


@dataclass(frozen=True)
class Shelf:
    """The studies of a folder, the newest first, and the names of those that cannot be read."""

    studies: tuple[StoredStudy, ...]
    unreadable: tuple[str, ...]

    def about(self, live: RuleSet) -> StoredStudy | None:
        """The newest study of the live rule set with the numbers that it has today."""
        return next((one for one in self.studies if one.tested(live)), None)

    def comparing(self, live: RuleSet, other: RuleSet) -> StoredStudy | None:
        return next((one for one in self.studies if one.compared(live, other)), None)


def shelf(folder: Path) -> Shelf:
    """What lies in the folder; empty where there is none. Folders without an account are no studies yet."""
    return Shelf(*newest(folder, _opened, most=MOST))


# A study is never changed after it has appeared: one that was read is read for good.
@lru_cache(maxsize=KEPT)
def _opened(folder: Path, stamp: int) -> StoredStudy | None:  # noqa: ARG001 (a folder replaced is another study)
    try:
        return _read(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException):
        return None


def _read(folder: Path) -> StoredStudy:
    told = json.loads((folder / ACCOUNT).read_text("utf-8"))
    days = tuple(date.fromisoformat(one) for one in told["as_of"])
    outcomes = dict(told["outcomes"])
    for name in ("client_days", "client_days_unknown", "leavers", "base", "worth"):
        float(outcomes[name])
    if not days or not told["rules"]:
        raise ValueError("a study has days and rule sets")
    return StoredStudy(
        name=folder.name,
        horizon=int(told["horizon"]),
        days=days,
        book=str(told["book"]),
        rules=tuple(dict(one) for one in told["rules"]),
        outcomes=outcomes,
        survivors_only=told["survivors_only"] is not None,
        without_curve=dict(told["without_curve"]),
        change_hands=int(told["clients_who_change_hands"]),
        curves_of=_curves(_rows(folder / "curves.parquet", CURVE_COLUMNS)),
        differences=tuple(_rows(folder / "differences.parquet", DIFFERENCE_COLUMNS)),
    )


def _rows(file: Path, needed: frozenset[str]) -> list[dict[str, Any]]:
    """Empty where the study had nothing of the kind."""
    if not file.is_file():
        return []
    table = pq.read_table(file)
    if lacking := needed - set(table.column_names):
        raise ValueError(f"{file.name} has no {sorted(lacking)}")
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _curves(rows: Sequence[Row]) -> dict[str, dict[str, Curve]]:
    found: dict[str, dict[str, Curve]] = {}
    for rules, sign in dict.fromkeys((row["rules"], row["sign"]) for row in rows):
        own = [row for row in rows if (row["rules"], row["sign"]) == (rules, sign)]
        points = tuple(sorted(own, key=lambda row: row["number"]))
        found.setdefault(rules, {})[sign] = Curve(sign, own[0]["parameter"], own[0]["comparison"], points)
    return found


def _is(told: Row, rules: RuleSet) -> bool:
    return (told.get("name"), told.get("version")) == (rules.name, rules.version) and _same(told, rules)


def _same(told: Row, rules: RuleSet) -> bool:
    """The same signs in the same readings with the same numbers."""
    numbers: dict[str, Any] = json.loads(json.dumps(rules.numbers(), default=float))
    of_study = {name: part for name, part in told.items() if name not in ("name", "version")}
    return of_study == numbers
