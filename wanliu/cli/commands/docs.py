"""``wanliu docs``: writes the reference pages, or says which are stale."""

from __future__ import annotations

import argparse
from pathlib import Path

from wanliu.errors import DONE
from wanliu.reference.pages import stale, write
from wanliu.text import Text

HELP = Text(
    zh="生成参考页：指标、数据表、规则集、话术与方法、模拟数据的对照",
    en="write the reference pages: indicators, tables, rule sets, playbook, the simulation against published "
    "figures",
)
STALE = 1


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path("docs/reference"), metavar="DIR", help=str(_FOLDER)
    )
    parser.add_argument("--check", action="store_true", help=str(_CHECK))


def run(given: argparse.Namespace) -> int:
    if not given.check:
        touched = write(given.folder)
        print(_WRITTEN.format(folder=given.folder, number=len(touched)))
        return DONE
    outdated = stale(given.folder)
    for path in outdated:
        print(given.folder / path)
    print(_OUTDATED.format(number=len(outdated)) if outdated else _FRESH)
    return STALE if outdated else DONE


_FOLDER = Text(
    zh="页面所在的文件夹（默认 docs/reference）", en="folder of the pages (default: docs/reference)"
)
_CHECK = Text(zh="只检查；有过期的页面时退出码为 1", en="only check; exit code 1 where a page is stale")
_WRITTEN = Text(zh="{folder}：更新了 {number} 页。", en="{folder}: {number} pages written.")
_OUTDATED = Text(
    zh="以上 {number} 页已过期。请运行 wanliu docs。", en="These {number} pages are stale. Run: wanliu docs."
)
_FRESH = Text(zh="参考页都是最新的。", en="The reference pages are fresh.")
