"""What must hold for every book, tried on random ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.secondroad.books import Case, random_case
from tests.test_second_road import RULE_SETS, rows_of, sealed_case

SEEDS = range(3)
Row = dict[str, object]
Change = Callable[[Case], Case]


def judged(case: Case, rules: str, folder: Path) -> list[Row]:
    return rows_of(sealed_case(case, folder), rules, case.as_of)


def with_tables(case: Case, **tables: list[Row]) -> Case:
    return replace(case, tables={**case.tables, **tables})


def rows_after_the_day_are_added(case: Case) -> Case:
    """Every dated table gets the client's worst fears, all dated after D."""
    later = case.as_of + timedelta(days=1)
    client = case.tables["clients"][0]["client_id"]
    added: dict[str, list[Row]] = {
        "flows": [
            {
                "flow_id": "later",
                "client_id": client,
                "date": later,
                "direction": "out",
                "amount": Decimal("9e6"),
                "kind": "bank",
            },
            *(
                {**flow, "flow_id": f"cancels-{flow['flow_id']}", "date": later, "reverses": flow["flow_id"]}
                for flow in case.tables.get("flows", ())
                if flow["date"] <= case.as_of
            ),
        ],
        "assets": [
            {
                "client_id": client,
                "date": later,
                "cash": Decimal(0),
                "position_value": Decimal(0),
                "net_assets": Decimal(0),
            }
        ],
        "trades": [
            {
                "order_id": "later",
                "client_id": client,
                "date": later,
                "turnover": Decimal(1),
                "commission": Decimal(1),
            }
        ],
        "requests": [{"request_id": "later", "client_id": client, "date": later, "kind": "complaint"}],
        "contacts": [{"contact_id": "later", "client_id": client, "date": later}],
    }
    there = {table: rows for table, rows in added.items() if table in case.tables}
    return with_tables(case, **{table: [*case.tables[table], *rows] for table, rows in there.items()})


def rows_are_shuffled(case: Case) -> Case:
    mixed = {table: random.Random(7).sample(rows, len(rows)) for table, rows in case.tables.items()}
    return with_tables(case, **mixed)


def a_flow_and_its_reversal_are_added(case: Case) -> Case:
    if "flows" not in case.tables:
        return case
    client, day = case.tables["clients"][0]["client_id"], case.as_of - timedelta(days=20)
    pair = [
        {
            "flow_id": "wrong",
            "client_id": client,
            "date": day,
            "direction": "out",
            "amount": Decimal("123456.78"),
            "kind": "bank",
        },
        {
            "flow_id": "mended",
            "client_id": client,
            "date": case.as_of,
            "direction": "in",
            "amount": Decimal("123456.78"),
            "kind": "bank",
            "reverses": "wrong",
        },
    ]
    return with_tables(case, flows=[*case.tables["flows"], *pair])


def internal_flows_are_added(case: Case) -> Case:
    if "flows" not in case.tables:
        return case
    day = case.as_of - timedelta(days=3)
    inside = [
        {
            "flow_id": f"i{n}",
            "client_id": client["client_id"],
            "date": day,
            "direction": "out",
            "amount": Decimal(10**6),
            "kind": "internal",
        }
        for n, client in enumerate(case.tables["clients"])
    ]
    return with_tables(case, flows=[*case.tables["flows"], *inside])


CHANGES = [
    rows_after_the_day_are_added,
    rows_are_shuffled,
    a_flow_and_its_reversal_are_added,
    internal_flows_are_added,
]


@pytest.mark.parametrize("rules", RULE_SETS)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("change", CHANGES)
def test_nothing_changes_when(change: Change, seed: int, rules: str, tmp_path: Path) -> None:
    changed = change(random_case(seed))

    assert judged(changed, rules, tmp_path / "changed") == as_it_was(seed, rules)


@cache
def as_it_was(seed: int, rules: str) -> list[Row]:
    """The same for every change, and so judged once."""
    with TemporaryDirectory(prefix="wanliu-as-it-was-") as folder:
        return judged(random_case(seed), rules, Path(folder) / "book")


@pytest.mark.parametrize("seed", SEEDS)
def test_scaling_money_scales_amounts_and_leaves_ratios(seed: int, tmp_path: Path) -> None:
    case = random_case(seed)
    given = [{**client, "segment": client.get("segment") or "regular"} for client in case.tables["clients"]]
    case = with_tables(case, clients=given)

    plain, scaled = (
        judged(c, "guide", tmp_path / name) for name, c in (("plain", case), ("scaled", scaled_by(3, case)))
    )

    for before, after in zip(plain, scaled, strict=True):
        for name, value in before.items():
            if name.endswith(("__status", "__weak")) or name in ("client_id", "level", "fired", "unknown"):
                assert after[name] == value, name
            elif name.endswith("__value"):
                assert after[name] == (value if value is None else pytest.approx(value, rel=1e-12)), name


MONEY = ("cash", "position_value", "net_assets", "amount", "turnover", "commission", "levies")


def scaled_by(factor: int, case: Case) -> Case:
    def scaled(row: Mapping[str, object]) -> Row:
        return {k: v * factor if k in MONEY and isinstance(v, Decimal) else v for k, v in row.items()}

    return with_tables(case, **{table: [scaled(row) for row in rows] for table, rows in case.tables.items()})
