"""``wanliu demo``: an invented brokerage from nothing to a list of warnings, in one go."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from wanliu.cli import main
from wanliu.errors import DONE, UsageError
from wanliu.text import Text, current_language

HELP = Text(
    zh="演示：造一家虚拟营业部，封存数据，判断预警，留下一份 Excel",
    en="a demonstration: invent a small brokerage, seal its book, warn, and leave an Excel file",
)
AS_OF = "2009-10-31"
CLIENTS = 5000
MARK = ".wanliu-demo"
"""Lies in a folder that this command made, so that it never clears somebody else's."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path("demo"), metavar="DIR", help=str(_FOLDER)
    )


def run(given: argparse.Namespace) -> int:
    folder: Path = given.folder
    if folder.exists() and not (folder / MARK).exists():
        raise UsageError(_TAKEN.format(folder=folder))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()
    for command in _commands(folder):
        print(f"$ wanliu {' '.join(command)}", flush=True)
        code = main([*command, "--lang", current_language()])
        if code != DONE:
            return code
        print()
    print(_NEXT.format(folder=folder, as_of=AS_OF))
    return DONE


def _commands(folder: Path) -> list[list[str]]:
    raw, book, out = (str(folder / name) for name in ("delivery", "book", "warnings"))
    return [
        ["simulate", raw, "--clients", str(CLIENTS), "--to", AS_OF],
        ["seal", raw, "-o", book],
        [
            "warn",
            book,
            "--as-of",
            AS_OF,
            "--rules",
            "standard",
            "-o",
            out,
            "--format",
            "xlsx",
            "--signals",
            "fired",
        ],
    ]


_FOLDER = Text(zh="演示放在哪里（默认 demo）", en="where the demonstration goes (default: demo)")
_TAKEN = Text(
    zh="{folder} 已经存在，不是演示留下的，没有动它。请换一个文件夹：wanliu demo 其他名字。",
    en="{folder} exists and was not made by a demonstration; it is untouched. Choose another "
    "folder: wanliu demo NAME.",
)
_NEXT = Text(
    zh="打开 {folder}/warnings/warnings.xlsx 看名单；看一位客户的依据：\n"
    "  wanliu why {folder}/book --client SIMP10 --sign commission_drop --as-of {as_of}",
    en="Open {folder}/warnings/warnings.xlsx for the list. To see what stands behind one client's sign:\n"
    "  wanliu why {folder}/book --client SIMP10 --sign commission_drop --as-of {as_of}",
)
