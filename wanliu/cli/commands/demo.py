"""``wanliu demo``: an invented brokerage from nothing to the workbench, in one go."""

from __future__ import annotations

import argparse
import os
import shutil
from datetime import date
from pathlib import Path

from wanliu.cli import main
from wanliu.cli.commands.serve import HOST, PORT, check_free
from wanliu.cli.database import database
from wanliu.errors import DONE, UsageError
from wanliu.ruleset import load
from wanliu.text import Text, current_language

HELP = Text(
    zh="演示：造一家虚拟营业部，封存数据，判断预警，打开工作台",
    en="a demonstration: invent a small brokerage, seal its book, warn, and open the workbench",
)
AS_OF = "2009-10-31"
TODAY, OPENS = "2009-11-02", "09:30"
"""The morning after: a Monday."""
CLIENTS = 5000
SHEET = ("--format", "xlsx", "--signals", "fired")
MARK = ".wanliu-demo"
"""Lies in a folder that this command made, so that it never clears somebody else's."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path("demo"), metavar="DIR", help=str(_FOLDER)
    )
    parser.add_argument("--port", type=int, default=PORT, metavar="N", help=str(_PORT))
    parser.add_argument("--no-serve", action="store_true", help=str(_NO_SERVE))


def run(given: argparse.Namespace) -> int:
    folder: Path = given.folder
    if folder.exists() and not (folder / MARK).exists():
        raise UsageError(_TAKEN.format(folder=folder))
    if not given.no_serve:
        check_free(HOST, given.port)  # before minutes of work, not after
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()
    raw, home, out = folder / "delivery", folder / "home", folder / "warnings"
    home.mkdir()
    code = _all(
        ["simulate", str(raw), "--clients", str(CLIENTS), "--to", AS_OF],
        ["seal", str(raw), "-o", str(home / "book")],
        ["warn", str(home / "book"), "--as-of", AS_OF, "--rules", "standard", "-o", str(out), *SHEET],
    )
    print(_LIST.format(folder=folder, as_of=AS_OF))
    return code or (DONE if given.no_serve else _open(home, given.port))


def _open(home: Path, port: int) -> int:
    """The workbench over the same book, on its own fixed day, with a button for each role."""
    fixed = {"WANLIU_TODAY": TODAY, "WANLIU_OPENS": OPENS, "WANLIU_DEMO": "1"}
    os.environ.update(WANLIU_HOME=str(home.absolute()), **fixed)
    os.environ.pop("DATABASE_URL", None)
    return _all(["database", "prepare"]) or _live(home) or _all(["serve", "--no-work", "--port", str(port)])


def _live(home: Path) -> int:
    """Staff must be there before the first night, which gives them their cases."""
    with database():
        from django.conf import settings

        from wanliu.book.sealed import Book
        from wanliu.cli.demonstration import live_through, make_people
        from wanliu.nightly.actions import run_night
        from wanliu.nightly.places import Places

        make_people(Book.open(Places(home).book))
        rules = load(settings.WANLIU_RULES)

        def night(day: date) -> None:
            print(_LIVING.format(day=day), flush=True)
            run_night(home, rules, as_of=day)

        live_through(night)
    return DONE


def _all(*commands: list[str]) -> int:
    """Runs one after the other, and stops at the first that fails."""
    for command in commands:
        print(f"$ wanliu {' '.join(command)}", flush=True)
        code = main([*command, "--lang", current_language()])
        if code != DONE:
            return code
        print()
    return DONE


_FOLDER = Text(zh="演示放在哪里（默认 demo）", en="where the demonstration goes (default: demo)")
_PORT = Text(zh="工作台的端口（默认 8000）", en="the workbench's port (default: 8000)")
_NO_SERVE = Text(zh="只到名单为止，不打开工作台", en="end with the list; do not open the workbench")
_TAKEN = Text(
    zh="{folder} 已经存在，不是演示留下的，没有动它。请换一个文件夹：wanliu demo 其他名字。",
    en="{folder} exists and was not made by a demonstration; it is untouched. Choose another "
    "folder: wanliu demo NAME.",
)
_LIST = Text(
    zh="名单在 {folder}/warnings/warnings.xlsx；看一位客户的依据：\n"
    "  wanliu why {folder}/home/book --client SIMP10 --sign commission_drop --as-of {as_of}\n",
    en="The list is in {folder}/warnings/warnings.xlsx. To see what stands behind one client's sign:\n"
    "  wanliu why {folder}/home/book --client SIMP10 --sign commission_drop --as-of {as_of}\n",
)
_LIVING = Text(
    zh="{day} 的夜间运行，和随后一天的工作 …", en="The night of {day}, and the day's work that follows …"
)
