"""Whom a client of `standard` is compared with (contract section 4, *Peers*)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .answers import Number, Signal
from .ledger import Client, Ledger, mean


@dataclass(frozen=True)
class Peers:
    """Own values of all judged clients for whom one sign is fired or clear, and their tiers."""

    own: dict[str, Number]
    tiers: dict[str, int | None]
    enough: int

    def median_for(self, client: Client) -> Number:
        """Of the client's tier, oneself included; of all such clients where the tier is small or unknown."""
        tier = self.tiers[client.id]
        same = [own for other, own in self.own.items() if self.tiers[other] == tier]
        alone = tier is None or len(same) < self.enough
        return median(list(self.own.values()) if alone else same)


def peers(ledger: Ledger, own: Callable[[Client], Signal | Number]) -> Peers:
    """`own` gives the value of a client for whom the sign is fired or clear, and otherwise the signal."""
    values: dict[str, Number] = {}
    tiers: dict[str, int | None] = {}
    for client in ledger.judged:
        found = own(client)
        if not isinstance(found, Signal):
            values[client.id] = found
            tiers[client.id] = tier_of(client)
    return Peers(values, tiers, ledger.count("every", "peers"))


def tier_of(client: Client) -> int | None:
    """By mean net_assets over base60: (−∞, 50k) [50k, 500k) [500k, 10m) [10m, ∞); None without rows there."""
    book = client.ledger
    base = book.days.window(book.as_of, book.count("every", "base"), before=book.count("every", "current"))
    rows = client.assets_in(base) if base else []
    if not rows:
        return None
    usual = mean(row.net for row in rows)
    return sum(1 for tier in ("tier_1", "tier_2", "tier_3") if usual >= book.number("every", tier))


def median(numbers: list[Number]) -> Number:
    """The mean of the two middle values where the count is even."""
    ordered = sorted(numbers)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    low, high = ordered[half - 1], ordered[half]
    return (low + high) / 2
