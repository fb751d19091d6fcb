"""What one client's own data shows: the signs of the rule set, and what else speaks of a reason.

Unknown stays unknown: a sign without data, or a table that the book lacks, says nothing. Neither the level
nor the value at stake is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from wanliu.advice.client import Client
from wanliu.advice.figures import rate, shown
from wanliu.book.sealed import Book
from wanliu.indicator.windows import Day, TradingDays
from wanliu.reasons.signs import Observed
from wanliu.ruleset import Rule
from wanliu.text import Text

RECENT_DAYS = 180
"""Requests and changes of particulars of the last half year count."""
QUIET_BELOW = Decimal("0.8")
"""The market is quiet where the book's orders per day fall below this share of the days before."""
CURRENT, BEFORE = TradingDays(20), TradingDays(60, before=20)
FINANCE = (
    "证券",
    "基金",
    "期货",
    "券商",
    "投行",
    "资管",
    "证监",
    "交易所",
    "securities",
    "fund",
    "futures",
    "broker",
)
"""Words of an occupation in the securities industry or with its regulators."""
CUTS = ("commission_cut", "min_fee_waiver", "margin_rate_cut")

Result = Mapping[str, Any]


def observed(client: Client, rules: Iterable[Rule], result: Result | None, book: Book) -> list[Observed]:
    """One for every sign and whatever else a reason may name; ``result`` is None for one not judged."""
    if client.row["scoring_opt_out"]:  # the client's own words are left
        return []
    return [
        *(_of_rule(rule, result) for rule in rules),
        _rate_above(client),
        *_changes(client),
        _no_manager(client),
        _works_in_finance(client),
        _asked(client, "cut_asked", CUTS, _CUT),
        _asked(client, "gift_asked", ("gift",), _GIFT),
        _asked(client, "product_asked", ("product_access",), _PRODUCT),
        _market_quiet(client, book),
    ]


def _of_rule(rule: Rule, result: Result | None) -> Observed:
    name = rule.sign.name
    status = result[f"{rule.id}__status"] if result else "missing_data"
    if status not in ("fired", "clear"):
        return Observed(rule.id, None, _NOBODY_KNOWS.format(name=name))
    assert result is not None, "a status that was told has a result"
    unit = rule.reading.unit
    value, line = (shown(result[f"{rule.id}__{part}"], unit) for part in ("value", "threshold"))
    what = rule.reading.told.format(value=value)
    told = (_FIRED if status == "fired" else _CLEAR).format(name=name, what=what, line=line)
    return Observed(rule.id, status == "fired", told)


def _rate_above(client: Client) -> Observed:
    own, median = client.row["commission_rate"], client.median_rate
    if own is None or median is None:
        return Observed("rate_above_tier", None, _NOBODY_KNOWS.format(name=_RATE))
    told = (_ABOVE if own > median else _NOT_ABOVE).format(own=rate(own), median=rate(median))
    return Observed("rate_above_tier", own > median, told)


def _changes(client: Client) -> Iterable[Observed]:
    for sign, whats, name in (
        # a change of branch is mostly ours (branches are merged), so it is no sign that the client moved
        ("address_changed", ("address",), _ADDRESS),
        ("manager_changed", ("manager",), _MANAGER),
    ):
        if client.profile_changes is None:
            yield Observed(sign, None, _NOBODY_KNOWS.format(name=name))
            continue
        since = client.as_of - timedelta(days=RECENT_DAYS)
        days = [one["date"] for one in client.profile_changes if one["what"] in whats and one["date"] > since]
        told = _ON.format(name=name, day=max(days)) if days else _NONE.format(name=name, days=RECENT_DAYS)
        yield Observed(sign, bool(days), told)


def _no_manager(client: Client) -> Observed:
    without = client.row["manager_id"] is None
    return Observed("no_manager", without, _WITHOUT_MANAGER if without else _WITH_MANAGER)


def _works_in_finance(client: Client) -> Observed:
    occupation = client.row["occupation"]
    if not occupation:
        return Observed("works_in_finance", None, _NOBODY_KNOWS.format(name=_OCCUPATION))
    holds = any(word in occupation.lower() for word in FINANCE)
    return Observed("works_in_finance", holds, _WORKS_AS.format(occupation=occupation))


def _asked(client: Client, sign: str, kinds: tuple[str, ...], name: Text) -> Observed:
    if client.requests is None:
        return Observed(sign, None, _NOBODY_KNOWS.format(name=name))
    since = client.as_of - timedelta(days=RECENT_DAYS)
    days = [one["date"] for one in client.asked(*kinds) if one["date"] > since]
    told = _ON.format(name=name, day=days[0]) if days else _NONE.format(name=name, days=RECENT_DAYS)
    return Observed(sign, bool(days), told)


def _market_quiet(client: Client, book: Book) -> Observed:
    """By all orders in the book: that everybody trades less is no reason of this client's own."""
    day = Day(client.as_of, book.calendar)
    now, before = _orders_a_day(book, CURRENT, day), _orders_a_day(book, BEFORE, day)
    if now is None or not before:
        return Observed("market_quiet", None, _NOBODY_KNOWS.format(name=_MARKET))
    told = _MARKET_TOLD.format(share=shown(now / before, "ratio"))
    return Observed("market_quiet", now < QUIET_BELOW * before, told)


def _orders_a_day(book: Book, window: TradingDays, day: Day) -> Decimal | None:
    span = window.span(day)
    if (
        span is None
        or not book.has("trades")
        or (start := book.first_date("trades")) is None
        or start > span[0]
    ):
        return None
    rows = book.rows_by_day("trades")
    return Decimal(sum(rows.get(one, 0) for one in book.calendar.between(*span))) / window.length


_FIRED = Text(zh="{name.zh}（{what.zh}，界线 {line}）", en="{name.en} ({what.en}, line {line})")
_CLEAR = Text(zh="没有「{name.zh}」（{what.zh}，界线 {line}）", en="no {name.en} ({what.en}, line {line})")
_NOBODY_KNOWS = Text(zh="{name.zh}：不知道", en="{name.en}: not known")
_RATE = Text(zh="费率与同档客户相比", en="the rate against clients of the same segment")
_ABOVE = Text(
    zh="费率 {own.zh} 高于同档客户中位数 {median.zh}",
    en="the rate {own.en} is above {median.en}, the median of the segment",
)
_NOT_ABOVE = Text(
    zh="费率 {own.zh} 不高于同档客户中位数 {median.zh}",
    en="the rate {own.en} is not above {median.en}, the median of the segment",
)
_ADDRESS = Text(zh="地址变更", en="a change of address")
_MANAGER = Text(zh="服务人员变更", en="a change of manager")
_ON = Text(zh="{name.zh}：{day}", en="{name.en} on {day}")
_NONE = Text(zh="最近 {days} 天没有{name.zh}", en="no {name.en} in the last {days} days")
_WITHOUT_MANAGER = Text(zh="没有登记服务人员", en="no manager is assigned")
_WITH_MANAGER = Text(zh="已登记服务人员", en="a manager is assigned")
_OCCUPATION = Text(zh="职业", en="the occupation")
_WORKS_AS = Text(zh="职业登记为「{occupation}」", en="the occupation is “{occupation}”")
_CUT = Text(zh="降佣请求", en="request for a cut")
_GIFT = Text(zh="索要礼品", en="request for a gift")
_PRODUCT = Text(zh="产品准入请求", en="request for access to a product")
_MARKET = Text(zh="全市场冷热", en="how busy the market is")
_MARKET_TOLD = Text(
    zh="全体客户的委托为此前的 {share}", en="the orders of all clients are {share} of those before"
)
