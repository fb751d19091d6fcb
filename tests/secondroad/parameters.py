"""Every number of contract sections 2 to 6, by (sign, name); `every` holds what several signs share."""

from __future__ import annotations

from fractions import Fraction

from .answers import Rules

Key = tuple[str, str]
Numbers = dict[Key, Fraction]

EVERY: dict[str, str] = {
    "latest_row_days": "31",
    "large_from": "500000",
    "stake_months": "12",
    "stake_rate": "0.005",
}

GUIDE: dict[str, dict[str, str]] = {
    "every": EVERY,
    "fund_outflow": {"above": "0.30", "months": "6"},
    "commission_drop": {"fall": "0.30", "base_months": "3", "large_base_months": "6"},
    "empty_position": {"days": "0"},
    "trade_drop": {"below": "0.50", "base_months": "3"},
    "heavy_loss": {"above": "0.50"},
    "complaint": {"at_least": "1"},
    "demand": {"at_least": "1"},
    "contact_drop": {"below": "1", "base_months": "3"},
}

STANDARD: dict[str, dict[str, str]] = {
    "every": EVERY
    | {
        "current": "20",
        "base": "60",
        "large_base": "120",
        "judged_from": "5000",
        "judged_days": "120",
        "excess": "0.10",
        "tier_1": "50000",
        "tier_2": "500000",
        "tier_3": "10000000",
        "peers": "100",
    },
    "fund_outflow": {"above": "0.30", "months": "6", "base_from": "5000"},
    "commission_drop": {"fall": "0.30", "then_from": "20"},
    "empty_position": {
        "share": "0.95",
        "days": "40",
        "rows": "32",
        "held_days": "120",
        "held_rows": "20",
        "line": "100",
        "line_share": "0.01",
        "shrunk": "0.70",
    },
    "trade_drop": {"below": "0.50", "orders": "6"},
    "heavy_loss": {"above": "0.50", "weak_above": "0.20", "factor_from": "1000"},
    "complaint": {"at_least": "1", "months": "2"},
    "demand": {"at_least": "1", "months": "2"},
    "contact_drop": {"below": "0.50", "days": "40", "contacts": "2"},
    "exit_request": {"at_least": "1", "months": "2"},
    "securities_out": {"share": "0.10", "months": "2"},
}


def defaults(rules: Rules) -> Numbers:
    told = GUIDE if rules == "guide" else STANDARD
    return {(sign, name): Fraction(number) for sign, row in told.items() for name, number in row.items()}
