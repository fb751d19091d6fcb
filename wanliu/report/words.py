"""The words that people read for our codes: levels, statuses, columns, and the names of the evidence."""

from __future__ import annotations

from types import MappingProxyType

from wanliu.text import Text

LEVELS = MappingProxyType(
    {
        "red": Text(zh="红", en="red"),
        "orange": Text(zh="橙", en="orange"),
        "yellow": Text(zh="黄", en="yellow"),
        "unknown": Text(zh="无法判断", en="unknown"),
        "none": Text(zh="无预警", en="none"),
    }
)

STATUSES = MappingProxyType(
    {
        "fired": Text(zh="触发", en="fired"),
        "clear": Text(zh="正常", en="clear"),
        "not_applicable": Text(zh="不适用", en="not applicable"),
        "insufficient_history": Text(zh="历史不足", en="insufficient history"),
        "missing_data": Text(zh="数据缺失", en="missing data"),
    }
)

SHORT_STATUSES = MappingProxyType(
    {
        **STATUSES,
        "not_applicable": Text(zh="不适用", en="n/a"),
        "insufficient_history": Text(zh="历史不足", en="too new"),
        "missing_data": Text(zh="数据缺失", en="missing"),
    }
)
"""For the heads of narrow columns."""

MEANINGS = MappingProxyType(
    {
        "fired": Text(zh="信号出现了", en="the sign is there"),
        "clear": Text(
            zh="看过了，没有出现；只有这一种才叫正常", en="looked at, and not there; nothing else means clear"
        ),
        "not_applicable": Text(
            zh="这个问题对该客户没有意义，如基数太小",
            en="the question makes no sense for this client, as with too small a base",
        ),
        "insufficient_history": Text(
            zh="客户或数据开始得太晚，比不出来", en="the client, or the data, began too late to compare"
        ),
        "missing_data": Text(
            zh="该有的表、行或日期没有", en="a table, a row or a day that should be there is not"
        ),
    }
)

UNKNOWN = Text(zh="未知", en="unknown")
NOT_COMPUTABLE = Text(zh="无法计算", en="not computable")
YES, NO = Text(zh="是", en="yes"), Text(zh="否", en="no")

EVIDENCE = MappingProxyType(
    {
        "first": Text(zh="起始日", en="first day"),
        "last": Text(zh="截止日", en="last day"),
        "moved_out": Text(zh="转出金额", en="moved out"),
        "moved_in": Text(zh="转入金额", en="moved in"),
        "times": Text(zh="转出笔数", en="times moved out"),
        "net_assets": Text(zh="当日净资产", en="net assets today"),
        "opening": Text(zh="期初净资产", en="net assets at the start"),
        "closing": Text(zh="期末净资产", en="net assets at the end"),
        "entrusted": Text(zh="期间资金与证券转入", en="money and securities moved in"),
        "loss": Text(zh="亏损金额", en="loss"),
        "rows": Text(zh="有资产记录的天数", en="days with assets"),
        "product": Text(zh="逐日净值连乘", en="daily ratios multiplied"),
        "peer": Text(zh="同类客户中位数", en="median of the peers"),
        "commission": Text(zh="当期佣金", en="commission now"),
        "commission_base": Text(zh="基期佣金合计", en="commission of the base"),
        "turnover": Text(zh="当期成交额", en="turnover now"),
        "turnover_base": Text(zh="基期成交额", en="turnover of the base"),
        "months": Text(zh="基期月数", en="months of the base"),
        "days": Text(zh="当期交易日数", en="trading days now"),
        "days_base": Text(zh="基期交易日数", en="trading days of the base"),
        "large": Text(zh="是否大客户", en="large client"),
        "orders": Text(zh="当期委托笔数", en="orders now"),
        "orders_base": Text(zh="基期委托笔数", en="orders of the base"),
        "empty_rows": Text(zh="空仓天数", en="days without a position"),
        "held_before": Text(zh="此前持仓天数", en="days with a position before"),
        "sum_before": Text(zh="此前净资产合计", en="net assets before, added up"),
        "rows_before": Text(zh="此前有资产记录的天数", en="days with assets before"),
        "contacts": Text(zh="当期有效沟通次数", en="effective contacts now"),
        "contacts_base": Text(zh="基期有效沟通次数", en="effective contacts of the base"),
        "contacts_before": Text(zh="上月有效沟通次数", en="effective contacts of the month before"),
        "contacts_base_before": Text(
            zh="上月基期有效沟通次数", en="effective contacts of the base before that"
        ),
    }
)

OF_ONE_SIGN = MappingProxyType(
    {
        ("commission_drop", "days"): Text(zh="基期交易日数", en="trading days of the base"),
        ("securities_out", "moved_out"): Text(zh="证券转出市值", en="securities moved out"),
        ("securities_out", "moved_in"): Text(zh="证券转入市值", en="securities moved in"),
        ("heavy_loss", "rows"): Text(zh="参与连乘的资产行数", en="rows of assets in the product"),
    }
)
"""Where a sign means something more particular by the same name."""


def evidence_word(sign: str, name: str) -> Text:
    """What a sign's piece of evidence is called; a firm's own name stands for itself."""
    return OF_ONE_SIGN.get((sign, name)) or EVIDENCE.get(name) or Text(zh=name, en=name)
