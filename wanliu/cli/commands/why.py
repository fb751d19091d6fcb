"""``wanliu why``: one sign of one client, with the raw rows and the sum step by step."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from wanliu.book.engine import duckdb_engine
from wanliu.book.sealed import Book
from wanliu.cli.options import shown_progress, the_day
from wanliu.errors import DONE
from wanliu.ruleset import load
from wanliu.text import Text, current_language
from wanliu.warning.judge import peered
from wanliu.why.explain import explain, plan_for
from wanliu.why.show import Shown

HELP = Text(
    zh="一位客户的一个指标：原始数据行，一步一步的算式",
    en="one sign of one client: the raw rows, and the sum step by step",
)
NARROWEST = 100


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("book", type=Path, metavar="BOOK", help=str(_BOOK))
    parser.add_argument("--client", required=True, metavar="ID", help=str(_CLIENT))
    parser.add_argument("--sign", required=True, metavar="SIGN", help=str(_SIGN))
    parser.add_argument("--as-of", type=the_day, required=True, metavar="DATE", help=str(_AS_OF))
    parser.add_argument("--rules", default="standard", metavar="NAME|FILE", help=str(_RULES))
    parser.add_argument("--all", action="store_true", help=str(_ALL))
    parser.add_argument("--memory", metavar="SIZE", default="2GB", help=str(_MEMORY))
    parser.add_argument("--threads", type=int, metavar="N", help=str(_THREADS))


def run(given: argparse.Namespace) -> int:
    plan = plan_for(Book.open(given.book), load(given.rules), given.sign, given.as_of)
    notices = Console(stderr=True)
    if peered(plan):
        notices.print(str(_PEERS), style="dim")
    with shown_progress() as progress, duckdb_engine(memory=given.memory, threads=given.threads) as engine:
        explanation = explain(plan, given.client, engine, progress=progress)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=NARROWEST)
    Shown(console, current_language(), every_row=given.all).show(explanation)
    return DONE


_BOOK = Text(zh="封存的账簿", en="a sealed book")
_CLIENT = Text(zh="客户号", en="client number")
_SIGN = Text(zh="指标，如 fund_outflow", en="the sign, as fund_outflow")
_AS_OF = Text(zh="判断哪一天，如 2009-10-31", en="the day that is judged, as 2009-10-31")
_RULES = Text(
    zh="规则集：guide、standard（默认），或自定的 TOML 文件",
    en="rule set: guide, standard (default), or a TOML file of your own",
)
_ALL = Text(
    zh="列出全部行，不在中间省略，不计入的也列出",
    en="every row: nothing left out in the middle, and those that do not count",
)
_MEMORY = Text(zh="内存上限，如 2GB（默认）", en="memory to use, as 2GB (default)")
_THREADS = Text(zh="使用的线程数", en="threads to use")
_PEERS = Text(
    zh="这个指标要与同类客户比较，须先算全部客户，请稍候……",
    en="This sign compares with the peers, so everyone is computed first; this takes longer …",
)
