"""``wanliu nightly``: deliveries in, warnings and cases out, once a night or whenever it is asked for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wanliu.cli.database import database
from wanliu.cli.options import the_day
from wanliu.errors import DONE, BookRefused
from wanliu.ruleset import load
from wanliu.text import Text

if TYPE_CHECKING:
    from wanliu.nightly.queries import NightView

HELP = Text(
    zh="夜间运行：接收数据、判断预警、发布名单、开立和更新个案",
    en="the nightly run: take deliveries, warn, publish the list, open and update cases",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-of", type=the_day, metavar="DATE", help=str(_AS_OF))


def run(given: argparse.Namespace) -> int:
    with database():
        from django.conf import settings

        from wanliu.backup.house import in_use
        from wanliu.nightly.actions import run_night

        with in_use(settings.WANLIU_HOME):
            night = run_night(
                settings.WANLIU_HOME, load(settings.WANLIU_RULES), as_of=given.as_of, watch=_say
            )
    if night.state == "refused":
        raise BookRefused(_refused(night))
    print(_done(night))
    if night.why.zh:  # the night went on, and something must not be overlooked
        print(f"! {night.why}", file=sys.stderr)
    return DONE


def _say(step: Text) -> None:
    print(f"{step} …", file=sys.stderr, flush=True)


def _refused(night: NightView) -> Text:
    return Text(
        zh=_REFUSED.zh.format(delivery=night.delivery, why=night.why.zh),
        en=_REFUSED.en.format(delivery=night.delivery, why=night.why.en),
    )


def _done(night: NightView) -> Text:
    if night.as_of is None:
        return _NO_BOOK
    counts = {key: value for step in night.steps for key, value in step.items()}
    done = _DONE.format(
        as_of=night.as_of,
        opened=counts.get("opened", 0),
        again=counts.get("alarmed_again", 0),
        complaints=counts.get("complaints", 0),
    )
    if not counts.get("scored"):
        return done
    return _with_scores(done, counts)


def _with_scores(done: Text, counts: Mapping[str, Any]) -> Text:
    told = _SCORED.format(scored=counts["scored"], listed=counts["listed"])
    same = _OVERLAP.format(overlap=counts["overlap"]) if "overlap" in counts else Text(zh="", en="")
    return Text(zh=f"{done.zh}{told.zh}{same.zh}", en=f"{done.en} {told.en}{same.en}")


_AS_OF = Text(
    zh="判断哪一天，如 2009-10-30（默认账簿里最后一个交易日）",
    en="the day that is judged, as 2009-10-30 (default: the last trading day in the book)",
)
_DONE = Text(
    zh="{as_of}：新开个案 {opened}，再次预警 {again}，投诉 {complaints}。名单已更新。",
    en="{as_of}: {opened} cases opened, {again} alarmed again, {complaints} complaints. The list is new.",
)
_SCORED = Text(
    zh="模型给 {scored} 位客户打了分，{listed} 位排上今天的名单。",
    en="The model scored {scored} clients; {listed} stand on today's lists of calls.",
)
_OVERLAP = Text(
    zh="上一份名单中仍可联系的客户，{overlap} 还在名单上。",
    en=" Of the clients of the list before who may still be called, {overlap} are listed again.",
)
_NO_BOOK = Text(
    zh="还没有账簿。请把第一批数据放进 WANLIU_HOME 下的 inbox 文件夹（一批一个文件夹），再运行一次。",
    en="There is no book yet. Put the first delivery into the folder inbox of WANLIU_HOME (a folder each) "
    "and run this again.",
)
_REFUSED = Text(
    zh="数据「{delivery}」没有被接收，昨天的名单保持不变。{why}",
    en="The delivery “{delivery}” was not taken; yesterday's list stands. {why}",
)
