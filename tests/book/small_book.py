"""Deliveries of a small brokerage as real files, for the tests of the sealed book."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

AN, BO, CY = "000001", "000002", "000003"
OCTOBER = tuple(
    day
    for day in (date(2009, 10, 9) + timedelta(days=offset) for offset in range(22))
    if day.isoweekday() < 6
)
"""The trading days of October 2009 after the holidays: 9 to 30."""


def write_table(folder: Path, name: str, header: str, rows: Iterable[Sequence[object]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header.split())
        writer.writerows(rows)


def write_clients(folder: Path, *clients: str, branch: str = "B1") -> None:
    write_table(
        folder,
        "clients",
        "client_id branch_id opened_on",
        [(client, branch, "2008-01-02") for client in clients],
    )


def write_assets(folder: Path, days: Iterable[date], *clients: str, cash: str = "100.00") -> None:
    rows = [(client, day, cash, "50.00", "150.00", "A1") for day in days for client in clients]
    write_table(folder, "assets", "client_id date cash position_value net_assets account_id", rows)


def write_trades(folder: Path, days: Iterable[date], *clients: str) -> None:
    rows = [(f"T{client}", client, day, "1000.00", "3.00") for day in days for client in clients]
    write_table(folder, "trades", "order_id client_id date turnover commission", rows)


def write_flows(folder: Path, *rows: tuple[str, str, date, str]) -> None:
    write_table(
        folder,
        "flows",
        "flow_id client_id date direction amount kind",
        [(number, client, day, "out", amount, "bank") for number, client, day, amount in rows],
    )


def state_of(book: Path) -> dict[str, bytes]:
    """Every file of a book by its name: two books are equal when their states are."""
    return {
        file.relative_to(book).as_posix(): file.read_bytes()
        for file in sorted(book.rglob("*"))
        if file.is_file()
    }


def write_october(folder: Path) -> None:
    """Three clients, their assets and trades on every trading day of the month, two flows."""
    write_clients(folder, AN, BO, CY)
    write_assets(folder, OCTOBER, AN, BO, CY)
    write_trades(folder, OCTOBER, AN, BO)
    write_flows(folder, ("F1", AN, date(2009, 10, 12), "30.00"), ("F2", BO, date(2009, 10, 20), "40.00"))
