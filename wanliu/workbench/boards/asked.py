"""What a board's address asks for, and whose rows the person who asks may see."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

from wanliu.cases.figures import outcomes
from wanliu.errors import NotAllowed
from wanliu.oversight.board_days import Period, month_named
from wanliu.oversight.board_rows import COLUMNS, Tab, Whose
from wanliu.people.rights import scope_of, sight
from wanliu.people.user import User
from wanliu.text import Text, is_plain
from wanliu.workbench.numbers import number

VIEW = "boards.view"
LONGEST = 64


@dataclass(frozen=True)
class Asked:
    """``tabs``: what this person may count by; the first one where none is asked for."""

    period: Period
    tab: Tab
    tabs: tuple[Tab, ...]
    horizon: int
    whose: Whose
    branch: str
    """The branch that somebody of the whole firm has chosen."""

    def address(self, **other: object) -> str:
        """These questions as an address, some of them changed."""
        told = {
            "month": self.period.code,
            "by": self.tab,
            "days": self.horizon,
            "branch": self.branch,
            **other,
        }
        return urlencode({name: value for name, value in told.items() if value not in ("", None)})


def asked(request: HttpRequest, user: User) -> Asked:
    """Raises Refused for a month that has not begun; what else nobody knows is passed over."""
    branch = request.GET.get("branch", "") if scope_of(user, VIEW) == "all" else ""
    branch = branch if is_plain(branch, most=LONGEST) else ""
    whose = whose_of(user, VIEW, branch)
    tabs = _tabs(whose)
    by, days = request.GET.get("by", ""), number(request.GET.get("days"), 0)
    tab = next((one for one in tabs if one == by), tabs[0])
    horizons = outcomes().horizons
    return Asked(
        month_named(request.GET.get("month", "")),
        tab,
        tabs,
        days if days in horizons else horizons[0],
        whose,
        branch,
    )


def whose_of(user: User, action: str, branch: str) -> Whose:
    """As far as the matrix lets this person see. Raises NotAllowed for who belongs nowhere."""
    seen = sight(user, action)
    if seen.nothing:
        raise NotAllowed(_NOWHERE)
    if seen.manager_id is not None:
        return Whose(user=user)
    return Whose(seen.branch_id or branch or None)


def _tabs(whose: Whose) -> tuple[Tab, ...]:
    if whose.user is not None:
        return tuple(tab for tab in COLUMNS if tab not in ("branch", "adviser"))
    # advisers of the whole firm are no list that anybody reads: a branch is chosen first
    left = "adviser" if whose.branch_id is None else "branch"
    return tuple(tab for tab in COLUMNS if tab != left)


_NOWHERE = Text(
    zh="您的账号没有营业部或工号，没有可看的数字。请联系系统管理员。",
    en="Your account has no branch or staff number, so there is nothing to show. Ask the administrator.",
)
