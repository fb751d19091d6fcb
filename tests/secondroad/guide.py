"""Contract section 3, the guide's words read to the letter: one function per sign, the row quoted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from .answers import MISSING, NOT_APPLICABLE, TOO_SHORT, Signal, held_against
from .days import ONE_DAY, Month, Span, span_of_months
from .ledger import MONEY_KINDS, Client, mean, total

DEMANDS = (
    "commission_cut",
    "min_fee_waiver",
    "margin_rate_cut",
    "gift",
    "service_upgrade",
    "product_access",
    "compensation",
    "other_demand",
)
SHORT_BASE = 3


def fund_outflow(client: Client) -> Signal:
    """Value: Σ out ÷ net_assets at D; Σ and count over bank flows out, not reversed, in (D − 6 months, D].

    Fired when: count ≥ 1 and Σ > 0.30 × net_assets at D. net_assets ≤ 0: fired if Σ > 0, else clear,
    value null. net_assets missing: missing_data. No history needed.
    """
    book = client.ledger
    if book.lacks("flows", "assets") or client.is_tainted("flows", "assets"):
        return MISSING
    net_assets = client.net_assets_at(book.as_of)
    if net_assets is None:
        return MISSING
    window = span_of_months(book.as_of, book.count("fund_outflow", "months"))
    flows = client.flows("out", ("bank",), window)
    out = total(flows, "amount")
    above = book.number("fund_outflow", "above")
    if net_assets <= 0:
        return held_against(above, None, fired=out > 0)
    return held_against(above, out / net_assets, fired=bool(flows) and out > above * net_assets)


def commission_drop(client: Client) -> Signal:
    """Value: 1 − commission(M) ÷ mean of the base months; gross, all kinds of trades.

    Fired when: commission(M) ≤ 0.70 × mean. Base M−1…M−3; large clients M−1…M−6, of which the complete
    ones if at least 3. Mean = 0: not_applicable. M or M−1…M−3 not complete: insufficient_history.
    """
    book, month = client.ledger, client.ledger.month
    if book.lacks("trades"):
        return MISSING
    if not has_short_base(client, "trades"):
        return TOO_SHORT
    if client.is_tainted("trades") or (not client.row.get("segment") and client.is_tainted("assets")):
        return MISSING
    six = Span(month.back(book.count("commission_drop", "large_base_months")).first, month.back(1).last)
    length = "large_base_months" if client.is_large(six) else "base_months"
    base = [month.back(back) for back in range(1, book.count("commission_drop", length) + 1)]
    usual = mean(commission(client, m) for m in base if client.is_complete(m, "trades"))
    if usual == 0:
        return NOT_APPLICABLE
    fall = book.number("commission_drop", "fall")
    now = commission(client, month)
    return held_against(fall, 1 - now / usual, fired=now <= (1 - fall) * usual)


def commission(client: Client, month: Month) -> Fraction:
    return total(client.rows("trades", month.span), "commission")


def has_short_base(client: Client, reads: str) -> bool:
    """M and M−1…M−3 are complete."""
    month = client.ledger.month
    return all(client.is_complete(month.back(back), reads) for back in range(SHORT_BASE + 1))


def empty_position(client: Client) -> Signal:
    """Value: number of days with a position in M and M−1.

    Fired when: position_value = 0 on every `assets` row of M and M−1. A month without any row:
    missing_data. M−1 not complete: insufficient_history.
    """
    book, month = client.ledger, client.ledger.month
    if book.lacks("assets"):
        return MISSING
    if not client.is_complete(month.back(1)):
        return TOO_SHORT
    rows_of = [client.assets_in(m.span) for m in (month, month.back(1))]
    if client.is_tainted("assets") or not all(rows_of):
        return MISSING
    held = sum(1 for rows in rows_of for row in rows if row.position != 0)
    allowed = book.number("empty_position", "days")
    return held_against(allowed, Fraction(held), fired=held <= allowed)


def trade_drop(client: Client) -> Signal:
    """Value: trades(M) ÷ mean trades of M−1…M−3.

    Fired when: ratio < 0.50. All kinds count. Mean = 0: not_applicable. M or M−1…M−3 not complete:
    insufficient_history.
    """
    book, month = client.ledger, client.ledger.month
    if book.lacks("trades"):
        return MISSING
    if not has_short_base(client, "trades"):
        return TOO_SHORT
    if client.is_tainted("trades"):
        return MISSING
    base = [month.back(back) for back in range(1, book.count("trade_drop", "base_months") + 1)]
    usual = mean(len(client.rows("trades", m.span)) for m in base)
    if usual == 0:
        return NOT_APPLICABLE
    ratio = len(client.rows("trades", month.span)) / usual
    below = book.number("trade_drop", "below")
    return held_against(below, ratio, fired=ratio < below)


def heavy_loss(client: Client) -> Signal:
    """Value: loss ÷ (opening + in) in M; loss = opening + in − out − closing; in, out: bank and securities
    flows of M; opening = net_assets at the last day before M (0 if opened in M); closing = the client's
    last row within M.

    Fired when: ratio > 0.50. Opened after M: insufficient_history. Opening or closing missing:
    missing_data. opening + in ≤ 0: not_applicable.
    """
    book, month = client.ledger, client.ledger.month
    if book.lacks("assets", "flows"):
        return MISSING
    if client.opened_on > month.last:
        return TOO_SHORT
    opening = Fraction(0) if client.opened_on in month.span else client.net_assets_at(month.first - ONE_DAY)
    rows = client.assets_in(month.span)
    if client.is_tainted("assets", "flows") or opening is None or not rows:
        return MISSING
    came_in = total(client.flows("in", MONEY_KINDS, month.span), "amount")
    went_out = total(client.flows("out", MONEY_KINDS, month.span), "amount")
    if opening + came_in <= 0:
        return NOT_APPLICABLE
    ratio = (opening + came_in - went_out - rows[-1].net) / (opening + came_in)
    above = book.number("heavy_loss", "above")
    return held_against(above, ratio, fired=ratio > above)


def complaint(client: Client) -> Signal:
    """Value: number of `complaint` requests from the first day of the month before D's month up to D.

    Fired when: ≥ 1.
    """
    return requests_since(client, "complaint", ("complaint",), Month.of(client.ledger.as_of).back(1).first)


def demand(client: Client) -> Signal:
    """Value: number of requests of the kinds commission_cut, min_fee_waiver, margin_rate_cut, gift,
    service_upgrade, product_access, compensation, other_demand in the same days.

    Fired when: ≥ 1.
    """
    return requests_since(client, "demand", DEMANDS, Month.of(client.ledger.as_of).back(1).first)


def requests_since(client: Client, sign: str, kinds: tuple[str, ...], first: date) -> Signal:
    book = client.ledger
    if book.lacks("requests") or client.is_tainted("requests"):
        return MISSING
    found = Fraction(client.requests(kinds, Span(first, book.as_of)))
    enough = book.number(sign, "at_least")
    return held_against(enough, found, fired=found >= enough)


def contact_drop(client: Client) -> Signal:
    """Value: c(M) ÷ mean of c(M−1…M−3); c counts effective contacts.

    Fired when: c(M) < mean(M−1…M−3), or M−4 is complete and c(M−1) < mean(M−2…M−4). M or M−1…M−3 not
    complete: insufficient_history. Both means 0 (or the only one that counts): not_applicable.
    """
    book, month = client.ledger, client.ledger.month
    if book.lacks("contacts"):
        return MISSING
    if not has_short_base(client, "contacts"):
        return TOO_SHORT
    if client.is_tainted("contacts"):
        return MISSING
    length = book.count("contact_drop", "base_months")
    pairs = [contacts_and_usual(client, month, length)]
    if client.is_complete(month.back(length + 1), "contacts"):
        pairs.append(contacts_and_usual(client, month.back(1), length))
    if all(usual == 0 for _, usual in pairs):
        return NOT_APPLICABLE
    now, usual = pairs[0]
    below = book.number("contact_drop", "below")
    fired = any(count < below * mean_before for count, mean_before in pairs)
    return held_against(below, now / usual if usual else None, fired=fired)


def contacts_and_usual(client: Client, month: Month, length: int) -> tuple[int, Fraction]:
    """c of the month, and the mean of c over the months before it."""
    before = [client.effective_contacts(month.back(back).span) for back in range(1, length + 1)]
    return client.effective_contacts(month.span), mean(before)


SIGNS: dict[str, Callable[[Client], Signal]] = {
    "fund_outflow": fund_outflow,
    "commission_drop": commission_drop,
    "empty_position": empty_position,
    "trade_drop": trade_drop,
    "heavy_loss": heavy_loss,
    "complaint": complaint,
    "demand": demand,
    "contact_drop": contact_drop,
}
NEEDS: dict[str, tuple[str, ...]] = {
    "fund_outflow": ("flows", "assets"),
    "commission_drop": ("trades",),
    "empty_position": ("assets",),
}
"""What a key sign needs: `unknown` is a level only where these tables are there."""
