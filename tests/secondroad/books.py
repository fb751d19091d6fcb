"""Random small books full of border values, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from .answers import Tables
from .books_money import write_money
from .books_orders import write_contacts, write_requests, write_trades
from .days import ONE_DAY, Span, TradingDays, months_before
from .rows import DATED, LONG_AGO, Book
from .shanghai import TRADING_DAYS
from .stage import FEN, Stage, whole_fen

AS_OF = (
    date(2009, 8, 31),
    date(2009, 10, 1),
    date(2009, 10, 15),
    date(2009, 10, 29),
    date(2009, 10, 30),
    date(2009, 10, 31),
    date(2009, 11, 18),
    date(2009, 12, 31),
    date(2010, 2, 22),
    date(2010, 2, 28),
    date(2010, 3, 1),
    date(2010, 5, 31),
)
"""Ends and middles of months, holidays, and days whose six months end on a clamped day."""
NOT_JUDGED: tuple[dict[str, Any], ...] = (
    {"kind": "institution"},
    {"kind": "product"},
    {"is_employee": True},
    {"status": "deceased"},
    {"scoring_opt_out": True},
)
HOUSE = "zz_house"
"""An institution with assets and an order on every trading day, so that no table has a gap."""


@dataclass(frozen=True)
class CrowdKind:
    """What the members of a crowd draw from."""

    factors: tuple[str, ...]
    turnovers: tuple[str, ...]
    orders: tuple[int, ...]


QUIET = CrowdKind(("0.7", "0.65", "0.75", "0.8", "0.45"), ("1800", "1500", "2000", "2100"), (1, 2, 2))
BUSY = CrowdKind(("1", "0.95", "0.9", "0.85", "0.7"), ("2100", "2100.01", "2400", "3000"), (2, 3, 4))


@dataclass(frozen=True)
class Case:
    """Everything that a judge is given but the rule set."""

    tables: Tables
    trading_days: tuple[date, ...]
    as_of: date
    tainted: frozenset[tuple[str, str]]


def random_book(seed: int) -> Tables:
    """The tables of `random_case`."""
    return random_case(seed).tables


def random_case(seed: int) -> Case:
    """3 to 12 clients around one of a dozen days; one table may be absent or lie wholly after the day."""
    stage = new_stage(seed)
    write_house(stage)
    for number in range(stage.chance.randrange(3, 13)):
        client_id = f"c{number:03d}"
        write_client(stage, client_id)
        for write in (write_money, write_trades, write_contacts, write_requests):
            if stage.happens(0.93):
                write(stage, client_id)
    for table in ("trades", "contacts"):
        start_table(stage, table)
    tables = stage.book.tables
    if stage.happens(0.25):
        lose_a_table(stage, tables)
    shuffle(stage, tables)
    return Case(tables, TRADING_DAYS, stage.as_of, taints(stage))


def short_calendar_case(seed: int) -> Case:
    """A `random_case` whose calendar holds about as many days up to D as one of the windows needs."""
    case = random_case(seed)
    chance = random.Random(seed)
    length = chance.choice((1, 19, 20, 39, 40, 79, 80, 99, 100, 119, 120, 139, 140, 159, 160))
    known = [day for day in case.trading_days if day <= case.as_of][-length:]
    return replace(case, trading_days=tuple(day for day in case.trading_days if day >= known[0]))


def crowd_case(seed: int) -> Case:
    """Some 220 clients: a quiet tier of 99 to 101 peers, a busy one beside it, and a few without a tier."""
    stage = new_stage(seed)
    write_house(stage)
    border = Decimal(stage.one_of((50_000, 500_000, 10_000_000)))
    quiet = stage.one_of((99, 100, 101))
    for number in range(quiet + stage.one_of((99, 100, 101, 130)) + 5):
        client_id = stage.book.client(f"c{number:03d}", segment=stage.one_of(("regular", "regular", "large")))
        if number >= 5:
            below = FEN if number < quiet + 5 else Decimal(0)
            write_two_rows(stage, client_id, border - below)
        write_crowd_member(stage, client_id, border, QUIET if number < quiet + 5 else BUSY)
    shuffle(stage, stage.book.tables)
    return Case(stage.book.tables, TRADING_DAYS, stage.as_of, taints(stage))


def new_stage(seed: int) -> Stage:
    chance = random.Random(seed)
    return Stage(chance, Book(), chance.choice(AS_OF), TradingDays(TRADING_DAYS))


# People.


def write_house(stage: Stage) -> None:
    stage.book.client(HOUSE, kind="institution")
    for day in stage.trading_days(Span(months_before(stage.as_of, 13), stage.as_of + 7 * ONE_DAY)):
        stage.book.assets(HOUSE, day, 1_000_000, 500_000)
        stage.book.trade(HOUSE, day, 1, turnover=10_000)
        stage.book.contact(HOUSE, day)


def write_client(stage: Stage, client_id: str) -> None:
    columns: dict[str, Any] = {"segment": stage.one_of(("regular", "large", None, None))}
    columns |= {"do_not_contact": stage.happens(0.1), "branch_id": stage.one_of(("b1", "b2"))}
    columns |= {"manager_id": stage.one_of((None, "s1")), "status": stage.one_of((None, "normal", "dormant"))}
    columns |= {"kind": stage.one_of(("person", "person", "person", None))}
    if stage.happens(0.08):
        columns |= stage.one_of(NOT_JUDGED)
    opened_on = stage.border() if stage.happens(0.25) else LONG_AGO
    if stage.happens(0.08):
        columns["closed_on"] = max(opened_on, stage.as_of + stage.one_of((-40, -1, 0, 1)) * ONE_DAY)
    stage.book.client(client_id, opened_on, **columns)
    if stage.happens(0.08):
        kind = stage.one_of(("closed_account", "closed_account", "transferred_custody"))
        stage.book.exit(client_id, stage.as_of + stage.one_of((-30, 0, 1)) * ONE_DAY, kind)


def write_two_rows(stage: Stage, client_id: str, net: Decimal) -> None:
    """In base60, with the mean told."""
    base = stage.window(60, 20)
    stage.book.assets(client_id, base.first, net + 100, 1000)
    stage.book.assets(client_id, base.last, net - 100, 1000)


def write_crowd_member(stage: Stage, client_id: str, net: Decimal, kind: CrowdKind) -> None:
    """A loss, orders and turnover drawn from those of its kind."""
    book, base, current = stage.book, stage.window(60, 20), stage.window(20)
    after = whole_fen(net * Decimal(stage.one_of(kind.factors)))
    book.assets(client_id, current.first, net)
    book.assets(client_id, stage.day_in(Span(current.first + ONE_DAY, current.last)), after)
    turnover = Decimal(stage.one_of(kind.turnovers))
    for number in range(18):
        book.trade(client_id, stage.day_in(base), 5, turnover=0 if number else 9_000)
    for number in range(stage.one_of(kind.orders)):
        book.trade(client_id, stage.day_in(current), 5, turnover=0 if number else turnover)


# What a delivery may look like.


def start_table(stage: Stage, table: str) -> None:
    """Sometimes the table starts at a border only: the first day of a base, or the day after."""
    if not stage.happens(0.22):
        return
    start, tables = stage.border(), stage.book.tables
    tables[table] = [row for row in tables[table] if row["date"] >= start]


def lose_a_table(stage: Stage, tables: Tables) -> None:
    table = stage.one_of(DATED)
    if stage.happens(0.5):
        del tables[table]
    else:
        tables[table] = [row for row in tables[table] if row["date"] > stage.as_of]


def shuffle(stage: Stage, tables: Tables) -> None:
    for table in sorted(tables):
        stage.chance.shuffle(tables[table])
    if "assets" in tables:
        tables["assets"] = one_row_a_day(tables["assets"])


def one_row_a_day(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keeps to the key of the table: client, day."""
    return list({(row["client_id"], row["date"]): row for row in rows}.values())


def taints(stage: Stage) -> frozenset[tuple[str, str]]:
    if not stage.happens(0.25):
        return frozenset()
    clients = [row["client_id"] for row in stage.book.tables["clients"]]
    return frozenset((stage.one_of(clients), stage.one_of(DATED)) for _ in range(3))
