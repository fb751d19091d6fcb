"""``wanliu check``: a one-page verdict on a delivery, or a full comparison of a sealed book with its manifest."""

from __future__ import annotations

import argparse
from pathlib import Path

from wanliu.book.parts import spilling_duckdb
from wanliu.book.delivery import read_delivery
from wanliu.book.sealed import Book, is_sealed
from wanliu.book.verdict import render, verdict
from wanliu.errors import DONE, BookRefused, UsageError
from wanliu.text import Text, current_language

HELP = Text(zh="一页纸说明一批数据能不能用", en="a one-page verdict on a delivery")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source",
        type=Path,
        metavar="SRC",
        help=str(Text(zh="原始数据文件夹,或封存的账册", en="a delivery, or a sealed book")),
    )
    parser.add_argument(
        "--map", dest="mapping", metavar="NAME|FILE", help=str(Text(zh="字段映射", en="mapping of columns"))
    )
