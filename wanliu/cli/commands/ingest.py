"""``wanliu ingest``: add a day to a sealed book, or replace one."""

from __future__ import annotations

import argparse
from pathlib import Path

from wanliu.book.ingest import ingest
from wanliu.cli.options import add_delivery_options, shown_progress
from wanliu.cli.sealing import print_report
from wanliu.text import Text

HELP = Text(
    zh="把新的一批数据并入账簿（同一天再交一次等于替换）",
    en="add a delivery to a book (the same day again replaces it)",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("book", type=Path, metavar="BOOK", help=str(Text(zh="账簿", en="the sealed book")))
    parser.add_argument(
        "delivery",
        type=Path,
        metavar="DELIVERY",
        help=str(Text(zh="新的原始数据文件夹", en="the new delivery")),
    )
    add_delivery_options(parser)


def run(given: argparse.Namespace) -> int:
    with shown_progress() as progress:
        report = ingest(
            given.book,
            given.delivery,
            mapping=given.mapping,
            on_bad_rows=given.on_bad_rows,
            progress=progress,
        )
    print_report(report)
    return 0
