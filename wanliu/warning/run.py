"""One run: a sealed book, a rule set and some days in; signals, warnings and an account of the run out.

Clients are taken in ranges, so that memory does not grow with the book. A rule set that compares with
peers needs two rounds: the facts of everyone first, then the medians, then the results.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from sqlglot import exp

from wanliu.book.calendar import Calendar, month_end
from wanliu.book.engine import Engine
from wanliu.book.sealed import Book
from wanliu.errors import BookRefused, UsageError
from wanliu.indicator.windows import LOOK_BACK_DAYS, Day
from wanliu.ruleset import RuleSet
from wanliu.text import Text
from wanliu.warning.gather import Clients, prepare
from wanliu.warning.judge import medians, peered, results, wide, with_own, with_peers
from wanliu.warning.levels import levelled
from wanliu.warning.plan import Plan

ROWS_AT_ONCE = 1_200_000
"""Client-days computed in one go: what bounds the memory of a run."""

CHAINED_SHARE = 2
"""A chain of daily ratios sorts every row of its window: of such runs only half as many rows fit."""

DATED_TABLES = ("assets", "flows", "trades")

Progress = Callable[[Text, int, int], None]


@dataclass
class Outcome:
    """What a run found besides its rows: counts of clients by level, of results by sign and status."""

    judged: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    statuses: dict[str, Counter[str]] = field(default_factory=dict)


def quiet(step: Text, done: int, total: int) -> None:
    """Progress that nobody watches."""


def check_day(book: Book, as_of: date) -> None:
    """Raises UsageError for a day that the book or its calendar cannot speak of."""
    book.calendar.check_covers(as_of)
    firsts = [first for t in DATED_TABLES if (first := book.first_date(t))]
    lasts = [last for t in DATED_TABLES if (last := book.last_date(t))]
    if not firsts:
        raise UsageError(
            Text(
                zh="数据中没有资产、资金流水和交易的任何一行，无从判断。请检查交付的文件。",
                en="The book has no row of assets, flows or trades: there is nothing to judge. "
                "Check what was delivered.",
            )
        )
    if as_of < min(firsts) or as_of > max(lasts) + timedelta(days=LOOK_BACK_DAYS):
        raise UsageError(
            Text(
                zh="{as_of} 不在数据范围内：数据自 {first} 起，至 {last} 止，最多可判断到其后 {days} "
                "天。请换一个日期。",
                en="{as_of} lies outside the data: they run from {first} to {last}, and can be "
                "judged up to {days} days "
                "beyond. Choose another day.",
            ).format(as_of=as_of, first=min(firsts), last=max(lasts), days=LOOK_BACK_DAYS)
        )


def days_between(calendar: Calendar, first: date, last: date, every: str) -> tuple[date, ...]:
    """The as-of days of a long run: every trading day, the last of each week, or every month's end."""
    if every == "month-end":
        months = sorted({month_end(date(year, month, 1)) for year, month in _months(first, last)})
        return tuple(day for day in months if first <= day <= last)
    trading = calendar.between(first, last)
    if every == "day":
        return trading
    weeks = {day.isocalendar()[:2]: day for day in trading}
    return tuple(sorted(weeks.values()))


def _months(first: date, last: date) -> Iterator[tuple[int, int]]:
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield number // 12, number % 12 + 1


def check_no_gaps(plan: Plan) -> None:
    """Raises BookRefused where a trading day that a sign looks at has no row in a whole table."""
    lost: dict[str, set[date]] = {}
    for day in plan.days:
        for rule in plan.rules.rules:
            for table, dates in plan.gaps(rule, day).items():
                lost.setdefault(table, set()).update(dates)
    if not lost or plan.accept_gaps:
        return
    listed = "; ".join(f"{table}: {_listed(sorted(days))}" for table, days in sorted(lost.items()))
    raise BookRefused(
        Text(
            zh="以下交易日整张表没有一行数据，多半是漏交：{lost}。请补交后重试；确认无法补交时可加 "
            "--accept-gaps,相关指标将对所有客户记为缺数据。",
            en="On these trading days a whole table has no row, most likely a lost delivery: "
            "{lost}. Deliver them and run "
            "again; if they cannot be had, --accept-gaps marks the signs that read them "
            "missing_data for everyone.",
        ).format(lost=listed)
    )


def _listed(days: Sequence[date], most: int = 40) -> str:
    shown = ", ".join(day.isoformat() for day in days[:most])
    return shown if len(days) <= most else f"{shown} … ({len(days)})"


class Run:
    """One plan on one engine, computed range by range of clients."""

    def __init__(self, plan: Plan, engine: Engine, *, progress: Progress = quiet) -> None:
        self.plan = plan
        self.engine = engine
        self.progress = progress
        self.outcome = Outcome(statuses={id: Counter() for id in plan.rules.ids})

    def chunks(self) -> Iterator[Clients]:
        """Judges range after range of clients; while one is yielded its rows are the table ``chunk``."""
        prepare(self.plan, self.engine)
        ranges = self._ranges()
        if peered(self.plan):
            self._spool(ranges)
        source = with_peers(self.plan) if peered(self.plan) else wide(self.plan)
        judging = self.engine.prepared(levelled(self.plan, results(self.plan, source)))
        for number, clients in enumerate(ranges):
            self.progress(_JUDGING, number, len(ranges))
            self.engine.keep("chunk", judging, clients.borders)
            self._count()
            yield clients
        self.progress(_JUDGING, len(ranges), len(ranges))

    def rows(self) -> Iterator[dict[str, object]]:
        """Every judged client's row with all its columns, ordered by client and day; for small books."""
        for _ in self.chunks():
            everything = exp.select("*").from_("chunk").order_by("client_id", "as_of")
            for batch in self.engine.batches(everything):
                yield from batch.to_pylist()

    def _spool(self, ranges: Sequence[Clients]) -> None:
        self.engine.forget("spool")  # an engine may serve many runs
        gathering = self.engine.prepared(with_own(self.plan, wide(self.plan)))
        for number, clients in enumerate(ranges):
            self.progress(_GATHERING, number, len(ranges))
            self.engine.append("spool", gathering, clients.borders)
        for rule in peered(self.plan):
            self.engine.keep(f"medians_{rule.id}", medians(rule))

    def _ranges(self) -> list[Clients]:
        """Ranges of client numbers of about equal size."""
        share = CHAINED_SHARE if self.plan.chains else 1
        size = max(1, ROWS_AT_ONCE // (share * len(self.plan.days)))
        place = exp.alias_(
            exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=[exp.column("client_id")])), "place"
        )
        numbered = exp.select("client_id", place).from_("clients").subquery("n")
        starts = exp.select("client_id").from_(numbered).where(f"place % {size} = 1" if size > 1 else "TRUE")
        firsts = [str(first) for (first,) in self.engine.rows(starts.order_by("client_id"))][1:]
        borders = [Clients().first, *firsts, Clients().before]
        return [Clients(first, before) for first, before in pairwise(borders)]

    def _count(self) -> None:
        for level, number in self._grouped("level"):
            self.outcome.levels[str(level)] += int(str(number))
            self.outcome.judged += int(str(number))
        for id in self.plan.rules.ids:
            for status, number in self._grouped(f"{id}__status"):
                self.outcome.statuses[id][str(status)] += int(str(number))

    def _grouped(self, name: str) -> list[tuple[object, ...]]:
        return self.engine.rows(exp.select(name, exp.Count(this=exp.Star())).from_("chunk").group_by(name))


def plan_of(
    book: Book,
    rules: RuleSet,
    days: Sequence[date],
    *,
    accept_gaps: bool = False,
    without: Iterable[str] = (),
) -> Plan:
    """The plan of a run over these days; ``without``: clients who are not judged though the book allows it.

    Raises UsageError for days that the book cannot speak of.
    """
    for day in days:
        check_day(book, day)
    asked = tuple(Day(day, book.calendar) for day in days)
    return Plan(book, rules, asked, accept_gaps, frozenset(without))


_GATHERING = Text(zh="汇总数据", en="gathering facts")
_JUDGING = Text(zh="判断信号", en="judging")
