"""``wanliu work``: the night at its hour and the deadlines in every working hour, by themselves."""

from __future__ import annotations

import argparse

from wanliu.cli.database import database
from wanliu.errors import DONE
from wanliu.text import Text

HELP = Text(
    zh="后台任务：到点夜间运行，工作时间每小时检查时限（wanliu serve 会自动带上）",
    en="work in the background: the night at its hour, deadlines every working hour (wanliu serve starts it "
    "by itself)",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help=str(_ONCE))
    parser.add_argument("--beside", type=int, metavar="PID", help=argparse.SUPPRESS)


def run(given: argparse.Namespace) -> int:
    with database():
        from django.conf import settings
        from django.db import connection

        from wanliu.backup.house import in_use
        from wanliu.nightly import jobs

        connection.ensure_connection()  # says what is missing before the work begins
        with in_use(settings.WANLIU_HOME):
            if given.once:
                jobs.look_once()
                return DONE
            print(_WORKS.format(hour=settings.WANLIU_NIGHTLY_AT), flush=True)
            jobs.work(parent=given.beside)
    return DONE


_ONCE = Text(
    zh="只看一次：欠着的立即做完，然后结束（供自己安排时间表的人用）",
    en="look once, do what is owed, and end (for those who have a timetable of their own)",
)
_WORKS = Text(
    zh="后台任务已启动：每天 {hour}:00（北京时间）夜间运行，错过的会补做。（按 Ctrl-C 结束）",
    en="At work: the night at {hour}:00 Shanghai time; what was missed is made up for. (Ctrl-C ends it)",
)
