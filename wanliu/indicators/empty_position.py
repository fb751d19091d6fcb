from decimal import Decimal

from wanliu.indicator import (
    DAYS_OF_HALF_A_YEAR,
    DAYS_OF_TWO_MONTHS,
    TODAY,
    Month,
    Sign,
    Text,
    TradingDays,
    Verdict,
    assets,
    guide,
    larger,
    parameter,
    standard,
    there_since_start_of,
)

sign = Sign(
    name=Text(zh="持续空仓", en="No position for two months"),
    group="key",
    guide="二.1.3",
    why=Text(
        zh="本来一直持股的客户清仓后不再买回，要么在等行情，要么在准备离开。两个月还没有动静，值得问一句。",
        en="A client who always held shares, sold everything and does not come back is waiting for the "
        "market or getting ready to leave. After two months it is worth asking.",
    ),
    misleads=Text(
        zh="全市场约一半账户本来就没有持仓，字面读法会把他们一直报警；滚动读法只看“原来持有、"
        "现在空仓”的变化，资产还在的只算弱信号。",
        en="About half of all accounts hold nothing anyway, and the literal reading fires for them for "
        "ever. The rolling reading looks for the change from holding to empty, and is weak while the "
        "assets are still here.",
    ),
)


@sign.reading(
    "literal",
    meaning=Text(
        zh="截至 M 月的 {months} 个月里有持仓的天数",
        en="days with a position in month M and the months before it, {months} in all",
    ),
    unit="count",
    told=Text(zh="持仓 {value} 天", en="{value} days with a position"),
    sum=Text(
        zh="{first} 至 {last} 共 {rows} 天有资产记录；其中有持仓的 {value} 天，为 {threshold} 天即触发",
        en="{rows} days with assets from {first} to {last}; {value} of them with a position, fires at "
        "{threshold}",
    ),
)
def literal(
    *,
    months: int = parameter(2, "months", 1, 12, Text(zh="连续月数", en="months in a row"), guide("二.1.3")),
) -> Verdict:
    span = [Month(back) for back in range(months)]
    holding = assets.when(~assets.position_value.equals(0))
    rows = [assets.count(over=month) for month in span]
    held = [holding.count(over=month) for month in span]
    days_held, days = held[0], rows[0]
    without_rows = rows[0].equals(0)
    for more_held, more_rows in zip(held[1:], rows[1:], strict=True):
        days_held, days = days_held + more_held, days + more_rows
        without_rows = without_rows | more_rows.equals(0)
    return Verdict(
        insufficient_history=~there_since_start_of(span[-1]),
        missing_data=without_rows,
        value=days_held,
        threshold=0,
        fired=days_held.equals(0),
        evidence={"first": span[-1].first, "last": span[0].last, "rows": days},
    )


@sign.reading(
    "rolling",
    meaning=Text(
        zh="最近 {days} 个交易日中空仓天数的占比（此前 {before_days} 个交易日至少 {held_at_least} 天有持仓）",
        en="share of the last {days} trading days without a position (with one on at least {held_at_least} "
        "of the {before_days} days before)",
    ),
    unit="ratio",
    told=Text(zh="{value} 的交易日空仓", en="empty on {value} of the days"),
    sum=Text(
        zh="{first} 至 {last} 空仓 {empty_rows} 天 ÷ 有资产记录 {rows} 天 = {value}，达到 {threshold} "
        "即触发；此前有持仓 {held_before} 天；此前 {rows_before} 天净资产合计 {sum_before} 元，当日净资产 "
        "{net_assets} 元低于其日均的 {assets_kept} 才算强",
        en="{empty_rows} empty days ÷ {rows} days with assets from {first} to {last} = {value}, fires at "
        "{threshold} or more; held on {held_before} days before; net assets of the {rows_before} days before "
        "add up to {sum_before} CNY, and it is strong if today's {net_assets} CNY are below {assets_kept} of "
        "their mean",
    ),
)
def rolling(
    *,
    days: int = parameter(
        40, "trading days", 10, 120, Text(zh="空仓观察期", en="days looked at"), DAYS_OF_TWO_MONTHS
    ),
    share: Decimal = parameter(
        "0.95",
        "ratio",
        "0.5",
        "1",
        Text(zh="空仓占比界线", en="share of empty days"),
        standard(
            "要求天天为空，会被一手新股打断", "asking for every single day breaks on one lot of a new issue"
        ),
    ),
    before_days: int = parameter(
        120, "trading days", 20, 240, Text(zh="此前观察期", en="days before"), DAYS_OF_HALF_A_YEAR
    ),
    held_at_least: int = parameter(
        20,
        "rows",
        1,
        240,
        Text(zh="此前持仓天数下限", en="days held before"),
        standard(
            "约一半投资者月末本来就空仓，只看原来持有的",
            "about half of all investors hold nothing at a month's end anyway: only who held before is asked",
        ),
    ),
    rows_at_least: int = parameter(
        32,
        "rows",
        1,
        120,
        Text(zh="记录天数下限", en="rows needed"),
        standard("40 天中至少八成有记录", "rows on at least four fifths of 40 days"),
    ),
    line: Decimal = parameter(
        "100",
        "CNY",
        "0",
        "100000",
        Text(zh="视为空仓的市值", en="position counted as none"),
        standard("零股、停牌和退市残留不算持仓", "odd lots and delisted remainders are no position"),
    ),
    line_share: Decimal = parameter(
        "0.01",
        "ratio",
        "0",
        "0.5",
        Text(zh="视为空仓的占比", en="share counted as none"),
        standard("零股、停牌和退市残留不算持仓", "odd lots and delisted remainders are no position"),
    ),
    assets_kept: Decimal = parameter(
        "0.70",
        "ratio",
        "0",
        "1",
        Text(zh="资产保留界线", en="assets kept"),
        standard("等行情与准备离开，要看钱走没走", "whether the money goes tells waiting from leaving"),
    ),
) -> Verdict:
    window, before = TradingDays(days), TradingDays(before_days, before=days)
    small = larger(line, line_share * assets.net_assets)
    rows = assets.count(over=window)
    empty_rows = assets.when(assets.position_value <= small).count(over=window)
    held_before = assets.when(assets.position_value > small).count(over=before)
    rows_before = assets.count(over=before)
    sum_before = assets.sum(assets.net_assets, over=before)
    net_assets = assets.latest(assets.net_assets, over=TODAY)
    assets_leaving = net_assets * rows_before < assets_kept * sum_before
    return Verdict(
        insufficient_history=~(there_since_start_of(window) & before.exists),
        missing_data=rows < rows_at_least,
        not_applicable=held_before < held_at_least,
        value=empty_rows / rows,
        threshold=share,
        fired=empty_rows >= share * rows,
        weak=~assets_leaving.or_else(False),
        evidence={
            "first": window.first,
            "last": window.last,
            "rows": rows,
            "empty_rows": empty_rows,
            "held_before": held_before,
            "net_assets": net_assets,
            "sum_before": sum_before,
            "rows_before": rows_before,
        },
    )


literal.example(
    Text(zh="九、十两个月一直没有持仓", en="no position in September and October"),
    as_of="2009-10-31",
    given="""
    assets
    date                    cash  position_value  net_assets
    2009-09-01..2009-10-30  100   0               100
    """,
    expect="fired 0",
)
literal.example(
    Text(zh="有一天持仓就不触发", en="one day with a position is enough to be clear"),
    as_of="2009-10-31",
    given="""
    assets
    date                    cash  position_value  net_assets
    2009-09-01..2009-10-29  100   0               100
    2009-10-30              0     0.01            0.01
    """,
    expect="clear 1",
)
literal.example(
    Text(zh="九月没有资产数据：数据缺失", en="no assets in September: missing"),
    as_of="2009-10-31",
    given="""
    assets
    date                    cash  position_value  net_assets
    2009-10-09..2009-10-30  100   0               100
    """,
    expect="missing_data",
)
literal.example(
    Text(zh="九月 2 日开户，九月不完整", en="opened on 2 September: September is not complete"),
    as_of="2009-10-31",
    given="""
    clients
    client_id  branch_id  opened_on
    c1         b1         2009-09-02

    assets
    date                    cash  position_value  net_assets
    2009-09-02..2009-10-30  100   0               100
    """,
    expect="insufficient_history",
)
rolling.example(
    Text(
        zh="原来持股，清仓两个月，钱还在：弱",
        en="held before, empty for two months, the money is still here: weak",
    ),
    as_of="2009-10-30",
    given="""
    assets
    date                    cash   position_value  net_assets
    2009-02-02..2009-08-21  0      50000           50000
    2009-08-24..2009-10-30  50000  0               50000
    """,
    expect="fired weak 1",
)
rolling.example(
    Text(zh="清仓且资产只剩六成：强", en="empty, and only 60 % of the assets left: strong"),
    as_of="2009-10-30",
    given="""
    assets
    date                    cash   position_value  net_assets
    2009-02-02..2009-08-21  0      50000           50000
    2009-08-24..2009-10-30  30000  0               30000
    """,
    expect="fired strong 1",
)
rolling.example(
    Text(zh="从来没有持过仓的客户不判断", en="who never held anything is not judged"),
    as_of="2009-10-30",
    given="""
    assets
    date                    cash   position_value  net_assets
    2009-02-02..2009-10-30  50000  0               50000
    """,
    expect="not_applicable",
)
rolling.example(
    Text(zh="40 天里空仓 38 天，正好 95%，触发", en="empty on 38 of 40 days, exactly 95 %: fires"),
    as_of="2009-10-30",
    given="""
    assets
    date                    cash   position_value  net_assets
    2009-02-02..2009-08-31  0      50000           50000
    2009-09-01..2009-10-30  50000  0               50000
    """,
    expect="fired weak 0.95",
)
rolling.example(
    Text(zh="空仓 37 天，不触发", en="empty on 37 days does not fire"),
    as_of="2009-10-30",
    given="""
    assets
    date                    cash   position_value  net_assets
    2009-02-02..2009-09-01  0      50000           50000
    2009-09-02..2009-10-30  50000  0               50000
    """,
    expect="clear 0.925",
)
rolling.example(
    Text(zh="40 天里只有 16 天有记录：数据缺失", en="rows on 16 of the 40 days only: missing"),
    as_of="2009-10-30",
    given="""
    assets
    client_id  date                    cash   position_value  net_assets
    c0         2009-02-02..2009-10-30  0      50000           50000
    c1         2009-02-02..2009-08-21  0      50000           50000
    c1         2009-10-09..2009-10-30  50000  0               50000
    """,
    expect="missing_data",
)
rolling.example(
    Text(zh="九月才开户，历史不足", en="opened in September: too short a history"),
    as_of="2009-10-30",
    given="""
    clients
    client_id  branch_id  opened_on
    c1         b1         2009-09-01

    assets
    date                    cash   position_value  net_assets
    2009-09-01..2009-10-30  50000  0               50000
    """,
    expect="insufficient_history",
)
