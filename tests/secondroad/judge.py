"""The whole of the second road: a book, a day and a rule set in; signals and warnings out.

Slow on purpose: every sign of every client goes through all of the client's rows again, in fractions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from . import guide, standard, standard_peers
from .answers import SIGNS, Judgement, Rules, Signal, Tables, Warned
from .days import TradingDays
from .ledger import Ledger
from .levels import ORDER, warned
from .parameters import defaults
from .peers import peers

Overrides = Mapping[tuple[str, str], Fraction | int | str]


def judge(
    tables: Tables,
    trading_days: Sequence[date],
    as_of: date,
    rules: Rules,
    *,
    tainted: frozenset[tuple[str, str]] = frozenset(),
    overrides: Overrides | None = None,
) -> Judgement:
    """Signals of all judged clients, in the order of the output; warnings of those with a level ≠ none.

    `tainted` holds (client_id, table) of rejected rows; `overrides` replaces numbers by (sign, name), as
    they are named in parameters.py. Raises KeyError for a number that the rule set does not have.
    """
    numbers = defaults(rules)
    for key, number in (overrides or {}).items():
        if key not in numbers:
            raise KeyError(key)
        numbers[key] = Fraction(number)
    ledger = Ledger(tables, TradingDays(tuple(sorted(trading_days))), as_of, tainted, numbers)
    by_client = guide_signals(ledger) if rules == "guide" else standard_signals(ledger)
    signals = {
        (client.id, sign): by_client[client.id][sign] for client in ledger.judged for sign in SIGNS[rules]
    }
    every = {client.id: warned(client, by_client[client.id], rules) for client in ledger.judged}
    return Judgement(signals, worst_first(every))


def guide_signals(ledger: Ledger) -> dict[str, dict[str, Signal]]:
    return {
        client.id: {sign: judge_sign(client) for sign, judge_sign in guide.SIGNS.items()}
        for client in ledger.judged
    }


def standard_signals(ledger: Ledger) -> dict[str, dict[str, Signal]]:
    known = {sign: peers(ledger, own) for sign, own in standard_peers.OWN.items()}
    found: dict[str, dict[str, Signal]] = {}
    for client in ledger.judged:
        alone = {sign: judge_sign(client) for sign, judge_sign in standard.SIGNS.items()}
        among = {sign: judge_sign(client, known[sign]) for sign, judge_sign in standard_peers.SIGNS.items()}
        found[client.id] = alone | among
    return found


def worst_first(every: Mapping[str, Warned]) -> dict[str, Warned]:
    """red → orange → yellow → unknown, then value_at_stake downwards, then client_id; none left out."""
    listed = [(client_id, row) for client_id, row in every.items() if row.level != "none"]
    listed.sort(key=lambda pair: (ORDER.index(pair[1].level), -pair[1].value_at_stake, pair[0]))
    return dict(listed)
