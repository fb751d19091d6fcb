"""What people see when something goes wrong before or beside a page: one calm sentence."""

from __future__ import annotations

import logging
import sys
import uuid
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from wanliu.text import Text
from wanliu.workbench.away import away, is_away
from wanliu.workbench.lines import current
from wanliu.workbench.pages import fault_page

log = logging.getLogger("wanliu.workbench")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django gives it)
    return fault_page(request, _BAD, HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django gives it)
    return fault_page(request, _FORBIDDEN, HTTPStatus.FORBIDDEN)


def no_token(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 (Django gives it)
    """A form without its token: an old page, or a foreign site."""
    return fault_page(request, _NO_TOKEN, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django gives it)
    return fault_page(request, _NOT_FOUND, HTTPStatus.NOT_FOUND)


def failed(request: HttpRequest) -> HttpResponse:
    """The number on the page finds the traceback in the log, and nothing else does."""
    fault = sys.exc_info()[1]
    if fault is not None and is_away(fault):
        return away(request, fault)
    number = current.get()[:8] or uuid.uuid4().hex[:8]
    log.error("page failed: %s", number)
    return fault_page(request, _FAILED.format(number=number), HTTPStatus.INTERNAL_SERVER_ERROR)


_BAD = Text(
    zh="这个请求无法识别，没有作任何更改。请返回上一页重试。",
    en="This request could not be understood; nothing was changed. Go back and try again.",
)
_FORBIDDEN = Text(
    zh="您没有这项权限。如工作需要，请联系系统管理员。",
    en="You may not do this. If your work needs it, ask the administrator.",
)
_NO_TOKEN = Text(
    zh="这个页面打开太久，没有作任何更改。请刷新页面后再提交一次。",
    en="This page was open for too long; nothing was changed. Reload it and submit again.",
)
_NOT_FOUND = Text(
    zh="没有这个页面。请从菜单重新进入。",
    en="There is no such page. Start again from the menu.",
)
_FAILED = Text(
    zh="程序出错，没有作任何更改。请重试；若仍不行，请把编号 {number} 告诉系统管理员。",
    en="The program failed; nothing was changed. Try again; if it fails again, tell the administrator the "
    "number {number}.",
)
