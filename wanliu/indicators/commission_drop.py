from decimal import Decimal

from wanliu.indicator import (
    DAYS_OF_A_MONTH,
    DAYS_OF_A_QUARTER,
    DAYS_OF_HALF_A_YEAR,
    QUIET_MARKET,
    Month,
    Months,
    Sign,
    Term,
    Text,
    TradingDays,
    Verdict,
    Window,
    assets,
    client,
    either,
    guide,
    parameter,
    peer_median,
    standard,
    term,
    there_in_all,
    there_since_start_of,
    total,
    touched_by_rejected_row,
    trades,
)

sign = Sign(
    name=Text(zh="佣金贡献明显降低", en="Commission clearly down"),
    group="key",
    guide="二.1.2",
    why=Text(
        zh="佣金是客户还在这里做交易的直接证据。明显低于自己过去的水平，往往意味着交易已经搬到别处。",
        en="Commission is the plain proof that a client still trades here. Clearly below the client's own "
        "past, it often means that the trading has moved elsewhere.",
    ),
    misleads=Text(
        zh="行情清淡时人人都少；我们自己降佣也会让它下降，字面读法分不出来。滚动读法按客户过去的费率计算，"
        "再和同类客户比。",
        en="In a quiet market everybody is down, and a rate cut of our own lowers it too; the literal "
        "reading cannot tell. The rolling reading holds the rate constant and compares with clients of the "
        "same tier.",
    ),
)

FALL = parameter("0.30", "ratio", "0.05", "0.95", Text(zh="下降幅度界线", en="fall"), guide("二.1.2"))
LARGE_FROM = parameter(
    "500000",
    "CNY",
    "10000",
    "100000000",
    Text(zh="大客户净资产下限", en="large client from"),
    standard(
        "指引没有定义；约 95% 的个人不足此数（2016 年）",
        "the guide names no line; about 95 % held less (2016)",
    ),
)


def is_large(window: Window, *, large_from: Decimal) -> Term:
    """What the segment says; where it is empty, whether mean net assets over the window reach the line."""
    known = assets.if_there()
    rows = known.count(over=window)
    measured = (rows > 0) & (known.sum(assets.net_assets, over=window) >= large_from * rows)
    return either(client.segment.is_unknown(), measured, client.segment.equals("large"))


@sign.reading(
    "literal",
    meaning=Text(
        zh="1 − M 月佣金 ÷ 此前 {months} 个月（大客户 {large_months} 个月）月均佣金",
        en="1 − commission of month M ÷ the mean of the base before it, in months: {months} (large clients: "
        "{large_months})",
    ),
    unit="ratio",
    told=Text(zh="下降 {value}", en="down by {value}"),
    sum=Text(
        zh="M 月佣金 {commission} 元；此前 {months} 个月佣金合计 {commission_base} 元，月均 "
        "{commission_base} ÷ {months}；1 − {commission} ÷（{commission_base} ÷ {months}）= {value}，达到 "
        "{threshold} 即触发",
        en="commission of month M: {commission} CNY; of the {months} months before: {commission_base} CNY, "
        "a mean of {commission_base} ÷ {months}; 1 − {commission} ÷ ({commission_base} ÷ {months}) = "
        "{value}, fires at {threshold} or more",
    ),
)
def literal(
    *,
    fall: Decimal = FALL,
    months: int = parameter(3, "months", 1, 6, Text(zh="基期月数", en="months of the base"), guide("二.1.2")),
    large_months: int = parameter(
        6, "months", 1, 12, Text(zh="大客户基期月数", en="months of the base, large clients"), guide("二.1.2")
    ),
    large_from: Decimal = LARGE_FROM,
) -> Verdict:
    base = [Month(back) for back in range(1, months + 1)]
    more = [Month(back) for back in range(months + 1, large_months + 1)]
    large = is_large(Months(large_months, 1), large_from=large_from)
    counted = {month: large & there_since_start_of(month, of=trades) for month in more}
    commission = trades.sum(trades.commission, over=Month(0))
    sums = [trades.sum(trades.commission, over=month) for month in base]
    sums += [either(counted[month], trades.sum(trades.commission, over=month), term(0)) for month in more]
    length = total([term(months), *(either(counted[month], 1, 0) for month in more)])
    commission_base = total(sums)
    return Verdict(
        insufficient_history=~there_in_all([Month(0), *base], of=trades),
        missing_data=client.segment.is_unknown() & touched_by_rejected_row(assets),
        not_applicable=commission_base <= 0,
        value=term(1) - commission * length / commission_base,
        threshold=fall,
        fired=commission * length <= (1 - fall) * commission_base,
        evidence={
            "first": Month(0).first,
            "last": Month(0).last,
            "commission": commission,
            "commission_base": commission_base,
            "months": length,
            "large": large,
        },
    )


@sign.reading(
    "rolling",
    meaning=Text(
        zh="1 − 最近 {current_days} 个交易日按基期费率应收佣金 ÷ 基期同等天数佣金",
        en="1 − what the last {current_days} trading days pay at the base's rate ÷ what as many days of "
        "the base paid",
    ),
    unit="ratio",
    told=Text(zh="下降 {value}", en="down by {value}"),
    sum=Text(
        zh="今：{first} 至 {last} 成交 {turnover} 元 ×（基期净佣金 {commission_base} 元 ÷ 基期成交 "
        "{turnover_base} 元）；昔：基期净佣金 {commission_base} 元 × {current_days} ÷ {days} 个交易日；1 − "
        "今 ÷ 昔 = {value}，达到 {threshold} 即触发；同类客户今 ÷ 昔的中位数 {peer}，自己比它低不到 "
        "{close_to_peers} 的算弱",
        en="now: turnover {turnover} CNY from {first} to {last} × (net commission of the base "
        "{commission_base} CNY ÷ its turnover {turnover_base} CNY); then: {commission_base} CNY × "
        "{current_days} ÷ {days} trading days; 1 − now ÷ then = {value}, fires at {threshold} or more; the "
        "peers' median of now ÷ then is {peer}, and less than {close_to_peers} below it is weak",
    ),
)
def rolling(
    *,
    fall: Decimal = FALL,
    current_days: int = parameter(
        20, "trading days", 5, 60, Text(zh="当期", en="current window"), DAYS_OF_A_MONTH
    ),
    base_days: int = parameter(60, "trading days", 20, 240, Text(zh="基期", en="base"), DAYS_OF_A_QUARTER),
    large_days: int = parameter(
        120, "trading days", 20, 240, Text(zh="大客户基期", en="base of large clients"), DAYS_OF_HALF_A_YEAR
    ),
    large_from: Decimal = LARGE_FROM,
    smallest_then: Decimal = parameter(
        "20",
        "CNY",
        "0",
        "100000",
        Text(zh="基期佣金下限", en="smallest commission of the base"),
        standard(
            "三元降到两元也是三成，说明不了什么",
            "three yuan down to two is a third as well, and says nothing",
        ),
    ),
    close_to_peers: Decimal = parameter(
        "0.10", "ratio", "0", "1", Text(zh="与同类客户之差", en="distance from peers"), QUIET_MARKET
    ),
) -> Verdict:
    current = TradingDays(current_days)
    base = TradingDays(base_days, before=current_days)
    long_base = TradingDays(large_days, before=current_days)
    ordinary = trades.where(kind="ordinary")
    net = trades.commission - trades.levies.or_else(term(0))
    large = is_large(long_base, large_from=large_from)
    use_long = large & there_since_start_of(long_base, of=trades)
    turnover = ordinary.sum(trades.turnover, over=current)
    turnover_base = either(
        use_long, ordinary.sum(trades.turnover, over=long_base), ordinary.sum(trades.turnover, over=base)
    )
    commission_base = either(use_long, ordinary.sum(net, over=long_base), ordinary.sum(net, over=base))
    days = either(use_long, large_days, base_days)
    # commission(base) stands on both sides of "now ≤ then" and cancels: what is left is turnover per day
    now, then = turnover * days, turnover_base * current_days
    own = now / then
    return Verdict(
        insufficient_history=~there_since_start_of(base, of=trades),
        not_applicable=(commission_base * current_days < smallest_then * days) | turnover_base.equals(0),
        value=term(1) - own,
        threshold=fall,
        fired=now <= (1 - fall) * then,
        own=own,
        weak=(peer_median() - own).rounded() < close_to_peers,
        evidence={
            "first": current.first,
            "last": current.last,
            "turnover": turnover,
            "turnover_base": turnover_base,
            "commission_base": commission_base,
            "days": days,
            "large": large,
            "peer": peer_median(),
        },
    )


literal.example(
    Text(
        zh="此前三个月 300、280、320，本月 210：正好低 30%，触发",
        en="300, 280, 320, then 210: exactly 30 % down fires",
    ),
    as_of="2009-10-31",
    given="""
    trades
    order_id  date        turnover  commission
    o1        2009-07-01  100000    300.00
    o2        2009-08-03  100000    280.00
    o3        2009-09-01  100000    320.00
    o4        2009-10-09  70000     210.00
    """,
    expect="fired 0.3",
)
literal.example(
    Text(zh="多一分就不触发", en="one fen more does not"),
    as_of="2009-10-31",
    given="""
    trades
    order_id  date        turnover  commission
    o1        2009-07-01  100000    300.00
    o2        2009-08-03  100000    280.00
    o3        2009-09-01  100000    320.00
    o4        2009-10-09  70000     210.01
    """,
    expect="clear 0.29997",
)
literal.example(
    Text(zh="大客户看六个月", en="a large client is held against six months"),
    as_of="2009-10-31",
    given="""
    clients
    client_id  branch_id  opened_on   segment
    c1         b1         2005-01-04  large

    trades
    order_id  date        turnover  commission
    o1        2009-04-01  100000    600.00
    o2        2009-05-04  100000    600.00
    o3        2009-06-01  100000    600.00
    o4        2009-07-01  100000    300.00
    o5        2009-08-03  100000    300.00
    o6        2009-09-01  100000    300.00
    o7        2009-10-09  100000    300.00
    """,
    expect="fired 0.3333",
)
literal.example(
    Text(zh="八月才开户，历史不足", en="opened in August: too short a history"),
    as_of="2009-10-31",
    given="""
    clients
    client_id  branch_id  opened_on
    c0         b1         2005-01-04
    c1         b1         2009-08-03

    trades
    order_id  client_id  date        turnover  commission
    o0        c0         2009-07-01  100000    300.00
    o1        c1         2009-08-03  100000    300.00
    """,
    expect="insufficient_history",
)
literal.example(
    Text(zh="此前没有佣金，无从比较", en="no commission before: nothing to compare with"),
    as_of="2009-10-31",
    given="""
    clients
    client_id  branch_id  opened_on
    c0         b1         2005-01-04
    c1         b1         2005-01-04

    trades
    order_id  client_id  date        turnover  commission
    o0        c0         2009-07-01  100000    300.00
    """,
    expect="not_applicable",
)

rolling.example(
    Text(
        zh="我们自己把费率从万2.5降到万1.5，成交没变：不触发",
        en="our own cut from 2.5 to 1.5 bp, turnover unchanged: clear",
    ),
    as_of="2009-10-30",
    given="""
    assets
    date                    cash  position_value  net_assets
    2009-06-01..2009-10-30  0     100000          100000

    trades
    order_id  date                    turnover  commission
    a*        2009-01-05..2009-09-25  60000     15.00
    b*        2009-09-28..2009-10-30  60000     9.00
    """,
    expect="clear 0",
)
rolling.example(
    Text(
        zh="成交降到七成，而同类客户没有降：强信号",
        en="turnover down to 70 % while the peers' is not: strong",
    ),
    as_of="2009-10-30",
    given="""
    assets
    client_id  date                    cash  position_value  net_assets
    c1         2009-05-04..2009-10-30  0     100000          100000
    c2         2009-05-04..2009-10-30  0     100000          100000
    c3         2009-05-04..2009-10-30  0     100000          100000

    trades
    order_id  client_id  date                    turnover  commission
    a*        c1         2009-05-04..2009-09-24  10000     25.00
    b*        c1         2009-09-25..2009-10-30  7000      17.50
    c*        c2         2009-05-04..2009-10-30  10000     25.00
    d*        c3         2009-05-04..2009-10-30  10000     25.00
    """,
    expect="fired strong 0.3",
)
rolling.example(
    Text(zh="所有人都降了三成：信号还在，但弱", en="everybody is down by 30 %: the sign stays, weak"),
    as_of="2009-10-30",
    given="""
    assets
    date                    cash  position_value  net_assets
    2009-05-04..2009-10-30  0     100000          100000

    trades
    order_id  date                    turnover  commission
    a*        2009-05-04..2009-09-24  10000     25.00
    b*        2009-09-25..2009-10-30  7000      17.50
    """,
    expect="fired weak 0.3",
)
rolling.example(
    Text(zh="成交多一元就不触发", en="one yuan of turnover more does not fire"),
    as_of="2009-10-30",
    given="""
    assets
    date                    cash  position_value  net_assets
    2009-05-04..2009-10-30  0     100000          100000

    trades
    order_id  date                    turnover  commission
    a*        2009-05-04..2009-09-24  10000     25.00
    b*        2009-09-25..2009-10-30  7000      17.50
    c1        2009-10-30              1         0.00
    """,
    expect="clear 0.299995",
)
rolling.example(
    Text(
        zh="基期每 20 天佣金不足 20 元，不判断",
        en="less than 20 CNY per 20 days in the base: not judged",
    ),
    as_of="2009-10-30",
    given="""
    assets
    date                    cash  position_value  net_assets
    2009-05-04..2009-10-30  0     100000          100000

    trades
    order_id  date                    turnover  commission
    a*        2009-05-04..2009-09-24  400       0.90
    """,
    expect="not_applicable",
)
rolling.example(
    Text(
        zh="八月才开户，够不到 60 个交易日的基期",
        en="opened in August: the base of 60 trading days is not there",
    ),
    as_of="2009-10-30",
    given="""
    clients
    client_id  branch_id  opened_on
    c0         b1         2005-01-04
    c1         b1         2009-08-03

    assets
    client_id  date                    cash  position_value  net_assets
    c0         2009-05-04..2009-10-30  0     100000          100000
    c1         2009-08-03..2009-10-30  0     100000          100000

    trades
    order_id  client_id  date                    turnover  commission
    a*        c0         2009-05-04..2009-10-30  10000     25.00
    b*        c1         2009-08-03..2009-09-24  10000     25.00
    """,
    expect="insufficient_history",
)
