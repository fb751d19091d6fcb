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
    name=Text(zh="出现投诉", en="A complaint"),
    group="qualitative",
    guide="二.3.1",
    why=Text(
        zh="投诉是客户还愿意说话的时候。先把事情办好，再谈别的；投诉未结，不做任何挽留。",
        en="A complaint means that the client still talks to us. First mend what went wrong; while it is "
        "open, nothing is said to retain.",
    ),
    misleads=Text(
        zh="咨询不是投诉；撤回的投诉仍然算。没有台账就没有信号，那不等于没有投诉。",
        en="An enquiry is not a complaint; a withdrawn complaint still counts. Without a ledger there is "
        "no sign, which does not mean no complaint.",
    ),
    judges_small_clients=True,
)

COUNT = Text(
    zh="{first} 至 {last} 投诉 {value} 件，达到 {threshold} 件即触发",
    en="{value} complaints from {first} to {last}; fires at {threshold}",
)


def verdict(window: Window, at_least: int) -> Verdict:
    complaints = requests.where(kind="complaint").count(over=window)
    return Verdict(
        value=complaints,
        threshold=at_least,
        fired=complaints >= at_least,
        evidence={"first": window.first, "last": window.last},
    )


@sign.reading(
    "literal",
    meaning=Text(
        zh="当月及此前 {months_before} 个月的投诉件数",
        en="complaints of the month of the day and of those before it (months before: {months_before})",
    ),
    unit="count",
    told=Text(zh="{value} 次", en="{value}"),
    sum=COUNT,
)
def literal(
    *,
    at_least: int = parameter(1, "count", 1, 50, Text(zh="件数下限", en="at least"), guide("二.3.1")),
    months_before: int = parameter(
        1, "months", 0, 12, Text(zh="此前月数", en="months before this one"), guide("二.3.1")
    ),
) -> Verdict:
    return verdict(SinceMonthStart(months_before), at_least)


@sign.reading(
    "rolling",
    meaning=Text(zh="最近 {months} 个月投诉件数", en="complaints in (D − {months} months, D]"),
    unit="count",
    told=Text(zh="{value} 次", en="{value}"),
    sum=COUNT,
)
def rolling(
    *,
    at_least: int = parameter(1, "count", 1, 50, Text(zh="件数下限", en="at least"), guide("二.3.1")),
    months: int = parameter(
        2, "months", 1, 12, Text(zh="回看月数", en="months looked back"), guide("二.3.1")
    ),
) -> Verdict:
    return verdict(LastMonths(months), at_least)


literal.example(
    Text(zh="上月第一天的投诉算在内", en="a complaint on the first day of last month counts"),
    as_of="2009-10-16",
    given="""
    requests
    request_id  date        kind
    r1          2009-09-01  complaint
    """,
    expect="fired 1",
)
literal.example(
    Text(zh="再早一天就不算", en="one day earlier does not"),
    as_of="2009-10-16",
    given="""
    requests
    request_id  date        kind
    r1          2009-08-31  complaint
    """,
    expect="clear 0",
)
literal.example(
    Text(zh="没有投诉台账：数据缺失", en="without the table nobody knows"),
    as_of="2009-10-16",
    given="""
    clients
    client_id  branch_id  opened_on
    c1         b1         2005-01-04
    """,
    expect="missing_data",
)
rolling.example(
    Text(zh="两个月前的同一天已在窗口之外", en="the same day two months ago lies outside"),
    as_of="2009-10-30",
    given="""
    requests
    request_id  date        kind
    r1          2009-08-30  complaint
    """,
    expect="clear 0",
)
rolling.example(
    Text(zh="窗口的第一天算在内", en="the first day of the window counts"),
    as_of="2009-10-30",
    given="""
    requests
    request_id  date        kind
    r1          2009-08-31  complaint
    """,
    expect="fired strong 1",
)
rolling.example(
    Text(zh="没有投诉台账：数据缺失", en="without the table nobody knows"),
    as_of="2009-10-30",
    given="""
    clients
    client_id  branch_id  opened_on
    c1         b1         2005-01-04
    """,
    expect="missing_data",
)
