"""The boards in words and figures: how a value, a change and a definition are said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from wanliu.foresight.measures import Figure
from wanliu.oversight.board_measures import boards, formula_of, name_of
from wanliu.oversight.board_rows import Row, Tab, Value
from wanliu.oversight.boards import plain, share
from wanliu.text import Text

UNKNOWN: Final = Text(zh="未知", en="unknown")
TO: Final = "\u2060–\u2060"
"""A dash at which no line breaks."""
TABS: Final[dict[Tab, Text]] = {
    "branch": Text(zh="按营业部", en="By branch"),
    "adviser": Text(zh="按客户经理", en="By adviser"),
    "reason": Text(zh="按原因", en="By reason"),
    "method": Text(zh="按方案", en="By what was offered"),
    "sign": Text(zh="按指标", en="By sign"),
}
HEADS: Final[dict[Tab, Text]] = {
    "branch": Text(zh="营业部", en="Branch"),
    "adviser": Text(zh="客户经理", en="Adviser"),
    "reason": Text(zh="原因", en="Reason"),
    "method": Text(zh="方案（挽留方法）", en="Method offered"),
    "sign": Text(zh="指标", en="Sign"),
}
NO_COMPARISON: Final = Text(
    zh="挽留率没有对照组：本系统没有留出不联系的客户，所以不知道其中多少人不联系也会留下。"
    "它不是挽留的功劳，也不能用来比较人。",
    en="There is no comparison group for those who stayed: no clients were left alone by lot, so nobody "
    "knows how many would have stayed anyway. The share is nobody's merit, and does not compare people.",
)
_NOTES: Final[dict[Tab, Text]] = {
    "branch": Text(
        zh="一个个案只算在一个营业部；营业部按个案所在，随账簿变动。",
        en="A case counts in one branch: where it is now, as the book has it.",
    ),
    "adviser": Text(
        zh="按工号排列，不按好坏。个案算在现在承接的人名下；期初客户按账簿的客户经理。人少时区间很宽，不要比高低。",
        en="In the order of staff numbers, not of merit. A case counts for whoever has it now; clients at "
        "start for the book's manager. With few cases the interval is wide: do not rank by it.",
    ),
    "reason": Text(
        zh="原因取该个案最近一次登记里写明的；没写明的归入「原因未知」。",
        en="The reason is the one named in the case's latest contact that names one; others are “unknown”.",
    ),
    "method": Text(
        zh="一个个案提过几种方案就算几次，各行相加多于合计。提过方案的客户本来就不同，行与行之间不能当作效果比较。",
        en="A case counts under each method that was offered in it, so the rows add up to more than the "
        "total. Clients to whom something was offered differ from the start: no row is an effect.",
    ),
    "sign": Text(
        zh="一个个案报了几项指标就算几次，各行相加多于合计。",
        en="A case counts under each sign that had fired, so the rows add up to more than the total.",
    ),
}
_SHARES: Final = Text(
    zh="比例写作「分子/分母」，括号内是 95% 区间（Wilson）。分母为 0 或数据不知道时写「未知」，不写 0%。",
    en="Shares stand with numerator/denominator and Wilson's interval of 95 % in brackets. Where the "
    "denominator is 0 or the data are not known it says “unknown”, never 0 %.",
)
_SO_FAR: Final = Text(
    zh="本期还没有结束，只到 {day}。", en="The period is not over: the figures reach up to {day}."
)


def notes(tab: Tab, *, until: object = None) -> Iterator[Text]:
    """How to read a table. ``until``: the day up to which an unfinished period reaches."""
    if until is not None:
        yield _SO_FAR.format(day=until)
    yield NO_COMPARISON
    yield _SHARES
    yield _NOTES[tab]


def is_share(name: str) -> bool:
    return boards().measures[name].unit == "share"


def value_told(value: Value) -> str:
    """A count, or a share alone."""
    if value is None:
        return str(UNKNOWN)
    if value.whole is None:
        return f"{value.part:,}"
    return percent(share(value))


def percent(figure: Figure) -> str:
    return str(UNKNOWN) if figure.value is None else f"{figure.value:.1%}"


def pair_told(value: Value) -> str:
    """``3/12``: what a share stands on."""
    return "" if value is None or value.whole is None else f"{value.part:,}/{value.whole:,}"


def interval_told(value: Value) -> str:
    """``12.3–45.6``; empty where there is nothing to say."""
    figure = share(value)
    if figure.low is None or figure.high is None:
        return ""
    return f"{figure.low * 100:.1f}{TO}{figure.high * 100:.1f}"


def a_head(row: Row) -> str:
    """Cases in somebody's hands for each who has one."""
    return f"{row.held / row.hands:.1f}" if row.hands else str(UNKNOWN)


def change_told(now: Value, before: Value) -> str:
    """In points or in number, against the period before; unknown where either is."""
    ends = plain(now), plain(before)
    if ends[0] is None or ends[1] is None:
        return str(UNKNOWN)
    moved = ends[0] - ends[1]
    if now is not None and now.whole is not None:
        return str(Text(zh="{} 个百分点", en="{} points")).format(f"{moved * 100:+.1f}")
    return f"{moved:+,.0f}"


def definitions(names: Iterable[str], horizon: int) -> list[tuple[Text, Text, Text]]:
    """Name, formula and source of each."""
    return [(name_of(one), formula_of(one, horizon), boards().measures[one].source) for one in names]
