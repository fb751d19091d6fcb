"""Does the warning come true? Each rule set once over past days, held against what became of clients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa
from sqlglot import exp

from wanliu.book.engine import Engine
from wanliu.book.sealed import Book
from wanliu.errors import UsageError
from wanliu.foresight.backtest_days import AskedDays
from wanliu.foresight.curves import CurveTally, lines
from wanliu.foresight.labels import Labels
from wanliu.foresight.measures import Floats, Moments
from wanliu.foresight.seen import LEVEL_CODES, Block, blocks, spool_seen
from wanliu.foresight.study import CHANGES, Study
from wanliu.foresight.study_rows import (
    curve_rows,
    difference_rows,
    figure_rows,
    month_rows,
    outcome_row,
    overlap_rows,
)
from wanliu.foresight.survivors import survivors_only
from wanliu.foresight.tally import OF_KIND, Leavers, Outcomes, RuleTally, kinds_of
from wanliu.ruleset import RuleSet
from wanliu.text import Text
from wanliu.warning.gather import Clients
from wanliu.warning.plan import Plan
from wanliu.warning.run import Progress, Run, check_no_gaps, plan_of, quiet

CELLS_AT_ONCE = 400_000
"""Client-days of one block: what bounds the memory of counting."""


@dataclass(frozen=True)
class BackTest:
    """One question: these rule sets, on these days of this book, with outcomes within this horizon."""

    book: Book
    rules: tuple[RuleSet, ...]
    asked: AskedDays
    horizon: int
    accept_gaps: bool = False

    @property
    def days(self) -> tuple[date, ...]:
        return self.asked.days

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"seen_{place}" for place in range(len(self.rules)))

    @property
    def signs(self) -> tuple[tuple[str, ...], ...]:
        return tuple(rules.ids for rules in self.rules)

    def plans(self) -> tuple[Plan, ...]:
        """One plan per rule set. Raises BookRefused where days were lost, unless gaps are accepted."""
        plans = tuple(plan_of(self.book, one, self.days, accept_gaps=self.accept_gaps) for one in self.rules)
        for plan in plans:
            check_no_gaps(plan)
        return plans


def run_backtest(asked: BackTest, engine: Engine, progress: Progress = quiet) -> Study:
    """Labels once, each rule set once, then block after block of clients is counted.

    Raises UsageError where nobody left within the horizon (or everybody did): then nothing can be measured.
    """
    plans = asked.plans()
    labels = Labels(asked.book, asked.days, asked.horizon)
    labels.prepare(engine)
    ranges = labels.ranges(engine)
    for number, _ in enumerate(labels.spool(engine)):
        progress(_LABELLING, number + 1, len(ranges))
    only = survivors_only(asked.book, asked.days[0], engine)
    for plan, name in zip(plans, asked.names, strict=True):
        for _ in spool_seen(Run(plan, engine, progress=progress), name):
            pass
    counted = _Counted(asked, engine)
    counted.count(progress)
    return counted.study(only, plans)


class _Counted:
    """The sums of a back-test while blocks of clients go by."""

    def __init__(self, asked: BackTest, engine: Engine) -> None:
        self.asked, self.engine = asked, engine
        months = sorted({day.replace(day=1) for day in asked.days})
        self.months = tuple(months)
        of_day = np.array([months.index(day.replace(day=1)) for day in asked.days], dtype=np.int64)
        self.tallies = [RuleTally(signs, of_day, asked.horizon) for signs in asked.signs]
        self.curves = [
            CurveTally(lines(engine, name, rules), asked.horizon)
            for name, rules in zip(asked.names, asked.rules, strict=True)
        ]
        self.outcomes = Outcomes()
        self.shared = _shared_kinds(asked.signs)
        self.together = Moments(
            [f"{place}_{name}" for place in (0, 1) for name in OF_KIND], (len(self.shared),)
        )
        self.changes = [CHANGES.empty_table()]

    def count(self, progress: Progress) -> None:
        ranges = self._ranges()
        found = blocks(self.engine, self.asked.names, self.asked.signs, self.asked.days, ranges)
        for number, block in enumerate(found):
            progress(_COUNTING, number, len(ranges))
            self._add(block)
        progress(_COUNTING, len(ranges), len(ranges))
        base = self.outcomes.base.at()
        if not base.sum("valid_leaving") or base.sum("valid_leaving") == base.sum("valid"):
            raise UsageError(_CONSTANT.format(horizon=self.asked.horizon, days=len(self.asked.days)))

    def _add(self, block: Block) -> None:
        leavers = Leavers.of(block, self.asked.horizon)
        self.outcomes.add(block, leavers)
        rows: list[Floats] = []
        for tally, curve, seen in zip(self.tallies, self.curves, block.seen, strict=True):
            rows.append(tally.add(block, seen, leavers))
            curve.add(block, seen, leavers)
        if len(rows) > 1:
            places = [[tally.kinds.index(kind) for kind in self.shared] for tally in self.tallies[:2]]
            both = [one[:, place] for one, place in zip(rows[:2], places, strict=True)]
            self.together.add(np.concatenate(both, axis=2))
            self.changes.append(_changes(block))

    def _ranges(self) -> list[Clients]:
        size = max(1, CELLS_AT_ONCE // len(self.asked.days))
        everyone = exp.select("client_id").from_("label_clients").order_by("client_id")
        ids = [str(client) for (client,) in self.engine.rows(everyone)]
        firsts = ids[size::size]
        borders = [Clients().first, *firsts, Clients().before]
        return [Clients(first, before) for first, before in pairwise(borders)]

    def study(self, only: Text | None, plans: Sequence[Plan]) -> Study:
        asked, names = self.asked, [rules.name for rules in self.asked.rules]
        trading = len(asked.book.calendar.between(asked.days[0], asked.days[-1])) - 1
        told = list(zip(names, self.tallies, self.curves, strict=True))
        return Study(
            rules=asked.rules,
            horizon=asked.horizon,
            days=asked.days,
            days_left_out=asked.asked.too_late,
            trading_days=max(0, trading),
            book=asked.book.fingerprint,
            survivors_only=only,
            outcomes=outcome_row(self.outcomes, dict(zip(names, self.tallies, strict=True)), only),
            figures=[row for name, tally, _ in told for row in figure_rows(name, tally, trading, only)],
            months=[row for name, tally, _ in told for row in month_rows(name, tally, self.months)],
            overlap=[row for name, tally, _ in told for row in overlap_rows(name, tally)],
            curves=[row for name, _, curve in told for row in curve_rows(name, curve, trading, only)],
            differences=difference_rows(self.together, self.shared, only) if len(names) > 1 else [],
            changes=pa.concat_tables(self.changes),
            notes=tuple(_notes(asked, plans)),
            without_curve={
                name: tuple(id for id in tally.signs if id not in curve.points) for name, tally, curve in told
            },
        )


def _shared_kinds(signs: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    if len(signs) == 1:
        return ()
    return tuple(kind for kind in kinds_of(signs[0]) if kind in kinds_of(signs[1]))


def _changes(block: Block) -> pa.Table:
    """Clients and days that one of two rule sets calls (red or orange) and the other does not."""
    called = [one.level >= LEVEL_CODES.index("orange") for one in block.seen[:2]]
    clients, days = np.nonzero(block.there & (called[0] != called[1]))
    levels = [pa.array(LEVEL_CODES).take(pa.array(one.level[clients, days])) for one in block.seen[:2]]
    columns = [
        pa.array(block.client_ids).take(pa.array(clients)),
        pa.array(block.days).take(pa.array(days)),
        *levels,
    ]
    return pa.table(columns, schema=CHANGES)


def _notes(asked: BackTest, plans: Sequence[Plan]) -> Iterator[Text]:
    """What the book lacks, and what that means for the study."""
    if asked.asked.too_late:
        left_out = asked.asked.too_late
        yield _TOO_LATE.format(count=len(left_out), first=left_out[0], ends=asked.asked.book_ends)
    for table, meaning in _WITHOUT.items():
        if not asked.book.has(table):
            yield meaning
    for plan in plans:
        lacking = [rule.id for rule in plan.rules.rules if plan.lacks(rule)]
        if lacking:
            yield _NOT_JUDGED.format(rules=plan.rules.name, signs=", ".join(lacking))


_LABELLING = Text(zh="找出离开的客户", en="finding who left")
_COUNTING = Text(zh="统计", en="counting")
_CONSTANT = Text(
    zh="在所问的 {days} 天里，{horizon} 天之内没有一位有效户离开，或者全部离开：没有什么可以检验。请放宽"
    "日期，或检查 assets、exits 两张表是否完整。",
    en="Within {horizon} days of the {days} asked days no valid client left, or all of them did: "
    "nothing can be tested. Ask for more days, or check that the tables assets and exits are whole.",
)
_TOO_LATE = Text(
    zh="有 {count} 天（自 {first} 起）的观察期超出账簿末日 {ends}，没有用来检验；这些天的客户不会算作留下。",
    en="{count} asked days (from {first}) have a horizon that runs past the book's last day {ends}; "
    "they were not tested, and nobody counts as stayed on them.",
)
_WITHOUT = {
    "flows": Text(
        zh="没有资金流水表：分不清资产减少是转出还是下跌，浅流失只看净资产是否跌破有效户线。",
        en="There is no table flows: whether assets left or fell cannot be told apart, and shallow "
        "leaving means falling below the valid line alone.",
    ),
    "exits": Text(
        zh="没有离开表：显性流失只认客户表里的销户日期。",
        en="There is no table exits: explicit leaving is known from the closing dates of clients alone.",
    ),
}
_NOT_JUDGED = Text(
    zh="规则集 {rules} 有指标缺数据，全程没有判断：{signs}。",
    en="Signs of {rules} that lack their tables and were never judged: {signs}.",
)
