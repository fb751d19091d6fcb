from wanliu.book.tables import EXIT_REQUESTS
from wanliu.indicator import (
    LastMonths,
    Sign,
    Text,
    Verdict,
    parameter,
    requests,
    standard,
)

sign = Sign(
    name=Text(zh="提出离开", en="Asked to leave"),
    group="event",
    guide="五",
    why=Text(
        zh="客户已经提出转托管、撤指定或销户。马上受理，时限照走；是否愿意听我们说两句，由客户决定。",
        en="The client has asked to transfer, to revoke the designation or to close. It is taken at once "
        "and its clock runs; whether to hear us out is the client's choice.",
    ),
    misleads=Text(
        zh="问一问怎么办手续不等于申请；登记时要分清。",
        en="Asking how it is done is not a request; whoever records it must tell the two apart.",
    ),
    judges_small_clients=True,
)


@sign.reading(
    "rolling",
    meaning=Text(
        zh="最近 {months} 个月转托管、撤指定、销户申请件数",
        en="requests to transfer, revoke or close in (D − {months} months, D]",
    ),
    unit="count",
    told=Text(zh="{value} 次", en="{value}"),
    sum=Text(
        zh="{first} 至 {last} 离开申请 {value} 件，达到 {threshold} 件即触发",
        en="{value} exit requests from {first} to {last}; fires at {threshold}",
    ),
)
def rolling(
    *,
    at_least: int = parameter(
        1, "count", 1, 50, Text(zh="件数下限", en="at least"), standard("提出一次就是事实", "once is a fact")
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
    asked = requests.where(kind=tuple(EXIT_REQUESTS.split())).count(over=window)
    return Verdict(
        value=asked,
        threshold=at_least,
        fired=asked >= at_least,
        evidence={"first": window.first, "last": window.last},
    )


rolling.example(
    Text(zh="申请转托管", en="asked for a transfer of custody"),
    as_of="2009-10-30",
    given="""
    requests
    request_id  date        kind
    r1          2009-10-12  transfer_custody
    """,
    expect="fired strong 1",
)
rolling.example(
    Text(zh="撤回的申请仍然是信号", en="a request that was withdrawn is still a sign"),
    as_of="2009-10-30",
    given="""
    requests
    request_id  date        kind           outcome
    r1          2009-10-12  close_account  withdrawn
    """,
    expect="fired strong 1",
)
rolling.example(
    Text(zh="投诉不是离开申请", en="a complaint is no exit request"),
    as_of="2009-10-30",
    given="""
    requests
    request_id  date        kind
    r1          2009-10-12  complaint
    """,
    expect="clear 0",
)
rolling.example(
    Text(zh="两个月前的同一天已在窗口之外", en="the same day two months ago lies outside"),
    as_of="2009-10-30",
    given="""
    requests
    request_id  date        kind
    r1          2009-08-30  close_account
    """,
    expect="clear 0",
)
rolling.example(
    Text(zh="没有台账：数据缺失", en="without the table nobody knows"),
    as_of="2009-10-30",
    given="""
    clients
    client_id  branch_id  opened_on
    c1         b1         2005-01-04
    """,
    expect="missing_data",
)
