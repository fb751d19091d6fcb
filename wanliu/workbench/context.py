"""What every page shows around its own: menu, language, the data's day, and what must not be overlooked."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from wanliu import __version__
from wanliu.clock import calendar_fault, day_of, today, trading_days
from wanliu.directory.queries import current_run
from wanliu.health.state import worker_silent_for
from wanliu.nightly.queries import last_night
from wanliu.people.roles import ROLES
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench import language
from wanliu.workbench.demo import cast
from wanliu.workbench.pages import menu


def around(request: HttpRequest) -> dict[str, Any]:
    """For whoever is signed in; others get the language and the demonstration's people."""
    common = {"language": language.of(request), "version": __version__, "is_demo": settings.WANLIU_DEMO}
    user = request.user
    if not isinstance(user, User):
        return {**common, "cast": [(one, ROLES[one.role]) for one in cast()]}  # type: ignore[index]  # a CharField
    return {
        **common,
        "menu": menu(user),
        "role": ROLES[user.role],  # type: ignore[index]  # a CharField
        "run": current_run(),
        "today": today(),
        "banners": banners(),
    }


def banners() -> list[tuple[str, Text]]:
    """Colour and sentence: a delivery that was refused, a night that failed, a worker that is silent, a
    calendar that ends."""
    found: list[tuple[str, Text]] = []
    night, days, day = last_night(), trading_days(), today()
    if night is not None and night.state == "refused":
        found.append(("danger", _REFUSED.format(delivery=night.delivery, day=day_of(night.started_at))))
    if night is not None and night.state == "failed":
        found.append(("danger", _FAILED.format(day=day_of(night.started_at))))
    if (silent := worker_silent_for()) is not None:
        found.append(("danger", _SILENT.format(hours=f"{silent:.0f}")))
    if days.is_guessed(day):
        found.append(("danger", _GUESSED.format(last=days.runs_out_on)))
    elif days.runs_out_soon(day):
        found.append(("warning", _ENDS.format(last=days.runs_out_on)))
    if (fault := calendar_fault()) is not None:
        found.append(("danger", fault))
    return found


_REFUSED = Text(
    zh="{day} 的数据「{delivery}」没有被接收，名单仍是上一次的。原因见管理页。",
    en="The delivery “{delivery}” of {day} was not taken; the list is the one before. The reason stands in "
    "administration.",
)
_FAILED = Text(
    zh="{day} 的夜间运行没有完成，名单可能不是最新的。请联系系统管理员。",
    en="The nightly run of {day} did not end; the list may be old. Ask the administrator.",
)
_SILENT = Text(
    zh="后台任务已 {hours} 小时没有动静：没有人检查时限，夜间运行也不会开始。请联系系统管理员。",
    en="The worker has been silent for {hours} hours: nobody watches deadlines, and no night will begin. "
    "Ask the administrator.",
)
_GUESSED = Text(
    zh="交易日历只到 {last}，之后的期限按工作日推算，可能不准。请更新软件，"
    "或把新的交易日写进 WANLIU_HOME 下的 calendar.csv。",
    en="The trading calendar ends on {last}; deadlines after it count weekdays and may be wrong. Update the "
    "software, or write the new days into calendar.csv in WANLIU_HOME.",
)
_ENDS = Text(
    zh="交易日历将在 {last} 到期。请尽快更新软件，或把新的交易日写进 WANLIU_HOME 下的 calendar.csv。",
    en="The trading calendar ends on {last}. Update the software soon, or write the new days into "
    "calendar.csv in WANLIU_HOME.",
)
