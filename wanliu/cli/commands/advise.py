"""``wanliu advise``: likely reasons, what may be offered, the words and the next step, for one client."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import get_args

from rich.console import Console

from wanliu.advice.advise import Advice, advise, words_asked
from wanliu.advice.client import Client, client_of, staff_of
from wanliu.advice.observed import observed
from wanliu.book.engine import duckdb_engine
from wanliu.book.history import reader
from wanliu.book.sealed import Book
from wanliu.cli.lines import until_nobody_reads
from wanliu.cli.options import shown_progress, the_day
from wanliu.compliance.lint import STAGES, Linter
from wanliu.errors import DONE, EnvironmentFailed, UsageError
from wanliu.playbook.items import Channel
from wanliu.playbook.load import load as load_playbook
from wanliu.reasons.words import Diagnosis, Listener
from wanliu.report.advice import Shown, as_json
from wanliu.ruleset import load as load_rules
from wanliu.text import Text, current_language
from wanliu.warning.one import judged
from wanliu.warning.run import plan_of

HELP = Text(
    zh="一位客户：可能的原因、今天可以怎么做、话怎么说、下一步",
    en="one client: likely reasons, what may be done today, the words, the next step",
)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
NARROWEST = 100


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("book", type=Path, metavar="BOOK", help=str(_BOOK))
    parser.add_argument("--client", required=True, metavar="ID", help=str(_CLIENT))
    parser.add_argument("--as-of", type=the_day, required=True, metavar="DATE", help=str(_AS_OF))
    parser.add_argument("--said", metavar="TEXT", help=str(_SAID))
    parser.add_argument("--stage", choices=STAGES, default="normal", help=str(_STAGE))
    parser.add_argument("--channel", choices=CHANNELS, default="counter", help=str(_CHANNEL))
    parser.add_argument("--staff", metavar="ID", help=str(_STAFF))
    parser.add_argument("--rules", default="standard", metavar="NAME|FILE", help=str(_RULES))
    parser.add_argument(
        "--content", type=Path, action="append", default=[], metavar="DIR", help=str(_CONTENT)
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help=str(_FORMAT))


def run(given: argparse.Namespace) -> int:
    advice = _advice(given)
    with until_nobody_reads():
        _tell(advice, as_plain=given.format == "json")
    return DONE


def _tell(advice: Advice, *, as_plain: bool) -> None:
    if as_plain:
        print(json.dumps(as_json(advice, current_language()), ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, emoji=False, width=NARROWEST)
    Shown(console, current_language()).show(advice)


def _advice(given: argparse.Namespace) -> Advice:
    book, rules = Book.open(given.book), load_rules(given.rules)
    plan = plan_of(book, rules, (given.as_of,), accept_gaps=True)
    with reader() as connection:
        client = client_of(book, given.client, given.as_of, connection)
        staff = staff_of(book, given.staff, connection)
    with shown_progress() as progress, duckdb_engine() as engine:
        result = judged(plan, client.id, engine, progress)
    return advise(
        client,
        observed(client, rules.rules, result, book),
        load_playbook(*given.content),
        book.calendar,
        Linter.load(*given.content, note=_say),
        said=_heard(given.said, client),
        stage=given.stage,
        channel=given.channel,
        staff=staff,
    )


def _heard(said: str | None, client: Client) -> Diagnosis | None:
    """What was said, or else the words of the latest request; without the extra ``text`` it says so."""
    if said and any("\udc80" <= one <= "\udcff" for one in said):  # bytes that the shell could not decode
        raise UsageError(_NO_TEXT)
    words = said or words_asked(client)
    if not words:
        return None
    try:
        return Listener.ready(note=_say).diagnose(words)
    except EnvironmentFailed as fault:
        _say(_UNHEARD.format(why=fault.message))
        return None


def _say(sentence: Text) -> None:
    print(sentence, file=sys.stderr, flush=True)


_BOOK = Text(zh="封存的账簿", en="a sealed book")
_CLIENT = Text(zh="客户号", en="client number")
_AS_OF = Text(zh="哪一天，如 2009-10-31", en="the day, as 2009-10-31")
_SAID = Text(
    zh="客户说的话（默认取最近一次诉求的原话）",
    en="what the client said (default: the words of the latest request)",
)
_STAGE = Text(
    zh="normal：平常（默认）；exit：客户正提出离开", en="normal (default); exit: the client asks to leave"
)
_CHANNEL = Text(
    zh="counter 柜台（默认）、phone 电话、message 短信或企微",
    en="counter (default), phone, message (SMS or WeCom)",
)
_STAFF = Text(zh="由谁来谈：员工号", en="who talks: a staff_id")
_RULES = Text(
    zh="规则集：guide、standard（默认），或自定的 TOML 文件",
    en="rule set: guide, standard (default), or a TOML file of your own",
)
_CONTENT = Text(zh="公司自己的内容，叠加在自带内容之上", en="the firm's own content, laid over ours")
_FORMAT = Text(zh="text：给人看（默认）；json", en="text: for people (default); json")
_NO_TEXT = Text(
    zh="--said 里有读不出的字节。请用 UTF-8 终端重新输入。",
    en="--said has bytes that are no text. Type it again in a terminal that speaks UTF-8.",
)
_UNHEARD = Text(zh="没有听客户的话：{why.zh}", en="The client's words were not weighed: {why.en}")
