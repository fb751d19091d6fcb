from decimal import Decimal

from wanliu.indicator import (
    DAYS_OF_A_MONTH,
    DAYS_OF_A_QUARTER,
    DAYS_OF_TWO_MONTHS,
    Month,
    Sign,
    Text,
    TradingDays,
    Verdict,
    contacts,
    guide,
    parameter,
    standard,
    term,
    there_in_all,
    there_since_start_of,
    total,
)

sign = Sign(
    name=Text(zh="沟通减少", en="Fewer contacts"),
    group="qualitative",
    guide="二.3.3",
    why=Text(
        zh="联系少了，客户有事也未必先找我们。这个指标衡量的是我们自己的工作，不是客户的打算。",
        en="With fewer contacts the client may not turn to us first. This sign measures our own effort, "
        "not the client's intention.",
    ),
    misleads=Text(
        zh="字面读法只要少一点就算，有联系的客户大约一半会碰巧触发。因此它最多把级别提到黄色。",
        en="Literally any fall counts, and about half of all contacted clients fire by chance. That is why "
        "it makes a level yellow and nothing more.",
    ),
    measures_us=True,
)


@sign.reading(
    "literal",
    meaning=Text(
        zh="M 月有效沟通次数 ÷ 此前 {months} 个月月均次数（上月同样比较）",
        en="effective contacts of month M ÷ the monthly mean of the base before it, in months: {months} (the "
        "month before M likewise)",
    ),
    unit="ratio",
    told=Text(zh="为先前的 {value}", en="{value} of before"),
    sum=Text(
        zh="M 月 {contacts} 次 ÷（此前 {months} 个月 {contacts_base} 次 ÷ {months}）= {value}，低于 "
        "{threshold} 即触发；上月 {contacts_before} 次，再往前 {months} 个月共 {contacts_base_before} 次，"
        "上月低于月均也触发",
        en="{contacts} contacts in month M ÷ ({contacts_base} of the {months} months before ÷ {months}) = "
        "{value}, fires below {threshold}; {contacts_before} in the month before and "
        "{contacts_base_before} in the {months} months before that: below their mean fires too",
    ),
)
def literal(
    *,
    months: int = parameter(
        3, "months", 1, 12, Text(zh="基期月数", en="months of the base"), guide("二.3.3")
    ),
) -> Verdict:
    effective = contacts.where(effective=True)
    counts = [effective.count(over=Month(back)) for back in range(months + 2)]
    base, base_before = total(counts[1 : months + 1]), total(counts[2 : months + 2])
    before_counts = there_since_start_of(Month(months + 1), of=contacts)
    return Verdict(
        insufficient_history=~there_in_all([Month(back) for back in range(months + 1)], of=contacts),
        not_applicable=base.equals(0) & (~before_counts | base_before.equals(0)),
        value=counts[0] * months / base,
        threshold=1,
        fired=(counts[0] * months < base) | (before_counts & (counts[1] * months < base_before)),
        evidence={
            "first": Month(0).first,
            "last": Month(0).last,
            "contacts": counts[0],
            "contacts_base": base,
            "contacts_before": counts[1],
            "contacts_base_before": base_before,
        },
    )


@sign.reading(
    "rolling",
    meaning=Text(
        zh="最近 {days} 个交易日日均有效沟通 ÷ 此前 {base_days} 个交易日日均",
        en="effective contacts per day of the last {days} trading days ÷ those of the {base_days} before",
    ),
    unit="ratio",
    told=Text(zh="为先前的 {value}", en="{value} of before"),
    sum=Text(
        zh="（{first} 至 {last} {contacts} 次 ÷ {days}）÷（此前 {contacts_base} 次 ÷ {days_base}）= "
        "{value}，低于 {threshold} 即触发",
        en="({contacts} contacts from {first} to {last} ÷ {days}) ÷ ({contacts_base} before ÷ {days_base}) "
        "= {value}, fires below {threshold}",
    ),
)
def rolling(
    *,
    below: Decimal = parameter(
        "0.50",
        "ratio",
        "0.05",
        "0.95",
        Text(zh="比例界线", en="share of the base"),
        standard(
            "指引只说“低于”，有联系的客户约一半会碰巧触发",
            "the guide says only “below”, which half of all contacted clients are by chance",
        ),
    ),
    days: int = parameter(
        40, "trading days", 10, 120, Text(zh="当期", en="days looked at"), DAYS_OF_TWO_MONTHS
    ),
    base_days: int = parameter(60, "trading days", 20, 240, Text(zh="基期", en="base"), DAYS_OF_A_QUARTER),
    contacts_at_least: int = parameter(
        2,
        "contacts",
        1,
        100,
        Text(zh="基期次数下限（按计次天数折算）", en="contacts in the base, per the days counted per"),
        standard("一次变零次是碰巧", "from one to none is chance"),
    ),
    per_days: int = parameter(
        20,
        "trading days",
        5,
        60,
        Text(zh="计次天数", en="days that contacts are counted per"),
        DAYS_OF_A_MONTH,
    ),
) -> Verdict:
    window, base = TradingDays(days), TradingDays(base_days, before=days)
    effective = contacts.where(effective=True)
    now, then = effective.count(over=window), effective.count(over=base)
    return Verdict(
        insufficient_history=~there_since_start_of(base, of=contacts),
        not_applicable=then * per_days < contacts_at_least * base_days,
        value=now * base_days / (then * days),
        threshold=below,
        fired=now * base_days < below * (then * days),
        weak=term(True),
        evidence={
            "first": window.first,
            "last": window.last,
            "contacts": now,
            "days": term(days),
            "contacts_base": then,
            "days_base": term(base_days),
        },
    )


literal.example(
    Text(zh="此前每月 2 次，本月 1 次", en="two a month before, one this month"),
    as_of="2009-10-31",
    given="""
    contacts
    contact_id  date        channel
    a*2         2009-07-01  phone
    b*2         2009-08-03  phone
    c*2         2009-09-01  phone
    d*1         2009-10-09  phone
    """,
    expect="fired 0.5",
)
literal.example(
    Text(zh="群发短信不是有效沟通", en="a text message is no effective contact"),
    as_of="2009-10-31",
    given="""
    contacts
    contact_id  date        channel
    s*9         2009-07-01  sms
    d*1         2009-10-09  phone
    """,
    expect="not_applicable",
)
rolling.example(
    Text(zh="原来每 20 天 2 次，现在一次没有", en="two per 20 days before, none now"),
    as_of="2009-10-30",
    given="""
    assets
    date        cash   position_value  net_assets
    2009-10-30  10000  0               10000

    contacts
    contact_id  date        channel
    z*1         2009-05-04  phone
    a*6         2009-07-01  phone
    """,
    expect="fired weak 0",
)
literal.example(
    Text(zh="和月均一样多，不算减少", en="as many as the mean are not fewer"),
    as_of="2009-10-31",
    given="""
    contacts
    contact_id  date        channel
    a*2         2009-07-01  phone
    b*2         2009-08-03  phone
    c*2         2009-09-01  phone
    d*2         2009-10-09  phone
    """,
    expect="clear 1",
)
literal.example(
    Text(
        zh="本月恢复了，但上月少了，也触发",
        en="back to normal this month, but fewer in the month before: fires too",
    ),
    as_of="2009-10-31",
    given="""
    contacts
    contact_id  date        channel
    a*3         2009-06-01  phone
    b*3         2009-07-01  phone
    c*3         2009-08-03  phone
    d*1         2009-09-01  phone
    e*3         2009-10-09  phone
    """,
    expect="fired 1.2857",
)
literal.example(
    Text(zh="八月才开户，历史不足", en="opened in August: too short a history"),
    as_of="2009-10-31",
    given="""
    clients
    client_id  branch_id  opened_on
    c0         b1         2005-01-04
    c1         b1         2009-08-03

    contacts
    contact_id  client_id  date        channel
    a*2         c0         2009-07-01  phone
    b*2         c1         2009-08-03  phone
    """,
    expect="insufficient_history",
)
rolling.example(
    Text(zh="正好一半不触发", en="exactly half does not fire"),
    as_of="2009-10-30",
    given="""
    assets
    date        cash   position_value  net_assets
    2009-10-30  10000  0               10000

    contacts
    contact_id  date        channel
    z*1         2009-05-04  phone
    a*6         2009-07-01  phone
    b*2         2009-10-12  phone
    """,
    expect="clear 0.5",
)
rolling.example(
    Text(zh="基期每 20 个交易日不足 2 次，不判断", en="fewer than 2 per 20 days in the base: not judged"),
    as_of="2009-10-30",
    given="""
    assets
    date        cash   position_value  net_assets
    2009-10-30  10000  0               10000

    contacts
    contact_id  date        channel
    z*1         2009-05-04  phone
    a*5         2009-07-01  phone
    """,
    expect="not_applicable",
)
