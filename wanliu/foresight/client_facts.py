"""What a model of a brokerage's clients reads: facts of the same engine that judges the signs.

Every fact is dated: a sum, a count or a latest value over a window that ends on the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from wanliu.book.tables import DEMANDS, EXIT_REQUESTS, TABLES
from wanliu.indicator.facts import DailyChain, Rows, assets, contacts, flows, requests, trades
from wanliu.indicator.term import Term, term
from wanliu.indicator.windows import TODAY, LastMonths, TradingDays, Window

logins, rate_changes, profile_changes = (
    Rows(TABLES[name]) for name in ("logins", "rate_changes", "profile_changes")
)

MONTH, QUARTER, HALF = TradingDays(20), TradingDays(60, before=20), TradingDays(120, before=80)
TWO_MONTHS, HALF_YEAR, YEAR = LastMonths(2), LastMonths(6), LastMonths(12)
DUST = Decimal("100")
SKIP_BELOW = 1000

bank, securities = flows.where(kind="bank"), flows.where(kind="securities")
ordinary = trades.where(kind="ordinary")
effective = contacts.where(effective=True)


def _facts() -> dict[str, Term]:
    spans: dict[str, Window] = {"month": MONTH, "quarter": QUARTER, "half": HALF}
    found: dict[str, Term] = {
        "net_assets": assets.latest(assets.net_assets, over=TODAY),
        "cash": assets.latest(assets.cash, over=TODAY),
        "position": assets.latest(assets.position_value, over=TODAY),
        "last_trade": trades.latest(trades.date, over=YEAR),
        "last_login": logins.latest(logins.date, over=HALF_YEAR),
        "commission_year": trades.sum(trades.commission - trades.levies.or_else(term(0)), over=YEAR),
        "turnover_year": trades.sum(trades.turnover, over=YEAR),
        "orders_year": ordinary.count(over=YEAR),
        "securities_out": securities.where(direction="out").sum(flows.amount, over=TWO_MONTHS),
        "securities_in": securities.where(direction="in").sum(flows.amount, over=TWO_MONTHS),
        "complaints": requests.where(kind="complaint").count(over=TWO_MONTHS),
        "complaints_half": requests.where(kind="complaint").count(over=HALF_YEAR),
        "demands": requests.where(kind=tuple(DEMANDS.split())).count(over=TWO_MONTHS),
        "demands_half": requests.where(kind=tuple(DEMANDS.split())).count(over=HALF_YEAR),
        "exit_requests": requests.where(kind=tuple(EXIT_REQUESTS.split())).count(over=TWO_MONTHS),
        "rate_changes": rate_changes.count(over=HALF_YEAR),
        "moved_house": profile_changes.where(what="address").count(over=TWO_MONTHS),
        "moved_house_half": profile_changes.where(what="address").count(over=HALF_YEAR),
        "new_manager": profile_changes.where(what="manager").count(over=HALF_YEAR),
        "new_job": profile_changes.where(what="occupation").count(over=HALF_YEAR),
        "chain": DailyChain(MONTH, flows.where(kind=("bank", "securities")), SKIP_BELOW).product,
    }
    for name, over in spans.items():
        found |= {
            f"rows_{name}": assets.count(over=over),
            f"held_{name}": assets.sum(assets.net_assets, over=over),
            f"invested_{name}": assets.sum(assets.position_value, over=over),
            f"empty_{name}": assets.when(assets.position_value <= DUST).count(over=over),
            f"orders_{name}": ordinary.count(over=over),
            f"turnover_{name}": ordinary.sum(trades.turnover, over=over),
            f"out_{name}": bank.where(direction="out").sum(flows.amount, over=over),
            f"in_{name}": bank.where(direction="in").sum(flows.amount, over=over),
            f"outs_{name}": bank.where(direction="out").count(over=over),
            f"ins_{name}": bank.where(direction="in").count(over=over),
            f"contacts_{name}": effective.count(over=over),
            f"logins_{name}": logins.count(over=over),
        }
    return found


FACTS: Mapping[str, Term] = _facts()
DATES = ("last_trade", "last_login")
