from decimal import Decimal

from wanliu.indicator import (
    TODAY,
    LastMonths,
    Sign,
    Text,
    Verdict,
    assets,
    at_start_of,
    client,
    either,
    flows,
    guide,
    larger,
    parameter,
    standard,
    term,
)

sign = Sign(
    name=Text(zh="资金转出", en="Money moved out"),
    group="key",
    guide="二.1.1",
    why=Text(
        zh="钱先走，人后走。半年内把相当一部分资产转回银行，是离开前最常见、也最早看得到的动作。",
        en="The money leaves before the client does. Moving a good part of the assets back to the bank "
        "within half a year is the most common step before leaving, and the earliest that can be seen.",
    ),
    misleads=Text(
        zh="买房、缴税、年底用款、打新资金来回，都会转出；总额读法会把每周进出的客户一直报警，净额读法不会。",
        en="A flat, taxes, year-end needs and subscription money all move out. The gross reading keeps "
        "firing for clients who move money to and fro every week; the net reading does not.",
    ),
)


@sign.reading(
    "literal",
    meaning=Text(
        zh="最近 {months} 个月银行转出总额 ÷ 当日净资产",
        en="everything moved out to the bank in (D − {months} months, D] ÷ net assets today",
    ),
    unit="ratio",
    told=Text(zh="{value}", en="{value}"),
    sum=Text(
        zh="{first} 至 {last} 银行转出 {moved_out} 元（共 {times} 笔）÷ 当日净资产 {net_assets} 元 = "
        "{value}，大于 {threshold} 即触发",
        en="moved out to the bank from {first} to {last}: {moved_out} CNY ({times} flows) ÷ net assets "
        "today {net_assets} CNY = {value}, fires above {threshold}",
    ),
)
def literal(
    *,
    months: int = parameter(
        6, "months", 1, 24, Text(zh="回看月数", en="months looked back"), guide("二.1.1")
    ),
    times_at_least: int = parameter(
        1, "count", 1, 50, Text(zh="转出笔数下限", en="flows at least"), guide("二.1.1")
    ),
    share: Decimal = parameter(
        "0.30", "ratio", "0.01", "5", Text(zh="转出占比界线", en="share moved out"), guide("二.1.1")
    ),
) -> Verdict:
    window = LastMonths(months)
    withdrawals = flows.where(kind="bank", direction="out")
    moved_out = withdrawals.sum(flows.amount, over=window)
    times = withdrawals.count(over=window)
    net_assets = assets.latest(assets.net_assets, over=TODAY)
    left_something = net_assets > 0
    return Verdict(
        missing_data=net_assets.is_unknown(),
        value=(moved_out / net_assets).where(left_something),
        threshold=share,
        fired=(times >= times_at_least)
        & either(left_something, moved_out > share * net_assets, moved_out > 0),
        evidence={
            "first": window.first,
            "last": window.last,
            "moved_out": moved_out,
            "times": times,
            "net_assets": net_assets,
        },
    )


@sign.reading(
    "rolling",
    meaning=Text(
        zh="最近 {months} 个月银行净转出 ÷（期初净资产 + 期间转入）",
        en="net money moved out to the bank in (D − {months} months, D] ÷ (net assets at the start + all "
        "moved in)",
    ),
    unit="ratio",
    told=Text(zh="{value}", en="{value}"),
    sum=Text(
        zh="{first} 至 {last} 银行转出 {moved_out} 元（共 {times} 笔）− 银行转入 {moved_in} 元，"
        "不足零按零计；÷（期初净资产 {opening} 元 + 期间资金与证券转入 {entrusted} 元）= {value}，大于 "
        "{threshold} 即触发",
        en="from {first} to {last}: bank out {moved_out} CNY ({times} flows) − bank in {moved_in} CNY, at "
        "least zero; ÷ (net assets at the start {opening} CNY + money and securities moved in {entrusted} "
        "CNY) = {value}, fires above {threshold}",
    ),
)
def rolling(
    *,
    months: int = parameter(
        6, "months", 1, 24, Text(zh="回看月数", en="months looked back"), guide("二.1.1")
    ),
    times_at_least: int = parameter(
        1, "count", 1, 50, Text(zh="转出笔数下限", en="flows at least"), guide("二.1.1")
    ),
    share: Decimal = parameter(
        "0.30", "ratio", "0.01", "1", Text(zh="净转出占比界线", en="share moved out"), guide("二.1.1")
    ),
    smallest_base: Decimal = parameter(
        "5000",
        "CNY",
        "0",
        "10000000",
        Text(zh="基数下限", en="smallest base"),
        standard("券商报表中有效户的资产下限", "what brokerages' reports ask of a valid client"),
    ),
) -> Verdict:
    window = LastMonths(months)
    bank = flows.where(kind="bank")
    moved_out = bank.where(direction="out").sum(flows.amount, over=window)
    moved_in = bank.where(direction="in").sum(flows.amount, over=window)
    times = bank.where(direction="out").count(over=window)
    entrusted = flows.where(kind=("bank", "securities"), direction="in").sum(flows.amount, over=window)
    opened_later = client.opened_on >= window.first
    at_start = assets.latest(assets.net_assets, over=at_start_of(window))
    opening = either(opened_later, term(0), at_start)
    base = opening + entrusted
    net_out = larger(moved_out - moved_in, term(0))
    return Verdict(
        missing_data=opening.is_unknown(),
        not_applicable=base < smallest_base,
        value=net_out / base,
        threshold=share,
        fired=(times >= times_at_least) & (net_out > share * base),
        evidence={
            "first": window.first,
            "last": window.last,
            "moved_out": moved_out,
            "moved_in": moved_in,
            "times": times,
            "opening": opening,
            "entrusted": entrusted,
        },
    )


literal.example(
    Text(
        zh="剩下的钱变成分母：转出 24，还剩 76，比例 31.6%",
        en="what is left is the base: 24 out of 76 left is 31.6 %",
    ),
    as_of="2009-10-31",
    given="""
    assets
    date        cash  position_value  net_assets
    2009-10-30  76    0               76

    flows
    flow_id  date        direction  amount  kind
    f1       2009-08-03  out        24      bank
    """,
    expect="fired 0.3158",
)
literal.example(
    Text(zh="正好 30% 不触发", en="exactly 30 % does not fire"),
    as_of="2009-10-31",
    given="""
    assets
    date        cash    position_value  net_assets
    2009-10-30  100.00  0               100.00

    flows
    flow_id  date        direction  amount  kind
    f1       2009-08-03  out        30.00   bank
    """,
    expect="clear 0.3",
)
literal.example(
    Text(zh="多一分就触发", en="one fen more fires"),
    as_of="2009-10-31",
    given="""
    assets
    date        cash    position_value  net_assets
    2009-10-30  100.00  0               100.00

    flows
    flow_id  date        direction  amount  kind
    f1       2009-08-03  out        30.01   bank
    """,
    expect="fired 0.3001",
)
literal.example(
    Text(
        zh="账户已空：有转出即触发，比例无从算起",
        en="an empty account fires if anything was moved out; there is no ratio",
    ),
    as_of="2009-10-31",
    given="""
    assets
    date        cash  position_value  net_assets
    2009-10-30  0     0               0

    flows
    flow_id  date        direction  amount  kind
    f1       2009-08-03  out        100000  bank
    """,
    expect="fired",
)
literal.example(
    Text(zh="窗口从六个月前的次日开始", en="the window begins on the day after D − 6 months"),
    as_of="2009-10-30",
    given="""
    assets
    date        cash  position_value  net_assets
    2009-10-30  100   0               100

    flows
    flow_id  date        direction  amount  kind
    f1       2009-04-30  out        50      bank
    """,
    expect="clear 0",
)
literal.example(
    Text(zh="冲正的转出不算", en="a reversed flow counts as nothing"),
    as_of="2009-10-31",
    given="""
    assets
    date        cash  position_value  net_assets
    2009-10-30  100   0               100

    flows
    flow_id  date        direction  amount  kind  reverses
    f1       2009-08-03  out        50      bank  -
    f2       2009-08-04  in         50      bank  f1
    """,
    expect="clear 0",
)
literal.example(
    Text(zh="当日没有资产数据：数据缺失，不是正常", en="no assets within 31 days: missing, not clear"),
    as_of="2009-10-31",
    given="""
    assets
    date        cash  position_value  net_assets
    2009-09-30  100   0               100

    flows
    flow_id  date        direction  amount  kind
    f1       2009-08-03  out        50      bank
    """,
    expect="missing_data",
)

rolling.example(
    Text(zh="原有 10 万，转出 2.4 万：24%，不触发", en="24,000 of the 100,000 that was there is 24 %: clear"),
    as_of="2009-10-31",
    given="""
    assets
    date        cash    position_value  net_assets
    2009-04-30  100000  0               100000
    2009-10-30  76000   0               76000

    flows
    flow_id  date        direction  amount  kind
    f1       2009-08-03  out        24000   bank
    """,
    expect="clear 0.24",
)
rolling.example(
    Text(zh="来回倒资金的客户不报警", en="a client who cycles money is left alone"),
    as_of="2009-10-31",
    given="""
    assets
    date        cash    position_value  net_assets
    2009-04-30  200000  0               200000
    2009-10-30  200000  0               200000

    flows
    flow_id  date        direction  amount  kind
    f1       2009-06-01  out        100000  bank
    f2       2009-06-08  in         100000  bank
    f3       2009-07-06  out        100000  bank
    f4       2009-07-13  in         100000  bank
    """,
    expect="clear 0",
)
rolling.example(
    Text(zh="慢慢流走：净转出 16 万 ÷ 52 万 = 30.8%", en="a slow leak: 160,000 net out of 520,000 is 30.8 %"),
    as_of="2009-10-31",
    given="""
    assets
    date        cash    position_value  net_assets
    2009-04-30  500000  0               500000
    2009-10-30  340000  0               340000

    flows
    flow_id  date        direction  amount  kind
    f1       2009-06-01  out        180000  bank
    f2       2009-07-13  in         20000   bank
    """,
    expect="fired strong 0.3077",
)
rolling.example(
    Text(zh="基数不足 5000 元不判断", en="a base under 5,000 CNY is not judged"),
    as_of="2009-10-31",
    given="""
    assets
    date        cash     position_value  net_assets
    2009-04-30  4999.99  0               4999.99
    2009-09-01  5000.00  0               5000.00
    2009-10-30  1000.00  0               1000.00

    flows
    flow_id  date        direction  amount   kind
    f1       2009-06-01  out        3999.99  bank
    """,
    expect="not_applicable",
)
rolling.example(
    Text(zh="正好 30% 不触发", en="exactly 30 % does not fire"),
    as_of="2009-10-31",
    given="""
    assets
    date        cash    position_value  net_assets
    2009-04-30  100000  0               100000
    2009-10-30  70000   0               70000

    flows
    flow_id  date        direction  amount  kind
    f1       2009-08-03  out        30000   bank
    """,
    expect="clear 0.3",
)
rolling.example(
    Text(zh="多一分就触发", en="one fen more fires"),
    as_of="2009-10-31",
    given="""
    assets
    date        cash      position_value  net_assets
    2009-04-30  100000    0               100000
    2009-10-30  69999.99  0               69999.99

    flows
    flow_id  date        direction  amount    kind
    f1       2009-08-03  out        30000.01  bank
    """,
    expect="fired strong 0.3000001",
)
rolling.example(
    Text(
        zh="半年前没有资产数据，却早已开户：数据缺失",
        en="opened long ago, but no assets half a year back: missing",
    ),
    as_of="2009-10-31",
    given="""
    assets
    date        cash    position_value  net_assets
    2009-09-01  100000  0               100000
    2009-10-30  70000   0               70000

    flows
    flow_id  date        direction  amount  kind
    f1       2009-09-15  out        30000   bank
    """,
    expect="missing_data",
)
