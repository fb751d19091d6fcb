"""``wanliu warn``: signals and warnings of one day or of many, from a sealed book or a raw delivery."""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Any

from wanliu.book.atomic import appearing, check_free
from wanliu.book.sealed import Book
from wanliu.cli.options import (
    add_delivery_options,
    add_engine_options,
    engine_of,
    opened_book,
    shown_progress,
    the_day,
)
from wanliu.errors import DONE, UsageError
from wanliu.report.csv_files import write_csv
from wanliu.report.terminal import summary
from wanliu.report.xlsx_files import check_will_fit, write_xlsx
from wanliu.ruleset import RuleSet, load
from wanliu.text import Text, current_language
from wanliu.warning.output import write
from wanliu.warning.run import Run, check_no_gaps, days_between, plan_of

HELP = Text(
    zh="对某一天（或一段时间）判断信号和预警等级，写到一个文件夹",
    en="judge one day (or many): signals and levels, written to a folder",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("book", type=Path, metavar="BOOK", help=str(_BOOK))
    parser.add_argument("--as-of", type=the_day, metavar="DATE", help=str(_AS_OF))
    parser.add_argument("--from", dest="first", type=the_day, metavar="DATE", help=str(_FIRST))
    parser.add_argument("--to", dest="last", type=the_day, metavar="DATE", help=str(_LAST))
    parser.add_argument(
        "--every", choices=("month-end", "week", "day"), default="month-end", help=str(_EVERY)
    )
    parser.add_argument("--rules", default="standard", metavar="NAME|FILE", help=str(_RULES))
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="OUT", help=str(_OUT))
    parser.add_argument("--format", choices=("parquet", "csv", "xlsx"), default="parquet", help=str(_FORMAT))
    parser.add_argument("--signals", choices=("all", "fired"), default="all", help=str(_SIGNALS))
    parser.add_argument("--replace", action="store_true", help=str(_REPLACE))
    parser.add_argument("--accept-gaps", action="store_true", help=str(_GAPS))
    add_delivery_options(parser)
    add_engine_options(parser)


def run(given: argparse.Namespace) -> int:
    rules = load(given.rules)
    check_free(given.out, replace=given.replace)
    with shown_progress() as progress:
        book = opened_book(given.book, given, cache=given.out.absolute().parent, progress=progress)
        plan = plan_of(book, rules, asked_days(given, book), accept_gaps=given.accept_gaps)
        check_no_gaps(plan)
        if given.format == "xlsx" and given.signals == "all":
            check_will_fit(plan)
        with appearing(given.out, replace=given.replace) as folder:
            with engine_of(given) as engine:
                write(Run(plan, engine, progress=progress), folder, fired_only=given.signals == "fired")
            told = summary(folder, rules, language=current_language(), book=given.book.name, **_page())
            presented(folder, rules, given.format, book=given.book.name, memory=given.memory)
    print(told)
    print(_WRITTEN.format(out=given.out, files=", ".join(sorted(file.name for file in given.out.iterdir()))))
    return DONE


def presented(folder: Path, rules: RuleSet, form: str, *, book: str, memory: str | None) -> None:
    """Turns a run's Parquet files into the format that was asked for, and leaves that alone."""
    if form == "parquet":
        return
    if form == "csv":
        write_csv(folder, folder, rules, memory=memory)
    else:
        write_xlsx(folder, folder, rules, language=current_language(), book=book, memory=memory)
    for file in folder.glob("*.parquet"):
        file.unlink()


def _page() -> dict[str, Any]:
    """How wide the terminal is and whether it has colours; a file gets plain text."""
    return {"width": shutil.get_terminal_size().columns, "colour": sys.stdout.isatty()}


def asked_days(given: argparse.Namespace, book: Book) -> tuple[date, ...]:
    many = given.first is not None or given.last is not None
    if many == (given.as_of is not None) or (many and None in (given.first, given.last)):
        raise UsageError(_WHICH_DAYS)
    if not many:
        return (given.as_of,)
    days = days_between(book.calendar, given.first, given.last, given.every)
    if not days:
        raise UsageError(_NO_DAYS.format(first=given.first, last=given.last))
    return days


_WRITTEN = Text(zh="结果：{out}（{files}）", en="Results: {out} ({files})")
_BOOK = Text(zh="封存的账簿，或原始数据文件夹", en="a sealed book, or a raw delivery")
_AS_OF = Text(zh="判断哪一天，如 2009-10-31", en="the day that is judged, as 2009-10-31")
_FIRST = Text(zh="一次判断多天：起始日", en="many days in one go: the first")
_LAST = Text(zh="一次判断多天：截止日", en="many days in one go: the last")
_EVERY = Text(zh="多天时的间隔（默认每月末）", en="with many days: how often (default: month-end)")
_RULES = Text(
    zh="规则集：guide、standard（默认）,或自定的 TOML 文件",
    en="rule set: guide, standard (default), or a TOML file of your own",
)
_OUT = Text(zh="结果文件夹", en="the folder for the result")
_FORMAT = Text(zh="输出格式（默认 parquet）", en="format of the output (default: parquet)")
_SIGNALS = Text(
    zh="写出全部信号或只写触发的（默认全部）", en="all signals, or the fired ones only (default: all)"
)
_REPLACE = Text(zh="结果文件夹已存在时覆盖", en="overwrite a result that exists")
_GAPS = Text(
    zh="容忍整天缺失的数据：相关指标记为缺数据",
    en="go on where days were lost: the signs that read them say missing_data",
)
_WHICH_DAYS = Text(
    zh="请给出 --as-of 某一天，或同时给出 --from 和 --to。",
    en="Give --as-of with one day, or both --from and --to.",
)
_NO_DAYS = Text(
    zh="{first} 至 {last} 之间没有可判断的日期。请放宽起止日期，或换一个 --every。",
    en="There is no day to judge from {first} to {last}. Widen the span or choose another --every.",
)
