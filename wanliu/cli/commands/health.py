"""``wanliu health``: how the installation is, on the machine itself."""

from __future__ import annotations

import argparse
from typing import Final

from wanliu.cli.database import database
from wanliu.errors import DONE, EnvironmentFailed
from wanliu.text import Text

HELP = Text(
    zh="看看系统是否正常：数据库、磁盘、夜间运行、后台任务、备份、超时的离开手续",
    en="how it is: database, disk, last night, worker, backup, exits overdue",
)
SIGNS: Final = {"ok": "✓", "attention": "!", "failed": "✗"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Takes nothing."""


def run(given: argparse.Namespace) -> int:  # noqa: ARG001 (there is nothing to choose)
    """0 also where something wants attention; 4 where people cannot work."""
    with database():
        from wanliu.health.state import findings, state, worst

        told = findings(state())
    for one in told:
        print(f"{SIGNS[one.grade]} {one.said}")
    if worst(told) == "failed":
        raise EnvironmentFailed(_CANNOT)
    return DONE


_CANNOT = Text(zh="现在无法正常工作。", en="Nobody can work at this moment.")
