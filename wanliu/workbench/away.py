"""Database or disk are away: one page that needs neither, and tries again by itself."""

from __future__ import annotations

import errno
import logging
from http import HTTPStatus
from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from wanliu.text import Text

log = logging.getLogger("wanliu.workbench")
AGAIN: Final = 10
"""Seconds after which to try again."""
OF_THE_MACHINE: Final = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EIO, errno.EROFS)
)


def is_away(fault: BaseException | None) -> bool:
    """Whether what failed is the machine's or the database's, and may work again in a moment."""
    if isinstance(fault, OSError):
        return fault.errno in OF_THE_MACHINE
    return isinstance(fault, OperationalError | InterfaceError)


def away(request: HttpRequest, fault: BaseException) -> HttpResponse:
    """In both languages: which one the reader has chosen stands in the database."""
    log.error("not available: %s", type(fault).__name__)
    said = LOOKED if request.method in ("GET", "HEAD") else SENT
    if request.headers.get("HX-Request"):
        content, kind = f"{said.zh}\n{said.en}", "text/plain; charset=utf-8"
    else:
        told = {"said": said, "again": AGAIN if request.method == "GET" else None}
        content, kind = render_to_string("workbench/away.html", told), "text/html; charset=utf-8"
    answer = HttpResponse(content, status=HTTPStatus.SERVICE_UNAVAILABLE, content_type=kind)
    answer["Retry-After"] = str(AGAIN)
    answer["Cache-Control"] = "no-store"
    return answer


LOOKED = Text(
    zh="系统暂时连不上数据库或磁盘已满。您不用做什么：页面会自动重试；若几分钟后仍不行，请联系系统管理员。",
    en="The database cannot be reached, or the disk is full. Nothing is asked of you: this page tries again "
    "by itself; if it still fails after some minutes, tell the administrator.",
)
SENT = Text(
    zh="系统暂时连不上数据库或磁盘已满，刚才提交的内容可能没有保存。请稍等，返回上一页再提交一次："
    "同一张表单只会登记一次，不会重复。",
    en="The database cannot be reached, or the disk is full; what you sent may not have been saved. Wait a "
    "moment, go back and send it again: a form counts once, however often it is sent.",
)
