"""Why a sign could not be judged, in plain words: the absent table, the month not complete, missing rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlglot import exp

from wanliu.book.engine import DuckDB
from wanliu.book.tables import TABLES
from wanliu.indicator.facts import Fact
from wanliu.indicator.term import Term
from wanliu.indicator.windows import Day, Window
from wanliu.indicator.words import fact_in_words
from wanliu.report.formatting import count, operand
from wanliu.ruleset import Rule
from wanliu.text import Text
from wanliu.warning.plan import Plan, tables_of
from wanliu.why.recomputed import AS_SHOWN, TABLE

_OPPOSITE: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.LT: exp.GTE,
    exp.GTE: exp.LT,
    exp.GT: exp.LTE,
    exp.LTE: exp.GT,
}
_COMPARED = (*_OPPOSITE, exp.EQ)
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "−", exp.Mul: "×"}


@dataclass(frozen=True)
class Found:
    """One comparison that decided, as it came out: ``holds`` False stands for its opposite."""

    node: exp.Expr
    holds: bool


class Reasons:
    """Reads a sign's checks for one client, over the row that the sums of the rows shown make."""

    def __init__(self, plan: Plan, rule: Rule, tainted: Mapping[str, bool], engine: DuckDB) -> None:
        self.plan = plan
        self.rule = rule
        self.tainted = tainted
        self.engine = engine
        self.day: Day = plan.days[0]
        self.facts: dict[str, Fact] = {fact.name: fact for fact in plan.named_facts}
        self.borders: dict[str, Window] = {f"{w.name}_first": w for w in plan.windows}
        self.borders |= {f"{w.name}_last": w for w in plan.windows}

    def of(self, status: str) -> list[Text]:
        """The reasons for the status; none for fired and clear."""
        verdict = self.plan.verdicts[self.rule]
        found: list[Text] = []
        if status == "missing_data":
            found = [*self._absent(), *self._lost(), *self._rejected(), *self._checked(verdict.missing_data)]
            found = found or list(self._unknown(verdict.fired))
        elif status == "insufficient_history":
            found = list(self._checked(verdict.insufficient_history))
        elif status == "not_applicable":
            found = [*self._too_small(), *self._checked(verdict.not_applicable)]
        return list(dict.fromkeys(found))

    # --- reasons that concern everyone, or the whole client -------------------------------------------

    def _absent(self) -> Iterator[Text]:
        for name in sorted(self.plan.lacks(self.rule)):
            table, _, column = name.partition(".")
            said = _NO_COLUMN if column else _NO_TABLE
            yield said.format(table=table, meaning=TABLES[table].meaning.zh, column=column)

    def _lost(self) -> Iterator[Text]:
        for table, days in self.plan.gaps(self.rule, self.day).items():
            listed = ", ".join(day.isoformat() for day in days[:MOST_DAYS])
            more = "" if len(days) <= MOST_DAYS else f" … ({len(days)})"
            yield _LOST.format(table=table, days=listed + more)

    def _rejected(self) -> Iterator[Text]:
        for table in sorted(self.plan.reads(self.rule)):
            if self.tainted.get(table):
                yield _REJECTED.format(table=table)

    def _too_small(self) -> Iterator[Text]:
        valid, term = self.plan.rules.valid_clients, self.plan.valid_client
        if valid and term and self.plan.is_judged_by_size(self.rule) and self._value(term.sql) is False:
            yield _TOO_SMALL.format(days=valid.trading_days, least=count(float(valid.net_assets)))

    # --- reasons read off a sign's own checks -----------------------------------------------------------

    def _checked(self, check: Term) -> Iterator[Text]:
        for found in self._deciding(check.sql, holds=True):
            yield from self._said(found)

    def _deciding(self, node: exp.Expr, *, holds: bool) -> Iterator[Found]:
        """The comparisons that make the node true (or, with ``holds`` False, not true)."""
        if isinstance(node, exp.Paren | exp.Coalesce):
            yield from self._deciding(node.this, holds=holds)
        elif isinstance(node, exp.Not):
            yield from self._deciding(node.this, holds=not holds)
        elif isinstance(node, exp.And | exp.Or):
            for side in (node.left, node.right):
                if (self._value(side) is True) == holds:
                    yield from self._deciding(side, holds=holds)
        elif (self._value(node) is True) == holds:
            yield Found(node, holds)

    def _said(self, found: Found) -> Iterator[Text]:
        node = found.node
        if isinstance(node, exp.Binary) and isinstance(node, _COMPARED):
            unknown = list(self._unknown_in(node))
            yield from unknown or [self._compared(node, holds=found.holds)]
        elif isinstance(node, exp.Is):
            yield from self._unknown_in(node)
        elif isinstance(node, exp.Column) and node.name.startswith("tainted_"):
            yield _REJECTED.format(table=node.name.removeprefix("tainted_"))

    def _compared(self, node: exp.Binary, *, holds: bool) -> Text:
        kind = type(node) if holds or isinstance(node, exp.EQ) else _OPPOSITE[type(node)]
        left, right = self._value(node.left), self._value(node.right)
        words, border = self._words(node.left), self._border(node.right, right)
        form, signs = (_DAYS_DIFFER, _DATES) if isinstance(left, date) else (_NUMBERS_DIFFER, _NUMBERS)
        value = _shown(left)
        if kind is exp.EQ and left == right:
            form = _JUST
        return form.format(words=words, value=value, sign=signs[kind], border=border)

    def _border(self, node: exp.Expr, value: object) -> Text:
        """What it was held against: a plain number is just that, anything else has a name too."""
        words, shown = self._words(node), _shown(value)
        if words.en.replace(".", "").isdigit():
            return shown
        between = Text(zh=" ", en=", ") if words.en[0].isalpha() else Text(zh=" = ", en=" = ")
        return Text(zh=f"{words.zh}{between.zh}{shown.zh}", en=f"{words.en}{between.en}{shown.en}")

    def _words(self, node: exp.Expr) -> Text:
        node = node.unnest()
        if isinstance(node, exp.Add):
            return self._sum(node)
        if isinstance(node, exp.Binary) and type(node) in _ARITHMETIC:
            left, right, sign = self._words(node.left), self._words(node.right), _ARITHMETIC[type(node)]
            return Text(zh=f"{left.zh} {sign} {right.zh}", en=f"{left.en} {sign} {right.en}")
        if isinstance(node, exp.Column):
            return self._column(node.name)
        if isinstance(node, exp.Case):
            chosen = next(
                (one.args["true"] for one in node.args["ifs"] if self._value(one.this) is True), None
            )
            return self._words(chosen if chosen is not None else node.args["default"])
        return Text(zh=node.sql(), en=node.sql())

    def _sum(self, node: exp.Add) -> Text:
        """A sum; the same fact over several windows is said once: M−1 月、M−2 月的 trades 行数."""
        parts = [part for part in _addends(node) if self._words(part).en != "0"]
        named = (part.name for part in parts if isinstance(part, exp.Column))
        facts = [self.facts[name] for name in named if name in self.facts]
        if len(facts) == len(parts) and len({(fact_in_words(f), tables_of(f)) for f in facts}) == 1:
            return self._over(facts)
        said = [self._words(part) for part in parts]
        return Text(zh=" + ".join(one.zh for one in said), en=" + ".join(one.en for one in said))

    def _column(self, name: str) -> Text:
        if name in self.facts:
            return self._fact(self.facts[name])
        if name in self.borders:
            meaning = self.borders[name].meaning
            return (_FIRST if name.endswith("_first") else _LAST).format(window=meaning)
        if name.endswith("_start"):
            return _START.format(table=name.removesuffix("_start"))
        return _OPENED if name == "opened_on" else Text(zh=name, en=name)

    def _fact(self, fact: Fact) -> Text:
        return self._over([fact])

    def _over(self, facts: list[Fact]) -> Text:
        """What the facts have in common, with their windows."""
        (table,) = sorted(tables_of(facts[0]))[:1]
        windows = [fact.windows[0].meaning for fact in facts]
        words = fact_in_words(facts[0])
        return Text(
            zh=f"{'、'.join(window.zh for window in windows)}的 {table} {words.zh}",
            en=f"{words.en} in {table} ({', '.join(window.en for window in windows)})",
        )

    # --- what is unknown ---------------------------------------------------------------------------------

    def _unknown(self, term: Term) -> Iterator[Text]:
        yield from self._unknown_in(term.sql)

    def _unknown_in(self, node: exp.Expr) -> Iterator[Text]:
        for column in node.find_all(exp.Column):
            if self._value(column) is not None:
                continue
            if column.name in self.borders:
                window = self.borders[column.name].meaning
                yield _BEFORE_CALENDAR.format(window=window, first=self.day.calendar.first)
            elif column.name.endswith("_start"):
                yield _NO_START.format(table=column.name.removesuffix("_start"))
            elif column.name in self.facts:
                yield self._no_row(self.facts[column.name])

    def _no_row(self, fact: Fact) -> Text:
        (table,) = sorted(tables_of(fact))[:1]
        span = fact.windows[0].span(self.day)
        first, last = span or (None, None)
        return _NO_ROW.format(table=table, window=fact.windows[0].meaning, first=first, last=last)

    def _value(self, node: exp.Expr) -> Any:
        """The node's value for this client."""
        query = exp.select(exp.alias_(node.copy(), "value")).from_(TABLE)
        shown = exp.EQ(this=exp.column("client_id"), expression=exp.Literal.string(AS_SHOWN))
        ((value,),) = self.engine.rows(query.where(shown))
        return value


def _addends(node: exp.Expr) -> Iterator[exp.Expr]:
    """The parts of a sum, however its brackets are nested."""
    node = node.unnest()
    if isinstance(node, exp.Add):
        yield from _addends(node.left)
        yield from _addends(node.right)
    else:
        yield node


def _shown(value: Any) -> Text:
    """A value as people write it; doubles that are whole numbers without decimals."""
    plain = int(value) if isinstance(value, float) and value.is_integer() else value
    return Text(zh=operand(plain, "zh"), en=operand(plain, "en"))


MOST_DAYS = 10

_NUMBERS: dict[type[exp.Expr], Text] = {
    exp.LT: Text(zh="小于", en="less than"),
    exp.LTE: Text(zh="不大于", en="not more than"),
    exp.GT: Text(zh="大于", en="more than"),
    exp.GTE: Text(zh="不小于", en="not less than"),
    exp.EQ: Text(zh="等于", en="is"),
}
_DATES: dict[type[exp.Expr], Text] = {
    exp.LT: Text(zh="早于", en="is before"),
    exp.LTE: Text(zh="不晚于", en="is not after"),
    exp.GT: Text(zh="晚于", en="is after"),
    exp.GTE: Text(zh="不早于", en="is not before"),
    exp.EQ: Text(zh="就是", en="is"),
}
_NUMBERS_DIFFER = Text(
    zh="{words.zh}：{value.zh}，{sign.zh} {border.zh}", en="{words.en} is {value.en}, {sign.en} {border.en}"
)
_DAYS_DIFFER = Text(
    zh="{words.zh} {value.zh} {sign.zh} {border.zh}", en="{words.en}, {value.en}, {sign.en} {border.en}"
)
_JUST = Text(zh="{words.zh}：{value.zh}", en="{words.en} is {value.en}")
_NO_TABLE = Text(
    zh="账簿里没有 {table} 表（{meaning}），这个指标对所有客户都是数据缺失",
    en="the book has no table {table}: the sign is missing data for everyone",
)
_NO_COLUMN = Text(
    zh="映射声明 {table}.{column} 不存在，这个指标对所有客户都是数据缺失",
    en="the mapping declares {table}.{column} absent: the sign is missing data for everyone",
)
_LOST = Text(
    zh="{table} 整张表在这些交易日没有一行，多半是漏交：{days}",
    en="on these trading days the whole table {table} has no row, most likely a lost delivery: {days}",
)
_REJECTED = Text(
    zh="该客户在 {table} 表有被拒收的行，见 .rejects 文件夹",
    en="a row of this client in {table} was rejected; see the folder .rejects",
)
_TOO_SMALL = Text(
    zh="不是有效户：最近 {days} 个交易日里净资产没有一天达到 {least} 元",
    en="no valid client: net assets never reached {least} CNY in the last {days} trading days",
)
_FIRST = Text(zh="{window.zh}的首日", en="the first day of {window.en}")
_LAST = Text(zh="{window.zh}的末日", en="the last day of {window.en}")
_START = Text(zh="{table} 表的起点", en="the start of the table {table}")
_OPENED = Text(zh="开户日", en="the day the account was opened")
_BEFORE_CALENDAR = Text(
    zh="“{window.zh}”要从交易日历的第一天 {first} 之前开始",
    en="“{window.en}” would begin before the trading calendar does ({first})",
)
_NO_START = Text(
    zh="{table} 表在判定日之前没有任何一行", en="the table {table} has no row up to the as-of day"
)
_NO_ROW = Text(
    zh="该客户在 {table} 表里 {first} 至 {last}（{window.zh}）没有一行",
    en="{table} has no row of this client from {first} to {last} ({window.en})",
)
