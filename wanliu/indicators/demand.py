from wanliu.book.tables import DEMANDS
from wanliu.indicator import (
    LastMonths,
    Sign,
    SinceMonthStart,
    Text,
    Verdict,
    Window,
    guide,
    parameter,
    requests,
)

sign = Sign(
    name=Text(zh="提出降佣或更高要求", en="Asked for a cut or for more"),
    group="qualitative",
    guide="二.3.2",
    why=Text(
        zh="要求降佣、免最低收费、要更好的服务，往往是客户拿别家的条件来试探。认真答复，有据可依，比拖着强。",
        en="Asking for a lower rate, no minimum or a better service is often a probe with another firm's "
        "terms in hand. A serious answer with its grounds is better than letting it wait.",
    ),
    misleads=Text(
        zh="只有登记过的诉求才看得到；登记勤快的营业部会显得诉求多。",
        en="Only what was written down is seen; a branch that records well looks as if it had more.",
    ),
    judges_small_clients=True,
)

COUNT = Text(
    zh="{first} 至 {last} 诉求 {value} 件，达到 {threshold} 件即触发",
    en="{value} demands from {first} to {last}; fires at {threshold}",
)


def verdict(window: Window, at_least: int) -> Verdict:
    demands = requests.where(kind=tuple(DEMANDS.split())).count(over=window)
    return Verdict(
        value=demands,
        threshold=at_least,
        fired=demands >= at_least,
        evidence={"first": window.first, "last": window.last},
    )


@sign.reading(
    "literal",
    meaning=Text(
        zh="当月及此前 {months_before} 个月的诉求件数",
        en="demands of the month of the day and of those before it (months before: {months_before})",
    ),
    unit="count",
    told=Text(zh="{value} 次", en="{value}"),
    sum=COUNT,
)
def literal(
    *,
    at_least: int = parameter(1, "count", 1, 50, Text(zh="件数下限", en="at least"), guide("二.3.2")),
    months_before: int = parameter(
        1, "months", 0, 12, Text(zh="此前月数", en="months before this one"), guide("二.3.2")
    ),
) -> Verdict:
    return verdict(SinceMonthStart(months_before), at_least)


@sign.reading(
    "rolling",
    meaning=Text(zh="最近 {months} 个月诉求件数", en="demands in (D − {months} months, D]"),
    unit="count",
    told=Text(zh="{value} 次", en="{value}"),
    sum=COUNT,
)
def rolling(
    *,
    at_least: int = parameter(1, "count", 1, 50, Text(zh="件数下限", en="at least"), guide("二.3.2")),
    months: int = parameter(
        2, "months", 1, 12, Text(zh="回看月数", en="months looked back"), guide("二.3.2")
    ),
) -> Verdict:
    return verdict(LastMonths(months), at_least)


literal.example(
    Text(zh="要求降佣一次", en="asked for a lower commission once"),
    as_of="2009-10-16",
    given="""
    requests
    request_id  date        kind
    r1          2009-10-12  commission_cut
    """,
    expect="fired 1",
)
literal.example(
    Text(zh="投诉和离开申请不是诉求", en="complaints and exit requests are no demands"),
    as_of="2009-10-16",
    given="""
    requests
    request_id  date        kind
    r1          2009-10-12  complaint
    r2          2009-10-12  close_account
    """,
    expect="clear 0",
)
rolling.example(
    Text(zh="窗口的第一天算在内", en="the first day of the window counts"),
    as_of="2009-10-30",
    given="""
    requests
    request_id  date        kind
    r1          2009-08-31  min_fee_waiver
    """,
    expect="fired strong 1",
)
literal.example(
    Text(zh="没有诉求台账：数据缺失", en="without the table nobody knows"),
    as_of="2009-10-16",
    given="""
    clients
    client_id  branch_id  opened_on
    c1         b1         2005-01-04
    """,
    expect="missing_data",
)
rolling.example(
    Text(zh="早一天就在窗口之外", en="one day earlier lies outside"),
    as_of="2009-10-30",
    given="""
    requests
    request_id  date        kind
    r1          2009-08-30  min_fee_waiver
    """,
    expect="clear 0",
)
rolling.example(
    Text(zh="没有诉求台账：数据缺失", en="without the table nobody knows"),
    as_of="2009-10-30",
    given="""
    clients
    client_id  branch_id  opened_on
    c1         b1         2005-01-04
    """,
    expect="missing_data",
)
