"""The features of a client on a day, made of facts: each with its words, its unit, and what sense demands.

Columns of ``clients`` that have no date (segment, manager, risk level …) are today's and are no features; the
day of opening is one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wanliu.foresight.given_facts import SMALL, Facts, Given, change, rate_change
from wanliu.text import Text

Floats = NDArray[np.float64]
Unit = Literal["share", "times", "days", "money", "count", "change", "rate"]
Theme = Literal[
    "money", "trading", "holdings", "results", "words", "presence", "service", "changes", "standing"
]


@dataclass(frozen=True)
class ClientFeature:
    """One feature: its words, its unit, and how it is made of facts; ``up``: 1 where more of it can only mean
    more risk, −1 less, 0 where sense demands nothing."""

    name: str
    words: Text
    unit: Unit
    theme: Theme
    made: Callable[[Any], Floats]
    up: int = 0


def matrix(facts: Facts, day: Floats, opened_on: Floats) -> Floats:
    """One row per client and day, one column per feature; blank where there is nothing to tell."""
    given = Given({**facts, "day": day, "opened_on": opened_on})
    with np.errstate(all="ignore"):
        columns = [feature.made(given) for feature in FEATURES]
    whole = np.column_stack(columns).astype(np.float64)
    return np.where(np.isfinite(whole), whole, np.nan)


FEATURES: tuple[ClientFeature, ...] = (
    ClientFeature(
        "out_share_month",
        Text("近 20 个交易日转出占资产", "share moved out in 20 trading days"),
        "share",
        "money",
        lambda g: g.share_moved("out", "month"),
        1,
    ),
    ClientFeature(
        "out_share_quarter",
        Text("近 80 个交易日转出占资产", "share moved out in 80 trading days"),
        "share",
        "money",
        lambda g: g.share_moved("out", "month", "quarter"),
        1,
    ),
    ClientFeature(
        "in_share_month",
        Text("近 20 个交易日转入占资产", "share moved in in 20 trading days"),
        "share",
        "money",
        lambda g: g.share_moved("in", "month"),
    ),
    ClientFeature(
        "in_share_quarter",
        Text("近 80 个交易日转入占资产", "share moved in in 80 trading days"),
        "share",
        "money",
        lambda g: g.share_moved("in", "month", "quarter"),
    ),
    ClientFeature(
        "outs_month",
        Text("近 20 个交易日转出笔数", "transfers out in 20 trading days"),
        "count",
        "money",
        lambda g: g["outs_month"],
    ),
    ClientFeature(
        "outs_quarter",
        Text("此前 60 个交易日转出笔数", "transfers out in the 60 trading days before"),
        "count",
        "money",
        lambda g: g["outs_quarter"],
    ),
    ClientFeature(
        "ins_quarter",
        Text("近 80 个交易日转入笔数", "transfers in in 80 trading days"),
        "count",
        "money",
        lambda g: g["ins_month"] + g["ins_quarter"],
    ),
    ClientFeature(
        "ins_half",
        Text("更早 120 个交易日转入笔数", "transfers in in the 120 trading days before"),
        "count",
        "money",
        lambda g: g["ins_half"],
    ),
    ClientFeature(
        "securities_out",
        Text("两个月内证券转出占资产", "securities moved out in two months, of assets"),
        "share",
        "money",
        lambda g: (
            np.maximum(g["securities_out"] - g["securities_in"], 0)
            / (np.nan_to_num(g["net_assets"]) + g["securities_out"] + SMALL)
        ),
        1,
    ),
    ClientFeature(
        "assets_change",
        Text("资产比此前 60 个交易日的均值", "assets against the mean of the 60 trading days before"),
        "change",
        "holdings",
        lambda g: change(g["net_assets"], g.mean("held", "quarter")),
    ),
    ClientFeature(
        "assets_change_half",
        Text("近一季资产比更早半年", "assets of the quarter against the half-year before"),
        "change",
        "holdings",
        lambda g: change(g.mean("held", "quarter"), g.mean("held", "half")),
    ),
    ClientFeature(
        "assets_change_month",
        Text("资产比近 20 个交易日的均值", "assets against the mean of 20 trading days"),
        "change",
        "holdings",
        lambda g: change(g["net_assets"], g.mean("held", "month")),
    ),
    ClientFeature("net_assets", Text("净资产", "net assets"), "money", "standing", lambda g: g["net_assets"]),
    ClientFeature(
        "cash_share",
        Text("现金占比", "share of cash"),
        "share",
        "holdings",
        lambda g: g["cash"] / np.maximum(g["net_assets"], SMALL),
    ),
    ClientFeature(
        "invested_share",
        Text("此前 60 个交易日的持仓占比", "share invested in the 60 trading days before"),
        "share",
        "holdings",
        lambda g: g["invested_quarter"] / np.maximum(g["held_quarter"], SMALL),
    ),
    ClientFeature(
        "empty_month",
        Text("近 20 个交易日空仓天数占比", "share of empty days in 20 trading days"),
        "share",
        "holdings",
        lambda g: g.mean("empty", "month"),
    ),
    ClientFeature(
        "empty_quarter",
        Text("此前 60 个交易日空仓天数占比", "share of empty days in the 60 trading days before"),
        "share",
        "holdings",
        lambda g: g.mean("empty", "quarter"),
    ),
    ClientFeature(
        "idle",
        Text("距上次交易", "since the last trade"),
        "days",
        "trading",
        lambda g: np.where(np.isnan(g["last_trade"]), IDLE_FOR_LONG, g.since("last_trade")),
    ),
    ClientFeature(
        "orders_change",
        Text("近月委托比此前一季", "orders of the month against the quarter before"),
        "change",
        "trading",
        lambda g: rate_change(g, "orders", "month", "quarter"),
    ),
    ClientFeature(
        "orders_change_half",
        Text("近一季委托比更早半年", "orders of the quarter against the half-year before"),
        "change",
        "trading",
        lambda g: rate_change(g, "orders", "quarter", "half"),
    ),
    ClientFeature(
        "orders_month",
        Text("近 20 个交易日委托笔数", "orders in 20 trading days"),
        "count",
        "trading",
        lambda g: g["orders_month"],
    ),
    ClientFeature(
        "orders_quarter",
        Text("此前 60 个交易日委托笔数", "orders in the 60 trading days before"),
        "count",
        "trading",
        lambda g: g["orders_quarter"],
    ),
    ClientFeature(
        "orders_year",
        Text("一年内委托笔数", "orders within a year"),
        "count",
        "trading",
        lambda g: g["orders_year"],
    ),
    ClientFeature(
        "turnover_share",
        Text("近月成交额占资产", "turnover of the month, of assets"),
        "share",
        "trading",
        lambda g: g["turnover_month"] / np.maximum(g["net_assets"], SMALL),
    ),
    ClientFeature(
        "paid_rate",
        Text("一年实付费率", "rate paid over a year"),
        "rate",
        "standing",
        lambda g: np.where(
            g["turnover_year"] > 0, g["commission_year"] / np.maximum(g["turnover_year"], SMALL), np.nan
        ),
    ),
    ClientFeature(
        "result_month",
        Text("近 20 个交易日的盈亏", "result of 20 trading days"),
        "change",
        "results",
        lambda g: g["chain"] - 1.0,
    ),
    ClientFeature(
        "complaints",
        Text("两个月内投诉", "complaints in two months"),
        "count",
        "words",
        lambda g: g["complaints"],
        1,
    ),
    ClientFeature(
        "complaints_half",
        Text("半年内投诉", "complaints in half a year"),
        "count",
        "words",
        lambda g: g["complaints_half"],
        1,
    ),
    ClientFeature(
        "demands",
        Text("两个月内提出要求", "demands in two months"),
        "count",
        "words",
        lambda g: g["demands"],
        1,
    ),
    ClientFeature(
        "demands_half",
        Text("半年内提出要求", "demands in half a year"),
        "count",
        "words",
        lambda g: g["demands_half"],
        1,
    ),
    ClientFeature(
        "exit_requests",
        Text("两个月内申请离开", "requests to leave in two months"),
        "count",
        "words",
        lambda g: g["exit_requests"],
        1,
    ),
    ClientFeature(
        "login_idle",
        Text("距上次登录", "since the last log-in"),
        "days",
        "presence",
        lambda g: g.since("last_login"),
    ),
    ClientFeature(
        "logins_month",
        Text("近 20 个交易日登录天数", "days with a log-in in 20 trading days"),
        "count",
        "presence",
        lambda g: g["logins_month"],
    ),
    ClientFeature(
        "logins_change",
        Text("近月登录比此前一季", "log-ins of the month against the quarter before"),
        "change",
        "presence",
        lambda g: rate_change(g, "logins", "month", "quarter"),
    ),
    ClientFeature(
        "logins_change_half",
        Text("近一季登录比更早半年", "log-ins of the quarter against the half-year before"),
        "change",
        "presence",
        lambda g: rate_change(g, "logins", "quarter", "half"),
    ),
    ClientFeature(
        "contacts_month",
        Text("近 20 个交易日有效服务", "effective contacts in 20 trading days"),
        "count",
        "service",
        lambda g: g["contacts_month"],
    ),
    ClientFeature(
        "contacts_quarter",
        Text("此前 60 个交易日有效服务", "effective contacts in the 60 trading days before"),
        "count",
        "service",
        lambda g: g["contacts_quarter"],
    ),
    ClientFeature(
        "contacts_change",
        Text("近月服务比此前一季", "contacts of the month against the quarter before"),
        "change",
        "service",
        lambda g: rate_change(g, "contacts", "month", "quarter"),
    ),
    ClientFeature(
        "contacts_half",
        Text("更早 120 个交易日有效服务", "effective contacts in the 120 trading days before"),
        "count",
        "service",
        lambda g: g["contacts_half"],
    ),
    ClientFeature(
        "rate_changes",
        Text("半年内费率调整", "changes of the rate in half a year"),
        "count",
        "changes",
        lambda g: g["rate_changes"],
    ),
    ClientFeature(
        "moved_house",
        Text("两个月内地址变更", "changes of address in two months"),
        "count",
        "changes",
        lambda g: g["moved_house"],
    ),
    ClientFeature(
        "moved_house_half",
        Text("半年内地址变更", "changes of address in half a year"),
        "count",
        "changes",
        lambda g: g["moved_house_half"],
    ),
    ClientFeature(
        "new_manager",
        Text("半年内更换客户经理", "changes of manager in half a year"),
        "count",
        "changes",
        lambda g: g["new_manager"],
    ),
    ClientFeature(
        "new_job",
        Text("半年内职业变更", "changes of occupation in half a year"),
        "count",
        "changes",
        lambda g: g["new_job"],
    ),
    ClientFeature(
        "tenure",
        Text("开户至今", "since the account was opened"),
        "days",
        "standing",
        lambda g: g.since("opened_on"),
    ),
)
IDLE_FOR_LONG = 400.0
"""Days since the last trade where there was none within the year that is looked at."""

NAMES = tuple(feature.name for feature in FEATURES)
MONOTONE = tuple(feature.up for feature in FEATURES)
