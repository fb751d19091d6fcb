from decimal import Decimal

from wanliu.indicator import (
    DAYS_OF_A_MONTH,
    DailyChain,
    Month,
    Sign,
    Text,
    TradingDays,
    Verdict,
    assets,
    at_start_of,
    client,
    either,
    flows,
    guide,
    parameter,
    peer_median,
    standard,
    term,
)

sign = Sign(
    name=Text(zh="巨额亏损", en="Heavy loss"),
    group="data",
    guide="二.2.2",
    why=Text(
        zh="亏得太多的客户常想“换个地方转转运”。这时候需要的是关心和风险提示，不是推销。",
        en="Whoever lost much often wants a change of luck. What helps then is care and a word about risk, "
        "not a sale.",
    ),
    misleads=Text(
        zh="单月亏掉一半，不加杠杆几乎不会发生，字面读法很少触发；大跌时人人都亏，"
        "滚动读法只看比同类客户多亏的部分。",
        en="Half of everything in one month hardly happens without leverage, so the literal reading seldom "
        "fires; in a slump everybody loses, so the rolling reading looks at what was lost beyond the peers.",
    ),
)


@sign.reading(
    "literal",
    meaning=Text(
        zh="M 月亏损 ÷（月初净资产 + 本月转入）", en="loss of month M ÷ (net assets at its start + moved in)"
    ),
    unit="ratio",
    told=Text(zh="{value}", en="{value}"),
    sum=Text(
        zh="亏损 = 月初 {opening} + 转入 {moved_in} − 转出 {moved_out} − 月末 {closing} = {loss} 元；"
        "{loss} ÷（月初 {opening} + 转入 {moved_in}）= {value}，大于 {threshold} 即触发",
        en="loss = opening {opening} + in {moved_in} − out {moved_out} − closing {closing} = {loss} CNY; "
        "{loss} ÷ (opening {opening} + in {moved_in}) = {value}, fires above {threshold}",
    ),
)
def literal(
    *,
    share: Decimal = parameter(
        "0.50", "ratio", "0.05", "1", Text(zh="亏损占比界线", en="share lost"), guide("二.2.2")
    ),
) -> Verdict:
    month = Month(0)
    moved = flows.where(kind=("bank", "securities"))
    moved_in = moved.where(direction="in").sum(flows.amount, over=month)
    moved_out = moved.where(direction="out").sum(flows.amount, over=month)
    opened_in_month = client.opened_on >= month.first
    before = assets.latest(assets.net_assets, over=at_start_of(month))
    opening = either(opened_in_month, term(0), before)
    closing = assets.latest(assets.net_assets, over=month)
    entrusted = opening + moved_in
    loss = entrusted - moved_out - closing
    return Verdict(
        insufficient_history=client.opened_on > month.last,
        missing_data=opening.is_unknown() | closing.is_unknown(),
        not_applicable=entrusted <= 0,
        value=loss / entrusted,
        threshold=share,
        fired=loss > share * entrusted,
        evidence={
            "first": month.first,
            "last": month.last,
            "opening": opening,
            "moved_in": moved_in,
            "moved_out": moved_out,
            "closing": closing,
            "loss": loss,
        },
    )


@sign.reading(
    "rolling",
    meaning=Text(
        zh="最近 {days} 个交易日按日连乘的净值损失",
        en="loss of unit value over the last {days} trading days, chained day by day",
    ),
    unit="ratio",
    told=Text(zh="{value}", en="{value}"),
    sum=Text(
        zh="{first} 至 {last} 逐日（当日净资产 + 转出）÷（前日净资产 + 转入）连乘得 {product}（共 {rows} "
        "行）；1 − {product} = {value}，大于 {threshold} 即触发；未达强信号界线的，须比同类客户中位数 "
        "{peer} 多亏 {beyond_peers}",
        en="(net assets + out) ÷ (net assets before + in), multiplied day by day from {first} to {last}: "
        "{product} ({rows} rows); 1 − {product} = {value}, fires above {threshold}; short of the strong "
        "line it also takes {beyond_peers} more than the peers' median {peer}",
    ),
)
def rolling(
    *,
    share: Decimal = parameter(
        "0.50", "ratio", "0.05", "1", Text(zh="强信号界线", en="share lost, strong"), guide("二.2.2")
    ),
    weak_share: Decimal = parameter(
        "0.20",
        "ratio",
        "0.01",
        "1",
        Text(zh="弱信号界线", en="share lost, weak"),
        standard(
            "涨跌停限制下，不加杠杆单月亏一半极少见",
            "with daily price limits, half in a month hardly happens without leverage",
        ),
    ),
    beyond_peers: Decimal = parameter(
        "0.10",
        "ratio",
        "0",
        "1",
        Text(zh="比同类多亏", en="lost beyond the peers"),
        standard("大跌时人人都亏", "in a slump everybody loses"),
    ),
    days: int = parameter(20, "trading days", 5, 120, Text(zh="当期", en="current window"), DAYS_OF_A_MONTH),
    skip_below: Decimal = parameter(
        "1000",
        "CNY",
        "0",
        "1000000",
        Text(zh="不计入的小额基数", en="base too small to count"),
        standard("基数太小，比例没有意义", "on so small a base a ratio means nothing"),
    ),
) -> Verdict:
    current = TradingDays(days)
    chain = DailyChain(over=current, moved=flows.where(kind=("bank", "securities")), skip_below=skip_below)
    lost = term(1) - chain.product
    strong = (lost > share) | (chain.lowest < 0).or_else(False)
    stands_out = (lost > weak_share) & (lost - peer_median() >= beyond_peers)
    return Verdict(
        insufficient_history=~current.exists,
        missing_data=chain.rows < TWO_ROWS,
        value=lost,
        threshold=either(strong, term(share), weak_share),
        fired=strong | stands_out.or_else(False),
        own=lost,
        weak=~strong,
        evidence={
            "first": current.first,
            "last": current.last,
            "rows": chain.rows,
            "product": chain.product,
            "peer": peer_median(),
        },
    )


TWO_ROWS = 2
"""A ratio needs a row and the one before it."""


literal.example(
    Text(
        zh="10 万亏到 4 万，另转出 2 万：亏 40%", en="100,000 down to 40,000 with 20,000 moved out: 40 % lost"
    ),
    as_of="2009-10-31",
    given="""
    assets
    date        cash    position_value  net_assets
    2009-09-30  100000  0               100000
    2009-10-30  40000   0               40000

    flows
    flow_id  date        direction  amount  kind
    f1       2009-10-12  out        20000   bank
    """,
    expect="clear 0.4",
)
literal.example(
    Text(zh="正好亏一半不触发", en="exactly half does not fire"),
    as_of="2009-10-31",
    given="""
    assets
    date        cash    position_value  net_assets
    2009-09-30  100000  0               100000
    2009-10-30  50000   0               50000

    flows
    flow_id  date  direction  amount  kind
    """,
    expect="clear 0.5",
)
literal.example(
    Text(zh="多亏一分就触发", en="one fen more fires"),
    as_of="2009-10-31",
    given="""
    assets
    date        cash      position_value  net_assets
    2009-09-30  100000    0               100000
    2009-10-30  49999.99  0               49999.99

    flows
    flow_id  date  direction  amount  kind
    """,
    expect="fired 0.5000001",
)
literal.example(
    Text(
        zh="月初 1000，转入 10 万，月末 9.1 万：亏 9.9%",
        en="1,000 at the start, 100,000 moved in, 91,000 left: 9.9 %",
    ),
    as_of="2009-10-31",
    given="""
    assets
    date        cash   position_value  net_assets
    2009-09-30  1000   0               1000
    2009-10-30  91000  0               91000

    flows
    flow_id  date        direction  amount  kind
    f1       2009-10-12  in         100000  bank
    """,
    expect="clear 0.0990",
)
rolling.example(
    Text(
        zh="第一天转出 6 万，剩 4 万亏到 1.5 万：亏 62.5%",
        en="60,000 moved out on the first day, then 40,000 down to 15,000: 62.5 %",
    ),
    as_of="2009-10-30",
    given="""
    assets
    date        cash    position_value  net_assets
    2009-09-24  100000  0               100000
    2009-09-25  40000   0               40000
    2009-10-30  15000   0               15000

    flows
    flow_id  date        direction  amount  kind
    f1       2009-09-25  out        60000   bank
    """,
    expect="fired strong 0.625",
)
rolling.example(
    Text(zh="只有一行资产：数据缺失", en="one row of assets only: missing"),
    as_of="2009-10-30",
    given="""
    assets
    date        cash    position_value  net_assets
    2009-10-30  100000  0               100000

    flows
    flow_id  date  direction  amount  kind
    """,
    expect="missing_data",
)
rolling.example(
    Text(zh="净资产为负：强信号，由人核查", en="net assets below zero: strong, for a person to look at"),
    as_of="2009-10-30",
    given="""
    assets
    date        cash    position_value  net_assets
    2009-10-29  100000  0               100000
    2009-10-30  -0.01   0               -0.01

    flows
    flow_id  date  direction  amount  kind
    """,
    expect="fired strong 1.0000001",
)
literal.example(
    Text(zh="月初没有资产数据：数据缺失", en="no assets at the start of the month: missing"),
    as_of="2009-10-31",
    given="""
    assets
    date        cash   position_value  net_assets
    2009-10-30  40000  0               40000

    flows
    flow_id  date  direction  amount  kind
    """,
    expect="missing_data",
)
literal.example(
    Text(zh="M 月之后才开户，历史不足", en="opened after month M: too short a history"),
    as_of="2009-10-16",
    given="""
    clients
    client_id  branch_id  opened_on
    c1         b1         2009-10-12

    assets
    date        cash   position_value  net_assets
    2009-10-12  40000  0               40000

    flows
    flow_id  date  direction  amount  kind
    """,
    expect="insufficient_history",
)
rolling.example(
    Text(zh="亏 15%，不触发", en="15 % lost does not fire"),
    as_of="2009-10-30",
    given="""
    assets
    date        cash    position_value  net_assets
    2009-09-24  100000  0               100000
    2009-10-30  85000   0               85000

    flows
    flow_id  date  direction  amount  kind
    """,
    expect="clear 0.15",
)
rolling.example(
    Text(zh="亏 25%，同类客户没有亏：弱信号", en="25 % lost while the peers lost nothing: weak"),
    as_of="2009-10-30",
    given="""
    assets
    client_id  date        cash  position_value  net_assets
    c1         2009-09-24  0     100000          100000
    c2         2009-09-24  0     100000          100000
    c3         2009-09-24  0     100000          100000
    c1         2009-10-30  0     75000           75000
    c2         2009-10-30  0     100000          100000
    c3         2009-10-30  0     100000          100000

    flows
    flow_id  date  direction  amount  kind
    """,
    expect="fired weak 0.25",
)
rolling.example(
    Text(zh="大家都亏了 25%：不触发", en="everybody lost 25 %: does not fire"),
    as_of="2009-10-30",
    given="""
    assets
    client_id  date        cash  position_value  net_assets
    c1         2009-09-24  0     100000          100000
    c2         2009-09-24  0     100000          100000
    c3         2009-09-24  0     100000          100000
    c1         2009-10-30  0     75000           75000
    c2         2009-10-30  0     75000           75000
    c3         2009-10-30  0     75000           75000

    flows
    flow_id  date  direction  amount  kind
    """,
    expect="clear 0.25",
)
