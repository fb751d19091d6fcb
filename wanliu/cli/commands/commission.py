"""``wanliu commission``: the sum for one client, price elasticity, and do cuts keep clients (study)."""

from __future__ import annotations

import argparse

from wanliu.cli import elasticity, price_study, quoting
from wanliu.text import Text

HELP = Text(
    zh="佣金：按客户自己的委托逐笔测算（quote），价格弹性（elasticity），降佣留得住客户吗（study）",
    en="commission: the sum from a client's own orders (quote), price elasticity (elasticity), "
    "do cuts keep clients (study)",
)


def configure(parser: argparse.ArgumentParser) -> None:
    shared = type(parser)(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("--lang", choices=("zh", "en"), help=argparse.SUPPRESS)
    shared.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    places = parser.add_subparsers(metavar="WHAT", required=True, dest="what")
    for name, part in (("quote", quoting), ("elasticity", elasticity), ("study", price_study)):
        place = places.add_parser(name, help=str(part.HELP), description=str(part.HELP), parents=[shared])
        part.configure(place)
        place.set_defaults(part=part)


def run(given: argparse.Namespace) -> int:
    done: int = given.part.run(given)
    return done
