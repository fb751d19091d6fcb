"""``wanliu records``: checks the chains, writes the head of the day, exports and forgets one client."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wanliu.cli.database import database
from wanliu.errors import DONE, RecordsBroken, UsageError
from wanliu.text import Text

if TYPE_CHECKING:
    from wanliu.audit.chain import Verified

HELP = Text(
    zh="留痕：核对哈希链（verify）、写出当日链头（head）、导出或删除一位客户的信息（export、forget）",
    en="the records: check the chains (verify), write the head of the day (head), export or forget a client",
)
MOST_NAMED = 20
OWNER_ALONE = 0o600


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=tuple(DOES), help=str(_WHAT))
    parser.add_argument("--head", type=Path, metavar="FILE", help=str(_HEAD))
    parser.add_argument("-o", "--out", type=Path, metavar="PATH", help=str(_OUT))
    parser.add_argument("--client", metavar="ID", help=str(_CLIENT))
    parser.add_argument("--purpose", default="access", metavar="WHY", help=str(_PURPOSE))


def run(given: argparse.Namespace) -> int:
    if given.head is not None and not given.head.is_file():
        raise UsageError(_NO_HEAD.format(file=given.head))
    if given.what in ("export", "forget") and not given.client:
        raise UsageError(_WHOSE)
    with database():
        DOES[given.what](given)
    return DONE


def _verify(given: argparse.Namespace) -> None:
    from wanliu.audit.chain import verify

    found = verify(given.head)
    if not found.holds:
        raise RecordsBroken(_said(found))
    print(_WHOLE.format(events=f"{found.events:,}", streams=f"{found.streams:,}"))


def _write_head(given: argparse.Namespace) -> None:
    from django.conf import settings

    from wanliu.audit.chain import write_head
    from wanliu.clock import today

    print(_WRITTEN.format(file=write_head(given.out or settings.WANLIU_HOME / "heads", today())))


def _export(given: argparse.Namespace) -> None:
    """Written whole or not at all; what is there already is left alone."""
    from wanliu.audit.record import System
    from wanliu.book.atomic import check_free, write_file
    from wanliu.privacy.actions import export_client

    file = given.out or Path("client.zip")
    check_free(file)
    write_file(file, export_client(client_id=given.client, purpose=given.purpose, by=System))
    file.chmod(OWNER_ALONE)
    print(_EXPORTED.format(file=file))


def _forget(given: argparse.Namespace) -> None:
    from wanliu.audit.record import System
    from wanliu.privacy.actions import forget_client

    print(_FORGOTTEN.format(rows=forget_client(client_id=given.client, by=System)))


DOES: Final[Mapping[str, Callable[[argparse.Namespace], None]]] = {
    "verify": _verify,
    "head": _write_head,
    "export": _export,
    "forget": _forget,
}


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


_WHAT = Text(
    zh="verify：核对；head：写出当日链头；export：导出一位客户的全部信息；forget：保存期满后删除一位客户的个人信息",
    en="verify: check; head: write the head of the day; export: all that is held on one client; forget: "
    "delete one client's personal data after their time",
)
_CLIENT = Text(zh="客户号（export、forget）", en="the client's id (export, forget)")
_PURPOSE = Text(
    zh="导出用途：access 查阅复制（默认）、portability 转移、complaint 投诉、supervision 监管调取",
    en="what the export is for: access (default), portability, complaint, supervision",
)
_WHOSE = Text(zh="请用 --client 指定客户号。", en="Say whose: --client ID.")
_EXPORTED = Text(
    zh="已导出：{file}（含个人信息，请安全交给客户本人，随后删除）。",
    en="Exported: {file}. It holds personal data: hand it to the client by a safe way, then delete it.",
)
_FORGOTTEN = Text(
    zh="已删除个人信息，涉及 {rows} 行；留痕链仍可核对。",
    en="Personal data are deleted in {rows} rows; the chains of the records still hold.",
)
_HEAD = Text(
    zh="核对时，同时与这份链头文件比对", en="when checking: also that what this head file names still stands"
)
_OUT = Text(
    zh="写到哪里：链头的文件夹（默认 WANLIU_HOME/heads），或导出的文件（默认 client.zip）",
    en="where to write: folder for the head file (default: WANLIU_HOME/heads), or the export's file "
    "(default: client.zip)",
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
