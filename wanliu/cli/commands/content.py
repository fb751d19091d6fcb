"""``wanliu content``: checks the playbook's content, a firm's own laid over it included, and locks it."""

from __future__ import annotations

import argparse
from pathlib import Path

from wanliu.errors import DONE, ContentRefused
from wanliu.playbook.checks import faults_of
from wanliu.playbook.load import SHIPPED, load, refusal
from wanliu.playbook.lock import changed_without_a_number, lock_of, not_locked, read_lock, write_lock
from wanliu.text import Text

HELP = Text(
    zh="检查话术手册的内容（可叠加本公司的内容），并锁定版本",
    en="check the playbook's content, with a firm's own laid over it, and lock its versions",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("check", "lock"), help=str(_WHAT))
    parser.add_argument("--own", type=Path, metavar="DIR", help=str(_OWN))


def run(given: argparse.Namespace) -> int:
    overlays = [given.own] if given.own else []
    playbook = load(*overlays)
    if faults := faults_of(playbook):
        raise ContentRefused(refusal(faults))
    folder = given.own or SHIPPED
    before, now = read_lock(folder), lock_of(playbook, only=folder)
    if unnumbered := changed_without_a_number(before, now):
        raise ContentRefused(_UNNUMBERED.format(items=", ".join(unnumbered)))
    if given.what == "lock":
        write_lock(folder, now)
        print(_LOCKED.format(number=len(now), folder=folder))
    elif unlocked := not_locked(before, now):
        raise ContentRefused(_UNLOCKED.format(items=", ".join(unlocked)))
    else:
        print(_WELL.format(number=len(now)))
    return DONE


_WHAT = Text(
    zh="check：只检查；lock：检查后写入 lock.json", en="check: only check; lock: check, then write lock.json"
)
_OWN = Text(
    zh="本公司内容所在的文件夹，结构与自带内容相同", en="folder of the firm's own content, of the same shape"
)
_UNNUMBERED = Text(
    zh="以下内容改了文字，版本号却没有增加：{items}。请把 version 加一，并在 changes 里写明改了什么。",
    en="These items have other words under the same version: {items}. Raise version by one, and say in "
    "changes what was changed.",
)
_UNLOCKED = Text(
    zh="以下内容与 lock.json 不一致：{items}。确认无误后运行 wanliu content lock。",
    en="These items differ from lock.json: {items}. Where that is meant, run: wanliu content lock.",
)
_LOCKED = Text(zh="已锁定 {number} 项：{folder}/lock.json", en="{number} items locked: {folder}/lock.json")
_WELL = Text(
    zh="{number} 项内容全部合格，与 lock.json 一致。", en="All {number} items are well and as locked."
)
