"""Contract section 4: the signs of `standard` that are held against the peers as well, the row quoted."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .answers import (
    MISSING,
    NOT_APPLICABLE,
    TOO_SHORT,
    Number,
    Severity,
    Signal,
    held_against,
)
from .days import ONE_DAY, Span
from .ledger import MONEY_KINDS, Assets, Client, net_commission, total
from .peers import Peers
from .standard import is_too_small


@dataclass(frozen=True)
class Windows:
    """The current days and the base before them."""

    current: Span
    base: Span
    length: int


def commission_drop(client: Client, peers: Peers) -> Signal:
    """Value: 1 − now ÷ then; then = commission(base) × 20 ÷ len(base); now = turnover(current) ×
    commission(base) ÷ turnover(base): what today's turnover would have paid at the base's rate. base60;
    large: base120. Commission is net of `levies` where given; ordinary trades only; a large client whose
    history is enough for base60 only gets base60.

    Fired when: now ≤ 0.70 × then. then < 20 or turnover(base) = 0: not_applicable. Severity: weak if
    excess < 0.10, else strong.
    """
    own = now_to_then(client)
    if isinstance(own, Signal):
        return own
    fall = client.ledger.number("commission_drop", "fall")
    severity = weak_in_a_still_market(client, peers, own)
    return held_against(fall, 1 - own, fired=own <= 1 - fall, severity=severity)


def now_to_then(client: Client) -> Signal | Fraction:
    """now ÷ then, where the sign is fired or clear."""
    book = client.ledger
    if book.lacks("trades", "assets"):
        return MISSING
    windows = commission_windows(client)
    if windows is None:
        return TOO_SHORT
    if client.is_tainted("trades", "assets"):
        return MISSING
    base, current = client.ordinary_trades(windows.base), client.ordinary_trades(windows.current)
    turnover, paid = total(base, "turnover"), net_commission(base)
    then = paid * book.count("every", "current") / windows.length
    if is_too_small(client) or then < book.number("commission_drop", "then_from") or turnover == 0:
        return NOT_APPLICABLE
    return total(current, "turnover") * paid / turnover / then


def commission_windows(client: Client) -> Windows | None:
    """Against base120 for a large client with that much history, against base60 otherwise."""
    large, regular = windows(client, "large_base"), windows(client, "base")
    is_long = large is not None and client.is_there_for(large.base, "trades")
    if large and is_long and client.is_large(large.base):
        return large
    return regular if regular and client.is_there_for(regular.base, "trades") else None


def windows(client: Client, length_name: str) -> Windows | None:
    """None where the calendar does not hold them."""
    book = client.ledger
    twenty, length = book.count("every", "current"), book.count("every", length_name)
    current = book.days.window(book.as_of, twenty)
    base = book.days.window(book.as_of, length, before=twenty)
    return Windows(current, base, length) if current and base else None


def weak_in_a_still_market(client: Client, peers: Peers, own: Number) -> Severity:
    """Weak if peer − own < 0.10, peer being the peers' median."""
    excess = peers.median_for(client) - own
    return "weak" if excess < client.ledger.number("every", "excess") else "strong"


def trade_drop(client: Client, peers: Peers) -> Signal:
    """Value: (orders(current) ÷ 20) ÷ (orders(base60) ÷ 60); ordinary trades only.

    Fired when: value < 0.50. Fewer than 6 orders per 20 days in the base: not_applicable (a steady client
    at 2 would fire by chance in a third of all months). Severity: weak if excess < 0.10, else strong.
    """
    own = orders_to_usual(client)
    if isinstance(own, Signal):
        return own
    below = client.ledger.number("trade_drop", "below")
    severity = weak_in_a_still_market(client, peers, own)
    return held_against(below, own, fired=own < below, severity=severity)


def orders_to_usual(client: Client) -> Signal | Fraction:
    """The value, where the sign is fired or clear."""
    book = client.ledger
    if book.lacks("trades", "assets"):
        return MISSING
    spans = windows(client, "base")
    if spans is None or not client.is_there_for(spans.base, "trades"):
        return TOO_SHORT
    if client.is_tainted("trades", "assets"):
        return MISSING
    twenty = book.count("every", "current")
    usual = Fraction(len(client.ordinary_trades(spans.base)), spans.length)
    if is_too_small(client) or usual * twenty < book.number("trade_drop", "orders"):
        return NOT_APPLICABLE
    return Fraction(len(client.ordinary_trades(spans.current)), twenty) / usual


def heavy_loss(client: Client, peers: Peers) -> Signal:
    """Value: 1 − Π r over current, r = (NA_d + out_d) ÷ (NA_{d−1} + in_d); NA from the client's rows in the
    window and the latest one in the 31 days before it, in order; in_d, out_d: bank and securities flows dated
    after the previous row up to d; factors with NA_{d−1} + in_d < 1,000 are skipped (all skipped: value 0).

    Fired when: value > 0.50 strong; or value > 0.20 and value − median of the tier ≥ 0.10 weak. Fewer than 2
    such rows: missing_data. Any NA_d < 0 in the window: fired, strong.
    """
    own = loss(client)
    if isinstance(own, Signal):
        return own
    book = client.ledger
    above, weak_above = book.number("heavy_loss", "above"), book.number("heavy_loss", "weak_above")
    if own > float(above) or owes_money(client):
        return held_against(above, own, fired=True)
    stands_out = own - peers.median_for(client) >= float(book.number("every", "excess"))
    return held_against(weak_above, own, fired=own > float(weak_above) and stands_out, severity="weak")


def loss(client: Client) -> Signal | float:
    """1 − Π r in doubles and date order, where the sign is fired or clear."""
    book = client.ledger
    if book.lacks("assets", "flows"):
        return MISSING
    current = book.days.window(book.as_of, book.count("every", "current"))
    if current is None:
        return TOO_SHORT
    rows = rows_of_the_chain(client, current)
    enough = 2
    if client.is_tainted("assets", "flows") or len(rows) < enough:
        return MISSING
    if is_too_small(client):
        return NOT_APPLICABLE
    return 1.0 - math.prod(ratios(client, rows))


def rows_of_the_chain(client: Client, current: Span) -> list[Assets]:
    """The rows in the window, after the latest one in the 31 days before its first day."""
    reach = client.ledger.count("every", "latest_row_days")
    before = client.assets_in(Span(current.first - reach * ONE_DAY, current.first - ONE_DAY))
    return before[-1:] + client.assets_in(current)


def ratios(client: Client, rows: list[Assets]) -> list[float]:
    """The daily factors that are not skipped, in date order."""
    factor_from = client.ledger.number("heavy_loss", "factor_from")
    factors = []
    for previous, row in itertools.pairwise(rows):
        span = Span(previous.date + ONE_DAY, row.date)
        had = previous.net + total(client.flows("in", MONEY_KINDS, span), "amount")
        has = row.net + total(client.flows("out", MONEY_KINDS, span), "amount")
        if had >= factor_from:
            factors.append(float(has) / float(had))
    return factors


def owes_money(client: Client) -> bool:
    book = client.ledger
    current = book.days.window(book.as_of, book.count("every", "current"))
    return current is not None and any(row.net < 0 for row in client.assets_in(current))


OWN: dict[str, Callable[[Client], Signal | Number]] = {
    "commission_drop": now_to_then,
    "trade_drop": orders_to_usual,
    "heavy_loss": loss,
}
SIGNS: dict[str, Callable[[Client, Peers], Signal]] = {
    "commission_drop": commission_drop,
    "trade_drop": trade_drop,
    "heavy_loss": heavy_loss,
}
