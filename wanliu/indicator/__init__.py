"""The language that an indicator file is written in: signs, readings, facts, windows and terms."""

from wanliu.indicator.facts import (
    DailyChain,
    assets,
    client,
    contacts,
    flows,
    peer_median,
    requests,
    table_start,
    touched_by_rejected_row,
    trades,
)
from wanliu.indicator.history import there_in_all, there_since_start_of
from wanliu.indicator.parameter import (
    DAYS_OF_A_MONTH,
    DAYS_OF_A_QUARTER,
    DAYS_OF_HALF_A_YEAR,
    DAYS_OF_TWO_MONTHS,
    QUIET_MARKET,
    guide,
    parameter,
    standard,
)
from wanliu.indicator.sign import Sign, Verdict
from wanliu.indicator.term import Term, either, larger, term, total, unknown
from wanliu.indicator.windows import (
    TODAY,
    LastMonths,
    Month,
    Months,
    SinceMonthStart,
    TradingDays,
    Window,
    at_start_of,
)
from wanliu.text import Text

__all__ = [
    "DAYS_OF_A_MONTH",
    "DAYS_OF_A_QUARTER",
    "DAYS_OF_HALF_A_YEAR",
    "DAYS_OF_TWO_MONTHS",
    "QUIET_MARKET",
    "TODAY",
    "DailyChain",
    "LastMonths",
    "Month",
    "Months",
    "Sign",
    "SinceMonthStart",
    "Term",
    "Text",
    "TradingDays",
    "Verdict",
    "Window",
    "assets",
    "at_start_of",
    "client",
    "contacts",
    "either",
    "flows",
    "guide",
    "larger",
    "parameter",
    "peer_median",
    "requests",
    "standard",
    "table_start",
    "term",
    "there_in_all",
    "there_since_start_of",
    "total",
    "touched_by_rejected_row",
    "trades",
    "unknown",
]
