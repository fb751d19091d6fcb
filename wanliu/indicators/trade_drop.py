from decimal import Decimal

from wanliu.indicator import (
    DAYS_OF_A_MONTH,
    DAYS_OF_A_QUARTER,
    QUIET_MARKET,
    Month,
    Sign,
    Text,
    TradingDays,
    Verdict,
    guide,
    parameter,
    peer_median,
    standard,
    term,
    there_in_all,
    there_since_start_of,
    total,
    trades,
)

sign = Sign(
    name=Text(zh="交易频率降低", en="Trading less often"),
    group="data",
    guide="二.2.1",
    why=Text(
        zh="下单次数降到自己过去的一半以下，说明客户的心思不在这里了，或者已经在别家下单。",
        en="Orders at less than half the client's own past say that the client's mind is elsewhere, or "
        "that the orders already are.",
    ),
    misleads=Text(
        zh="二月、十月交易日少，按月计数天然会掉；原来一个月只做一两笔的客户，少一笔就掉一半。"
        "滚动读法按交易日计，并且要求基数够大。",
        en="February and October have fewer trading days, so monthly counts fall by themselves; and "
        "whoever trades once or twice a month halves by one order. The rolling reading counts per trading "
        "day and asks for a large enough base.",
    ),
)


@sign.reading(
    "literal",
    meaning=Text(
        zh="M 月委托笔数 ÷ 此前 {months} 个月月均笔数",
        en="orders of month M ÷ the monthly mean of the {months}-month base before it",
    ),
    unit="ratio",
    told=Text(zh="为先前的 {value}", en="{value} of before"),
    sum=Text(
        zh="M 月 {orders} 笔 ÷（此前 {months} 个月 {orders_base} 笔 ÷ {months}）= {value}，低于 "
        "{threshold} 即触发",
        en="{orders} orders in month M ÷ ({orders_base} orders of the {months} months before ÷ {months}) = "
        "{value}, fires below {threshold}",
    ),
)
def literal(
    *,
    below: Decimal = parameter(
        "0.50", "ratio", "0.05", "0.95", Text(zh="比例界线", en="share of the mean"), guide("二.2.1")
    ),
    months: int = parameter(
        3, "months", 1, 12, Text(zh="基期月数", en="months of the base"), guide("二.2.1")
    ),
) -> Verdict:
    base = [Month(back) for back in range(1, months + 1)]
    orders = trades.count(over=Month(0))
    orders_base = total(trades.count(over=month) for month in base)
    return Verdict(
        insufficient_history=~there_in_all([Month(0), *base], of=trades),
        not_applicable=orders_base.equals(0),
        value=orders * months / orders_base,
        threshold=below,
        fired=orders * months < below * orders_base,
        evidence={
            "first": Month(0).first,
            "last": Month(0).last,
            "orders": orders,
            "orders_base": orders_base,
            "months": term(months),
        },
    )


@sign.reading(
    "rolling",
    meaning=Text(
        zh="最近 {current_days} 个交易日日均笔数 ÷ 此前 {base_days} 个交易日日均笔数",
        en="orders per day of the last {current_days} trading days ÷ those of the {base_days} before",
    ),
    unit="ratio",
    told=Text(zh="为先前的 {value}", en="{value} of before"),
    sum=Text(
        zh="（{first} 至 {last} {orders} 笔 ÷ {days}）÷（此前 {orders_base} 笔 ÷ {days_base}）= {value}，"
        "低于 {threshold} 即触发；同类客户中位数 {peer}，自己比它低不到 {close_to_peers} 的算弱",
        en="({orders} orders from {first} to {last} ÷ {days}) ÷ ({orders_base} orders before ÷ "
        "{days_base}) = {value}, fires below {threshold}; the peers' median is {peer}, and less than "
        "{close_to_peers} below it is weak",
    ),
)
def rolling(
    *,
    below: Decimal = parameter(
        "0.50", "ratio", "0.05", "0.95", Text(zh="比例界线", en="share of the base"), guide("二.2.1")
    ),
    current_days: int = parameter(
        20, "trading days", 5, 60, Text(zh="当期", en="current window"), DAYS_OF_A_MONTH
    ),
    base_days: int = parameter(60, "trading days", 20, 240, Text(zh="基期", en="base"), DAYS_OF_A_QUARTER),
    orders_at_least: int = parameter(
        6,
        "orders",
        1,
        1000,
        Text(zh="基期笔数下限（按当期天数折算）", en="orders per current window in the base"),
        standard(
            "稳定在 2 笔的客户，三分之一的月份会碰巧减半",
            "a steady client at 2 would halve by chance in a third of all months",
        ),
    ),
    close_to_peers: Decimal = parameter(
        "0.10", "ratio", "0", "1", Text(zh="与同类客户之差", en="distance from peers"), QUIET_MARKET
    ),
) -> Verdict:
    current, base = TradingDays(current_days), TradingDays(base_days, before=current_days)
    ordinary = trades.where(kind="ordinary")
    orders, orders_base = ordinary.count(over=current), ordinary.count(over=base)
    own = orders * base_days / (orders_base * current_days)
    return Verdict(
        insufficient_history=~there_since_start_of(base, of=trades),
        not_applicable=orders_base * current_days < orders_at_least * base_days,
        value=own,
        threshold=below,
        fired=orders * base_days < below * (orders_base * current_days),
        own=own,
        weak=(peer_median() - own).rounded() < close_to_peers,
        evidence={
            "first": current.first,
            "last": current.last,
            "orders": orders,
            "days": term(current_days),
            "orders_base": orders_base,
            "days_base": term(base_days),
            "peer": peer_median(),
        },
    )


literal.example(
    Text(zh="此前 63 笔，本月 9 笔：42.9%", en="63 orders before, 9 this month: 42.9 %"),
    as_of="2009-10-31",
    given="""
    trades
    order_id  date        turnover  commission
    a*20      2009-07-01  1000      5.00
    b*22      2009-08-03  1000      5.00
    c*21      2009-09-01  1000      5.00
    d*9       2009-10-09  1000      5.00
    """,
    expect="fired 0.4286",
)
literal.example(
    Text(zh="正好一半不算", en="exactly half is not a drop"),
    as_of="2009-10-31",
    given="""
    trades
    order_id  date        turnover  commission
    a*2       2009-07-01  1000      5.00
    b*2       2009-08-03  1000      5.00
    c*2       2009-09-01  1000      5.00
    d*1       2009-10-09  1000      5.00
    """,
    expect="clear 0.5",
)
literal.example(
    Text(zh="月中运行看上一个完整月", en="in mid-month the month before is judged"),
    as_of="2009-10-16",
    given="""
    trades
    order_id  date        turnover  commission
    a*4       2009-06-01  1000      5.00
    b*4       2009-07-01  1000      5.00
    c*4       2009-08-03  1000      5.00
    d*4       2009-09-01  1000      5.00
    """,
    expect="clear 1",
)
rolling.example(
    Text(
        zh="九月 20 笔，十月只有 15 个交易日：按日算没有降",
        en="fewer trading days are no drop: the count is per day",
    ),
    as_of="2009-10-30",
    given="""
    assets
    date        cash   position_value  net_assets
    2009-10-30  10000  0               10000

    trades
    order_id  date                    turnover  commission
    a*        2009-06-01..2009-10-30  1000      5.00
    """,
    expect="clear 1",
)
rolling.example(
    Text(zh="原来天天做，最近停了，别人照做：强", en="traded daily, stopped, while the others go on: strong"),
    as_of="2009-10-30",
    given="""
    clients
    client_id  branch_id  opened_on
    c1         b1         2005-01-04
    c2         b1         2005-01-04
    c3         b1         2005-01-04

    assets
    client_id  date        cash   position_value  net_assets
    c1         2009-10-30  10000  0               10000
    c2         2009-10-30  10000  0               10000
    c3         2009-10-30  10000  0               10000

    trades
    order_id  client_id  date                    turnover  commission
    a*        c1         2009-06-01..2009-09-23  1000      5.00
    b*        c2         2009-06-01..2009-10-30  1000      5.00
    c*        c3         2009-06-01..2009-10-30  1000      5.00
    """,
    expect="fired strong 0",
)
rolling.example(
    Text(zh="每 20 个交易日不足 6 笔的客户不判断", en="fewer than 6 orders per 20 days: not judged"),
    as_of="2009-10-30",
    given="""
    assets
    date        cash   position_value  net_assets
    2009-10-30  10000  0               10000

    trades
    order_id  date        turnover  commission
    a*1       2009-06-01  1000      5.00
    b*17      2009-07-01  1000      5.00
    """,
    expect="not_applicable",
)
literal.example(
    Text(zh="交易表晚了一天开始，七月不完整", en="the table begins one day late: July is not complete"),
    as_of="2009-10-31",
    given="""
    trades
    order_id  date        turnover  commission
    a*2       2009-07-02  1000      5.00
    b*2       2009-08-03  1000      5.00
    c*2       2009-09-01  1000      5.00
    d*1       2009-10-09  1000      5.00
    """,
    expect="insufficient_history",
)
literal.example(
    Text(
        zh="此前三个月没有交易，无从比较", en="no orders in the three months before: nothing to compare with"
    ),
    as_of="2009-10-31",
    given="""
    clients
    client_id  branch_id  opened_on
    c0         b1         2005-01-04
    c1         b1         2005-01-04

    trades
    order_id  client_id  date        turnover  commission
    o0        c0         2009-07-01  1000      5.00
    o1        c1         2009-10-09  1000      5.00
    """,
    expect="not_applicable",
)
rolling.example(
    Text(zh="正好一半不触发", en="exactly half does not fire"),
    as_of="2009-10-30",
    given="""
    assets
    date        cash   position_value  net_assets
    2009-10-30  10000  0               10000

    trades
    order_id  date                    turnover  commission
    a*        2009-06-01..2009-09-24  1000      5.00
    b*10      2009-10-12              1000      5.00
    """,
    expect="clear 0.5",
)
rolling.example(
    Text(zh="少一笔就触发；没有别人可比，算弱", en="one order less fires; with nobody else to compare, weak"),
    as_of="2009-10-30",
    given="""
    assets
    date        cash   position_value  net_assets
    2009-10-30  10000  0               10000

    trades
    order_id  date                    turnover  commission
    a*        2009-06-01..2009-09-24  1000      5.00
    b*9       2009-10-12              1000      5.00
    """,
    expect="fired weak 0.45",
)
