"""``wanliu commission quote``: what a client paid, what the same orders cost by other terms, which tier."""

from __future__ import annotations

import argparse
import json
from decimal import Decimal
from pathlib import Path
from typing import get_args

from rich.console import Console
from rich.table import Table

from wanliu.book.history import reader
from wanliu.book.sealed import Book
from wanliu.cli.lines import until_nobody_reads
from wanliu.cli.options import the_day
from wanliu.commission.from_book import quote_of
from wanliu.commission.law import SHIPPED
from wanliu.commission.plain import as_plain
from wanliu.commission.quote import Compared, Quote
from wanliu.commission.rates import rate_of, yuan_of
from wanliu.commission.tariff import Channel, Tariffs, load_tariffs
from wanliu.commission.terms import Terms
from wanliu.commission.told import sentences, terms_in_words
from wanliu.errors import DONE, UsageError
from wanliu.text import Text, current_language

HELP = Text(
    zh="一位客户的佣金测算：用本人近十二个月的委托逐笔计算，现在付多少、换一种条件付多少",
    en="the sum for one client, from their own orders of twelve months: paid now, and by other terms",
)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
NARROWEST = 100


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("book", type=Path, metavar="BOOK", help=str(_BOOK))
    parser.add_argument("--client", required=True, metavar="ID", help=str(_CLIENT))
    parser.add_argument("--as-of", type=the_day, metavar="DATE", help=str(_AS_OF))
    parser.add_argument("--against", metavar="RATE", help=str(_AGAINST))
    parser.add_argument("--min", metavar="YUAN", dest="minimum", help=str(_MIN))
    parser.add_argument("--now", metavar="RATE", help=str(_NOW))
    parser.add_argument("--now-min", metavar="YUAN", help=str(_NOW_MIN))
    parser.add_argument("--channel", choices=CHANNELS, default=CHANNELS[0], help=str(_CHANNEL))
    parser.add_argument("--tariff", type=Path, default=SHIPPED, metavar="DIR", help=str(_TARIFF))
    parser.add_argument("--format", choices=("text", "json"), default="text", help=str(_FORMAT))
    parser.add_argument("--picture", type=Path, metavar="FILE", help=str(_PICTURE))


def run(given: argparse.Namespace) -> int:
    tariffs = load_tariffs(given.tariff)
    against = _terms(given.against, given.minimum, tariffs, "--against", "--min")
    own = _terms(given.now, given.now_min, tariffs, "--now", "--now-min")
    book = Book.open(given.book)
    with reader() as connection:
        found = quote_of(
            connection,
            book,
            given.client,
            tariffs,
            as_of=given.as_of,
            against=against,
            own=own,
            channel=given.channel,
        )
    if given.picture:
        from wanliu.commission.picture import draw  # the drawing library is an extra, and slow to load

        draw(found, given.picture, current_language())
    with until_nobody_reads():
        if given.format == "json":
            print(json.dumps(as_plain(found, current_language()), ensure_ascii=False, indent=2))
        else:
            _show(found)
    return DONE


def _terms(
    rate: str | None, minimum: str | None, tariffs: Tariffs, rate_name: str, minimum_name: str
) -> Terms | None:
    """Both or none: whether there is a minimum changes the sum more than the rate does."""
    if rate is None and minimum is None:
        return None
    if rate is None or minimum is None:
        raise UsageError(_BOTH.format(rate=rate_name, minimum=minimum_name))
    return Terms(rate_of(rate, at_most=tariffs.law.limit.rate), yuan_of(minimum))


def _show(quote: Quote) -> None:
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, emoji=False, width=NARROWEST)
    console.print(
        str(_TITLE.format(client=quote.client_id, first=quote.first, last=quote.last)), style="bold"
    )
    for number, sentence in enumerate(sentences(quote), start=1):
        console.print(f"{number:>2}. {sentence}")
    if quote.orders:
        console.print(_table(quote))


def _table(quote: Quote) -> Table:
    """Each set of terms with its sum, and what it changes against what is paid now."""
    table = Table(title=str(_ORDER_BY_ORDER), title_justify="left")
    table.add_column(str(_TERMS))
    for name in (_TOTAL, _SAVED, _RATE_ALONE, _MIN_ALONE, _ON_MINIMUM):
        table.add_column(str(name), justify="right")
    table.add_row(str(_CHARGED), _yuan(quote.charged), "", "", "", "")
    if quote.now is not None:
        words = f"{_PRESENT}: {terms_in_words(quote.now)}"
        table.add_row(words, _yuan(quote.total), "", "", "", _of(quote.on_minimum, quote.orders))
    found = quote.tier
    _add(table, _COMPARED, quote.against, quote)
    if found is not None:
        _add(table, found.tier.name, found.compared, quote)
        if found.next is not None:
            _add(table, found.next.tier.name, found.next.compared, quote)
    return table


def _add(table: Table, name: Text, found: Compared | None, quote: Quote) -> None:
    if found is not None:
        table.add_row(
            f"{name}: {terms_in_words(found.terms)}",
            _yuan(found.total),
            *(_yuan(one) for one in (found.difference, found.rate_alone, found.minimum_alone)),
            _of(found.on_minimum, quote.orders),
        )


def _of(count: int | None, orders: int) -> str:
    return "–" if count is None else f"{count:,} / {orders:,}"


def _yuan(amount: Decimal | None) -> str:
    return "–" if amount is None else f"{amount:,.2f}"


_BOOK = Text(zh="封存的账簿", en="a sealed book")
_CLIENT = Text(zh="客户号", en="client number")
_AS_OF = Text(
    zh="算到哪一天，如 2009-10-31（默认：账簿最后一笔委托的日期）",
    en="up to which day, as 2009-10-31 (default: the day of the book's last order)",
)
_AGAINST = Text(
    zh="对比的费率：0.00015、0.015%、0.15‰、万1.5（与 --min 一起给出）",
    en="the rate to compare with: 0.00015, 0.015%%, 0.15‰ or 万1.5 (together with --min)",
)
_MIN = Text(zh="对比的每笔最低收费（元），没有写 0", en="its minimum per order in yuan; 0: none")
_NOW = Text(
    zh="现行费率（账簿里没有时，与 --now-min 一起给出）",
    en="the present rate, where the book does not know it (together with --now-min)",
)
_NOW_MIN = Text(zh="现行每笔最低收费（元）", en="the present minimum per order in yuan")
_CHANNEL = Text(
    zh="委托渠道：online 网上（默认）、mobile 手机、phone 电话、counter 柜台",
    en="how the orders come: online (default), mobile, phone, counter",
)
_TARIFF = Text(
    zh="公司自己的收费标准所在的文件夹（默认：自带的示例）",
    en="folder of the firm's own tariff (default: the sample that ships)",
)
_FORMAT = Text(zh="text：给人看（默认）；json", en="text: for people (default); json")
_PICTURE = Text(
    zh="另存一张给客户看的图：FILE.svg 或 FILE.png",
    en="also leave a picture for the client: FILE.svg or FILE.png",
)
_BOTH = Text(
    zh="{rate} 和 {minimum} 要一起给出：有没有最低收费，结果差别很大。没有最低收费写 {minimum} 0。",
    en="Give {rate} and {minimum} together: a minimum changes the sum much. Where there is none: "
    "{minimum} 0.",
)
_TITLE = Text(
    zh="佣金测算 · 客户 {client} · {first} 至 {last}", en="Quote · client {client} · {first} to {last}"
)
_ORDER_BY_ORDER = Text(zh="逐笔计算的合计（元）", en="sums over the orders, in yuan")
_TERMS = Text(zh="条件", en="terms")
_TOTAL = Text(zh="合计", en="total")
_SAVED = Text(zh="比现在少付", en="less than now")
_RATE_ALONE = Text(zh="只改费率", en="rate alone")
_MIN_ALONE = Text(zh="只改最低", en="minimum alone")
_ON_MINIMUM = Text(zh="按最低收费的笔数", en="orders on minimum")
_CHARGED = Text(zh="实付", en="charged")
_PRESENT = Text(zh="现行", en="present")
_COMPARED = Text(zh="对比", en="compared")
