"""``wanliu database``: makes the workbench's tables, or brings them up to this version."""

from __future__ import annotations

import argparse

from wanliu.cli.database import database
from wanliu.errors import DONE
from wanliu.text import Text

HELP = Text(
    zh="准备工作台的数据库：建表，或升级到本版本",
    en="prepare the workbench's database: make its tables, or upgrade them",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("prepare",), help=str(_WHAT))


def run(given: argparse.Namespace) -> int:  # noqa: ARG001 (there is one thing to do)
    with database():
        from django.conf import settings
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=0)
        print(_READY.format(home=settings.WANLIU_HOME))
    return DONE


_WHAT = Text(zh="prepare：建表或升级", en="prepare: make the tables, or upgrade them")
_READY = Text(
    zh="数据库已就绪。密钥在 {home}/keys.json：请单独备份，丢了它，姓名和电话就再也读不出来。",
    en="The database is ready. Its keys are in {home}/keys.json: back that file up apart; without it "
    "names and phones cannot be read again.",
)
