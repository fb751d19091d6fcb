"""``wanliu restore``: a house from its backup, into an empty home, or in place of what is there."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wanliu.cli.database import database
from wanliu.cli.options import shown_progress
from wanliu.errors import DONE, RecordsBroken
from wanliu.text import Text

if TYPE_CHECKING:
    from wanliu.backup.restoring import Restored

HELP = Text(
    zh="从备份恢复工作台（SQLite 与 PostgreSQL 的备份可以互相恢复）",
    en="restore the workbench from a backup (of SQLite or PostgreSQL, into either)",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, metavar="SRC", help=str(_SOURCE))
    parser.add_argument("--replace", action="store_true", help=str(_REPLACE))
    parser.add_argument("--without-keys", action="store_true", help=str(_WITHOUT_KEYS))


def run(given: argparse.Namespace) -> int:
    with database(), shown_progress() as watch:
        from django.conf import settings

        from wanliu.backup.restoring import restore

        done = restore(
            given.source,
            settings.WANLIU_HOME,
            replace=given.replace,
            without_keys=given.without_keys,
            watch=watch,
        )
        home = settings.WANLIU_HOME
    print(_said(done, home))
    if done.aside is not None:
        print(_ASIDE.format(aside=done.aside))
    if done.nameless:
        print(_NAMELESS.format(count=f"{done.nameless:,}"), file=sys.stderr)
    if not done.records.holds:
        raise RecordsBroken(_BROKEN.format(count=len(done.records.broken)))
    return DONE


def _said(done: Restored, home: Path) -> Text:
    return _DONE.format(
        home=home,
        made=done.manifest.made_at.isoformat(timespec="seconds"),
        rows=f"{done.manifest.rows:,}",
        files=f"{len(done.manifest.files):,}",
        events=f"{done.records.events:,}",
        streams=f"{done.records.streams:,}",
    )


_SOURCE = Text(zh="wanliu backup 写成的文件夹", en="a folder that wanliu backup wrote")
_REPLACE = Text(
    zh="替换这里已有的数据：文件移到一旁，数据库换成备份里的",
    en="in place of what is here: files are moved aside, the database becomes the backup's",
)
_WITHOUT_KEYS = Text(
    zh="密钥已丢失也恢复：已加密的姓名和电话清空",
    en="although the keys are lost: names and phones that were encrypted are emptied",
)
_DONE = Text(
    zh="已恢复到 {home}：{made} 的备份，{rows} 行、{files} 个文件逐一核对一致；留痕 {streams} 条链共 "
    "{events} "
    "条记录，逐条重算。",
    en="Restored into {home}: the backup of {made}, {rows} rows and {files} files, each held against the "
    "manifest; {events} events of the records in {streams} chains, every hash redone.",
)
_ASIDE = Text(
    zh="原来的文件在 {aside}。确认无误后请删除。",
    en="What was there before lies in {aside}. Delete it when all is well.",
)
_NAMELESS = Text(
    zh="没有密钥：{count} 位客户的姓名和电话已清空。账簿里还有的客户，下一次夜间运行会重新写入。",
    en="Without the keys: names and phones of {count} clients are emptied. The next night writes those "
    "again that are in the book.",
)
_BROKEN = Text(
    zh="已按备份原样恢复，但留痕有 {count} 处对不上：备份时就已如此。请运行 wanliu records verify 查看，并"
    "通知合规。",
    en="Restored as the backup has it, but the records do not hold in {count} places: they did not when it "
    "was made. Run wanliu records verify, and tell compliance.",
)
