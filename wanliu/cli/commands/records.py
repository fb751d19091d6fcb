"""``wanliu records``: checks the chains of the records, and writes the head of the day."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from wanliu.cli.database import database
from wanliu.errors import DONE, RecordsBroken, UsageError
from wanliu.text import Text

if TYPE_CHECKING:
    from wanliu.audit.chain import Verified

HELP = Text(
    zh="核对留痕：逐条重算哈希链（verify），或写出当日链头（head）",
    en="check the records: redo every hash of the chains (verify), or write the head of the day (head)",
)
MOST_NAMED = 20


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("verify", "head"), help=str(_WHAT))
    parser.add_argument("--head", type=Path, metavar="FILE", help=str(_HEAD))
    parser.add_argument("-o", "--out", type=Path, metavar="DIR", help=str(_OUT))


def run(given: argparse.Namespace) -> int:
    if given.head is not None and not given.head.is_file():
        raise UsageError(_NO_HEAD.format(file=given.head))
    with database():
        if given.what == "verify":
            _verify(given.head)
        else:
            _write_head(given.out)
    return DONE


def _verify(head: Path | None) -> None:
    from wanliu.audit.chain import verify

    found = verify(head)
    if not found.holds:
        raise RecordsBroken(_said(found))
    print(_WHOLE.format(events=f"{found.events:,}", streams=f"{found.streams:,}"))


def _write_head(out: Path | None) -> None:
    from django.conf import settings

    from wanliu.audit.chain import write_head
    from wanliu.clock import today

    print(_WRITTEN.format(file=write_head(out or settings.WANLIU_HOME / "heads", today())))


def _said(found: Verified) -> Text:
    """Every broken place, the first twenty by name."""
    named = found.broken[:MOST_NAMED]
    more = len(found.broken) - len(named)
    places = Text(
        zh="\n".join(f" - {one.stream} 第 {one.place} 条：{one.why.zh}" for one in named),
        en="\n".join(f" - {one.stream}, event {one.place}: {one.why.en}" for one in named),
    )
    rest = _MORE.format(more=more) if more else Text("", "")
    return _BROKEN.format(count=len(found.broken), places=places, rest=rest)


_WHAT = Text(zh="verify：核对；head：写出当日链头", en="verify: check; head: write the head of the day")
_HEAD = Text(
    zh="核对时，同时与这份链头文件比对", en="when checking: also that what this head file names still stands"
)
_OUT = Text(
    zh="链头写到哪个文件夹（默认 WANLIU_HOME/heads）",
    en="folder for the head file (default: WANLIU_HOME/heads)",
)
_NO_HEAD = Text(
    zh="没有找到链头文件 {file}。请核对路径。", en="There is no head file {file}. Check the path."
)
_WHOLE = Text(
    zh="留痕完整：{streams} 条链，共 {events} 条记录，逐条重算一致。",
    en="The records are whole: {events} events in {streams} chains, every hash redone.",
)
_WRITTEN = Text(
    zh="当日链头：{file}。请存放到数据库管理员写不到的地方。",
    en="Head of the day: {file}. Keep it where the database's administrator cannot write.",
)
_BROKEN = Text(
    zh="留痕有 {count} 处对不上，请立即告知合规，并保留数据库和备份的原样：\n{places.zh}{rest.zh}",
    en="The records do not hold in {count} places. Tell compliance at once, and keep the database "
    "and its backups as they are:\n{places.en}{rest.en}",
)
_MORE = Text(zh="\n … 另有 {more} 处", en="\n … and {more} more")
