"""A small book, written row by row; ids of rows are given out in order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from .answers import Tables

Money = Decimal | int | str
DATED = ("assets", "flows", "trades", "contacts", "requests", "exits")
LONG_AGO = date(2008, 1, 2)


def money(amount: Money) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))


class Book:
    """All tables that the signs read, each of them there from the beginning."""

    def __init__(self) -> None:
        self.tables: Tables = {"clients": [], **{table: [] for table in DATED}}
        self.ids = 0

    def new_id(self, letter: str) -> str:
        self.ids += 1
        return f"{letter}{self.ids:05d}"

    def client(self, client_id: str, opened_on: date = LONG_AGO, **columns: Any) -> str:
        row = {
            "client_id": client_id,
            "branch_id": "b1",
            "opened_on": opened_on,
            "closed_on": None,
            "kind": "person",
            "segment": "regular",
            "status": "normal",
            "manager_id": None,
            "is_employee": False,
            "do_not_contact": False,
            "scoring_opt_out": False,
        }
        self.tables["clients"].append(row | columns)
        return client_id

    def assets(self, client_id: str, day: date, net: Money, position: Money = 0, **columns: Any) -> None:
        cash = money(net) - money(position)
        row = {"client_id": client_id, "date": day, "cash": cash}
        row |= {"position_value": money(position), "net_assets": money(net), "account_id": None}
        self.tables["assets"].append(row | columns)

    def flow(
        self,
        client_id: str,
        day: date,
        direction: str,
        amount: Money,
        *,
        kind: str = "bank",
        reverses: str | None = None,
    ) -> str:
        row = {"flow_id": self.new_id("f"), "client_id": client_id, "date": day, "direction": direction}
        row |= {"amount": money(amount), "kind": kind, "reverses": reverses, "account_id": None}
        self.tables["flows"].append(row)
        return str(row["flow_id"])

    def trade(
        self,
        client_id: str,
        day: date,
        commission: Money,
        *,
        turnover: Money = 1000,
        levies: Money | None = None,
        kind: str | None = "ordinary",
    ) -> None:
        row: dict[str, Any] = {"order_id": self.new_id("o"), "client_id": client_id, "date": day}
        row |= {"turnover": money(turnover), "commission": money(commission), "side": "buy"}
        row |= {"symbol": "600000", "levies": None if levies is None else money(levies), "kind": kind}
        self.tables["trades"].append(row | {"account_id": None})

    def contact(
        self,
        client_id: str,
        day: date,
        *,
        channel: str | None = "phone",
        effective: bool | None = True,
        direction: str = "out",
    ) -> None:
        row = {"contact_id": self.new_id("c"), "client_id": client_id, "date": day, "channel": channel}
        row |= {"direction": direction, "effective": effective, "staff_id": None, "note": None}
        self.tables["contacts"].append(row)

    def request(self, client_id: str, day: date, kind: str) -> None:
        row = {"request_id": self.new_id("r"), "client_id": client_id, "date": day, "kind": kind}
        self.tables["requests"].append(row | {"outcome": None, "closed_on": None, "text": None})

    def exit(self, client_id: str, day: date, kind: str = "closed_account") -> None:
        self.tables["exits"].append({"client_id": client_id, "date": day, "kind": kind, "reason": None})
