"""A sheet of the editor that every rule likes, and ways to spoil it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from tests.web import make_user
from wanliu.approvals.queries import Approval
from wanliu.people.user import User
from wanliu.tariffs import actions
from wanliu.tariffs.queries import Version
from wanliu.tariffs.sheet import Sheet, TierTyped

BOTH: Final = ("online", "mobile")
BASE: Final = TierTyped("standard", "标准", "standard", "万2.5", "5", BOTH, "", "")
UPPER: Final = TierTyped("from_500k", "五十万以上", "500,000 and above", "万2", "5", BOTH, "500000", "0")
SHEET: Final = Sheet(
    name_zh="我司收费标准",
    name_en="our tariff",
    since="2027-01-04",
    source="公示2027",
    asset_days="20",
    answer_days="5",
    cost_rate="0.03‰",
    cost_source="成本说明2027",
    tiers=(BASE, UPPER),
)


def sheet(**changed: Any) -> Sheet:
    return replace(SHEET, **changed)


def upper(**changed: Any) -> Sheet:
    """The second tier otherwise."""
    return sheet(tiers=(BASE, replace(UPPER, **changed)))


def office() -> User:
    return make_user("head_office", branch="", staff="")


def sent(typed: Sheet = SHEET, by: User | None = None) -> tuple[Version, Approval]:
    maker = by or office()
    saved = actions.save_version(sheet=typed, by=maker)
    return saved, actions.send_version(version_id=saved.id, version=saved.version, why="调整", by=maker)


def decided(asked: Approval, decision: Any = "granted", by: User | None = None) -> Approval:
    given: dict[str, Any] = {"approval_id": asked.id, "version": asked.version, "reason": "已核"}
    return actions.decide_version(decision=decision, by=by or office(), **given)


def approved(typed: Sheet = SHEET) -> Version:
    version, asked = sent(typed)
    decided(asked)
    return version
