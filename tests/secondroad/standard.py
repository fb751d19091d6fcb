"""Contract section 4, usable every day: the signs that need no peers, one function each, the row quoted."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from .answers import MISSING, NOT_APPLICABLE, TOO_SHORT, Severity, Signal, held_against
from .days import Span, months_before, span_of_months
from .guide import DEMANDS
from .ledger import MONEY_KINDS, Assets, Client, mean, total

EXIT_REQUESTS = ("transfer_custody", "revoke_designation", "close_account")


def is_too_small(client: Client) -> bool:
    """Not judged: net_assets ≥ 5,000 on no `assets` row of the last 120 trading days (not_applicable)."""
    book = client.ledger
    window = book.days.window_or_less(book.as_of, book.count("every", "judged_days"))
    rows = client.assets_in(window) if window else []
    return all(row.net < book.number("every", "judged_from") for row in rows)


def fund_outflow(client: Client) -> Signal:
    """Value: max(0, Σ out − Σ in) ÷ base; Σ over bank flows in (D − 6 months, D]; base = net_assets at
    D − 6 months (0 if opened later) + Σ in of bank and securities flows in the window.

    Fired when: count of bank flows out ≥ 1 and value > 0.30. base < 5,000: not_applicable. net_assets at
    D − 6 months missing although opened before: missing_data. Severity: strong.
    """
    book = client.ledger
    if book.lacks("flows", "assets") or client.is_tainted("flows", "assets"):
        return MISSING
    months = book.count("fund_outflow", "months")
    start = months_before(book.as_of, months)
    opening = Fraction(0) if client.opened_on > start else client.net_assets_at(start)
    if opening is None:
        return MISSING
    window = span_of_months(book.as_of, months)
    base = opening + total(client.flows("in", MONEY_KINDS, window), "amount")
    if is_too_small(client) or base < book.number("fund_outflow", "base_from"):
        return NOT_APPLICABLE
    flows_out = client.flows("out", ("bank",), window)
    left = total(flows_out, "amount") - total(client.flows("in", ("bank",), window), "amount")
    value = max(Fraction(0), left) / base
    above = book.number("fund_outflow", "above")
    return held_against(above, value, fired=bool(flows_out) and value > above)


def empty_position(client: Client) -> Signal:
    """Value: share of the last 40 trading days' rows with position_value ≤ max(100, 0.01 × net_assets).

    Fired when: share ≥ 0.95 and, in the 120 trading days before those 40, at least 20 rows with a position
    above that line. Opened after the first of the 40 days: insufficient_history. Fewer than 32 rows in the
    40 days: missing_data. Never held on 20 days: not_applicable. Severity: strong if net_assets at D <
    0.70 × mean net_assets of the rows of those 120 days, else weak.
    """
    book = client.ledger
    if book.lacks("assets"):
        return MISSING
    forty = book.count("empty_position", "days")
    recent = book.days.window(book.as_of, forty)
    earlier = book.days.window(book.as_of, book.count("empty_position", "held_days"), before=forty)
    if recent is None or earlier is None or client.opened_on > recent.first:
        return TOO_SHORT
    rows, before = client.assets_in(recent), client.assets_in(earlier)
    if client.is_tainted("assets") or len(rows) < book.number("empty_position", "rows"):
        return MISSING
    held = [row for row in before if not is_empty(client, row)]
    if is_too_small(client) or len(held) < book.number("empty_position", "held_rows"):
        return NOT_APPLICABLE
    value = Fraction(sum(1 for row in rows if is_empty(client, row)), len(rows))
    share = book.number("empty_position", "share")
    severity: Severity = "strong" if has_shrunk(client, before) else "weak"
    return held_against(share, value, fired=value >= share, severity=severity)


def is_empty(client: Client, row: Assets) -> bool:
    """position_value ≤ max(100, 0.01 × net_assets)."""
    book = client.ledger
    line = max(book.number("empty_position", "line"), book.number("empty_position", "line_share") * row.net)
    return row.position <= line


def has_shrunk(client: Client, before: list[Assets]) -> bool:
    """net_assets at D < 0.70 × mean net_assets before; a missing one has not been seen to shrink."""
    now = client.net_assets_at(client.ledger.as_of)
    usual = mean(row.net for row in before)
    return now is not None and now < client.ledger.number("empty_position", "shrunk") * usual


def complaint(client: Client) -> Signal:
    """Value: complaints in (D − 2 months, D]. Fired when: ≥ 1. Severity: strong."""
    return requests_of_two_months(client, "complaint", ("complaint",))


def demand(client: Client) -> Signal:
    """Value: demands (as in guide) in (D − 2 months, D]. Fired when: ≥ 1. Severity: strong."""
    return requests_of_two_months(client, "demand", DEMANDS)


def exit_request(client: Client) -> Signal:
    """Value: requests of the kinds transfer_custody, revoke_designation, close_account in (D − 2 months, D].

    Fired when: ≥ 1. Severity: strong.
    """
    return requests_of_two_months(client, "exit_request", EXIT_REQUESTS)


def requests_of_two_months(client: Client, sign: str, kinds: tuple[str, ...]) -> Signal:
    """Clients with small assets are judged here too, and the table `assets` is not needed."""
    book = client.ledger
    if book.lacks("requests") or client.is_tainted("requests"):
        return MISSING
    found = Fraction(client.requests(kinds, span_of_months(book.as_of, book.count(sign, "months"))))
    enough = book.number(sign, "at_least")
    return held_against(enough, found, fired=found >= enough)


def contact_drop(client: Client) -> Signal:
    """Value: (effective contacts, either direction, of the last 40 trading days ÷ 40) ÷ (those of the 60
    days before ÷ 60).

    Fired when: value < 0.50. Fewer than 2 contacts per 20 days in the base: not_applicable. Severity: weak.
    """
    book = client.ledger
    if book.lacks("contacts", "assets"):
        return MISSING
    forty, sixty = book.count("contact_drop", "days"), book.count("every", "base")
    recent, base = book.days.window(book.as_of, forty), book.days.window(book.as_of, sixty, before=forty)
    if recent is None or base is None or not client.is_there_for(base, "contacts"):
        return TOO_SHORT
    if client.is_tainted("contacts", "assets"):
        return MISSING
    usual = Fraction(client.effective_contacts(base), sixty)
    twenty = book.count("every", "current")
    if is_too_small(client) or usual * twenty < book.number("contact_drop", "contacts"):
        return NOT_APPLICABLE
    value = Fraction(client.effective_contacts(recent), forty) / usual
    below = book.number("contact_drop", "below")
    return held_against(below, value, fired=value < below, severity="weak")


def securities_out(client: Client) -> Signal:
    """Value: Σ of securities flows out in (D − 2 months, D], less those in.

    Fired when: > 0 and > 0.10 × (net_assets at D + that sum); net_assets missing counts as 0, since the
    rows of a client who took everything stop. Severity: strong.
    """
    book = client.ledger
    if book.lacks("flows", "assets") or client.is_tainted("flows", "assets"):
        return MISSING
    if is_too_small(client):
        return NOT_APPLICABLE
    window = span_of_months(book.as_of, book.count("securities_out", "months"))
    moved = securities(client, "out", window) - securities(client, "in", window)
    net_assets = client.net_assets_at(book.as_of) or Fraction(0)
    line = book.number("securities_out", "share") * (net_assets + moved)
    return held_against(line, moved, fired=moved > 0 and moved > line)


def securities(client: Client, direction: str, window: Span) -> Fraction:
    return total(client.flows(direction, ("securities",), window), "amount")


SIGNS: dict[str, Callable[[Client], Signal]] = {
    "fund_outflow": fund_outflow,
    "empty_position": empty_position,
    "complaint": complaint,
    "demand": demand,
    "contact_drop": contact_drop,
    "exit_request": exit_request,
    "securities_out": securities_out,
}
NEEDS: dict[str, tuple[str, ...]] = {
    "fund_outflow": ("flows", "assets"),
    "commission_drop": ("trades", "assets"),
    "empty_position": ("assets",),
}
"""What a key sign needs: `unknown` is a level only where these tables are there."""
