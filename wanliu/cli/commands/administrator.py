"""``wanliu administrator``: the first administrator, who then adds everybody else in the workbench."""

from __future__ import annotations

import argparse

from wanliu.cli.database import database
from wanliu.errors import DONE, Refused, UsageError
from wanliu.text import Text

HELP = Text(
    zh="添加一位系统管理员，并显示一次性代码；其余人员由管理员在工作台添加",
    en="add an administrator and show the one-time code; everybody else is added in the workbench",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username", metavar="USERNAME", help=str(_USERNAME))
    parser.add_argument("--name", required=True, metavar="NAME", help=str(_NAME))


def run(given: argparse.Namespace) -> int:
    with database():
        from wanliu.audit.record import System
        from wanliu.people.actions import add_staff

        try:
            _, code = add_staff(username=given.username, name=given.name, role="administrator", by=System)
        except Refused as fault:
            raise UsageError(fault.message) from fault
    print(_ADDED.format(username=given.username, code=code))
    return DONE


_USERNAME = Text(
    zh="登录用的用户名：字母、数字、点、横线、下划线",
    en="to sign in with: letters, digits, dots, hyphens, underscores",
)
_NAME = Text(zh="姓名", en="the person's name")
_ADDED = Text(
    zh="已添加管理员 {username}。一次性代码：{code}\n"
    "三天内在登录页点「首次登录或忘记密码」，用它设密码。代码只显示这一次。",
    en="Administrator {username} was added. One-time code: {code}\n"
    "Within three days choose “First time, or password forgotten” on the sign-in page and set a password "
    "with it. The code is shown this once.",
)
