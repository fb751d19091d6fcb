"""An explanation in the terminal: who, the raw rows, the operands, the sum step by step, the result."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, TypeVar

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from wanliu.book.codes import code_word
from wanliu.book.tables import TABLES
from wanliu.indicator.facts import Latest
from wanliu.indicator.sign import GROUPS
from wanliu.indicator.words import SEVERITIES, column_in_words, fact_in_words
from wanliu.report.formatting import money, operand, quantity, sum_in_words
from wanliu.report.words import STATUSES, evidence_word
from wanliu.text import Language, Text
from wanliu.why.chain import Link, Links
from wanliu.why.explain import Explanation
from wanliu.why.rows import Amount, Row, Section

Listed = TypeVar("Listed", Row, Link)

ENDS = 5
"""Rows shown at each end of a long table."""

MARKS = "①②③④⑤⑥⑦⑧⑨⑩"
VOID = "✗"
PLACES = 6

_COLOURS = {"fired": "red", "clear": "green"}


class Shown:
    """Prints explanations to a console in one language; ``every_row`` shortens nothing."""

    def __init__(self, console: Console, language: Language, *, every_row: bool = False) -> None:
        self.console = console
        self.language = language
        self.every_row = every_row

    def show(self, explanation: Explanation) -> None:
        self._who(explanation)
        for section in explanation.sections:
            self._section(section)
        for links in explanation.chains:
            self._chain(links)
        self._operands(explanation)
        if explanation.reasons:
            self._heading(_REASONS)
            for reason in explanation.reasons:
                self._line(f"· {reason.to(self.language)}")
        if explanation.status in ("fired", "clear"):
            self._sum(explanation)
        self._result(explanation)

    # --- who and what ----------------------------------------------------------------------------------

    def _who(self, one: Explanation) -> None:
        asked, sign, reading = one.asked, one.rule.sign, one.rule.reading
        self.console.rule(Styled(f"{sign.name.to(self.language)} {one.rule.id}", style="bold"), align="left")
        segment = code_word("clients", "segment", asked.segment) if asked.segment else _NO_SEGMENT
        named = {"client": asked.client_id, "branch": asked.branch_id, "opened": asked.opened_on}
        self._line(_WHO.format(**named, segment=segment).to(self.language), bold=True)
        story = _SIGN.format(group=GROUPS[sign.group], guide=sign.guide, as_of=one.as_of)
        self._line(story.to(self.language))
        how = _READING.format(rules=one.rules, reading=reading, meaning=one.rule.meaning)
        self._line(how.to(self.language))

    # --- the raw rows ------------------------------------------------------------------------------------

    def _section(self, section: Section) -> None:
        self._table_heading(section.table, section.window.meaning, section.span)
        if section.span is None:
            return
        shown = [row for row in section.rows if row.counts or row.void or self.every_row]
        if shown:
            self._rows(section, shown)
        else:
            self._line(_NO_ROWS.to(self.language))
        for row in (row for row in shown if row.void):
            number = row.cells[TABLES[section.table].key[-1]]
            self._line(f"{VOID} {number} {row.void.to(self.language) if row.void else ''}")
        others = len(section.rows) - len(shown)
        if others and not all(isinstance(fact, Latest) for fact in section.facts):
            self._line(_OTHERS.format(number=others).to(self.language), dim=True)
        for mark, place in zip(MARKS, range(len(section.facts)), strict=False):
            words = fact_in_words(section.facts[place]).to(self.language)
            self._line(f"{mark} {words} = {self._amount(section.value(place))}")

    def _rows(self, section: Section, rows: Sequence[Row]) -> None:
        columns = section.columns()
        table = _plain_table()
        for column in columns:
            side = self._side(section.table, column)
            table.add_column(self._column(section.table, column), justify=side, no_wrap=True)
        for mark, _ in zip(MARKS, section.facts, strict=False):
            table.add_column(mark, justify="right")
        table.add_column("")
        first, last = self._ends(rows)
        for row in first:
            self._row(table, section.table, columns, row)
        if last:
            hidden = rows[len(first) : len(rows) - len(last)]
            sums = [self._subtotal(place, hidden) for place in range(len(section.facts))]
            between = _HIDDEN.format(number=len(hidden)).to(self.language)
            table.add_row(between, *[""] * (len(columns) - 1), *sums, style="dim")
            for row in last:
                self._row(table, section.table, columns, row)
        self.console.print(Padding(table, (0, 0, 0, 2), expand=False))

    def _row(self, table: Table, name: str, columns: Sequence[str], row: Row) -> None:
        cells = [self._cell(name, column, row.cells[column]) for column in columns]
        adds = [self._amount(amount) if amount is not None else "" for amount in row.adds]
        style = "strike dim" if row.void else ("" if row.counts else "dim")
        said = [Styled(cell, style=style) for cell in (*cells, *adds)]
        table.add_row(*said, VOID if row.void else "")

    def _subtotal(self, place: int, rows: Sequence[Row]) -> str:
        amounts = [amount for row in rows if (amount := row.adds[place]) is not None]
        return self._amount(sum(amounts[1:], amounts[0])) if amounts else ""

    def _ends(self, rows: Sequence[Listed]) -> tuple[Sequence[Listed], Sequence[Listed]]:
        """The rows at both ends; all of them in the first where nothing need be hidden."""
        if self.every_row or len(rows) <= 2 * ENDS + 1:
            return rows, ()
        return rows[:ENDS], rows[-ENDS:]

    # --- the chain of daily ratios ---------------------------------------------------------------------

    def _chain(self, links: Links) -> None:
        self._table_heading("assets", links.over.meaning, links.span)
        if not links.links:
            self._line(_NO_ROWS.to(self.language))
            return
        table = _plain_table()
        for heading in _CHAIN:
            table.add_column(heading.to(self.language), justify="left" if heading is _CHAIN[0] else "right")
        first, last = self._ends(links.links)
        for link in first:
            table.add_row(*self._link(link))
        if last:
            hidden = links.links[len(first) : len(links.links) - len(last)]
            product = Links(links.over, links.span, hidden).product
            between = _HIDDEN.format(number=len(hidden)).to(self.language)
            table.add_row(between, *[""] * (len(_CHAIN) - 2), f"{product:.{PLACES}f}", style="dim")
            for link in last:
                table.add_row(*self._link(link))
        self.console.print(Padding(table, (0, 0, 0, 2), expand=False))
        self._line(
            _PRODUCT.format(product=f"{links.product:.{PLACES}f}", rows=len(links.links)).to(self.language)
        )

    def _link(self, link: Link) -> tuple[str, ...]:
        before = "—" if link.before is None else money(link.before)
        skipped = _FIRST_ROW if link.before is None else _SKIPPED
        ratio = skipped.to(self.language) if link.ratio is None else f"{link.ratio:.{PLACES}f}"
        moved = (
            money(link.moved_out) if link.moved_out else "",
            money(link.moved_in) if link.moved_in else "",
        )
        return (link.date.isoformat(), money(link.net_assets), moved[0], before, moved[1], ratio)

    # --- operands, sum, result --------------------------------------------------------------------------

    def _operands(self, one: Explanation) -> None:
        self._heading(_OPERANDS)
        grid = Table.grid(padding=(0, 2))
        for name, value in one.evidence.items():
            grid.add_row(evidence_word(one.rule.id, name).to(self.language), operand(value, self.language))
        self.console.print(Padding(grid, (0, 0, 0, 2), expand=False))

    def _sum(self, one: Explanation) -> None:
        self._heading(_SUM)
        rule = one.rule
        words = sum_in_words(
            rule.reading, one.evidence, one.value, one.threshold, self.language, parameters=rule.values
        )
        for number, step in enumerate(re.split(r"；|; ", words), start=1):
            self._line(f"{number}. {step}")

    def _result(self, one: Explanation) -> None:
        status = STATUSES[one.status].to(self.language)
        if one.status == "fired":
            severity = SEVERITIES["weak" if one.weak else "strong"].to(self.language)
            status = _SEVERITY.format(status=status, severity=severity).to(self.language)
        self.console.print()
        colour = _COLOURS.get(one.status, "yellow")
        said = Styled.assemble((_RESULT.to(self.language), "bold"), (status, f"bold {colour}"))
        if one.status in ("fired", "clear"):
            said.append(f"   {self._against(one)}")
        self.console.print(said)

    def _against(self, one: Explanation) -> str:
        unit = one.rule.reading.unit
        value = quantity(one.value, unit, self.language, PLACES)
        threshold = quantity(one.threshold, unit, self.language, PLACES)
        return _AGAINST.format(value=value, threshold=threshold).to(self.language)

    # --- small words ---------------------------------------------------------------------------------------

    def _table_heading(self, table: str, window: Text, span: tuple[object, object] | None) -> None:
        name = f"{TABLES[table].meaning.zh} {table}" if self.language == "zh" else table
        when = _SPAN.format(first=span[0], last=span[1]) if span else _NO_SPAN
        self._heading(Text(zh=f"{name} · {window.zh} · {when.zh}", en=f"{name} · {window.en} · {when.en}"))

    def _heading(self, words: Text) -> None:
        self.console.print()
        self.console.print(Styled(words.to(self.language), style="bold cyan"))

    def _line(self, words: str, *, bold: bool = False, dim: bool = False) -> None:
        style = "bold" if bold else "dim" if dim else ""
        self.console.print(Padding(Styled(words, style=style), (0, 0, 0, 2), expand=False))

    def _column(self, table: str, column: str) -> str:
        return column_in_words(table, column).to(self.language)

    def _side(self, table: str, column: str) -> Literal["left", "right"]:
        return "right" if TABLES[table].column(column).type in ("money", "integer", "rate") else "left"

    def _cell(self, table: str, column: str, value: object) -> str:
        if value is None:
            return ""
        if TABLES[table].column(column).type == "code":
            return code_word(table, column, str(value)).to(self.language)
        return operand(value, self.language)  # type: ignore[arg-type]  # what a book holds

    def _amount(self, amount: Amount) -> str:
        return operand(amount, self.language)


def _plain_table() -> Table:
    return Table(box=None, padding=(0, 1), header_style="dim")


_WHO = Text(
    zh="客户 {client} · 营业部 {branch} · {opened} 开户 · 分级 {segment.zh}",
    en="client {client} · branch {branch} · opened {opened} · segment {segment.en}",
)
_NO_SEGMENT = Text(zh="未填", en="not given")
_SIGN = Text(
    zh="{group.zh} · 指引 {guide} · 判定日 {as_of}", en="{group.en} · the guide, {guide} · as of {as_of}"
)
_READING = Text(
    zh="规则集 {rules.name}（{rules.title.zh}）第 {rules.version} 版 · 读法 {reading.name}：{meaning.zh}",
    en="rule set {rules.name} ({rules.title.en}), version {rules.version} · reading {reading.name}: "
    "{meaning.en}",
)
_SPAN = Text(zh="{first} 至 {last}", en="{first} to {last}")
_NO_SPAN = Text(zh="没有这张表，或窗口早于交易日历", en="no such table, or before the calendar")
_NO_ROWS = Text(zh="没有计入的行。", en="No row counts.")
_OTHERS = Text(
    zh="另有 {number} 行在窗口内但不计入（加 --all 可看）",
    en="{number} more in the window count for nothing (--all shows them)",
)
_HIDDEN = Text(zh="… {number} 行 …", en="… {number} rows …")
_CHAIN = (
    Text(zh="日期", en="date"),
    Text(zh="净资产", en="net assets"),
    Text(zh="+ 转出", en="+ out"),
    Text(zh="÷ 前一行", en="÷ row before"),
    Text(zh="+ 转入", en="+ in"),
    Text(zh="= 比例", en="= ratio"),
)
_FIRST_ROW = Text(zh="起点", en="start")
_SKIPPED = Text(zh="基数太小，跳过", en="base too small")
_PRODUCT = Text(zh="连乘 = {product}（{rows} 行）", en="product = {product} ({rows} rows)")
_OPERANDS = Text(zh="各操作数", en="Operands")
_REASONS = Text(zh="为什么判断不了", en="Why it could not be judged")
_SUM = Text(zh="一步一步算", en="The sum, step by step")
_RESULT = Text(zh="结果：", en="Result: ")
_SEVERITY = Text(zh="{status}（{severity}）", en="{status} ({severity})")
_AGAINST = Text(zh="值 {value}，阈值 {threshold}", en="value {value}, threshold {threshold}")
