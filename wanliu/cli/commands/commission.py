"""``wanliu commission``: the sum for one client (quote)."""

from __future__ import annotations

import argparse

from wanliu.cli import quoting
from wanliu.text import Text

HELP = Text(
    zh="佣金：按客户自己的委托逐笔测算（quote）",
    en="commission: the sum from a client's own orders (quote)",
)


def configure(parser: argparse.ArgumentParser) -> None:
    shared = type(parser)(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("--lang", choices=("zh", "en"), help=argparse.SUPPRESS)
    shared.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    places = parser.add_subparsers(metavar="WHAT", required=True, dest="what")
    for name, part in (("quote", quoting),):
        place = places.add_parser(name, help=str(part.HELP), description=str(part.HELP), parents=[shared])
        part.configure(place)
        place.set_defaults(part=part)


def run(given: argparse.Namespace) -> int:
    done: int = given.part.run(given)
    return done
