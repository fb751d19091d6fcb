"""Opening the workbench's database for a command, and saying what is missing where it cannot be opened."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager

from wanliu.errors import EnvironmentFailed
from wanliu.text import Text

SETTINGS = "wanliu.settings"


@contextmanager
def database() -> Iterator[None]:
    """Within the block, rooms may be imported and asked. Raises EnvironmentFailed where it fails."""
    _set_up()
    from django.db import DatabaseError, connection

    try:
        yield
    except DatabaseError as fault:
        connection.close()
        raise EnvironmentFailed(_FAILED.format(what=type(fault).__name__)) from fault


def _set_up() -> None:
    if importlib.util.find_spec("django") is None:
        raise EnvironmentFailed(_NO_WEB)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()


_NO_WEB = Text(
    zh="这条命令要用工作台的部件，还没有安装。请运行：pip install 'wanliu[web]'",
    en="This command needs the workbench's parts, which are not installed. Run: pip install 'wanliu[web]'",
)
_FAILED = Text(
    zh="数据库没有应答或还没有准备好（{what}），没有做任何更改。请检查 DATABASE_URL 和 WANLIU_HOME；"
    "第一次使用请先运行：wanliu database prepare",
    en="The database does not answer or was never prepared ({what}); nothing was changed. Check "
    "DATABASE_URL and WANLIU_HOME; before the first use run: wanliu database prepare",
)
