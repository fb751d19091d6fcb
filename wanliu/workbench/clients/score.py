"""A client's score in words: how high, beside what is usual and what became of clients like this one."""

from __future__ import annotations

from typing import Any

from wanliu.cases.queries import Bar
from wanliu.directory.rows import Standing
from wanliu.directory.scoring import Scoring, Tenth
from wanliu.people.queries import Person
from wanliu.text import Text


def score_of(
    who: Person, standing: Standing | None, scoring: Scoring | None, bars: list[Bar]
) -> dict[str, Any] | None:
    """What the page shows; None where no model is in place. Who said no to scores since has none."""
    if scoring is None or standing is None or not (scoring.model or scoring.why_not):
        return None
    if why := _why_none(who, standing, scoring, {bar.limit for bar in bars}):
        return {"shown": False, "why": why}
    assert standing.chance is not None, "why there is none was asked before"
    like = scoring.like(standing.chance)
    return {
        "shown": True,
        "horizon": scoring.horizon,
        "chance": f"{standing.chance:.1%}",
        "usual": "—" if scoring.usual is None else f"{scoring.usual:.1%}",
        "like": _like(like, scoring) if like else None,
        "sentences": standing.explained,
        "place": _PLACE.format(place=standing.call_place) if standing.call_place else _NO_PLACE,
        "method": scoring.method,
    }


def _why_none(who: Person, standing: Standing, scoring: Scoring, bars: set[str]) -> Text | None:
    """In the order of what weighs most: the client's own word, then what the night could do."""
    if who.scoring_opt_out:
        return _REFUSED
    if who.is_closed or bars & {"leaving", "left", "closed"}:
        return _LEAVING
    if scoring.why_not:
        return scoring.method
    return _NOT_SCORED if standing.chance is None else None


def _like(tenth: Tenth, scoring: Scoring) -> Text:
    """The share of clients like this one that left, with its interval, and the base rate with its own."""
    return _LIKE.format(
        rows=f"{tenth.rows:,.0f}",
        share=_with_interval(tenth.share, tenth.low, tenth.high),
        base=_with_interval(*scoring.base) if scoring.base else "—",
    )


def _with_interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:.1%}" if low is None or high is None else f"{value:.1%} ({low:.1%}–{high:.1%})"


_LIKE = Text(
    zh="用模型没见过的后来月份检验：得分在这一成的 {rows} 个客户月里，离开的占 {share}；全部客户的基准率 "
    "{base}"
    "（括号内为 95% 区间）。",
    en="Tried on later months that the model had not seen: of {rows} client-months with scores in this "
    "tenth {share} left; the base rate of all is {base} (95% intervals in brackets).",
)
_PLACE = Text(zh="当日名单第 {place} 位。", en="Place {place} on the adviser's list of the day.")
_NO_PLACE = Text(zh="不在当日名单上。", en="Not on the day's list of calls.")
_REFUSED = Text(
    zh="客户拒绝自动评分：不打分，也不显示从前的得分。",
    en="The client refused scores: none is made, and none of before is shown.",
)
_LEAVING = Text(
    zh="客户正在办理离开或已销户：不打分。", en="The client is leaving, or the account is closed: no score."
)
_NOT_SCORED = Text(
    zh="没有得分，未知：资产低于 5,000 元或没有资产数据、两个月内申请过离开，或不在评分范围。",
    en="No score, unknown: assets under 5,000 CNY or not told, a request to leave within two months, or a "
    "client who is not to be judged.",
)
