"""``wanliu commission``: the sum for one client (quote), and how quantity follows price (elasticity)."""

from __future__ import annotations

import argparse

from wanliu.cli import elasticity, quoting
from wanliu.text import Text

HELP = Text(
    zh="佣金：按客户自己的委托逐笔测算（quote），价格弹性（elasticity）",
    en="commission: the sum from a client's own orders (quote), price elasticity (elasticity)",
)


def configure(parser: argparse.ArgumentParser) -> None:
    shared = type(parser)(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("--lang", choices=("zh", "en"), help=argparse.SUPPRESS)
    shared.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    places = parser.add_subparsers(metavar="WHAT", required=True, dest="what")
    for name, part in (("quote", quoting), ("elasticity", elasticity)):
        place = places.add_parser(name, help=str(part.HELP), description=str(part.HELP), parents=[shared])
        part.configure(place)
        place.set_defaults(part=part)


def run(given: argparse.Namespace) -> int:
    done: int = given.part.run(given)
    return done
