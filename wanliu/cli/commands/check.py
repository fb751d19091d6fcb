"""``wanliu check``: a one-page verdict on a delivery, or a sealed book compared byte by byte."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from wanliu.book.inspection import check_delivery
from wanliu.book.sealed import Book, is_sealed
from wanliu.book.verdict import render
from wanliu.errors import DONE, BookRefused, UsageError
from wanliu.text import Text, current_language

HELP = Text(
    zh="一页纸说明一批数据能不能用；对账簿则逐字节核对",
    en="a one-page verdict on a delivery; a sealed book is compared byte by byte",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, metavar="SRC", help=str(_SOURCE))
    parser.add_argument("--map", dest="mapping", metavar="NAME|FILE", help=str(_MAP))


def run(given: argparse.Namespace) -> int:
    if not given.source.exists():
        raise UsageError(_NOT_THERE.format(path=given.source))
    if is_sealed(given.source):
        book = Book.open(given.source)
        book.verify()
        print(_WHOLE.format(path=given.source, print=book.fingerprint[:12]))
        return DONE
    found = check_delivery(given.source, mapping=given.mapping)
    width = shutil.get_terminal_size().columns
    print(render(found, current_language(), color=sys.stdout.isatty(), width=width))
    return BookRefused.exit_code if found.answer == "refused" else DONE


_SOURCE = Text(zh="原始数据文件夹，或封存的账簿", en="a delivery, or a sealed book")
_MAP = Text(zh="字段映射：名称或 TOML 文件", en="mapping of columns: a name or a TOML file")
_NOT_THERE = Text(zh="找不到 {path}。请检查路径。", en="There is nothing at {path}. Check the path.")
_WHOLE = Text(
    zh="账簿 {path} 完好，与清单逐字节相符（指纹 {print}）。",
    en="The book {path} is whole: every byte agrees with its manifest (fingerprint {print}).",
)
