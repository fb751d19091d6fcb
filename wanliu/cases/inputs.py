"""What people typed or chose, checked before anything is done with it."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime, timedelta

from wanliu.cases import due
from wanliu.cases.figures import feedback, limits
from wanliu.cases.models.columns import LABEL, LONG
from wanliu.clock import SHANGHAI, now, today
from wanliu.errors import Refused
from wanliu.playbook.items import REASONS
from wanliu.text import Text

SPACES = "\n\r\t\u3000\u00a0\u200b\u200d"
"""Blanks that people type or paste; the last ones stand inside emoji."""


def words(text: str, *, most: int = LONG, needed: bool = False) -> str:
    """The text without blanks around it. Raises Refused where it is too long, unreadable, or missing."""
    text = text.strip()
    if not _printable(text):
        raise Refused(_UNREADABLE)
    if len(text) > most:
        raise Refused(_TOO_LONG.format(length=len(text), most=most))
    if needed and not text:
        raise Refused(_MISSING)
    return text


def label(text: str, *, needed: bool = False) -> str:
    return words(text, most=LABEL, needed=needed)


def check_code(code: str, codes: Container[str]) -> None:
    """Raises Refused for a choice that there is not."""
    if code not in codes:
        raise Refused(_NO_SUCH_CHOICE)


def check_feedback(code: str, detail: str) -> None:
    if not code and not detail:
        return
    check_code(code, feedback())
    if detail:
        check_code(detail, feedback()[code].details)


def check_reason(reason: str) -> None:
    if reason:
        check_code(reason, REASONS)


def moment(happened_at: datetime | None) -> datetime:
    """When it happened, now unless it is said. Raises Refused for the future and for long ago."""
    found = (happened_at or now()).astimezone(SHANGHAI)
    if found > now():
        raise Refused(_FUTURE)
    if found < now() - timedelta(days=limits().late.days):
        raise Refused(_LONG_AGO.format(days=limits().late.days))
    return found


def check_due(day: date, *, latest: date | None = None) -> None:
    """Raises Refused for a day that is past, or later than one may promise."""
    latest = latest or due.longest_follow_up()
    if not today() <= day <= latest:
        raise Refused(_BAD_DAY.format(first=today(), last=latest))


def _printable(text: str) -> bool:
    """Line ends and tabs may stand among what people type; control characters and broken halves may not."""
    return all(sign.isprintable() or sign in SPACES for sign in text)


_UNREADABLE = Text(
    zh="文字里有无法识别的字符，没有保存。请删去后重试。",
    en="The text contains unreadable characters and was not saved. Remove them and try again.",
)
_TOO_LONG = Text(
    zh="文字太长（{length} 字，上限 {most} 字），没有保存。",
    en="The text is too long ({length} characters, at most {most}) and was not saved.",
)
_MISSING = Text(zh="请填写内容。", en="Please write something here.")
_NO_SUCH_CHOICE = Text(
    zh="没有这个选项，未作任何更改。请刷新页面后重选。",
    en="There is no such choice; nothing was changed. Reload the page and choose again.",
)
_FUTURE = Text(zh="服务时间不能晚于现在。", en="A contact cannot lie in the future.")
_LONG_AGO = Text(
    zh="服务时间早于 {days} 天前，不能再补登。",
    en="That was more than {days} days ago: too late to write it down.",
)
_BAD_DAY = Text(zh="日期须在 {first} 至 {last} 之间。", en="The day must lie between {first} and {last}.")
