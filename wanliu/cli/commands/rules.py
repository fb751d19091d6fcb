"""``wanliu rules``: a whole rule set as TOML, with what every number means, to read or to edit."""

from __future__ import annotations

import argparse

from wanliu.errors import DONE
from wanliu.reference.toml_page import toml_of
from wanliu.ruleset import load
from wanliu.text import Text, current_language

HELP = Text(
    zh="打印一个规则集的全部参数，改动后可作自己的规则集",
    en="print every number of a rule set; edited, it is one of your own",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rules", nargs="?", default="standard", metavar="NAME|FILE", help=str(_RULES))


def run(given: argparse.Namespace) -> int:
    print(toml_of(load(given.rules), current_language()), end="")
    return DONE


_RULES = Text(
    zh="规则集：guide、standard（默认），或自定的 TOML 文件",
    en="rule set: guide, standard (default), or a TOML file of your own",
)
