"""A study's folder with known figures, as ``wanliu backtest`` leaves it, for whatever reads studies."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wanliu.ruleset import RuleSet

TRIED = (0.2, 0.25, 0.3, 0.35)
OUTCOMES: Mapping[str, Any] = {
    "client_days": 4100,
    "client_days_unknown": 100,
    "leavers": 50,
    "worth": 1_000_000.0,
    "base": 0.05,
    "base_low": 0.04,
    "base_high": 0.06,
}


def point(number: float, **other: Any) -> dict[str, Any]:
    """One point of a curve: fewer alarms, better ones and later ones as the number rises."""
    return {
        "rules": "standard",
        "sign": "fund_outflow",
        "parameter": "share",
        "comparison": ">",
        "number": number,
        "in_force": number == 0.3,
        "new_alarms": round(60 / number),
        "calls_a_day": 1 / number,
        **{f"precision_new{end}": number + off for end, off in (("", 0.0), ("_low", -0.1), ("_high", 0.1))},
        **{f"recall{end}": 0.8 - number + off for end, off in (("", 0.0), ("_low", -0.1), ("_high", 0.1))},
        **{f"worth_missed{end}": number + off for end, off in (("", 0.1), ("_low", 0.05), ("_high", 0.2))},
        "lead_median": 100 * number,
        "lead_first_quartile": 100 * number - 10,
        "lead_third_quartile": 100 * number + 10,
        **other,
    }


def difference(figure: str, first: float, second: float) -> dict[str, Any]:
    by = second - first
    return {
        "kind": "call",
        "figure": figure,
        "first": first,
        "second": second,
        "difference": by,
        "difference_low": by - 0.01,
        "difference_high": by + 0.01,
    }


def stored_study(folder: Path, *rules: RuleSet, at: int = 0, **told: Any) -> Path:
    """``at``: seconds, by which the newest is found. ``told`` replaces parts of the account."""
    folder.mkdir(parents=True)
    account = {
        "as_of": ["2026-03-31", "2026-04-30", "2026-05-29", "2026-06-30"],
        "horizon": 90,
        "book": "b" * 64,
        "rules": [{"name": one.name, "version": one.version, **one.numbers()} for one in rules],
        "outcomes": OUTCOMES,
        "survivors_only": None,
        "without_curve": {one.name: [] for one in rules},
        "clients_who_change_hands": 7 if len(rules) > 1 else 0,
        **told,
    }
    curves = [point(number) for number in TRIED]
    pq.write_table(pa.Table.from_pylist(curves), folder / "curves.parquet")
    if len(rules) > 1:
        rows = [difference("new_per_client_day", 0.002, 0.003), difference("precision_new", 0.4, 0.35)]
        pq.write_table(pa.Table.from_pylist(rows), folder / "differences.parquet")
    (folder / "run.json").write_text(json.dumps(account, default=float), encoding="utf-8")
    os.utime(folder / "run.json", (at, at))
    return folder
