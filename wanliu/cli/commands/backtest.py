"""``wanliu backtest``: do the warnings come true, how early, at how many calls; one rule set or two."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from wanliu.book.atomic import appearing, check_free
from wanliu.cli.options import (
    add_delivery_options,
    add_engine_options,
    engine_of,
    opened_book,
    shown_progress,
    the_day,
)
from wanliu.errors import DONE, UsageError
from wanliu.foresight.backtest import BackTest, run_backtest
from wanliu.foresight.backtest_days import asked_days
from wanliu.foresight.label_numbers import numbers
from wanliu.report.drawing import check_can_draw
from wanliu.report.study_files import write_study
from wanliu.report.study_words import first_lines
from wanliu.ruleset import RuleSet, load
from wanliu.text import Text, current_language

HELP = Text(
    zh="回测：报过警的客户有多少真的离开、提前多久、每天多少通电话",
    en="back-test: how many of those warned about left, how early, at how many calls a day",
)
HORIZON = 90


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("book", type=Path, metavar="BOOK", help=str(_BOOK))
    parser.add_argument("--from", dest="first", type=the_day, required=True, metavar="DATE", help=str(_FIRST))
    parser.add_argument("--to", dest="last", type=the_day, required=True, metavar="DATE", help=str(_LAST))
    parser.add_argument("--rules", default="standard", metavar="NAME|FILE", help=str(_RULES))
    parser.add_argument("--against", metavar="NAME|FILE", help=str(_AGAINST))
    parser.add_argument("--every", default="month", metavar="month|week|N", help=str(_EVERY))
    parser.add_argument(
        "--horizon", type=int, choices=numbers().horizons, default=HORIZON, help=str(_HORIZON)
    )
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="OUT", help=str(_OUT))
    parser.add_argument("--replace", action="store_true", help=str(_REPLACE))
    parser.add_argument("--accept-gaps", action="store_true", help=str(_GAPS))
    add_delivery_options(parser)
    add_engine_options(parser)


def run(given: argparse.Namespace) -> int:
    began = time.monotonic()
    rules = _rule_sets(given)
    check_can_draw()
    check_free(given.out, replace=given.replace)
    with shown_progress() as progress:
        book = opened_book(given.book, given, cache=given.out.absolute().parent, progress=progress)
        days = asked_days(book, given.first, given.last, given.every, given.horizon)
        asked = BackTest(book, rules, days, given.horizon, accept_gaps=given.accept_gaps)
        with appearing(given.out, replace=given.replace) as folder:
            with engine_of(given) as engine:
                study = run_backtest(asked, engine, progress)
            took = time.monotonic() - began
            write_study(study, folder, language=current_language(), book=given.book.name, seconds=took)
    for line in (*first_lines(study, current_language()), *map(str, study.notes)):
        print(f"· {line}")
    print(_WRITTEN.format(out=given.out, files=", ".join(sorted(file.name for file in given.out.iterdir()))))
    return DONE


def _rule_sets(given: argparse.Namespace) -> tuple[RuleSet, ...]:
    first = load(given.rules)
    if given.against is None:
        return (first,)
    second = load(given.against)
    if first.name == second.name:
        raise UsageError(_SAME_NAME.format(name=first.name))
    return first, second


_BOOK = Text(zh="封存的账簿，或原始数据文件夹", en="a sealed book, or a raw delivery")
_FIRST = Text(zh="起始日", en="first day")
_LAST = Text(
    zh="截止日（观察期超出账簿的日子自动略去）",
    en="last day (days whose horizon leaves the book are left out)",
)
_RULES = Text(zh="现行规则集（默认 standard）", en="the live rule set (default: standard)")
_AGAINST = Text(
    zh="对照的规则集，如 guide 或草案文件", en="a rule set to hold against it: guide, or a draft's file"
)
_EVERY = Text(
    zh="判定日的间隔：month（默认）、week，或每 N 个交易日",
    en="how often: month (default), week, or every N trading days",
)
_HORIZON = Text(zh="观察期天数（默认 90）", en="days within which leaving counts (default: 90)")
_OUT = Text(zh="结果文件夹", en="the folder for the result")
_REPLACE = Text(zh="结果文件夹已存在时覆盖", en="overwrite a result that exists")
_GAPS = Text(
    zh="容忍整天缺失的数据：相关指标记为缺数据",
    en="go on where days were lost: the signs that read them say missing_data",
)
_WRITTEN = Text(zh="结果：{out}（{files}）", en="Results: {out} ({files})")
_SAME_NAME = Text(
    zh="两套规则集都叫 {name}，结果里分不清。请在草案里改一个 name。",
    en="Both rule sets are called {name}, so the result could not tell them apart. Give the draft "
    "another name.",
)
