"""The command line: one file per command, found by itself. Errors become a sentence and an exit code here."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from typing import NoReturn

import wanliu.cli.commands
from wanliu import __version__
from wanliu.errors import EnvironmentFailed, UsageError, WanliuError
from wanliu.text import Language, Text, choose_language

INTERRUPTED = 130


class _Parser(argparse.ArgumentParser):
    """argparse, saying wrong usage the way every other fault is said."""

    def error(self, message: str) -> NoReturn:
        usage = self.format_usage().strip()
        raise UsageError(Text(zh=f"命令用法不对：{message}\n{usage}", en=f"Wrong usage: {message}\n{usage}"))


def names() -> tuple[str, ...]:
    """The names of all commands: the files of their folder."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(wanliu.cli.commands.__path__)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; without ``--debug`` nobody sees a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    choose_language(_language(given))
    debug = "--debug" in given
    try:
        chosen = _parser(given).parse_args(given)
        return int(chosen.run(chosen))
    except WanliuError as fault:
        if debug:
            raise
        print(fault, file=sys.stderr)
        return fault.exit_code
    except KeyboardInterrupt:
        print(_INTERRUPTED, file=sys.stderr)
        return INTERRUPTED
    except (OSError, MemoryError) as fault:
        if debug:
            raise
        print(
            _MACHINE.format(fault=fault.strerror if isinstance(fault, OSError) else "memory"), file=sys.stderr
        )
        return EnvironmentFailed.exit_code


def _parser(given: Sequence[str]) -> _Parser:
    shared = _Parser(add_help=False)
    shared.add_argument("--lang", choices=("zh", "en"), help=str(_LANG))
    shared.add_argument("--debug", action="store_true", help=str(_DEBUG))
    parser = _Parser(prog="wanliu", description=str(_DESCRIPTION), parents=[shared])
    parser.add_argument("--version", action="version", version=f"wanliu {__version__}")
    places = parser.add_subparsers(metavar="COMMAND", required=True, title=str(_COMMANDS))
    for name in _worth_loading(given):
        module = importlib.import_module(f"wanliu.cli.commands.{name}")
        place = places.add_parser(name, help=str(module.HELP), description=str(module.HELP), parents=[shared])
        module.configure(place)
        place.set_defaults(run=module.run)
    return parser


def _worth_loading(given: Sequence[str]) -> tuple[str, ...]:
    """The one command that was asked for, so that it starts at once; all of them where none was named."""
    named = next((word for word in given if word in names()), None)
    return (named,) if named else names()


LANGUAGES: dict[str | None, Language] = {"zh": "zh", "en": "en"}


def _language(given: Sequence[str]) -> Language | None:
    for place, word in enumerate(given):
        value = word.partition("=")[2] if word.startswith("--lang=") else None
        if word == "--lang" and place + 1 < len(given):
            value = given[place + 1]
        if value in LANGUAGES:
            return LANGUAGES[value]
    return None


_DESCRIPTION = Text(
    zh="挽留：从券商的导出数据里找出可能离开的客户，说明依据，每个数都能手工复算。",
    en="wanliu: which clients of a brokerage show the signs of leaving, and why; every number can "
    "be redone by hand.",
)
_COMMANDS = Text(zh="命令", en="commands")
_LANG = Text(zh="输出语言（默认按系统设置）", en="language of the output (default: the locale's)")
_DEBUG = Text(zh="出错时显示完整的调用栈", en="show the full traceback of a fault")
_INTERRUPTED = Text(zh="已中断，没有写出任何结果。", en="Interrupted; nothing was written.")
_MACHINE = Text(
    zh="机器出了问题（{fault}），没有写出任何结果。请检查磁盘空间和权限后重试；加 --debug 可看详情。",
    en="The machine failed ({fault}); nothing was written. Check disk space and permissions and run "
    "again; --debug shows more.",
)
