"""``wanliu rank``: whom to call first, under the capacity and the limits of a day."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from wanliu.book.atomic import check_free, write_file
from wanliu.book.engine import duckdb_engine
from wanliu.book.sealed import Book
from wanliu.cli.options import the_day
from wanliu.errors import DONE, UsageError
from wanliu.foresight.book_model import Day, score_day
from wanliu.foresight.candidates import Besides, candidates_of
from wanliu.foresight.explanation import explained
from wanliu.foresight.rank import Capacity, Ranking, Why, ranked
from wanliu.text import Text

HELP = Text(
    zh="今天先联系谁：按预期能保住的价值，在人手与联系限制之内排序",
    en="whom to call first today: by the value that may be saved, within capacity and the limits of contact",
)
CALLS = 30


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("book", type=Path, metavar="BOOK", help=str(_BOOK))
    parser.add_argument("--model", type=Path, required=True, metavar="MODEL", help=str(_MODEL))
    parser.add_argument("--as-of", type=the_day, required=True, metavar="DATE", help=str(_AS_OF))
    parser.add_argument("--calls", type=int, default=CALLS, metavar="N", help=str(_CALLS))
    parser.add_argument("--cost", type=float, default=0.0, metavar="CNY", help=str(_COST))
    parser.add_argument("--effects", type=Path, metavar="CSV", help=str(_EFFECTS))
    parser.add_argument("--yesterday", type=Path, metavar="CSV", help=str(_YESTERDAY))
    parser.add_argument("--memory", metavar="SIZE", default="2GB", help=str(_MEMORY))
    parser.add_argument("--replace", action="store_true", help=str(_REPLACE))
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="list.csv", help=str(_OUT))


def run(given: argparse.Namespace) -> int:
    check_free(given.out, replace=given.replace)
    book = Book.open(given.book)
    effects = dict(_pairs(given.effects, "effect")) if given.effects else {}
    yesterday = frozenset(client for client, _ in _pairs(given.yesterday, None)) if given.yesterday else ()
    with duckdb_engine(memory=given.memory) as engine:
        _, day = score_day(given.model, book, given.as_of, engine)
    capacity = Capacity(given.calls, given.cost)
    found = candidates_of(book, given.as_of, day, Besides(effects))
    ranking = ranked(found, capacity, yesterday=yesterday)
    write_file(given.out, _written(ranking, day))
    _say(ranking, given.out, frozenset(day.months.branches))
    return DONE


def _pairs(file: Path, value: str | None) -> Iterator[tuple[str, float]]:
    """The clients of a CSV file, each with a number of the named column."""
    from wanliu.foresight.columns import numbers_of
    from wanliu.foresight.own_tables import read

    table = read(file)
    for name in ("client_id", *([value] if value else [])):
        if name not in table.column_names:
            raise UsageError(_NO_COLUMN.format(file=file, column=name))
    numbers = numbers_of(table[value]).tolist() if value else [0.0] * table.num_rows
    yield from zip(map(str, table["client_id"].to_pylist()), numbers, strict=True)


def _written(ranking: Ranking, day: Day) -> bytes:
    place = {client: number for number, client in enumerate(day.months.client_ids)}
    rows = [place[one.client_id] for one in ranking.listed]
    why = explained(day.model, day.months.features[rows], day.scores[rows], float(day.scores.mean()))
    table = pa.table(
        {
            "adviser": pa.array([one.adviser for one in ranking.listed], pa.string()),
            "place": pa.array([one.place for one in ranking.listed], pa.int64()),
            "client_id": pa.array([one.client_id for one in ranking.listed], pa.string()),
            "risk": pa.array([round(float(day.scores[n]), 6) for n in rows], pa.float64()),
            "expected": pa.array([round(one.expected, 2) for one in ranking.listed], pa.float64()),
            "basis": pa.array([one.basis for one in ranking.listed], pa.string()),
            "was_listed": pa.array([one.was_listed for one in ranking.listed], pa.bool_()),
            "why": pa.array([str(one.text) for one in why], pa.string()),
        }
    ).sort_by([("adviser", "ascending"), ("place", "ascending")])
    sink = pa.BufferOutputStream()
    pacsv.write_csv(table, sink, pacsv.WriteOptions(quoting_style="needed"))
    return bytes(sink.getvalue().to_pybytes())


def _say(ranking: Ranking, out: Path, branches: frozenset[str]) -> None:
    print(ranking.said)
    if nobodys := sum(one.adviser in branches for one in ranking.listed):
        print(_NOBODYS.format(count=f"{nobodys:,}"))
    if ranking.overlap is not None:
        print(_OVERLAP.format(overlap=f"{ranking.overlap:.0%}"))
    for why, count in sorted(ranking.left_out.items()):
        print(_LEFT_OUT[why].format(count=f"{count:,}"))
    print(_WRITTEN.format(count=f"{len(ranking.listed):,}", out=out))


_BOOK = Text(zh="封存的账簿", en="a sealed book")
_MODEL = Text(zh="用账簿训练的模型", en="a model that was fitted on a book")
_AS_OF = Text(zh="哪一天，如 2009-10-31", en="the day, as 2009-10-31")
_CALLS = Text(
    zh=f"每位客户经理一天能打几个电话（默认 {CALLS}）", en=f"calls per adviser and day (default {CALLS})"
)
_COST = Text(zh="一次联系的成本，元（默认 0）", en="what a call costs, CNY (default 0)")
_EFFECTS = Text(
    zh="随机对照测得的联系效果：client_id, effect（0–1）",
    en="measured effects of contact: client_id, effect (0–1)",
)
_YESTERDAY = Text(zh="昨天的名单，使名单稳定", en="yesterday's list, to keep today's steady")
_MEMORY = Text(zh="计算引擎的内存上限（默认 2GB）", en="memory for the engine (default 2GB)")
_REPLACE = Text(zh="已存在时覆盖", en="overwrite what exists")
_OUT = Text(zh="名单写到哪里", en="where to write the list")
_NO_COLUMN = Text(zh="文件 {file} 缺少列 {column}。", en="The file {file} has no column {column}.")
_OVERLAP = Text(
    zh="昨天名单上仍可联系的客户，今天还在的有 {overlap}。",
    en="Of yesterday's clients who may still be called, {overlap} are listed again.",
)
_NOBODYS = Text(
    zh="其中 {count} 位没有客户经理，列在营业部名下。",
    en="{count} of them have no adviser and stand under their branch.",
)
_WRITTEN = Text(zh="列出 {count} 位，写入 {out}", en="{count} listed, written to {out}")
_LEFT_OUT: dict[Why, Text] = {
    "do_not_contact": Text(zh="勿扰，不列：{count}", en="do not contact, not listed: {count}"),
    "leaving": Text(
        zh="已提出离开，由离开手续办理：{count}", en="asked to leave, served by the exit desk: {count}"
    ),
    "declined": Text(zh="说过不需要：{count}", en="said that no call is wanted: {count}"),
    "week_full": Text(zh="七天内已联系两次：{count}", en="called twice within seven days: {count}"),
    "alarm_full": Text(zh="这次预警已谈满四次：{count}", en="four talks for this alarm: {count}"),
    "not_worth_it": Text(
        zh="预期不抵成本，或没有测得效果：{count}", en="expected to save less than a call costs: {count}"
    ),
    "no_time": Text(zh="今天排不下：{count}", en="no time left today: {count}"),
    "no_adviser": Text(zh="没有客户经理：{count}", en="without an adviser: {count}"),
}
