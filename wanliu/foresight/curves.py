"""Threshold curves: what a sign would have done with another main number, from the values of one run.

A curve is drawn only where the sign is one comparison of its value with one number: that is tried on every
row that is fired or clear, and where a single row disagrees the study says that there is no curve.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from sqlglot import exp

from wanliu.book.engine import Engine
from wanliu.foresight.measures import Counts, Floats, Moments
from wanliu.foresight.seen import Block, Flags, Seen
from wanliu.foresight.tally import Leavers, lead_of
from wanliu.indicator.parameter import Parameter
from wanliu.ruleset import Rule, RuleSet

COMPARISONS: Mapping[str, Callable[[Floats, float], Flags]] = {
    ">": lambda values, number: values > number,
    ">=": lambda values, number: values >= number,
    "<": lambda values, number: values < number,
    "<=": lambda values, number: values <= number,
}
STEPS = 16
"""Numbers tried besides the one in force."""
FURTHEST = 3.0
"""How many times (or how small a part of) the number in force a curve reaches to."""
OF_POINT = ("later_days", "new", "new_true", "alarms", "true", "leavers", "caught", "worth", "worth_caught")


@dataclass(frozen=True)
class Line:
    """What a sign's value is held against: the number in force, how, and the numbers that are tried."""

    sign: str
    parameter: str
    number: float
    comparison: str
    tried: tuple[float, ...]


def lines(engine: Engine, table: str, rules: RuleSet) -> tuple[Line, ...]:
    """The signs of the rule set that are one comparison with one number, as the spooled rows show."""
    found = (_line(engine, table, place, rule) for place, rule in enumerate(rules.rules))
    return tuple(line for line in found if line is not None)


def _line(engine: Engine, table: str, place: int, rule: Rule) -> Line | None:
    value, threshold = exp.column(f"{rule.id}__value"), exp.column(f"{rule.id}__threshold")
    fired = f"(mask & {1 << place}) > 0"
    told = exp.select(exp.Min(this=threshold), exp.Max(this=threshold.copy()))
    for sign in COMPARISONS:
        told = told.select(f"SUM(CASE WHEN ({value} {sign} {threshold}) <> ({fired}) THEN 1 ELSE 0 END)")
    told = told.select(f"SUM(CASE WHEN {fired} AND {value} IS NULL THEN 1 ELSE 0 END)")
    known = exp.or_(f"NOT {value} IS NULL", fired)
    ((least, most, *disagreeing, untold),) = engine.rows(told.from_(table).where(known))
    agreeing = [sign for sign, rows in zip(COMPARISONS, disagreeing, strict=True) if rows == 0]
    if least is None or least != most or not agreeing or untold:
        return None
    number = float(str(least))
    named = next((name for name, one in rule.values.items() if float(one) == number), None)
    if named is None:
        return None
    return Line(rule.id, named, number, agreeing[0], _tried(rule.reading.parameters[named], number))


def _tried(parameter: Parameter, number: float) -> tuple[float, ...]:
    """Numbers on both sides within the parameter's range, the one in force among them."""
    low, high = max(float(parameter.low), number / FURTHEST), min(float(parameter.high), number * FURTHEST)
    if isinstance(parameter.default, int):
        whole = range(int(np.ceil(low)), int(high) + 1)
        return tuple(float(one) for one in sorted({*list(whole)[:STEPS], int(number)}))
    step = Decimal(str((high - low) / STEPS))
    tried = {round(float(Decimal(str(low)) + step * place), 4) for place in range(STEPS + 1)}
    return tuple(sorted({*tried, number}))


class CurveTally:
    """The sums behind the curves of one rule set."""

    def __init__(self, lines: tuple[Line, ...], horizon: int) -> None:
        self.lines, self.horizon = lines, horizon
        self.points = {line.sign: Moments(OF_POINT, (len(line.tried),)) for line in lines}
        self.leads: dict[str, Counts] = {
            line.sign: np.zeros((len(line.tried), horizon + 1), dtype=np.int64) for line in lines
        }

    def add(self, block: Block, seen: Seen, leavers: Leavers) -> None:
        for line in self.lines:
            values = seen.values[line.sign]
            compared = COMPARISONS[line.comparison]
            rows = [
                self._point(block, leavers, line, place, compared(values, number))
                for place, number in enumerate(line.tried)
            ]
            self.points[line.sign].add(np.stack(rows, axis=1))

    def _point(self, block: Block, leavers: Leavers, line: Line, place: int, up: Flags) -> Floats:
        new = up & block.known
        new[:, 0] = False
        new[:, 1:] &= ~up[:, :-1]
        later = block.known.copy()
        later[:, 0] = False
        lead = lead_of(up, block, leavers, self.horizon)
        self.leads[line.sign][place] += np.bincount(lead.days[lead.caught], minlength=self.horizon + 1)
        standing = up & block.known
        days = (later, new, new & block.leaving, standing, standing & block.leaving)
        clients = (leavers.is_one, lead.caught, leavers.worth, leavers.worth * lead.caught)
        sums = [part.sum(axis=1).astype(np.float64) for part in days]
        return np.stack([*sums, *(one.astype(np.float64) for one in clients)], axis=1)
