"""Small books for the tests of labels: a house that keeps the feed alive, and random or named clients."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from wanliu.book.calendar import continued
from wanliu.book.seal import seal_tables
from wanliu.book.sealed import Book
from wanliu.book.tables import TABLES as DECLARED

Tables = dict[str, list[dict[str, Any]]]
FIRST, LAST = date(2009, 1, 5), date(2009, 12, 31)
HOUSE = {"client_id": "zz_house", "branch_id": "b1", "opened_on": date(2008, 1, 2), "kind": "institution"}
TABLES = ("clients", "assets", "flows", "trades", "exits")
AMOUNTS = ("0", "99.99", "100.00", "4999.99", "5000.00", "20000.00", "25000.00", "100000.00")


def trading_days(first: date = FIRST, last: date = LAST) -> tuple[date, ...]:
    return continued(()).between(first, last)


def empty_tables(*, first: date = FIRST, last: date = LAST) -> Tables:
    """All tables, with the house in clients, and in assets and trades on every trading day."""
    tables: Tables = {name: [] for name in TABLES}
    tables["clients"].append(dict(HOUSE))
    for day in trading_days(first, last):
        tables["assets"].append(worth("zz_house", day, "1000000.00"))
        order = {"order_id": f"h{day:%m%d}", "client_id": "zz_house", "date": day}
        tables["trades"].append({**order, "turnover": "100.00", "commission": "5.00"})
    return tables


def worth(client_id: str, day: date, net: str, position: str = "0") -> dict[str, Any]:
    return {"client_id": client_id, "date": day, "cash": net, "position_value": position, "net_assets": net}


def person(client_id: str, **columns: Any) -> dict[str, Any]:
    return {"client_id": client_id, "branch_id": "b1", "opened_on": date(2008, 1, 2), **columns}


def sealed(tables: Tables, folder: Path) -> Book:
    """Seals rows given as plain values, thousands at once."""
    with duckdb.connect() as connection:
        for name, rows in tables.items():
            columns = DECLARED[name].columns
            texts = {c.name: pa.array([_text(row.get(c.name)) for row in rows], pa.string()) for c in columns}
            connection.register(f"texts_{name}", pa.table(texts))
            cast = ", ".join(
                f"coalesce({c.name}, {_default(c.default)})::{c.sql_type} AS {c.name}" for c in columns
            )
            connection.execute(f"CREATE TABLE given_{name} AS SELECT {cast} FROM texts_{name}")
        return seal_tables(connection, {name: f"given_{name}" for name in tables}, folder)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _default(value: str | None) -> str:
    return "NULL" if value is None else f"'{value}'"


def random_tables(seed: int, clients: int = 40) -> Tables:
    """Clients whose lives stand on the borders of every definition."""
    chance = random.Random(seed)
    tables = empty_tables()
    for number in range(clients):
        _random_client(chance, tables, f"c{number:03d}")
    return tables


def _random_client(chance: random.Random, tables: Tables, mine: str) -> None:
    columns: dict[str, Any] = {"opened_on": _day(chance) if chance.random() < 0.1 else date(2008, 1, 2)}
    if chance.random() < 0.05:
        columns |= chance.choice(({"kind": "product"}, {"is_employee": True}, {"status": "deceased"}))
    if chance.random() < 0.1:
        columns["closed_on"] = max(columns["opened_on"], _day(chance))
    tables["clients"].append(person(mine, **columns))
    _random_assets(chance, tables, mine)
    for kind in ("transferred_custody", "revoked_designation", "closed_account"):
        if chance.random() < 0.15:
            tables["exits"].append({"client_id": mine, "date": _day(chance), "kind": kind})
    _random_flows(chance, tables, mine)
    for _ in range(chance.choice((0, 0, 1, 3))):
        order = {"order_id": f"o{len(tables['trades'])}", "client_id": mine, "date": _day(chance)}
        tables["trades"].append({**order, "turnover": "100.00", "commission": "5.00"})


def _random_assets(chance: random.Random, tables: Tables, mine: str) -> None:
    """Steps between amounts on the lines; some feeds are daily, some monthly, some stop or have holes."""
    days = trading_days()
    changes = sorted(chance.sample(days, chance.choice((0, 1, 2, 3, 5))))
    if chance.random() < 0.4:  # a change at the very start or end of a month
        changes = sorted({*changes, chance.choice(_borders_of_months())})
    amount, step = chance.choice(AMOUNTS[3:]), chance.choice((1, 1, 1, 5, 22))
    stops = chance.choice(days) if chance.random() < 0.25 else LAST
    hole = chance.choice(days) if chance.random() < 0.2 else date.max
    for place, day in enumerate(days):
        if day in changes:
            amount = chance.choice(AMOUNTS)
        if day > stops or hole <= day < hole + timedelta(days=45):
            continue
        if place % step == 0 or day in changes:
            tables["assets"].append(worth(mine, day, amount))


def _random_flows(chance: random.Random, tables: Tables, mine: str) -> None:
    for _ in range(chance.choice((0, 1, 2, 4))):
        flow = {"flow_id": f"f{len(tables['flows'])}", "client_id": mine, "date": _day(chance)}
        flow |= {"direction": chance.choice(("out", "out", "in")), "reverses": None}
        flow |= {"amount": chance.choice((*AMOUNTS, "80000.00", "79999.99"))}
        flow |= {"kind": chance.choice(("bank", "bank", "securities", "internal", "fee"))}
        tables["flows"].append(flow)
        if chance.random() < 0.2:
            back: dict[str, Any] = {
                **flow,
                "flow_id": f"f{len(tables['flows'])}",
                "reverses": flow["flow_id"],
            }
            back["date"] += timedelta(days=chance.choice((0, 1, 40)))
            tables["flows"].append(back)


def _borders_of_months() -> list[date]:
    days = trading_days()
    return [
        day
        for place, day in enumerate(days)
        if (place and days[place - 1].month != day.month)
        or (place + 1 < len(days) and days[place + 1].month != day.month)
    ]


def _day(chance: random.Random) -> date:
    return FIRST + timedelta(days=chance.randrange((LAST - FIRST).days))
