"""``wanliu commission elasticity``: per cent of quantity for one per cent of price, by group and pooled."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from rich.console import Console
from rich.table import Table

from wanliu.book.atomic import check_free, write_file
from wanliu.cli.lines import until_nobody_reads
from wanliu.commission.elasticity_table import Answer, Drop, Group, Logs, Question, answer, read_table
from wanliu.errors import DONE, UsageError
from wanliu.text import Text, current_language

HELP = Text(
    zh="价格弹性：销量对数 ~ 价格对数 + 控制变量，按单元固定效应，误差按单元聚类",
    en="price elasticity: log quantity ~ log price + controls, a fixed effect per unit, errors clustered "
    "by unit",
)
LOGS: tuple[Logs, ...] = get_args(Logs)
POOLED = "pooled"
NARROWEST = 110
NUMBERS = ("estimate", "standard_error", "low_90", "high_90", "n", "units")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", type=Path, metavar="TABLE", help=str(_TABLE))
    parser.add_argument("--quantity", required=True, metavar="COLUMN", help=str(_QUANTITY))
    parser.add_argument("--price", required=True, metavar="COLUMN", help=str(_PRICE))
    parser.add_argument("--unit", required=True, type=_names, metavar="COLUMN,…", help=str(_UNIT))
    parser.add_argument("--by", type=_names, default=(), metavar="COLUMN,…", help=str(_BY))
    parser.add_argument("--controls", type=_names, default=(), metavar="COLUMN,…", help=str(_CONTROLS))
    parser.add_argument("--categories", type=_names, default=(), metavar="COLUMN,…", help=str(_CATEGORIES))
    parser.add_argument("--log", nargs="?", choices=LOGS, const="both", default="none", help=str(_LOG))
    parser.add_argument("-o", "--out", required=True, type=Path, metavar="OUT", help=str(_OUT))
    parser.add_argument("--replace", action="store_true", help=str(_REPLACE))


def run(given: argparse.Namespace) -> int:
    check_free(given.out, replace=given.replace)
    question = Question(
        quantity=given.quantity,
        price=given.price,
        unit=given.unit,
        by=given.by,
        controls=tuple(dict.fromkeys((*given.controls, *given.categories))),
        categories=given.categories,
        logs=given.log,
    )
    _check(question)
    found = answer(read_table(given.table, question), question)
    write_file(given.out, _csv(found).encode())
    with until_nobody_reads():
        _show(found)
    return DONE


def _names(written: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in written.split(",") if name.strip()))


def _check(question: Question) -> None:
    """Raises UsageError for a question that means nothing."""
    if not question.unit:
        raise UsageError(_NO_UNIT)
    both = {question.quantity, question.price} & {*question.unit, *question.by, *question.controls}
    if both or question.quantity == question.price:
        raise UsageError(_TWO_PARTS.format(names=", ".join(sorted(both)) or question.price))


def _csv(found: Answer) -> str:
    """A row per group; a refused one has its reason in ``note`` and no numbers."""
    stream = io.StringIO()
    out = csv.writer(stream, lineterminator="\n")
    out.writerow([*(found.question.by or ("group",)), *NUMBERS, "note"])
    for group in found.groups:
        names = group.values or (POOLED,) * max(1, len(found.question.by))
        note = " ".join(one.to(current_language()) for one in group.notes)
        out.writerow([*names, *_numbers(group), note])
    return stream.getvalue()


def _numbers(group: Group) -> list[object]:
    one = group.estimate
    if one is None:
        return [""] * len(NUMBERS)
    return [repr(one.value), repr(one.standard_error), repr(one.low), repr(one.high), one.rows, one.units]


def _show(found: Answer) -> None:
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, emoji=False, width=NARROWEST)
    for line in _said(found):
        console.print(str(line))
    table = Table()
    table.add_column(", ".join(found.question.by) or "")
    for name in (_ESTIMATE, _ERROR, _INTERVAL, _N, _UNITS):
        table.add_column(str(name), justify="right")
    table.add_column(str(_NOTE))
    for group in found.groups:
        table.add_row(*_shown(group))
    console.print(table)


def _said(found: Answer) -> Iterator[Text]:
    """What was taken for what, and which rows do not count."""
    yield _LOGS[found.question.logs].format(quantity=found.question.quantity, price=found.question.price)
    yield _ROWS.format(rows=f"{found.rows:,}", used=f"{found.used:,}")
    for why, count in sorted(found.dropped.items()):
        yield _DROPPED[why].format(count=f"{count:,}")
    for name, taken in ((found.question.quantity, "quantity"), (found.question.price, "price")):
        if found.question.logs in (taken, "both") and name.lower().startswith(("log", "ln")):
            yield _LOG_TWICE.format(name=name)


def _shown(group: Group) -> tuple[str, ...]:
    name = str(_POOLED) if group.values is None else " / ".join(group.values)
    note = " ".join(str(one) for one in group.notes)
    one = group.estimate
    if one is None:
        return (name, "–", "–", "–", "–", "–", note)
    interval = f"{one.low:.3f} … {one.high:.3f}"
    return (
        name,
        f"{one.value:.3f}",
        f"{one.standard_error:.3f}",
        interval,
        f"{one.rows:,}",
        f"{one.units:,}",
        note,
    )


_TABLE = Text(zh="CSV 或 Parquet 文件", en="a CSV or Parquet file")
_QUANTITY = Text(zh="销量所在的列", en="the column of the quantity")
_PRICE = Text(zh="价格所在的列", en="the column of the price")
_UNIT = Text(
    zh="单元：每个单元一个固定效应，误差按它聚类，如 store,brand",
    en="the unit: a fixed effect each, and errors clustered by it, as store,brand",
)
_BY = Text(zh="分组：每组一行，另有一行合并", en="groups: a row each, and a pooled one")
_CONTROLS = Text(
    zh="控制变量：全是数的按数，其余按类别", en="controls: numbers where every value is one, else categories"
)
_CATEGORIES = Text(
    zh="用数字写的类别（如周次），也作控制变量",
    en="controls that are categories though written in numbers, as a week",
)
_LOG = Text(
    zh="对销量和价格取对数；--log quantity 或 --log price 只取一列（默认：已经是对数）",
    en="take logs of quantity and price; --log quantity or --log price: of that one alone "
    "(default: both are in logs already)",
)
_OUT = Text(zh="结果文件（CSV）", en="file for the result (CSV)")
_REPLACE = Text(zh="覆盖已有的结果", en="overwrite a result that is there")
_NO_UNIT = Text(zh="--unit 要写至少一列。", en="--unit needs at least one column.")
_TWO_PARTS = Text(
    zh="{names} 同时用在两处：销量、价格不能又是对方、单元、分组或控制变量。",
    en="{names} plays two parts: quantity and price cannot be each other, unit, group or control as well.",
)
_LOGS: dict[Logs, Text] = {
    "none": Text(
        zh="{quantity} 和 {price} 按已取对数处理（原始数值请加 --log）。",
        en="{quantity} and {price} are taken as logs already (for plain values add --log).",
    ),
    "both": Text(zh="对 {quantity} 和 {price} 取了对数。", en="Logs were taken of {quantity} and {price}."),
    "quantity": Text(
        zh="对 {quantity} 取了对数，{price} 按已取对数处理。",
        en="Logs were taken of {quantity}; {price} is taken as logs already.",
    ),
    "price": Text(
        zh="对 {price} 取了对数，{quantity} 按已取对数处理。",
        en="Logs were taken of {price}; {quantity} is taken as logs already.",
    ),
}
_ROWS = Text(zh="共 {rows} 行，用了 {used} 行。", en="{rows} rows, of which {used} are used.")
_DROPPED: dict[Drop, Text] = {
    "blank": Text(zh="没有计入：{count} 行有空值。", en="Not counted: {count} rows with a blank."),
    "not_a_number": Text(
        zh="没有计入：{count} 行的销量或价格不是数。",
        en="Not counted: {count} rows whose quantity or price is no number.",
    ),
    "not_above_zero": Text(
        zh="没有计入：{count} 行的销量或价格不大于零，取不了对数。",
        en="Not counted: {count} rows whose quantity or price is not above zero, so it has no log.",
    ),
}
_LOG_TWICE = Text(
    zh="注意：列名 {name} 看起来已经是对数，又取了一次。",
    en="Note: by its name {name} is in logs already, and logs were taken once more.",
)
_ESTIMATE = Text(zh="弹性", en="elasticity")
_ERROR = Text(zh="标准误", en="standard error")
_INTERVAL = Text(zh="90% 区间", en="90 % interval")
_N = Text(zh="行数", en="n")
_UNITS = Text(zh="单元", en="units")
_NOTE = Text(zh="说明", en="note")
_POOLED = Text(zh="合并", en="pooled")
