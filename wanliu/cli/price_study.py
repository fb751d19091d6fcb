"""``wanliu commission study``: does a cut keep clients, and does service do it for less?"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wanliu.book.atomic import appearing, check_free
from wanliu.book.engine import duckdb_engine
from wanliu.cli.options import (
    add_delivery_options,
    add_engine_options,
    engine_of,
    opened_book,
    shown_progress,
    the_day,
)
from wanliu.errors import DONE, EnvironmentFailed, UsageError
from wanliu.report.drawing import check_can_draw
from wanliu.text import Text, current_language

if TYPE_CHECKING:
    from wanliu.commission.study.numbers import Numbers

HELP = Text(
    zh="降佣留得住客户吗：与可比的客户相比，降佣后 90、180 天内走的人少了几个百分点；服务按钱来比",
    en="does a cut keep clients: leaving within 90 and 180 days beside comparable clients, and service per "
    "yuan",
)
COSTS = ("contact", "adviser", "complaint")
NEEDED = ("sklearn", "scipy")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("book", type=Path, metavar="BOOK", help=str(_BOOK))
    parser.add_argument("--from", dest="first", type=the_day, required=True, metavar="DATE", help=str(_FIRST))
    parser.add_argument("--to", dest="last", type=the_day, required=True, metavar="DATE", help=str(_LAST))
    parser.add_argument("--cost", action="append", default=[], metavar="WHAT=YUAN", help=str(_COST))
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="OUT", help=str(_OUT))
    parser.add_argument("--replace", action="store_true", help=str(_REPLACE))
    add_delivery_options(parser)
    add_engine_options(parser)


def run(given: argparse.Namespace) -> int:
    began = time.monotonic()
    if missing := [module for module in NEEDED if find_spec(module) is None]:
        raise EnvironmentFailed(_NO_EXTRA.format(missing=", ".join(missing)))
    check_can_draw()
    # loaded only here: the libraries behind them are an extra, and slow
    from wanliu.commission.study.numbers import numbers as shipped
    from wanliu.commission.study.whole import landmarks_of, study_of
    from wanliu.foresight.labels import labels_of
    from wanliu.report.price_files import write_price_study
    from wanliu.report.price_words import first_lines

    numbers = with_costs(shipped(), given.cost)
    check_free(given.out, replace=given.replace)
    with shown_progress() as progress:
        book = opened_book(given.book, given, cache=given.out.absolute().parent, progress=progress)
        landmarks, left_out = landmarks_of(book, given.first, given.last, numbers)
        with appearing(given.out, replace=given.replace) as folder:
            labels = {}
            for place, horizon in enumerate(numbers.horizons):
                with engine_of(given) as engine:
                    labels[horizon] = labels_of(book, landmarks, horizon, engine)
                progress(_LABELS, place + 1, len(numbers.horizons))
            with duckdb_engine(memory=given.memory) as engine:
                study = study_of(
                    engine.connection,
                    book,
                    labels,
                    landmarks,
                    left_out=left_out,
                    numbers=numbers,
                    progress=lambda done, total: progress(_COMPARING, done, total),
                )
            took = time.monotonic() - began
            write_price_study(study, folder, language=current_language(), book=given.book.name, seconds=took)
    for line in first_lines(study, current_language()):
        print(f"· {line}")
    print(_WRITTEN.format(out=given.out, files=", ".join(sorted(file.name for file in given.out.iterdir()))))
    return DONE


def with_costs(numbers: Numbers, given: Sequence[str]) -> Numbers:
    """The firm's own costs in place of the shipped ones. Raises UsageError for what is none."""
    from wanliu.commission.rates import yuan_of

    for one in given:
        what, sign, yuan = one.partition("=")
        if what not in COSTS or not sign or yuan.strip().startswith("-"):
            raise UsageError(_NO_COST.format(written=one, costs=", ".join(COSTS)))
        cost: dict[str, Any] = {f"cost_{what}": float(yuan_of(yuan))}
        numbers = replace(numbers, **cost)
    return numbers


_BOOK = Text(zh="封存的账簿，或原始数据文件夹", en="a sealed book, or a raw delivery")
_FIRST = Text(zh="起始日", en="first day")
_LAST = Text(
    zh="截止日（之前不足 90 天、之后不足 180 天的周自动略去）",
    en="last day (weeks with fewer than 90 days before or 180 after are left out)",
)
_COST = Text(
    zh="公司自己的单价（元），可多次：contact=30、adviser=300、complaint=200",
    en="the firm's own cost in yuan, may be repeated: contact=30, adviser=300, complaint=200",
)
_OUT = Text(zh="结果文件夹", en="the folder for the result")
_REPLACE = Text(zh="结果文件夹已存在时覆盖", en="overwrite a result that exists")
_LABELS = Text(zh="谁离开了", en="who left")
_COMPARING = Text(zh="比较", en="comparing")
_WRITTEN = Text(zh="结果：{out}（{files}）", en="Results: {out} ({files})")
_NO_COST = Text(
    zh="“{written}”不是单价。请写成 contact=30；可用的有 {costs}。",
    en="“{written}” is no cost. Write contact=30; there are {costs}.",
)
_NO_EXTRA = Text(
    zh="统计部件没有安装（缺少 {missing}）。请运行 pip install 'wanliu[causal,model]' 后重试。",
    en="The statistics are not installed ({missing} missing). Run pip install 'wanliu[causal,model]' and "
    "try again.",
)
