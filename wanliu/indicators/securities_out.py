from decimal import Decimal

from wanliu.indicator import (
    TODAY,
    LastMonths,
    Sign,
    Text,
    Verdict,
    assets,
    flows,
    parameter,
    standard,
    term,
)

sign = Sign(
    name=Text(zh="证券转出", en="Securities moved out"),
    group="event",
    guide="五",
    why=Text(
        zh="转托管、撤指定转走的是股票，不是现金；资金流水里看不到，却是最确定的离开。",
        en="A transfer of custody moves shares, not cash. No cash journal shows it, and nothing says "
        "leaving more plainly.",
    ),
    misleads=Text(
        zh="司内转户、担保品划转不是离开；源系统里这类记录金额常为 0，要按数量乘价格估值。",
        en="Transfers inside the firm and collateral are no leaving; in source systems such rows often "
        "carry amount 0 and must be valued at quantity × price.",
    ),
)


@sign.reading(
    "rolling",
    meaning=Text(
        zh="最近 {months} 个月证券净转出市值",
        en="net value of securities moved out in (D − {months} months, D]",
    ),
    unit="CNY",
    told=Text(zh="{value} 元", en="{value} CNY"),
    sum=Text(
        zh="{first} 至 {last} 证券转出 {moved_out} 元 − 转入 {moved_in} 元 = {value} 元；界线 "
        "=（当日净资产 {net_assets} 元 + {value} 元）× {share} = {threshold} 元，大于界线即触发",
        en="securities out {moved_out} CNY − in {moved_in} CNY from {first} to {last} = {value} CNY; the "
        "line = (net assets today {net_assets} CNY + {value} CNY) × {share} = {threshold} CNY, fires above "
        "it",
    ),
)
def rolling(
    *,
    share: Decimal = parameter(
        "0.10",
        "ratio",
        "0",
        "1",
        Text(zh="转出占比界线", en="share moved out"),
        standard("零星划转不算离开", "moving odd lots is no leaving"),
    ),
    months: int = parameter(
        2,
        "months",
        1,
        12,
        Text(zh="回看月数", en="months looked back"),
        standard("与投诉、诉求相同", "the same as for complaints and demands"),
    ),
) -> Verdict:
    window = LastMonths(months)
    securities = flows.where(kind="securities")
    moved_out = securities.where(direction="out").sum(flows.amount, over=window)
    moved_in = securities.where(direction="in").sum(flows.amount, over=window)
    # the rows of a client who took everything stop: no net assets means that nothing is left
    net_assets = assets.latest(assets.net_assets, over=TODAY).or_else(term(0))
    net_out = moved_out - moved_in
    line = share * (net_assets + net_out)
    return Verdict(
        value=net_out,
        threshold=line,
        fired=(net_out > 0) & (net_out > line),
        evidence={
            "first": window.first,
            "last": window.last,
            "moved_out": moved_out,
            "moved_in": moved_in,
            "net_assets": net_assets,
        },
    )


rolling.example(
    Text(zh="把全部股票转走，此后没有资产记录", en="all shares moved out, no assets since"),
    as_of="2009-10-30",
    given="""
    assets
    date        cash  position_value  net_assets
    2009-09-15  0     80000           80000

    flows
    flow_id  date        direction  amount  kind
    f1       2009-09-16  out        80000   securities
    """,
    expect="fired strong 80000",
)
rolling.example(
    Text(zh="转走正好一成不触发", en="exactly a tenth does not fire"),
    as_of="2009-10-30",
    given="""
    assets
    date        cash  position_value  net_assets
    2009-10-30  0     90000           90000

    flows
    flow_id  date        direction  amount  kind
    f1       2009-10-12  out        10000   securities
    """,
    expect="clear 10000",
)
rolling.example(
    Text(zh="多转走一分就触发", en="one fen more fires"),
    as_of="2009-10-30",
    given="""
    assets
    date        cash  position_value  net_assets
    2009-10-30  0     90000           90000

    flows
    flow_id  date        direction  amount    kind
    f1       2009-10-12  out        10000.01  securities
    """,
    expect="fired strong 10000.01",
)
rolling.example(
    Text(zh="没有资产表：数据缺失", en="without the table of assets: missing"),
    as_of="2009-10-30",
    given="""
    flows
    flow_id  date        direction  amount  kind
    f1       2009-10-12  out        10000   securities
    """,
    expect="missing_data",
)
rolling.example(
    Text(zh="净资产从未到过 5000 元的客户不判断", en="who never had 5,000 CNY is not judged"),
    as_of="2009-10-30",
    given="""
    assets
    date        cash  position_value  net_assets
    2009-10-09  0     4999.99         4999.99

    flows
    flow_id  date        direction  amount  kind
    f1       2009-10-12  out        4000    securities
    """,
    expect="not_applicable",
)
