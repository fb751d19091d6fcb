"""``wanliu backup``: all that the workbench needs, in one folder, while people work on."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from wanliu.cli.database import database
from wanliu.cli.options import shown_progress
from wanliu.errors import DONE, UsageError
from wanliu.text import Text

if TYPE_CHECKING:
    from wanliu.backup.making import Made

HELP = Text(
    zh="备份工作台：数据库、封存账簿、运行结果、模型和设置，写成一个可核对的文件夹",
    en="back the workbench up: database, sealed book, runs, models and settings, as one folder that can be "
    "checked",
)
MEGA = 1e6


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dest", nargs="?", type=Path, metavar="DEST", help=str(_DEST))
    parser.add_argument("--into", type=Path, metavar="FOLDER", help=str(_INTO))
    parser.add_argument("--keep", type=int, metavar="N", help=str(_KEEP))
    parser.add_argument("--with-keys", action="store_true", help=str(_WITH_KEYS))
    parser.add_argument("--with-taken", action="store_true", help=str(_WITH_TAKEN))


def run(given: argparse.Namespace) -> int:
    if (given.dest is None) == (given.into is None) or (given.keep is not None and given.into is None):
        raise UsageError(_WHERE)
    if given.keep is not None and given.keep < 1:
        raise UsageError(_WHERE)
    with database(), shown_progress() as watch:
        from django.conf import settings

        from wanliu.backup.making import back_up, back_up_into

        also = {"with_keys": given.with_keys, "with_taken": given.with_taken}
        home = settings.WANLIU_HOME
        if given.into is not None:
            made = back_up_into(given.into, home, keep=given.keep, watch=watch, **also)
        else:
            made = back_up(home, given.dest, watch=watch, **also)
    print(_said(made))
    print(_WITH if given.with_keys else _WITHOUT.format(file=home / "keys.json"))
    return DONE


def _said(made: Made) -> Text:
    told = made.manifest
    return _DONE.format(
        folder=made.folder,
        rows=f"{told.rows:,}",
        tables=len(told.tables),
        files=f"{len(told.files):,}",
        size=f"{told.bytes / MEGA:,.1f}",
        seconds=f"{made.seconds:.0f}",
    )


_DEST = Text(zh="备份写成哪个文件夹（还不存在的）", en="the folder to write, which is not there yet")
_INTO = Text(
    zh="在这个文件夹里新建一份以时间命名的备份（供定时任务用）",
    en="write a backup named by this moment into FOLDER (for timers)",
)
_KEEP = Text(
    zh="同 --into 用：只留最新 N 份，旧的删除", en="with --into: keep the newest N backups, delete older ones"
)
_WITH_KEYS = Text(
    zh="连密钥一起备份：拿到这份备份的人能读出所有姓名和电话",
    en="with the keys: whoever has this backup reads all names and phones",
)
_WITH_TAKEN = Text(
    zh="连已并入账簿的原始交付一起备份",
    en="with the deliveries as they came, whose content is in the book already",
)
_WHERE = Text(
    zh="请给出 DEST，或 --into FOLDER（可加 --keep N，N 至少为 1），二者选一。",
    en="Say either DEST, or --into FOLDER (with --keep N, at least 1, if you like).",
)
_DONE = Text(
    zh="已备份：{folder}（{tables} 张表 {rows} 行，{files} 个文件，{size} MB，{seconds} 秒）。",
    en="Backed up: {folder} ({rows} rows of {tables} tables, {files} files, {size} MB, {seconds} s).",
)
_WITH = Text(
    zh="密钥在备份里：拿到它的人能读出所有姓名和电话，请按此保管。",
    en="The keys are in it: whoever has this backup reads all names and phones. Keep it accordingly.",
)
_WITHOUT = Text(
    zh="密钥不在备份里。请把 {file} 另外保管：没有它，恢复后已加密的姓名和电话再也读不出来。",
    en="The keys are not in it. Keep {file} apart: without it names and phones cannot be read after a "
    "restore.",
)
