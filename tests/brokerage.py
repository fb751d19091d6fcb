"""A small brokerage as a raw delivery: forty clients who trade every day, and a few with a story."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from tests.book.small_book import write_table
from wanliu.book.calendar import continued

FIRST, LAST = date(2009, 1, 5), date(2009, 10, 30)
STEADY = tuple(f"S{number:03}" for number in range(40))
LEAVER, SLEEPER, COMPLAINER = "L001", "Z001", "C001"
EVERYONE = (*STEADY, LEAVER, SLEEPER, COMPLAINER)


def trading_days(first: date = FIRST, last: date = LAST) -> tuple[date, ...]:
    return continued(()).between(first, last)


def write_brokerage(folder: Path, *, days: Iterable[date] | None = None) -> Path:
    """Writes the delivery; ``days`` are the trading days that have rows (all of them unless given)."""
    on = tuple(trading_days() if days is None else days)
    write_table(folder, "clients", "client_id branch_id opened_on manager_id", _clients())
    write_table(folder, "assets", "client_id date cash position_value net_assets", _assets(on))
    write_table(folder, "trades", "order_id client_id date turnover commission", _trades(on))
    out = (("F1", LEAVER, date(2009, 9, 16), "out", "60000.00", "bank"),)
    write_table(folder, "flows", "flow_id client_id date direction amount kind", out)
    write_table(
        folder,
        "requests",
        "request_id client_id date kind",
        (("R1", COMPLAINER, date(2009, 10, 12), "complaint"),),
    )
    write_table(folder, "contacts", "contact_id client_id date channel", ())
    return folder


def _clients() -> Iterable[tuple[object, ...]]:
    return (
        (client, "B1" if number % 2 else "B2", "2008-01-02", f"M{number % 3}")
        for number, client in enumerate(EVERYONE)
    )


def _assets(days: Iterable[date]) -> Iterable[tuple[object, ...]]:
    for day in days:
        for client in EVERYONE:
            if client == SLEEPER:
                yield client, day, "30.00", "0.00", "30.00"
            elif client == LEAVER and day >= date(2009, 9, 16):
                yield client, day, "40000.00", "0.00", "40000.00"
            else:
                yield client, day, "20000.00", "80000.00", "100000.00"


def _trades(days: Iterable[date]) -> Iterable[tuple[object, ...]]:
    for day in days:
        for client in (*STEADY, COMPLAINER):
            yield f"T{day:%Y%m%d}", client, day, "10000.00", "25.00"
        if day < date(2009, 9, 1):
            yield f"T{day:%Y%m%d}", LEAVER, day, "10000.00", "25.00"
