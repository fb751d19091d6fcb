"""The quarterly fairness report: same tier, same terms, whoever the client is? Aggregates only.

Three questions, each asked of level, branch and age: do clients who meet a tier pay its terms; are requests
that meet the criteria granted; are requests answered in time. Reads both sides of the wall, writes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal

from wanliu.book.history import reader
from wanliu.book.sealed import Book
from wanliu.clock import day_of, today
from wanliu.commission.tariff import Tariffs
from wanliu.commission.tiers_of_all import tiers_of_all
from wanliu.concessions.eligibility import Facts, can_have, tier_of
from wanliu.concessions.queries import Request, decided_between
from wanliu.directory.queries import current_run, levels_of_all
from wanliu.errors import BookRefused, UsageError
from wanliu.oversight.numbers import numbers
from wanliu.oversight.strata import Cell, Tested, compared, holm, joined
from wanliu.people.queries import years_of_birth
from wanliu.tariffs.queries import in_force

Question = Literal["terms", "granted", "in_time"]
Factor = Literal["level", "branch", "age"]
Why = Literal["no_book", "nobody", "too_few", "all_alike", "one_group"]

REST: Final = "rest"
UNKNOWN: Final = "unknown"
MONTHS: Final = 3
CHANNEL: Final = "online"
"""The channel whose tiers the book's clients are held against: a client has one set of terms."""


@dataclass(frozen=True)
class Quarter:
    year: int
    number: int

    @property
    def first(self) -> date:
        return date(self.year, MONTHS * (self.number - 1) + 1, 1)

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> Quarter:
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def before(self) -> Quarter:
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    @property
    def code(self) -> str:
        return f"{self.year}Q{self.number}"


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month - 1) // MONTHS + 1)


@dataclass(frozen=True)
class Observed:
    """One observation, without a name: the tier, the groups, and whether the outcome is there."""

    stratum: str
    groups: Mapping[Factor, str]
    yes: bool


@dataclass(frozen=True)
class Finding:
    """One question of one factor. ``tested`` and ``adjusted`` are None where nothing can be decided."""

    question: Question
    factor: Factor
    count: int
    yes: int
    tested: Tested | None
    adjusted: float | None
    why: Why | None

    @property
    def differs(self) -> bool:
        return self.adjusted is not None and self.adjusted < numbers().test.alpha


@dataclass(frozen=True)
class Report:
    quarter: Quarter
    as_of: date | None
    """The day of the run whose levels are told; None before the first night."""
    whole: bool
    """Whether the quarter is over."""
    findings: tuple[Finding, ...]

    @property
    def tests(self) -> int:
        return sum(one.tested is not None for one in self.findings)


def fairness(quarter: Quarter, book: Path) -> Report:
    """The report on a quarter; terms are those of the current run's day."""
    run, tariffs = current_run(), in_force()
    who = _Groups()
    asked = list(decided_between(quarter.first, quarter.last))
    observed: dict[Question, list[Observed] | None] = {
        "terms": None if run is None else _terms(book, tariffs, run.as_of, who),
        "granted": list(_granted(asked, tariffs, who)),
        "in_time": list(_in_time(asked, who)),
    }
    findings = [_finding(question, factor, rows) for question, rows in observed.items() for factor in FACTORS]
    as_of = None if run is None else run.as_of
    return Report(quarter, as_of, quarter.last < today(), tuple(_adjusted(findings)))


FACTORS: Final[tuple[Factor, ...]] = ("level", "branch", "age")


class _Groups:
    """Client → level, branch and age band; what nobody knows is a group of its own."""

    def __init__(self) -> None:
        self.standing = {client: (branch, level) for client, branch, level in levels_of_all()}
        self.born = dict(years_of_birth())

    def of(self, client_id: str, branch_id: str = "") -> Mapping[Factor, str]:
        branch, level = self.standing.get(client_id, (branch_id, ""))
        return {
            "level": level or UNKNOWN,
            "branch": branch_id or branch or UNKNOWN,
            "age": age_band(self.born.get(client_id)),
        }


def age_band(born: int | None) -> str:
    """``35-49``, ``-34``, ``65-``; by years that are full at the end of this one."""
    if born is None:
        return UNKNOWN
    age, borders = today().year - born, numbers().ages.borders
    above = [one for one in borders if one > age]
    below = [one for one in borders if one <= age]
    return f"{below[-1] if below else ''}-{above[0] - 1 if above else ''}"


def _terms(book: Path, tariffs: Tariffs, day: date, who: _Groups) -> list[Observed] | None:
    """Judged clients of the book who meet a tier, and whether they pay its terms or better; None: no book."""
    try:
        with reader() as connection:
            found = tiers_of_all(connection, Book.open(book), tariffs, as_of=day, channel=CHANNEL)
    except (UsageError, BookRefused):
        return None
    columns = (found.column(name).to_pylist() for name in ("client_id", "place", "as_published"))
    return [
        Observed(str(place), who.of(client), yes)
        for client, place, yes in zip(*columns, strict=True)
        if client in who.standing
    ]


def _granted(asked: Iterable[Request], tariffs: Tariffs, who: _Groups) -> Iterator[Observed]:
    """Decided requests whose criteria were met on the day of the request; others have to be refused."""
    versions = {one.id: one for one in tariffs.versions}
    for one in asked:
        if one.tariff not in versions:
            continue
        tier = tier_of(versions[one.tariff], one.channel, one.tier)
        facts = Facts(one.as_of, "", one.assets, one.turnover, one.old_rate, one.old_minimum)
        if can_have(tier, facts):
            yield Observed(_tier(one), who.of(one.client_id, one.branch_id), one.decision == "granted")


def _in_time(asked: Iterable[Request], who: _Groups) -> Iterator[Observed]:
    """Requests that were answered, or should have been by now. Withdrawn ones are left out."""
    for one in asked:
        if one.state == "withdrawn" or (one.answered_at is None and today() <= one.due_on):
            continue
        yes = one.answered_at is not None and day_of(one.answered_at) <= one.due_on
        yield Observed(_tier(one), who.of(one.client_id, one.branch_id), yes)


def _tier(one: Request) -> str:
    return f"{one.tariff}/{one.channel}/{one.tier}"


def _finding(question: Question, factor: Factor, rows: list[Observed] | None) -> Finding:
    if rows is None:
        return Finding(question, factor, 0, 0, None, None, "no_book")
    count, yes = len(rows), sum(one.yes for one in rows)
    told = numbers()
    table = joined(_table(rows, factor), smallest=told.shown.smallest, rest=REST)
    groups = _order({name for row in table.values() for name in row})
    why = _undecided(count, yes, len(groups))
    if why is not None:
        return Finding(question, factor, count, yes, None, None, why)
    found = compared(table, groups, draws=told.test.draws, seed=told.test.seed)
    return Finding(question, factor, count, yes, found, None, None)


def _undecided(count: int, yes: int, groups: int) -> Why | None:
    shown = numbers().shown
    if not count:
        return "nobody"
    if count < shown.least:
        return "too_few"
    if yes in (0, count):
        return "all_alike"
    if min(yes, count - yes) < shown.least_rare:
        return "too_few"
    return "one_group" if groups < 2 else None


def _table(rows: list[Observed], factor: Factor) -> dict[str, dict[str, Cell]]:
    people: Counter[tuple[str, str]] = Counter((one.stratum, one.groups[factor]) for one in rows)
    outcomes: Counter[tuple[str, str]] = Counter((one.stratum, one.groups[factor]) for one in rows if one.yes)
    table: dict[str, dict[str, Cell]] = {}
    for (stratum, group), count in people.items():
        table.setdefault(stratum, {})[group] = (count, outcomes[stratum, group])
    return table


def _order(names: set[str]) -> list[str]:
    """Levels by gravity, all else by name; what is unknown and the rest come last."""
    places = {name: place for place, name in enumerate(("red", "orange", "yellow", "none"))}
    last = {UNKNOWN: 1, REST: 2}
    return sorted(names, key=lambda one: (last.get(one, 0), places.get(one, len(places)), one))


def _adjusted(findings: list[Finding]) -> Iterator[Finding]:
    """All tests of the report count as one family."""
    ps = iter(holm([one.tested.p for one in findings if one.tested is not None]))
    for one in findings:
        yield one if one.tested is None else replace(one, adjusted=next(ps))
