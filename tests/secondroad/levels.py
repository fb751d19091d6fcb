"""Contract sections 5 and 6: the level of a client, and the warning that is written for it."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from . import guide, standard
from .answers import DATA, EVENT, KEY, SIGNS, Level, Rules, Signal, Warned
from .days import span_of_months
from .ledger import Client, net_commission

Signals = dict[str, Signal]
ORDER: tuple[Level, ...] = ("red", "orange", "yellow", "unknown", "none")
FEN_A_YUAN = 100
TWO = 2


def warned(client: Client, signals: Signals, rules: Rules) -> Warned:
    """fired and unknown are ids in the order of the table."""
    fired = tuple(sign for sign in SIGNS[rules] if signals[sign].status == "fired")
    not_known = ("missing_data", "insufficient_history")
    unknown = tuple(sign for sign in SIGNS[rules] if signals[sign].status in not_known)
    return Warned(level(client, signals, rules), fired, unknown, value_at_stake(client))


def level(client: Client, signals: Signals, rules: Rules) -> Level:
    """| red | event ≥ 1, or key ≥ 2, or key ≥ 1 and aux ≥ 1 |
    | orange | key = 1, or aux ≥ 2 with data ≥ 1 |
    | yellow | aux ≥ 1, or contact_drop fired |
    | unknown | none of these, and a key sign is missing_data although its tables are there |
    | none | otherwise |
    """
    fired = {sign: signal for sign, signal in signals.items() if signal.status == "fired"}
    if rules == "standard" and "commission_drop" in fired:
        fired.pop("trade_drop", None)  # both read the same orders
    key = sum(1 for sign in KEY if sign in fired and fired[sign].severity == "strong")
    weak_keys = sum(1 for sign in KEY if sign in fired and fired[sign].severity == "weak")
    data = weak_keys + sum(1 for sign in DATA if sign in fired)
    aux = data + ("complaint" in fired) + ("demand" in fired)
    event = sum(1 for sign in EVENT if sign in fired)
    if event or key >= TWO or (key and aux):
        return "red"
    if key == 1 or (aux >= TWO and data):
        return "orange"
    if aux or "contact_drop" in fired:
        return "yellow"
    return "unknown" if has_blind_key_sign(client, signals, rules) else "none"


def has_blind_key_sign(client: Client, signals: Signals, rules: Rules) -> bool:
    needs = guide.NEEDS if rules == "guide" else standard.NEEDS
    blind = [sign for sign in KEY if signals[sign].status == "missing_data"]
    return any(not client.ledger.lacks(*needs[sign]) for sign in blind)


def value_at_stake(client: Client) -> Decimal:
    """Commission less levies in (D − 12 months, D], all kinds, + 0.005 × net_assets at D, missing = 0; CNY,
    two decimals, half up (a half goes away from zero).
    """
    book = client.ledger
    year = span_of_months(book.as_of, book.count("every", "stake_months"))
    net_assets = client.net_assets_at(book.as_of) or Fraction(0)
    exact = net_commission(client.rows("trades", year)) + book.number("every", "stake_rate") * net_assets
    return half_up(exact)


def half_up(exact: Fraction) -> Decimal:
    """In whole fen, because a quotient of decimals might be rounded twice."""
    fen = math.floor(abs(exact) * FEN_A_YUAN + Fraction(1, TWO))
    return Decimal(-fen if exact < 0 else fen).scaleb(-TWO)
