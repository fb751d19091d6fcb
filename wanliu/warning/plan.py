"""What a run needs to know before it touches a row: facts, windows, and which days each table is read on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sqlglot import exp

from wanliu.book.calendar import Span, month_start
from wanliu.book.engine import Small
from wanliu.book.sealed import TAINTED, Book
from wanliu.indicator.facts import Additive, Chain, Fact, Latest, PeerMedian, assets, trades
from wanliu.indicator.sign import Verdict
from wanliu.indicator.term import Term, either, term, unknown
from wanliu.indicator.windows import LOOK_BACK_DAYS, TODAY, Border, Day, LastMonths, TradingDays, Window
from wanliu.ruleset import Peers, Rule, RuleSet

TABLES_WITH_START = ("trades", "contacts")
"""Signs that read these tables need them to have begun before the base does."""

COUNTED_TABLES = ("assets", "trades")
"""Tables of which every trading day must have rows: a day without is a lost delivery."""


@dataclass(frozen=True)
class Plan:
    """One rule set over some days of one book, ready to be computed."""

    book: Book
    rules: RuleSet
    days: tuple[Day, ...]
    accept_gaps: bool = False
    without: frozenset[str] = frozenset()
    """Clients who are not judged, beside those of whom the book says so."""

    @cached_property
    def verdicts(self) -> Mapping[Rule, Verdict]:
        return {rule: rule.verdict() for rule in self.rules.rules}

    @cached_property
    def valid_client(self) -> Term | None:
        """Whether the client ever had enough in the days that count; None where the rule set does not ask."""
        valid = self.rules.valid_clients
        if valid is None:
            return None
        window = TradingDays(valid.trading_days, clipped=True)
        return assets.when(assets.net_assets >= valid.net_assets).count(over=window) > 0

    @cached_property
    def net_commission(self) -> Term:
        over = LastMonths(self.rules.stake.months)
        return trades.sum(trades.commission - trades.levies.or_else(term(0)), over=over)

    @cached_property
    def net_assets(self) -> Term:
        return assets.latest(assets.net_assets, over=TODAY)

    @cached_property
    def tier(self) -> Term | None:
        """The number of the client's tier of mean net assets over the base; null without a row there."""
        peers = self.rules.peers
        if peers is None:
            return None
        base = TradingDays(peers.base_days, before=peers.current_days)
        rows, held = assets.count(over=base), assets.sum(assets.net_assets, over=base)
        tier = term(len(peers.tiers))
        for number, border in reversed(list(enumerate(peers.tiers))):
            tier = either(held < border * rows, number, tier)
        return either(rows.equals(0), unknown("count"), tier)

    @property
    def peers(self) -> Peers | None:
        return self.rules.peers if any(v.own is not None for v in self.verdicts.values()) else None

    @cached_property
    def named_facts(self) -> frozenset[Fact]:
        """Every fact that some formula of the run names."""
        terms = [t for v in self.verdicts.values() for t in v.terms] + [self.net_commission, self.net_assets]
        terms += [t for t in (self.valid_client, self.tier if self.peers else None) if t is not None]
        return frozenset().union(*(t.facts for t in terms))

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """The named facts that this book can answer, by name."""
        answered = (f for f in self.named_facts if tables_of(f) and all(map(self.book.has, tables_of(f))))
        return tuple(sorted(answered, key=lambda fact: fact.name))

    @cached_property
    def covered_tables(self) -> tuple[str, ...]:
        """The tables that sums, counts and latest values are taken from."""
        return tuple(sorted({f.table for f in self.facts if isinstance(f, Additive | Latest)}))

    def of_table(self, table: str) -> list[Additive | Latest]:
        return [f for f in self.facts if isinstance(f, Additive | Latest) and f.table == table]

    @cached_property
    def chains(self) -> list[Chain]:
        return [f for f in self.facts if isinstance(f, Chain)]

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """Every window that a formula or a fact names, by name."""
        windows = {w.name: w for fact in self.named_facts for w in fact.windows}
        return tuple(windows[name] for name in sorted(windows))

    @property
    def has_rejected_rows(self) -> bool:
        return bool(self.book.paths(TAINTED))

    @cached_property
    def read_tables(self) -> tuple[str, ...]:
        return tuple(sorted({t for fact in self.named_facts for t in tables_of(fact)}))

    # --- which signs can be judged at all ------------------------------------------------------

    def reads(self, rule: Rule) -> frozenset[str]:
        """The tables that a sign cannot do without, the valid-client check included."""
        facts = [f for one in self.verdicts[rule].terms for f in one.facts if not is_optional(f)]
        return frozenset(t for fact in facts for t in tables_of(fact)) | self._judged_by(rule)

    def is_judged_by_size(self, rule: Rule) -> bool:
        return self.valid_client is not None and not rule.sign.judges_small_clients

    def _judged_by(self, rule: Rule) -> frozenset[str]:
        return frozenset(("assets",)) if self.is_judged_by_size(rule) else frozenset()

    def lacks(self, rule: Rule) -> frozenset[str]:
        """Tables, and columns declared absent, that a sign needs and the book does not have."""
        facts = [f for one in self.verdicts[rule].terms for f in one.facts if not is_optional(f)]
        tables = {t for t in self.reads(rule) if not self.book.has(t)}
        columns = {c for fact in facts for c in columns_of(fact) if c[0] not in tables}
        return frozenset(tables | {f"{t}.{c}" for t, c in columns if self.book.lacks(t, c)})

    def gaps(self, rule: Rule, day: Day) -> dict[str, list[date]]:
        """Trading days inside the sign's windows on which a whole table has no row."""
        found: dict[str, set[date]] = {}
        for one in self.verdicts[rule].terms:
            for fact in one.facts:
                for table in tables_of(fact) & self._counted:
                    for span in (w.span(day) for w in fact.windows):
                        found.setdefault(table, set()).update(self._lost_days(table, span, day))
        return {table: sorted(days) for table, days in found.items() if days}

    @cached_property
    def _counted(self) -> frozenset[str]:
        monthly = self.book.manifest.assets_frequency == "month_end"
        return frozenset(t for t in COUNTED_TABLES if self.book.has(t) and not (monthly and t == "assets"))

    def _lost_days(self, table: str, span: Span | None, day: Day) -> Iterable[date]:
        start = self.book.first_date(table)
        if span is None or start is None:
            return ()
        rows = self.book.rows_by_day(table)
        first, last = max(span[0], start), min(span[1], day.as_of)
        return (d for d in self.book.calendar.between(first, last) if not rows.get(d))

    # --- the small tables that a run is driven by --------------------------------------------------

    def days_table(self) -> Small:
        """One row per as-of day: every window's borders, the tables' starts, signs that cannot be judged."""
        columns: dict[str, list[object]] = {"as_of": [day.as_of for day in self.days]}
        for window in self.windows:
            spans = [window.span(day) for day in self.days]
            columns[f"{window.name}_first"] = [span and span[0] for span in spans]
            columns[f"{window.name}_last"] = [span and span[1] for span in spans]
        for table in TABLES_WITH_START:
            columns[f"{table}_start"] = [self._start(table, day) for day in self.days]
        for table in self.read_tables:
            columns[seen_from(table)] = [self._seen_from(table, day) for day in self.days]
        flags = {
            unavailable(rule): [self._is_unavailable(rule, day) for day in self.days]
            for rule in self.rules.rules
        }
        dates: Small = {name: ("DATE", values) for name, values in columns.items()}
        return {**dates, **{name: ("BOOLEAN", values) for name, values in flags.items()}}

    def _start(self, table: str, day: Day) -> date | None:
        first = self.book.first_date(table)
        if first is None or first > day.as_of:
            return None
        trading = self.book.calendar.between(month_start(first), first)
        return month_start(first) if not trading or trading[0] >= first else first

    def _seen_from(self, table: str, day: Day) -> date | None:
        """The first date of the table that any window sees, what a chain reaches back for included."""
        windows = [w for fact in self.named_facts if table in tables_of(fact) for w in fact.windows]
        firsts = [span[0] for w in windows if (span := w.span(day)) is not None]
        reach_back = LOOK_BACK_DAYS if self.chains and table in ("assets", "flows") else 0
        return min(firsts) - timedelta(days=reach_back) if firsts else None

    def _is_unavailable(self, rule: Rule, day: Day) -> bool:
        return bool(self.lacks(rule)) or (self.accept_gaps and bool(self.gaps(rule, day)))

    def cover(
        self, windows: Iterable[Window], *, reach_back: int = 0
    ) -> dict[date, dict[date, frozenset[str]]]:
        """For each date and as-of day, the windows that hold the date; as-of days never see a later date.

        With ``reach_back`` a window also takes that many days before it, under a name of their own.
        """
        covered: dict[date, dict[date, set[str]]] = {}
        for day in self.days:
            for window in windows:
                span = window.span(day)
                if span is None:
                    continue
                for one in _dates(span[0] - timedelta(days=reach_back), min(span[1], day.as_of)):
                    mark = window.name if one >= span[0] else reach_before(window.name)
                    covered.setdefault(one, {}).setdefault(day.as_of, set()).add(mark)
        return {
            d: {a: frozenset(marks) for a, marks in by_day.items()} for d, by_day in sorted(covered.items())
        }


def reach_before(window: str) -> str:
    """The name of the days that a cover reaches back before a window."""
    return f"before_{window}"


def seen_from(table: str) -> str:
    return f"{table}_seen_from"


def unavailable(rule: Rule) -> str:
    return f"{rule.id}_unavailable"


def tables_of(fact: Fact) -> frozenset[str]:
    """The tables that a fact reads; a window's borders and the peers' median read none."""
    if isinstance(fact, PeerMedian | Border):
        return frozenset()
    return frozenset(("assets", "flows")) if isinstance(fact, Chain) else frozenset((fact.table,))


def is_optional(fact: Fact) -> bool:
    return isinstance(fact, Additive) and fact.optional


def columns_of(fact: Fact) -> frozenset[tuple[str, str]]:
    """The columns that a fact reads, as (table, column)."""
    if isinstance(fact, Latest):
        return frozenset(((fact.table, fact.column),))
    if isinstance(fact, Chain):
        moved = {("flows", column.name) for column in fact.moved.find_all(exp.Column)}
        return frozenset({("assets", "net_assets"), ("flows", "amount")} | moved)
    if isinstance(fact, Additive):
        parts = [part for part in (fact.measure, fact.condition) if part is not None]
        return frozenset((fact.table, column.name) for part in parts for column in part.find_all(exp.Column))
    return frozenset()


def _dates(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
