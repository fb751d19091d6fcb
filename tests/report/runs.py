"""Made-up folders of runs, laid out as a run leaves them, with just the clients that a test speaks of."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wanliu.report.words import LEVELS, STATUSES
from wanliu.ruleset import RuleSet, load
from wanliu.warning.output import ACCOUNT, SIGNALS, WARNINGS

DAY = date(2009, 10, 30)
FINGERPRINT = "1f6e430ef116a654c4d302bc306ba40b65f55133db0aa48f2a364c2bf56776eb"
ARROW: Mapping[str, pa.DataType] = {
    "money": pa.decimal128(18, 2),
    "count": pa.int64(),
    "ratio": pa.float64(),
    "date": pa.date32(),
    "flag": pa.bool_(),
    "text": pa.string(),
}

OUTFLOW: dict[str, Any] = {
    "first": date(2009, 5, 1),
    "last": DAY,
    "moved_out": Decimal("180000.00"),
    "moved_in": Decimal("20000.00"),
    "times": 3,
    "opening": Decimal("500000.00"),
    "entrusted": Decimal("20000.00"),
}
"""What ``fund_outflow`` of the standard reading stands on, for a client who moved 30.77 % out."""


def fired(
    value: float | None, threshold: float, *, severity: str = "strong", **evidence: Any
) -> dict[str, Any]:
    return {"status": "fired", "severity": severity, "value": value, "threshold": threshold, **evidence}


def result(status: str, threshold: float = 0.3) -> dict[str, Any]:
    return {"status": status, "severity": None, "value": None, "threshold": threshold}


@dataclass(frozen=True)
class Judged:
    """One client on one day; signs that are not given are clear."""

    client_id: str
    level: str = "none"
    signals: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    branch_id: str = "0901"
    manager_id: str | None = "S0901"
    value_at_stake: Decimal = Decimal("100.00")
    do_not_contact: bool = False
    as_of: date = DAY

    def ids(self, *statuses: str) -> str:
        return ";".join(sign for sign, one in self.signals.items() if one["status"] in statuses)


LEAVING = Judged(
    "000123",
    "orange",
    {"fund_outflow": fired(160000 / 520000, 0.3, **OUTFLOW), "contact_drop": result("missing_data", 0.5)},
    value_at_stake=Decimal("12345.60"),
)
QUIET = Judged("000124")


def run_of(
    folder: Path,
    judged: Sequence[Judged],
    *,
    rules: str = "standard",
    fired_only: bool = False,
    absent: Mapping[str, Sequence[str]] | None = None,
    lost_days: Mapping[str, Sequence[str]] | None = None,
    clients: int = 0,
) -> RuleSet:
    """Writes the three files of a run; returns its rule set."""
    folder.mkdir(parents=True, exist_ok=True)
    set_ = load(rules)
    pq.write_table(_signals(set_, judged, fired_only=fired_only), folder / SIGNALS)
    pq.write_table(_warnings(set_, judged), folder / WARNINGS)
    account = _account(set_, judged, clients)
    account |= {"absent": absent or {}, "lost_days": lost_days or {}}
    (folder / ACCOUNT).write_text(json.dumps(account), "utf-8")
    return set_


def _signals(rules: RuleSet, judged: Sequence[Judged], *, fired_only: bool) -> pa.Table:
    rows = sorted(judged, key=lambda one: (one.client_id, one.as_of))
    rows = [one for one in rows if one.ids("fired") or not fired_only]
    columns: dict[str, pa.Array] = {
        "client_id": pa.array([one.client_id for one in rows], pa.string()),
        "as_of": pa.array([one.as_of for one in rows], pa.date32()),
        "rules": pa.array([rules.name for _ in rows], pa.string()),
    }
    for rule in rules.rules:
        told = [one.signals.get(rule.id, result("clear")) for one in rows]
        kept = [one if one["status"] == "fired" or not fired_only else None for one in told]
        evidence = {name: ARROW[term.kind] for name, term in rule.verdict().evidence.items()}
        columns[rule.id] = pa.array(kept, _struct(evidence))
    return pa.table(columns)


def _struct(evidence: Mapping[str, pa.DataType]) -> pa.DataType:
    texts = {"status": pa.string(), "severity": pa.string()}
    numbers = {"value": pa.float64(), "threshold": pa.float64()}
    return pa.struct([pa.field(name, type_) for name, type_ in (texts | numbers | dict(evidence)).items()])


def _warnings(rules: RuleSet, judged: Sequence[Judged]) -> pa.Table:
    order = list(LEVELS)
    warned = sorted(
        (one for one in judged if one.level != "none"),
        key=lambda one: (one.as_of, order.index(one.level), -one.value_at_stake, one.client_id),
    )
    rows = [
        {
            "client_id": one.client_id,
            "branch_id": one.branch_id,
            "manager_id": one.manager_id,
            "as_of": one.as_of,
            "rules": rules.name,
            "level": one.level,
            "fired": one.ids("fired"),
            "unknown": one.ids("missing_data", "insufficient_history"),
            "value_at_stake": one.value_at_stake,
            "do_not_contact": one.do_not_contact,
        }
        for one in warned
    ]
    types = dict.fromkeys(("client_id", "branch_id", "manager_id"), pa.string())
    types |= {"as_of": pa.date32()} | dict.fromkeys(("rules", "level", "fired", "unknown"), pa.string())
    types |= {"value_at_stake": pa.decimal128(18, 2), "do_not_contact": pa.bool_()}
    return pa.Table.from_pylist(rows, pa.schema(list(types.items())))


def _account(rules: RuleSet, judged: Sequence[Judged], clients: int) -> dict[str, Any]:
    days = sorted({one.as_of for one in judged}) or [DAY]
    levels = Counter(one.level for one in judged)
    statuses = {
        id_: Counter(one.signals.get(id_, result("clear"))["status"] for one in judged) for id_ in rules.ids
    }
    return {
        "program": "0.1.0",
        "book": FINGERPRINT,
        "as_of": [day.isoformat() for day in days],
        "rows": {"clients": {"sealed": clients}},
        "judged": len(judged),
        "levels": {level: levels[level] for level in LEVELS},
        "signals": {id_: {status: counts[status] for status in STATUSES} for id_, counts in statuses.items()},
    }
