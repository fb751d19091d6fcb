"""``warnings.xlsx`` for a branch manager and ``signals.xlsx`` for an analyst."""

from __future__ import annotations

from pathlib import Path

from sqlglot import exp

from wanliu.book.engine import duckdb_engine
from wanliu.errors import UsageError
from wanliu.report.found import Found, found_in
from wanliu.report.signals_sheet import signals_workbook
from wanliu.report.warnings_sheet import HEAD_ROWS, ON_WORKLIST, warnings_workbook
from wanliu.report.workbook import ROWS_OF_A_SHEET
from wanliu.ruleset import RuleSet
from wanliu.text import Language, Text
from wanliu.warning.gather import Clients, prepare
from wanliu.warning.judge import everyone
from wanliu.warning.plan import Plan

SIGNALS_XLSX, WARNINGS_XLSX = "signals.xlsx", "warnings.xlsx"


def write_xlsx(
    folder_in: Path,
    folder_out: Path,
    rules: RuleSet,
    *,
    language: Language,
    book: str = "",
    memory: str | None = None,
) -> None:
    """Writes both workbooks from the Parquet files of a run; equal runs give equal bytes.

    ``book`` is what the book is called (its folder's name). Raises UsageError, before anything is written,
    where a sheet cannot hold the rows.
    """
    with found_in(folder_in, rules, memory=memory) as found:
        check_fits(found)
        warnings_workbook(found, folder_out / WARNINGS_XLSX, language=language, book=book)
        signals_workbook(found, folder_out / SIGNALS_XLSX, language=language, book=book)


def check_will_fit(plan: Plan) -> None:
    """The same for the signals of all judged clients, before anything is computed; raises UsageError."""
    signs = len(plan.rules.rules)
    if plan.book.manifest.tables["clients"].rows * len(plan.days) * signs < ROWS_OF_A_SHEET:
        return
    signals = _judged(plan) * signs
    if signals > ROWS_OF_A_SHEET - 1:
        raise UsageError(_TOO_MANY_SIGNALS.format(rows=f"{signals:,}", most=f"{ROWS_OF_A_SHEET:,}"))


def _judged(plan: Plan) -> int:
    """Judged clients × days."""
    with duckdb_engine() as engine:
        prepare(plan, engine)
        counted = exp.select(exp.Count(this=exp.Star())).from_(everyone(plan).subquery())
        engine.keep("judged", counted, Clients().borders)
        ((number,),) = engine.rows(exp.select("*").from_("judged"))
    return int(str(number))


def check_fits(found: Found) -> None:
    """Raises UsageError where the signals or the warnings are more than a sheet holds."""
    told = " + ".join(f"count({rule.id}.status)" for rule in found.rules.rules)
    signals = found.number(f"SELECT {told} FROM signals")
    if signals > ROWS_OF_A_SHEET - 1:
        raise UsageError(_TOO_MANY_SIGNALS.format(rows=f"{signals:,}", most=f"{ROWS_OF_A_SHEET:,}"))
    warnings = found.number(f"SELECT count(*) FROM warnings WHERE {ON_WORKLIST}")
    if warnings > ROWS_OF_A_SHEET - HEAD_ROWS:
        raise UsageError(_TOO_MANY_WARNINGS.format(rows=f"{warnings:,}", most=f"{ROWS_OF_A_SHEET:,}"))


_TOO_MANY_SIGNALS = Text(
    zh="信号共 {rows} 行，一张工作表最多 {most} 行，放不下，没有写出任何结果。请加 --signals fired "
    "只写触发的信号，"
    "或改用 --format parquet 或 --format csv；多天运行也可以减少天数。",
    en="There are {rows} rows of signals and a sheet holds {most}; nothing was written. Keep the fired ones "
    "only with --signals fired, or use --format parquet or --format csv; with many days, ask for fewer.",
)
_TOO_MANY_WARNINGS = Text(
    zh="预警共 {rows} 行，一张工作表最多 {most} 行，放不下，没有写出任何结果。请改用 --format parquet 或 "
    "--format csv，"
    "或减少判定日。",
    en="There are {rows} rows of warnings and a sheet holds {most}; nothing was written. Use --format "
    "parquet or --format csv, or ask for fewer days.",
)
