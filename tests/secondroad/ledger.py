"""The book as it is known on day D, and one client's rows in it (contract sections 1 and 2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from .answers import Row, Tables
from .days import Month, Span, TradingDays
from .parameters import Numbers

DATED = ("assets", "flows", "trades", "contacts", "requests", "exits")
MONEY_KINDS = ("bank", "securities")
NOTHING = Fraction(0)


@dataclass(frozen=True)
class Assets:
    """All accounts of one client at the close of one day, CNY."""

    date: date
    position: Fraction
    net: Fraction


@dataclass(frozen=True)
class Ledger:
    """Everything that is known on day D; nothing dated later is in it."""

    tables: Tables
    days: TradingDays
    as_of: date
    tainted: frozenset[tuple[str, str]]
    numbers: Numbers

    def number(self, sign: str, name: str) -> Fraction:
        return self.numbers[sign, name]

    def count(self, sign: str, name: str) -> int:
        return int(self.numbers[sign, name])

    @cached_property
    def month(self) -> Month:
        return self.days.month_judged(self.as_of)

    def lacks(self, *tables: str) -> bool:
        return any(table not in self.tables for table in tables)

    @cached_property
    def rows(self) -> dict[str, dict[str, list[Row]]]:
        """Rows dated ≤ D by table and client; in flows only those that count."""
        found: dict[str, dict[str, list[Row]]] = {}
        for table in DATED:
            known = [row for row in self.tables.get(table, []) if row["date"] <= self.as_of]
            found[table] = by_client(counted(known) if table == "flows" else known)
        return found

    @cached_property
    def starts(self) -> dict[str, date | None]:
        """A table's start from the rows dated ≤ D; None where there is none, and so no history."""
        starts: dict[str, date | None] = {}
        for table in DATED:
            dates = [row["date"] for row in self.tables.get(table, []) if row["date"] <= self.as_of]
            starts[table] = self.days.start(min(dates)) if dates else None
        return starts

    @cached_property
    def judged(self) -> list[Client]:
        """The judged clients, in the order of their ids."""
        everyone = sorted(self.tables["clients"], key=lambda row: row["client_id"])
        return [Client(self, row) for row in everyone if self.is_judged(row)]

    def is_judged(self, row: Row) -> bool:
        """kind person, not is_employee, not deceased, not opted out, opened ≤ D, not closed ≤ D."""
        out = row.get("is_employee") or row.get("scoring_opt_out") or row.get("status") == "deceased"
        person = (row.get("kind") or "person") == "person"
        return person and not out and row["opened_on"] <= self.as_of and not self.has_closed(row)

    def has_closed(self, row: Row) -> bool:
        closed_on = row.get("closed_on")
        exits = self.rows["exits"].get(row["client_id"], [])
        left = any(exit_["kind"] == "closed_account" for exit_ in exits)
        return left or (closed_on is not None and closed_on <= self.as_of)


def by_client(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["client_id"]].append(row)
    return grouped


def counted(flows: list[Row]) -> list[Row]:
    """Flows without internal ones, without rows that name another and without rows that are named."""
    named = {row["reverses"] for row in flows if row.get("reverses")}
    return [
        row
        for row in flows
        if row["kind"] != "internal" and not row.get("reverses") and row["flow_id"] not in named
    ]


@dataclass(frozen=True, eq=False)
class Client:
    """One judged client and the rows that are known of them on day D."""

    ledger: Ledger = field(repr=False)
    row: Row

    @property
    def id(self) -> str:
        return str(self.row["client_id"])

    @property
    def opened_on(self) -> date:
        opened: date = self.row["opened_on"]
        return opened

    def is_tainted(self, *tables: str) -> bool:
        return any((self.id, table) in self.ledger.tainted for table in tables)

    def is_complete(self, month: Month, reads: str | None = None) -> bool:
        """First day ≥ opened_on, and ≥ the start of the table where the sign reads trades or contacts."""
        if month.first < self.opened_on:
            return False
        if reads is None:
            return True
        start = self.ledger.starts[reads]
        return start is not None and month.first >= start

    def is_there_for(self, base: Span | None, reads: str) -> bool:
        """History is enough: opened_on and the table's start are ≤ the first day of the base."""
        start = self.ledger.starts[reads]
        if base is None or start is None:
            return False
        return self.opened_on <= base.first and start <= base.first

    # Assets.

    @cached_property
    def assets(self) -> list[Assets]:
        """One entry per day, all accounts summed, in date order."""
        days: dict[date, list[Row]] = defaultdict(list)
        for row in self.rows("assets"):
            days[row["date"]].append(row)
        return [
            Assets(day, total(rows, "position_value"), total(rows, "net_assets"))
            for day, rows in sorted(days.items())
        ]

    def assets_in(self, span: Span) -> list[Assets]:
        return [row for row in self.assets if row.date in span]

    def net_assets_at(self, day: date) -> Fraction | None:
        """Of the latest row in (day − 31 days, day]; None is missing."""
        reach = timedelta(days=self.ledger.count("every", "latest_row_days"))
        near = [row for row in self.assets if day - reach < row.date <= day]
        return near[-1].net if near else None

    def is_large(self, span: Span | None) -> bool:
        """segment, or, where it is empty, mean net assets of the span's rows ≥ 500,000; no rows: regular."""
        segment = self.row.get("segment")
        if segment:
            return bool(segment == "large")
        nets = [row.net for row in self.assets_in(span)] if span else []
        return bool(nets) and mean(nets) >= self.ledger.number("every", "large_from")

    # Rows that are counted or added up.

    def rows(self, table: str, span: Span | None = None) -> list[Row]:
        mine = self.ledger.rows[table].get(self.id, [])
        return [row for row in mine if span is None or row["date"] in span]

    def flows(self, direction: str, kinds: tuple[str, ...], span: Span) -> list[Row]:
        return [
            row for row in self.rows("flows", span) if row["direction"] == direction and row["kind"] in kinds
        ]

    def ordinary_trades(self, span: Span) -> list[Row]:
        return [row for row in self.rows("trades", span) if (row.get("kind") or "ordinary") == "ordinary"]

    def requests(self, kinds: tuple[str, ...], span: Span) -> int:
        return len([row for row in self.rows("requests", span) if row["kind"] in kinds])

    def effective_contacts(self, span: Span) -> int:
        return len([row for row in self.rows("contacts", span) if is_effective(row)])


def is_effective(contact: Row) -> bool:
    """As said; where nothing is said, an SMS is not and everything else is."""
    said = contact.get("effective")
    return bool(contact.get("channel") != "sms") if said is None else bool(said)


def total(rows: Iterable[Row], column: str) -> Fraction:
    return sum((Fraction(row.get(column) or 0) for row in rows), NOTHING)


def net_commission(rows: Iterable[Row]) -> Fraction:
    rows = list(rows)
    return total(rows, "commission") - total(rows, "levies")


def mean(numbers: Iterable[Fraction | int]) -> Fraction:
    listed = [Fraction(number) for number in numbers]
    return sum(listed, NOTHING) / len(listed)
