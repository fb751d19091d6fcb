"""Labels once more, client by client and day by day, from the words of docs/explanation/labels.

Slow on purpose: it shares no line, no table and no query with the room that it checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Told:
    """What one client and day come to."""

    label: str | None
    left_on: date | None
    censored: bool
    valid: bool | None
    by_price: bool | None = None
    rebuilt: bool = False


class SlowLabels:
    """The rows of a small book, sorted by client once; everything else is looked up anew each time."""

    def __init__(self, tables: Mapping[str, Sequence[Row]], *, feed_ends: date, book_ends: date) -> None:
        self.tables, self.feed_ends, self.book_ends = tables, feed_ends, book_ends

    def of(self, client: Row, day: date, horizon: int) -> Told | None:
        """None where the client is not judged that day."""
        story = _Story(self, client, day, day + horizon * ONE)
        return story.told() if story.is_judged() else None

    def rows(self, table: str, client_id: str) -> list[Row]:
        return [row for row in self.tables.get(table, ()) if row["client_id"] == client_id]


class _Story:
    def __init__(self, book: SlowLabels, client: Row, day: date, end: date) -> None:
        self.book, self.client, self.day, self.end = book, client, day, end
        mine = client["client_id"]
        self.assets = {row["date"]: Decimal(row["net_assets"]) for row in book.rows("assets", mine)}
        self.flows, self.trades = book.rows("flows", mine), book.rows("trades", mine)
        self.exits = book.rows("exits", mine)

    # --- who is there -------------------------------------------------------------------------------

    def is_judged(self) -> bool:
        who = self.client
        barred = (
            who.get("kind") not in (None, "person")
            or who.get("is_employee")
            or who.get("scoring_opt_out")
            or who.get("status") == "deceased"
        )
        gone = self.closed_on() or self.vanished_on()
        return not barred and who["opened_on"] <= self.day and (gone is None or gone > self.day)

    def closed_on(self) -> date | None:
        days = [row["date"] for row in self.exits if row["kind"] == "closed_account"]
        days += [self.client["closed_on"]] if self.client.get("closed_on") else []
        closed: date | None = min(days, default=None)
        return closed

    def vanished_on(self) -> date | None:
        """The day after the last row, where money stood on it and the feed went on for 31 days or more."""
        if not self.assets:
            return None
        last = max(self.assets)
        stopped = self.assets[last] >= 100 and (self.book.feed_ends - last).days >= 31
        return last + ONE if stopped else None

    # --- what was there -----------------------------------------------------------------------------

    def worth(self, day: date) -> Decimal | None:
        before = [one for one in self.assets if one <= day]
        if not before:
            return None
        latest = max(before)
        value = self.assets[latest]
        return value if value < 100 or (day - latest).days < 31 else None

    def is_empty(self, day: date) -> bool:
        before = [one for one in self.assets if one <= day]
        return bool(before) and self.assets[max(before)] < 100

    def empty_since(self, day: date) -> date:
        """The first row of the unbroken run of empty rows that the day belongs to."""
        run = [one for one in sorted(self.assets) if one <= day]
        first = run[-1]
        for one in reversed(run):
            if self.assets[one] >= 100:
                break
            first = one
        found: date = first
        return found

    # --- what became of it --------------------------------------------------------------------------

    def told(self) -> Told:
        worth = self.worth(self.day)
        valid = None if worth is None else worth >= 5000
        whole = self.end <= self.book.book_ends
        explicit, implicit = self.explicit(), self.implicit() if valid else None
        rest = self.worth(self.end) if whole else None
        unknown_rest = bool(valid) and rest is None and explicit is None and implicit is None
        censored = not whole or worth is None or unknown_rest
        if explicit:
            on, rebuilt = explicit
            return Told("explicit", on, censored, valid, rebuilt=rebuilt)
        if implicit:
            return Told("implicit", implicit, censored, valid)
        shallow = self.shallow(worth, rest) if valid and worth is not None and rest is not None else None
        if shallow and rest is not None:
            return Told("shallow", shallow, censored, valid, by_price=rest + self.net_out() < 5000)
        return Told(None if censored else "stayed", None, censored, valid)

    def explicit(self) -> tuple[date, bool] | None:
        found = [(on, False) for on in self.departures() if self.day < on <= self.end]
        closed, vanished = self.closed_on(), self.vanished_on()
        if closed and self.day < closed <= self.end:
            found.append((closed, False))
        if not closed and vanished and self.day < vanished <= self.end:
            found.append((vanished, True))
        if not found:
            return None
        days = [self.empty_since(on) if self.is_empty(on) else on for on, _ in found]
        moved = [since if since > self.day else on for since, (on, _) in zip(days, found, strict=True)]
        return min(moved), all(rebuilt for _, rebuilt in found)

    def departures(self) -> Iterable[date]:
        """Custody moved or designation revoked: the day from which nothing is left, within 31 days."""
        for one in self.exits:
            if one["kind"] == "closed_account":
                continue
            days = (one["date"] + n * ONE for n in range(31))
            empty = next((day for day in days if self.is_empty(day)), None)
            if empty is not None:
                yield empty
            elif not self.assets or max(self.assets) <= one["date"]:
                yield one["date"]

    def implicit(self) -> date | None:
        first = (self.day.replace(day=1) + 32 * ONE).replace(day=1)
        while True:
            following = (first + 32 * ONE).replace(day=1)
            last = following - ONE
            if last > min(self.end, self.book.book_ends):
                return None
            in_month = [value for one, value in self.assets.items() if first <= one <= last]
            if self.is_empty(last) and all(value < 100 for value in in_month):
                return self.empty_since(last)
            first = following

    def shallow(self, worth: Decimal, rest: Decimal) -> date | None:
        if rest < 5000:
            rows = [one for one in sorted(self.assets) if one <= self.end]
            high = max(one for one in rows if self.assets[one] >= 5000)
            fell: date = min(one for one in rows if one > high)
            return fell
        quiet = not any(self.end - 60 * ONE < row["date"] <= self.end for row in self.trades)
        fits = (self.end - self.day).days >= 60
        out = self.net_out()
        if fits and quiet and rest * 5 <= worth and out * 5 >= 4 * (rest + out):
            went = [
                (-Decimal(row["amount"]), row["date"]) for row in self.counted() if row["direction"] == "out"
            ]
            return min(went)[1] if went else None
        return None

    def net_out(self) -> Decimal:
        signed = (Decimal(row["amount"]) * (1 if row["direction"] == "out" else -1) for row in self.counted())
        return sum(signed, Decimal(0))

    def counted(self) -> list[Row]:
        cancelled = {row["reverses"] for row in self.flows if row["reverses"] and row["date"] <= self.end}
        return [
            row
            for row in self.flows
            if self.day < row["date"] <= self.end
            and row["kind"] in ("bank", "securities")
            and not row["reverses"]
            and row["flow_id"] not in cancelled
        ]
