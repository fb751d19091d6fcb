"""What is published about the market's clients, and how each figure is computed from a simulated book.

The published values come to us second hand or are a practitioner's estimate; ``SOURCES`` says which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from wanliu.text import Text

Unit: TypeAlias = Literal["percent", "yuan", "number"]


@dataclass(frozen=True)
class Figure:
    """One published quantity; ``low`` to ``high`` are the values that agree with it, shares as fractions.

    ``query`` gives it from a book, ``how`` says so in words, ``differs`` why a book may lie elsewhere.
    """

    name: Text
    published: Text
    low: float
    high: float
    source: str
    unit: Unit
    how: Text
    query: str
    differs: Text | None = None


SOURCES = {
    "A": Text(
        zh="中国结算统计月报 2015-11 与 2016-12，转引自网页（dasanhu.com 2015-11；wanglu.net t12-472629）。"
        "由投资者总数与持有、交易人数算得。",
        en="Monthly statistics of China Securities Depository and Clearing, Nov 2015 and Dec 2016, as "
        "quoted on web pages (dasanhu.com 2015-11; wanglu.net t12-472629). Computed from the numbers of "
        "investors, holders and traders.",
    ),
    "B": Text(
        zh="《证券日报》2016-08-15（finance.ce.cn）：2016-07 按市值分档的人数，除以 A 的 2016-12 持有人数；"
        "两者月份不同。",
        en="Securities Daily, 15 Aug 2016 (finance.ce.cn): persons by size of holdings in Jul 2016, divided "
        "by the holders of Dec 2016 in A; the months differ.",
    ),
    "C": Text(
        zh="汉斯出版社论文（html.hanspub.org 5-1140388）：2016–2017 年单笔成交均额；摘录未写明交易所，"
        "应为深市。",
        en="A paper at Hans Publishers (html.hanspub.org 5-1140388): mean sizes of trades, 2016–2017; the "
        "excerpt does not name the exchange, probably Shenzhen.",
    ),
    "E": Text(
        zh="业内经验估计，未经核对。",
        en="A practitioner's estimate; not checked against any document.",
    ),
}

_EXPLICIT = "select 1.0 * (select count(*) from gone) / (select count(*) from open_clients)"
_LOST = """
select 1.0 * (select count(*) from lost) / 3 / (
    select count(*) from at_end where net_assets >= 5000
    and month + interval 3 month <= (select max(month) from month_end))
"""
_COMPLAINTS = """
select 10000.0 * 12 * (select count(*) from requests where kind = 'complaint')
    / (select count(*) from open_clients)
"""
_CUT_REQUESTS = """
select 1.0 * (select count(*) from requests where kind = 'commission_cut')
    / (select count(*) from monthly_orders)
"""

FIGURES = (
    Figure(
        Text(zh="月末持有证券的客户占比", en="clients holding any security at month-end"),
        Text(zh="52.4 %（2015-11）、42.7 %（2016-12）", en="52.4 % (Nov 2015), 42.7 % (Dec 2016)"),
        0.427,
        0.524,
        "A",
        "percent",
        Text(
            zh="月末持仓市值大于 0 的客户 ÷ 当日未销户的客户", en="position above 0 ÷ clients open that day"
        ),
        "select 1.0 * count(*) filter (position_value > 0) / (select count(*) from open_clients) from at_end",
    ),
    Figure(
        Text(zh="当月有交易的客户占比", en="clients trading in the month"),
        Text(zh="36.2 %（2015-11）、22.5 %（2016-12）", en="36.2 % (Nov 2015), 22.5 % (Dec 2016)"),
        0.225,
        0.362,
        "A",
        "percent",
        Text(
            zh="当月有普通成交的客户 ÷ 月末未销户的客户",
            en="an ordinary order in the month ÷ clients open at its end",
        ),
        "select 1.0 * (select count(*) from monthly_orders) / (select count(*) from open_clients)",
    ),
    Figure(
        Text(zh="持有者中资产不足 50 万元的占比", en="holders with less than 500,000 yuan"),
        Text(zh="约 95 %", en="about 95 %"),
        0.945,
        0.955,
        "B",
        "percent",
        Text(
            zh="月末持有证券的客户中净资产 < 50 万元的",
            en="net assets below 500,000, of holders at month-end",
        ),
        "select avg((net_assets < 500000)::int) from at_end where position_value > 0",
        Text(
            zh="大客户抽到几位是偶然，占比随种子移动约半个百分点，而“约 95 %”的范围只有一个百分点。另外，"
            "公开数字只数股票市值，这里连现金一起算。",
            en="How many large clients are drawn is chance and moves the share by half a point, as wide "
            "as the range is on either side. Besides, the published figure counts shares alone, ours "
            "counts cash, too.",
        ),
    ),
    Figure(
        Text(zh="持有者中资产超过 1000 万元的占比", en="holders with more than 10 m yuan"),
        Text(zh="约 0.16 %", en="about 0.16 %"),
        0.00144,
        0.00176,
        "B",
        "percent",
        Text(
            zh="月末持有证券的客户中净资产 > 1000 万元的",
            en="net assets above 10 m, of holders at month-end",
        ),
        "select avg((net_assets > 10000000)::int) from at_end where position_value > 0",
        Text(
            zh="0.16 % 在一万人的数据里只有八位左右的客户，多一位少一位都看得出来。",
            en="In a book of ten thousand 0.16 % are some eight clients; one more or less shows.",
        ),
    ),
    Figure(
        Text(zh="小客户单笔成交均额（元）", en="mean size of a trade, small clients (yuan)"),
        Text(zh="8,700–8,900", en="8,700–8,900"),
        8_700,
        8_900,
        "C",
        "yuan",
        Text(
            zh="普通成交的平均金额；客户月末净资产的平均 < 50 万元",
            en="mean turnover of ordinary orders; mean net assets at month-ends below 500,000",
        ),
        """with size as (select client_id, avg(net_assets) as mean from at_end group by all)
        select avg(turnover) from trades join size using (client_id)
        where kind = 'ordinary' and mean < 500000""",
        Text(
            zh="委托受客户可用现金限制，大额的因此偏小；少数频繁交易的客户占了大部分委托，"
            "均值随种子移动。交易所对“小投资者”的划分也未必是 50 万元。",
            en="Orders are limited by the client’s cash, which makes the large ones smaller; few busy "
            "clients place most of them, so the mean moves with the seed. Nor need the exchange’s class "
            "of small investors end at 500,000.",
        ),
    ),
    Figure(
        Text(zh="大客户单笔成交均额（元）", en="mean size of a trade, large clients (yuan)"),
        Text(zh="110,000–150,000", en="110,000–150,000"),
        110_000,
        150_000,
        "C",
        "yuan",
        Text(zh="同上；平均净资产 ≥ 50 万元", en="the same; mean net assets of 500,000 or more"),
        """with size as (select client_id, avg(net_assets) as mean from at_end group by all)
        select avg(turnover) from trades join size using (client_id)
        where kind = 'ordinary' and mean >= 500000""",
        Text(
            zh="少数频繁交易的大客户占了大部分成交，均值随种子大幅移动；同样受可用现金限制。",
            en="A few busy large clients place most of these orders, so the mean swings with the seed; "
            "their cash limits them, too.",
        ),
    ),
    Figure(
        Text(zh="有效户（≥ 5,000 元）占比", en="valid clients (≥ 5,000 yuan)"),
        Text(zh="25–45 %", en="25–45 %"),
        0.25,
        0.45,
        "E",
        "percent",
        Text(
            zh="月末净资产 ≥ 5,000 元的客户 ÷ 未销户的客户", en="net assets of 5,000 or more ÷ open clients"
        ),
        "select 1.0 * count(*) filter (net_assets >= 5000) / (select count(*) from open_clients) from at_end",
    ),
    Figure(
        Text(zh="交易客户月委托笔数（中位数）", en="orders per trading client and month, median"),
        Text(zh="3–5", en="3–5"),
        3,
        5,
        "E",
        "number",
        Text(zh="当月有普通成交的客户的委托笔数", en="ordinary orders of those who had one in the month"),
        "select median(orders) from monthly_orders",
    ),
    Figure(
        Text(zh="交易客户月委托笔数（均值）", en="orders per trading client and month, mean"),
        Text(zh="10–20", en="10–20"),
        10,
        20,
        "E",
        "number",
        Text(zh="同上", en="the same"),
        "select avg(orders) from monthly_orders",
    ),
    Figure(
        Text(
            zh="月委托超过 200 笔的交易客户占比", en="trading clients with more than 200 orders in the month"
        ),
        Text(zh="约 1 %", en="about 1 %"),
        0.009,
        0.011,
        "E",
        "percent",
        Text(zh="同上", en="the same"),
        "select avg((orders > 200)::int) from monthly_orders",
        Text(
            zh="这十二个月里有一段下跌行情，人人交易得少；市场的活跃程度逐月抽取，随种子不同。",
            en="The twelve months hold a slump, in which everybody trades less; how lively the market is, "
            "month by month, is drawn with the seed.",
        ),
    ),
    Figure(
        Text(zh="显性流失（占全部客户，每月）", en="explicit exits, of all clients, a month"),
        Text(zh="0.05–0.3 %", en="0.05–0.3 %"),
        0.0005,
        0.003,
        "E",
        "percent",
        Text(
            zh="转托管、撤指定、销户的客户（每人一次）÷ 未销户的客户月",
            en="clients who moved custody, designation or closed (each once) ÷ open client-months",
        ),
        _EXPLICIT,
    ),
    Figure(
        Text(zh="隐性及浅流失（占有效户，每月）", en="implicit and shallow loss, of valid clients, a month"),
        Text(zh="0.5–1.5 %", en="0.5–1.5 %"),
        0.005,
        0.015,
        "E",
        "percent",
        Text(
            zh="有效户三个月后净资产不足 5,000 元、又没有显性流失的，取三分之一",
            en="valid clients below 5,000 three months later without an explicit exit, a third of them",
        ),
        _LOST,
    ),
    Figure(
        Text(zh="投诉（每万户每年）", en="complaints per 10,000 clients a year"),
        Text(zh="1–5", en="1–5"),
        1,
        5,
        "E",
        "number",
        Text(zh="投诉件数 ÷ 未销户的客户年", en="complaints ÷ open client-years"),
        _COMPLAINTS,
    ),
    Figure(
        Text(zh="降佣要求（占交易客户，每月）", en="rate-cut requests, of trading clients, a month"),
        Text(zh="0.3–1 %", en="0.3–1 %"),
        0.003,
        0.01,
        "E",
        "percent",
        Text(zh="降佣要求件数 ÷ 交易客户月", en="requests ÷ client-months with an order"),
        _CUT_REQUESTS,
    ),
)
