"""The verdict on a delivery as one page for a terminal; what it says is found by ``inspection``."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from wanliu.book.inspection import FaultVerdict, TableVerdict, Verdict, check_delivery, verdict
from wanliu.text import Language, Text

__all__ = ["Verdict", "check_delivery", "render", "verdict"]

WIDTH = 100
SHOWN = 6
"""Days or columns in one line; beyond it they are counted."""

_TITLE = Text("数据检查", "Delivery")
_HEADS = (
    Text("表", "table"),
    Text("文件", "files"),
    Text("格式", "came as"),
    Text("行数", "rows in"),
    Text("可用", "used"),
    Text("剔除", "rejected"),
    Text("首日", "first day"),
    Text("末日", "last day"),
)
_FAULT_HEADS = (
    Text("行数", "rows"),
    Text("位置", "where"),
    Text("错在哪里，怎样改", "what is wrong, how to mend it"),
)
_NUMBERS = (1, 3, 4, 5)
_FAULTS = Text("主要错误（共 {kinds} 类，列出 {shown} 类）", "Worst faults ({shown} of {kinds} kinds)")
_EXAMPLE = Text("例：{file} 第 {line} 行“{value}”", "e.g. {file}, line {line}: “{value}”")
_EXAMPLE_BLANK = Text("例：{file} 第 {line} 行", "e.g. {file}, line {line}")
_ABSENT = Text("对方没有", "the sender has not")
_DERIVED = Text("推算或设定", "derived or set")
_IGNORED = Text("未使用", "not used")
_MISSING = Text("缺失", "missing")
_THIN = Text("行数不足平常一半", "less than half the usual rows")
_FILLS = Text("成交合并", "fills summed")
_INTO_ORDERS = Text(
    "{table}: {fills} 行成交合并为 {orders} 笔委托", "{table}: {fills} fills into {orders} orders"
)
_CONTROL = Text("控制总数", "control totals")
_NO_CONTROL = Text("未随数据提供 totals.csv", "no totals.csv came with it")
_NO_GAPS = Text("资产与成交无缺日", "no trading day is missing from assets and trades")
_COLUMNS_LABEL = Text("列", "columns")
_DAYS_LABEL = Text("交易日", "trading days")
_MORE = Text("等 {count} 项", "… {count} in all")
_ANSWERS = {
    "usable": Text("结论：可用。", "Verdict: usable."),
    "quarantine": Text(
        "结论：剔除坏行后可用。有 {rows} 行被剔除；默认会停止，用 --on-bad-rows quarantine 继续。",
        "Verdict: usable with quarantine. {rows} row(s) are rejected; by default sealing stops, "
        "--on-bad-rows quarantine goes on.",
    ),
    "refused": Text("结论：不可用。", "Verdict: refused."),
}
_GAPS = Text(
    "缺 {days} 个交易日，涉及这些日子的运行会停止，除非用 --accept-gaps。",
    "{days} trading day(s) are missing: runs that need them stop, unless --accept-gaps.",
)
_STYLES = {"usable": "bold green", "quarantine": "bold yellow", "refused": "bold red"}


def render(found: Verdict, language: Language, *, color: bool = False, width: int = WIDTH) -> str:
    """The page as text, ``width`` columns wide; with ``color`` it holds a terminal's colour codes."""
    page = io.StringIO()
    console = Console(
        file=page,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
    )
    _Page(console, found, language).write()
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


class _Page:
    def __init__(self, console: Console, found: Verdict, language: Language) -> None:
        self.console = console
        self.verdict = found
        self.language: Language = language

    def write(self) -> None:
        self.console.rule(f"{self._say(_TITLE)}  {self.verdict.source}", align="left", style="dim")
        if self.verdict.tables:
            self.console.print(self._tables())
            self._write_facts()
        if self.verdict.faults:
            self._write_faults()
        self._write_answer()

    def _say(self, text: Text, **values: object) -> str:
        return text.format(**values).to(self.language) if values else text.to(self.language)

    def _tables(self) -> Table:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for place, head in enumerate(_HEADS):
            table.add_column(self._say(head), justify="right" if place in _NUMBERS else "left")
        for row in self.verdict.tables:
            table.add_row(*self._row(row), style="yellow" if row.rows_rejected else None)
        return table

    def _row(self, row: TableVerdict) -> Iterator[str]:
        name = f"{row.meaning.zh} {row.name}" if self.language == "zh" else row.name
        counts = (f"{count:,}" for count in (row.rows_in, row.rows_used, row.rows_rejected))
        days = (day.isoformat() if day else "" for day in (row.first, row.last))
        return iter((name, str(row.files), ", ".join(row.came_as), *counts, *days))

    def _write_facts(self) -> None:
        facts = Table.grid(padding=(0, 2, 0, 0))
        facts.add_column(style="bold", no_wrap=True)
        facts.add_column(overflow="fold")
        for label, lines in (
            (_COLUMNS_LABEL, self._columns()),
            (_FILLS, self._fills()),
            (_DAYS_LABEL, self._days()),
            (_CONTROL, self._control()),
        ):
            for place, line in enumerate(lines):
                facts.add_row(self._say(label) if place == 0 else "", Styled(line))
        self.console.print()
        self.console.print(facts)

    def _columns(self) -> Iterator[str]:
        kinds: tuple[tuple[Text, Callable[[TableVerdict], tuple[str, ...]]], ...] = (
            (_ABSENT, lambda table: table.absent),
            (_DERIVED, lambda table: table.derived),
            (_IGNORED, lambda table: table.ignored),
        )
        for label, columns_of in kinds:
            for table in self.verdict.tables:
                if columns := columns_of(table):
                    yield f"{self._say(label)}  {table.name}: {self._listed(columns)}"

    def _fills(self) -> Iterator[str]:
        for table in self.verdict.tables:
            if table.orders is not None:
                counts = {"fills": f"{table.rows_used:,}", "orders": f"{table.orders:,}"}
                yield self._say(_INTO_ORDERS, table=table.name, **counts)

    def _days(self) -> Iterator[str]:
        days = self.verdict.days or {}
        for name, found in days.items():
            if found.missing:
                yield f"{self._say(_MISSING)}  {name}: {self._listed_days(found.missing)}"
            if found.thin:
                yield f"{self._say(_THIN)}  {name}: {self._listed_days(found.thin)}"
        if days and not any(found.missing or found.thin for found in days.values()):
            yield self._say(_NO_GAPS)

    def _control(self) -> Iterator[str]:
        yield self._say(self.verdict.control or _NO_CONTROL)

    def _listed_days(self, days: Sequence[date]) -> str:
        return self._listed([day.isoformat() for day in days])

    def _listed(self, items: Sequence[str]) -> str:
        more = f" {self._say(_MORE, count=len(items))}" if len(items) > SHOWN else ""
        return ", ".join(items[:SHOWN]) + more

    def _write_faults(self) -> None:
        faults = self.verdict.faults
        title = self._say(_FAULTS, kinds=self.verdict.kinds_of_fault, shown=len(faults))
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        for place, head in enumerate(_FAULT_HEADS):
            table.add_column(
                self._say(head), justify="left" if place else "right", no_wrap=place == 1, overflow="fold"
            )
        for fault in faults:
            table.add_row(f"{fault.rows:,}", self._where(fault), Styled(self._what(fault)))
        self.console.print()
        self.console.print(f"[bold]{title}[/bold]")
        self.console.print(table)

    def _where(self, fault: FaultVerdict) -> str:
        return f"{fault.table}.{fault.column}" if fault.column else fault.table

    def _what(self, fault: FaultVerdict) -> str:
        shown = _EXAMPLE if fault.value else _EXAMPLE_BLANK
        example = self._say(shown, file=fault.file, line=fault.line, value=(fault.value or "")[:40])
        joint = "；" if self.language == "zh" else "; "
        return f"{self._say(fault.why)}{joint}{self._say(fault.mend)}\n{example}"

    def _write_answer(self) -> None:
        self.console.print()
        found = self.verdict
        if found.reason:
            self.console.print(Styled(self._say(found.reason)))
        sentence = self._say(_ANSWERS[found.answer], rows=f"{found.rows_rejected:,}")
        if found.days_missing and found.answer != "refused":
            space = "" if self.language == "zh" else " "
            sentence += space + self._say(_GAPS, days=found.days_missing)
        self.console.print(Styled(sentence, style=_STYLES[found.answer]))
