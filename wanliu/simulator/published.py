"""The simulated book held against published figures of the market, row by row.

Published values and their status marks come from the domain reference's orders of magnitude (3.7):
V2 stands for two agreeing sources, M for a practitioner's estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb

from wanliu.errors import UsageError
from wanliu.text import Language, Text

TABLES = ("clients", "assets", "trades", "requests", "exits")
Unit: TypeAlias = str
"""How a value is written: ``percent``, ``yuan``, ``number``."""


@dataclass(frozen=True)
class Figure:
    """One published quantity: what it is, what was published, and the query that computes it from a book."""

    name: Text
    published: Text
    status: str
    unit: Unit
    query: str


@dataclass(frozen=True)
class Row:
    name: Text
    published: Text
    status: str
    unit: Unit
    simulated: float | None


_STAGES = """
create temp table month_end as
    select date_trunc('month', date) as month, max(date) as date from assets group by all;
create temp table open_clients as
    select m.month, m.date, c.client_id
    from month_end m
    join clients c on c.opened_on <= m.date and (c.closed_on is null or c.closed_on > m.date);
create temp table at_end as
    select m.month, a.client_id, sum(a.position_value) as position_value, sum(a.net_assets) as net_assets
    from assets a join month_end m using (date) group by all;
create temp table monthly_orders as
    select date_trunc('month', date) as month, client_id, count(*) as orders
    from trades where kind = 'ordinary' group by all;
create temp table gone as
    select month, client_id, 'explicit' as how from (
        select date_trunc('month', min(date)) as month, client_id from exits group by client_id);
create temp table lost as
    select b.month, b.client_id from at_end b
    left join at_end a on a.client_id = b.client_id and a.month = b.month + interval 3 month
    where b.net_assets >= 5000 and coalesce(a.net_assets, 0) < 5000
      and b.month + interval 3 month <= (select max(month) from month_end)
      and not exists (select 1 from gone g where g.client_id = b.client_id
                      and g.month between b.month and b.month + interval 3 month);
"""

_EXPLICIT = "select 1.0 * (select count(*) from gone) / (select count(*) from open_clients)"
_LOST = """
select 1.0 * (select count(*) from lost) / 3 / (
    select count(*) from at_end where net_assets >= 5000
    and month + interval 3 month <= (select max(month) from month_end))
"""
_COMPLAINTS = """
select 10000.0 * 12 * (select count(*) from requests where kind = 'complaint')
    / (select count(*) from open_clients)
"""
_CUT_REQUESTS = """
select 1.0 * (select count(*) from requests where kind = 'commission_cut')
    / (select count(*) from monthly_orders)
"""

FIGURES = (
    Figure(
        Text(zh="月末持有证券的客户占比", en="clients holding any security at month-end"),
        Text(zh="52.4 %（2015-11）、42.7 %（2016-12）", en="52.4 % (Nov 2015), 42.7 % (Dec 2016)"),
        "V2",
        "percent",
        "select 1.0 * count(*) filter (position_value > 0) / (select count(*) from open_clients) from at_end",
    ),
    Figure(
        Text(zh="当月有交易的客户占比", en="clients trading in the month"),
        Text(zh="36.2 %（2015-11）、22.5 %（2016-12）", en="36.2 % (Nov 2015), 22.5 % (Dec 2016)"),
        "V2",
        "percent",
        "select 1.0 * (select count(*) from monthly_orders) / (select count(*) from open_clients)",
    ),
    Figure(
        Text(zh="持有者中资产不足 50 万元的占比", en="holders with less than 500,000 yuan"),
        Text(zh="约 95 %", en="about 95 %"),
        "V2",
        "percent",
        "select avg((net_assets < 500000)::int) from at_end where position_value > 0",
    ),
    Figure(
        Text(zh="持有者中资产超过 1000 万元的占比", en="holders with more than 10 m yuan"),
        Text(zh="约 0.16 %", en="about 0.16 %"),
        "V2",
        "percent",
        "select avg((net_assets > 10000000)::int) from at_end where position_value > 0",
    ),
    Figure(
        Text(zh="小客户单笔成交均额（元）", en="mean size of a trade, small clients (yuan)"),
        Text(zh="8,700–8,900", en="8,700–8,900"),
        "V2",
        "yuan",
        """with size as (select client_id, avg(net_assets) as mean from at_end group by all)
        select avg(turnover) from trades join size using (client_id)
        where kind = 'ordinary' and mean < 500000""",
    ),
    Figure(
        Text(zh="大客户单笔成交均额（元）", en="mean size of a trade, large clients (yuan)"),
        Text(zh="110,000–150,000", en="110,000–150,000"),
        "V2",
        "yuan",
        """with size as (select client_id, avg(net_assets) as mean from at_end group by all)
        select avg(turnover) from trades join size using (client_id)
        where kind = 'ordinary' and mean >= 500000""",
    ),
    Figure(
        Text(zh="有效户（≥ 5,000 元）占比", en="valid clients (≥ 5,000 yuan)"),
        Text(zh="25–45 %", en="25–45 %"),
        "M",
        "percent",
        "select 1.0 * count(*) filter (net_assets >= 5000) / (select count(*) from open_clients) from at_end",
    ),
    Figure(
        Text(zh="交易客户月委托笔数（中位数）", en="orders per trading client and month, median"),
        Text(zh="3–5", en="3–5"),
        "M",
        "number",
        "select median(orders) from monthly_orders",
    ),
    Figure(
        Text(zh="交易客户月委托笔数（均值）", en="orders per trading client and month, mean"),
        Text(zh="10–20", en="10–20"),
        "M",
        "number",
        "select avg(orders) from monthly_orders",
    ),
    Figure(
        Text(
            zh="月委托超过 200 笔的交易客户占比", en="trading clients with more than 200 orders in the month"
        ),
        Text(zh="约 1 %", en="about 1 %"),
        "M",
        "percent",
        "select avg((orders > 200)::int) from monthly_orders",
    ),
    Figure(
        Text(zh="显性流失（占全部客户，每月）", en="explicit exits, of all clients, a month"),
        Text(zh="0.05–0.3 %", en="0.05–0.3 %"),
        "M",
        "percent",
        _EXPLICIT,
    ),
    Figure(
        Text(zh="隐性及浅流失（占有效户，每月）", en="implicit and shallow loss, of valid clients, a month"),
        Text(zh="0.5–1.5 %", en="0.5–1.5 %"),
        "M",
        "percent",
        _LOST,
    ),
    Figure(
        Text(zh="投诉（每万户每年）", en="complaints per 10,000 clients a year"),
        Text(zh="1–5", en="1–5"),
        "M",
        "number",
        _COMPLAINTS,
    ),
    Figure(
        Text(zh="降佣要求（占交易客户，每月）", en="rate-cut requests, of trading clients, a month"),
        Text(zh="0.3–1 %", en="0.3–1 %"),
        "M",
        "percent",
        _CUT_REQUESTS,
    ),
)


def compare(book: Path) -> list[Row]:
    """One row per published figure, computed from a simulated delivery folder (CSV or Parquet).

    Explicit exits count each client once; implicit and shallow loss are valid clients whose assets are
    below 5,000 three months later without an explicit exit, a third of them per month.
    Raises UsageError where a table is missing.
    """
    with duckdb.connect() as connection:
        for table in TABLES:
            _open(connection, book, table)
        connection.execute(_STAGES)
        return [
            Row(each.name, each.published, each.status, each.unit, _only(connection, each.query))
            for each in FIGURES
        ]


def _open(connection: duckdb.DuckDBPyConnection, book: Path, table: str) -> None:
    single, folder = book / f"{table}.csv", book / table
    if single.exists():
        connection.read_csv(str(single)).create_view(table)
    elif folder.is_dir():
        connection.read_parquet(str(folder / "**" / "*.parquet"), hive_partitioning=False).create_view(table)
    else:
        raise UsageError(
            Text(
                zh="{book} 中没有 {table} 表。请给出一个模拟数据目录。",
                en="{book} has no table {table}. Give the folder of a simulated book.",
            ).format(book=book, table=table)
        )


def _only(connection: duckdb.DuckDBPyConnection, query: str) -> float | None:
    found = connection.execute(query).fetchall()
    return None if found[0][0] is None else float(found[0][0])


TITLE = Text(zh="模拟数据与公开数字的对照", en="The simulated book against published figures")
NOTE = Text(
    zh="左边是公开或业内的数字，右边是模拟数据算出的数字。状态：V2 为两个来源一致，M 为业内估计。"
    "模拟世界的参数固定在 `wanliu/simulator/world.toml` 中，每一节都写明来源。"
    "公开的占比以全市场非休眠投资者为底，模拟的占比以当月末未销户的全部客户为底。",
    en="On the left the published figure or the practitioner's estimate, on the right what the simulated "
    "book gives. Status: V2 two agreeing sources, M an estimate from practice. The world's numbers are fixed "
    "in `wanliu/simulator/world.toml`, each section with its source. Published shares are of all non-dormant "
    "investors of the market, simulated ones of all clients open at the month's end.",
)
HEADER = Text(zh="| 数量 | 公开数字 | 状态 | 模拟 |", en="| quantity | published | status | simulated |")


def render(rows: Sequence[Row], language: Language) -> str:
    """A Markdown page in the language asked for."""
    lines = [
        f"# {TITLE.to(language)}",
        "",
        NOTE.to(language),
        "",
        HEADER.to(language),
        "| --- | --- | --- | ---: |",
    ]
    lines += [
        f"| {row.name.to(language)} | {row.published.to(language)} | {row.status} | {written(row)} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def written(row: Row) -> str:
    if row.simulated is None:
        return "–"
    if row.unit == "percent":
        return f"{row.simulated:.2%}".replace("%", " %")
    return f"{row.simulated:,.0f}" if row.unit == "yuan" else f"{row.simulated:,.1f}"
