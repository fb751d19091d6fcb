"""``wanliu seal``: a checked, sorted, immutable book from a delivery."""

from __future__ import annotations

import argparse
from pathlib import Path

from wanliu.book.seal import seal
from wanliu.cli.options import add_delivery_options, shown_progress
from wanliu.cli.sealing import print_report
from wanliu.text import Text

HELP = Text(zh="检查一批原始数据，封存为账簿", en="check a delivery and seal it into a book")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source",
        type=Path,
        metavar="SRC",
        help=str(Text(zh="原始数据文件夹", en="the folder that was delivered")),
    )
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        required=True,
        metavar="BOOK",
        help=str(Text(zh="账簿位置", en="where the book goes")),
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help=str(Text(zh="覆盖已有的账簿", en="overwrite a book that exists")),
    )
    parser.add_argument(
        "--memory", metavar="SIZE", default="2GB", help=str(Text(zh="内存上限", en="memory to use"))
    )
    add_delivery_options(parser)


def run(given: argparse.Namespace) -> int:
    with shown_progress() as progress:
        report = seal(
            given.source,
            given.out,
            mapping=given.mapping,
            on_bad_rows=given.on_bad_rows,
            replace=given.replace,
            memory=given.memory,
            progress=progress,
        )
    print_report(report)
    return 0
