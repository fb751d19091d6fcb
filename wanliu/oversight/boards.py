"""营业部督导: what was alarmed, done and promised, and what came of it. Counts alone; writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

from wanliu.cases.tallies import TALLIES, Asked, Counted, tallied
from wanliu.foresight.measures import NOTHING, Figure, wilson
from wanliu.oversight.board_days import Period, last_of, month_of
from wanliu.oversight.board_measures import boards
from wanliu.oversight.board_rows import (
    ADD_UP,
    TOTAL,
    Row,
    Tab,
    Value,
    Values,
    Whose,
    clients_of,
    loads,
    nothing,
    rows,
    total,
)
from wanliu.people.user import User

TREND: Final = tuple(name for name, tally in TALLIES.items() if tally.rows not in ("standing", "overdue"))
"""What belongs to a day, and so to a month; load and overdue are said of a period's end."""
TEAM: Final = ("load", "first_contact", "connected", "promises", "overdue")


@dataclass(frozen=True)
class Board:
    """One month by one thing. ``trend``: the earliest month first."""

    tab: Tab
    rows: tuple[Row, ...]
    total: Row
    trend: tuple[tuple[Period, Values], ...]


@dataclass(frozen=True)
class Quartiles:
    """Of the ``count`` advisers who have the number at all; None while they are too few to hide anybody."""

    count: int
    low: float | None
    middle: float | None
    high: float | None


def board(period: Period, tab: Tab, whose: Whose, horizon: int) -> Board:
    """The table of a month, with the months before."""
    asked = whose.asked(period, horizon)
    told, months = rows(asked, tab, whose), trend(period, whose, horizon)
    whole = total(told, tab) if tab in ADD_UP else at_the_end(asked)
    values = {**months[-1][1], **whole.values}
    if "clients" not in values:
        values.update(clients_of(asked, whose.among))
    return Board(tab, tuple(told), Row("", TOTAL, values, whole.held, whole.hands), months)


def at_the_end(asked: Asked) -> Row:
    """Load and what is overdue, of everything that is asked about at once."""
    load, held, hands = loads(asked).get(None, (0, 0, 0))
    late = tallied(asked, names=("overdue",)).get((), {})
    return Row("", TOTAL, {**nothing(("overdue",)), **late, "load": Counted(load)}, held, hands)


def share(value: Value) -> Figure:
    """With Wilson's interval; nothing where the denominator is 0 or anything is unknown."""
    if value is None or not value.whole:
        return NOTHING
    return wilson(value.part / value.whole, value.whole)


def trend(period: Period, whose: Whose, horizon: int) -> tuple[tuple[Period, Values], ...]:
    """The months up to the period's own: one query for each set of rows, folded from days."""
    months = last_of(month_of(period.first), boards().shown.months)[::-1]
    span = Period("", months[0].first, months[-1].ends_on)
    found = {month.code: nothing(TREND) for month in months}
    for (day,), counts in tallied(whose.asked(span, horizon), "day", names=TREND).items():
        assert day is not None and not isinstance(day, (str, int)), "a day is counted by its date"
        told = found[month_of(day).code]
        for name, count in counts.items():
            before = told[name]
            told[name] = count if before is None else before + count
    return tuple((month, found[month.code]) for month in months)


def team(period: Period, user: User, horizon: int) -> dict[str, Quartiles]:
    """How the numbers lie among the advisers of this person's branch: nobody's name, and no order."""
    people = User.objects.filter(branch_id=user.branch_id, role="adviser", is_active=True)
    members = list(people.values_list("pk", flat=True)) if user.branch_id else []
    counts = tallied(Whose(user.branch_id).asked(period, horizon), "adviser", names=TEAM)
    each = [{**nothing(TEAM), **counts.get((one,), {})} for one in members]
    numbers = {name: [plain(one[name]) for one in each] for name in TEAM}
    return {name: quartiles([one for one in told if one is not None]) for name, told in numbers.items()}


def plain(value: Value) -> float | None:
    """A count as it is, a share as a share; None where there is nothing to say."""
    if value is None:
        return None
    return float(value.part) if value.whole is None else share(value).value


def quartiles(numbers: Sequence[float]) -> Quartiles:
    """As a spreadsheet's QUARTILE."""
    if len(numbers) < boards().shown.team:
        return Quartiles(len(numbers), None, None, None)
    low, _, high = quantiles(numbers, n=4, method="inclusive")
    return Quartiles(len(numbers), low, median(numbers), high)
