"""What a back-test found, as plain tables: every number that pages and files show, and nothing to compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from wanliu.ruleset import RuleSet
from wanliu.text import Text

Rows = Sequence[Mapping[str, Any]]

CHANGES = pa.schema(
    {"client_id": pa.string(), "as_of": pa.date32(), "level_first": pa.string(), "level_second": pa.string()}
)


@dataclass(frozen=True)
class Study:
    """One back-test. Tables are sequences of rows with the same columns; shares are fractions, money is CNY.

    ``figures``: rule set × kind of alarm. ``months``: the same by month of the day. ``overlap``: sign × sign.
    ``curves``: sign × number tried. ``differences``: the second rule set less the first. ``changes``: clients
    and days that one rule set calls and the other does not (empty with one rule set).
    """

    rules: tuple[RuleSet, ...]
    horizon: int
    days: tuple[date, ...]
    days_left_out: tuple[date, ...]
    trading_days: int
    """Trading days from the first asked day to the last: what calls a day are counted over."""
    book: str
    """The book's fingerprint."""
    survivors_only: Text | None
    """Why recall cannot be told, where the book does not hold the clients who closed."""
    outcomes: Mapping[str, Any]
    figures: Rows
    months: Rows
    overlap: Rows
    curves: Rows
    differences: Rows
    changes: pa.Table
    notes: tuple[Text, ...]
    without_curve: Mapping[str, tuple[str, ...]]

    def figure(self, rules: str, kind: str) -> Mapping[str, Any]:
        return next(row for row in self.figures if row["rules"] == rules and row["kind"] == kind)

    @property
    def clients_who_change_hands(self) -> int:
        return len(self.changes["client_id"].unique())

    @property
    def tables(self) -> dict[str, Rows]:
        """File name → rows; what is empty is left out. Changes may be many and are a table of their own."""
        named = ("figures", "months", "overlap", "curves", "differences")
        return {name: rows for name in named if (rows := getattr(self, name))}
