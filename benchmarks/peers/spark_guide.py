"""The rule set ``guide`` for one day, by hand in PySpark: local[2], one aggregation per table, DataFrame API.

    python -m benchmarks.peers.spark_guide ASKED.json OUT

``OUT/signals.parquet`` and ``OUT/warnings.parquet`` are folders of parts in order, as Spark writes them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from operator import add, and_, or_
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  Spark's own idiom

from benchmarks.peers.asked import DATA, DEMANDS, KEYS, LEVELS, OURS, SIGNS, WORDS, Asked, Span

MONEY = "decimal(18,2)"
SETTINGS = {
    "spark.driver.memory": os.environ.get("SPARK_DRIVER_MEMORY", "4g"),
    "spark.sql.shuffle.partitions": "8",
    "spark.sql.session.timeZone": "Asia/Shanghai",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
c = F.col


def main(asked: Asked, out: Path) -> None:
    builder = SparkSession.builder.master("local[2]").appName("guide")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    judged = with_levels(with_signs(asked, facts(asked, spark)))
    rows = judged.withColumns({"as_of": F.lit(asked.as_of), "rules": F.lit("guide")}).persist()
    write_signals(rows, out)
    write_warnings(rows, out)
    spark.stop()


def write_signals(rows: DataFrame, out: Path) -> None:
    kept = rows.select("client_id", "as_of", "rules", *SIGNS)
    kept.orderBy("client_id").write.parquet(str(out / "signals.parquet"))


def write_warnings(rows: DataFrame, out: Path) -> None:
    rank = F.array_position(F.array(*map(F.lit, LEVELS)), c("level"))
    named = ("level", "fired", "unknown", "value_at_stake", "do_not_contact")
    (
        rows.where(c("level") != "none")
        .select("client_id", "branch_id", "manager_id", "as_of", "rules", *named)
        .orderBy(rank, c("value_at_stake").desc(), "client_id")
        .write.parquet(str(out / "warnings.parquet"))
    )


# --- facts: one pass per table --------------------------------------------------------------------


def facts(asked: Asked, spark: SparkSession) -> DataFrame:
    """One row per judged client with every sum, count and latest value that the signs need."""
    rows = everyone(asked, spark)
    absent: dict[str, int] = {}
    for maker in (assets, flows, trades, contacts, requests):
        table = maker(asked, spark)
        absent |= {
            name: 0 for name in table.columns if name not in ("client_id", "net_assets", "opening", "closing")
        }
        rows = rows.join(table, "client_id", "left")
    return rows.fillna(absent)


def scan(asked: Asked, spark: SparkSession, table: str, days: Span | None = None) -> DataFrame:
    rows = spark.read.parquet(*asked.files[table])
    return rows if days is None else rows.where(within(days))


def within(days: Span) -> Column:
    return c("date").between(*days)


def counted(condition: Column) -> Column:
    return F.count_if(condition)


def summed(column: Column, condition: Column) -> Column:
    return F.coalesce(F.sum(F.when(condition, column)), F.lit(0)).cast(MONEY)


def everyone(asked: Asked, spark: SparkSession) -> DataFrame:
    closings = scan(asked, spark, "exits").where((c("kind") == "closed_account") & (c("date") <= asked.as_of))
    return (
        scan(asked, spark, "clients")
        .where(c("kind") == "person")
        .where(c("opened_on") <= asked.as_of)
        .where(c("closed_on").isNull() | (c("closed_on") > asked.as_of))
        .where(F.coalesce("status", F.lit("normal")) != "deceased")
        .where(~F.coalesce("is_employee", F.lit(False)) & ~F.coalesce("scoring_opt_out", F.lit(False)))
        .join(closings, "client_id", "anti")
        .select("client_id", "branch_id", "manager_id", "opened_on", "segment", "do_not_contact")
    )


def assets(asked: Asked, spark: SparkSession) -> DataFrame:
    base = within((asked.first(6), asked.last(1)))
    held = c("position_value") != 0
    months = {n: within(asked.months[n]) for n in (0, 1)}
    found = {
        "net_assets": latest("net_assets", asked.today),
        "opening": latest("net_assets", asked.opening),
        "closing": latest("net_assets", asked.months[0]),
        "base_rows": counted(base),
        "base_net_assets": summed(c("net_assets"), base),
        **{f"rows_{n}": counted(month) for n, month in months.items()},
        **{f"held_{n}": counted(month & held) for n, month in months.items()},
    }
    return aggregated(scan(asked, spark, "assets", asked.assets), found)


def latest(column: str, days: Span) -> Column:
    return F.max_by(c(column), F.when(within(days), c("date")))


def flows(asked: Asked, spark: SparkSession) -> DataFrame:
    every = scan(asked, spark, "flows").where(c("date") <= asked.as_of)
    voided = every.where(c("reverses").isNotNull()).select(c("reverses").alias("flow_id"))
    counting = every.where(within(asked.flows) & c("reverses").isNull()).join(voided, "flow_id", "anti")
    bank_out = within(asked.outflow) & (c("kind") == "bank") & (c("direction") == "out")
    moved = within(asked.months[0]) & c("kind").isin("bank", "securities")
    found = {
        "withdrawn": summed(c("amount"), bank_out),
        "withdrawals": counted(bank_out),
        "moved_in": summed(c("amount"), moved & (c("direction") == "in")),
        "moved_out": summed(c("amount"), moved & (c("direction") == "out")),
    }
    return aggregated(counting, found)


def trades(asked: Asked, spark: SparkSession) -> DataFrame:
    net = c("commission") - F.coalesce("levies", F.lit(0))
    found = {
        "net_commission": summed(net, within(asked.commission)),
        **{f"commission_{n}": summed(c("commission"), within(month)) for n, month in enumerate(asked.months)},
        **{f"orders_{n}": counted(within(asked.months[n])) for n in range(4)},
    }
    return aggregated(scan(asked, spark, "trades", asked.trades), found)


def contacts(asked: Asked, spark: SparkSession) -> DataFrame:
    rows = scan(asked, spark, "contacts", asked.contacts).where("effective")
    return aggregated(rows, {f"contacts_{n}": counted(within(asked.months[n])) for n in range(5)})


def requests(asked: Asked, spark: SparkSession) -> DataFrame:
    kinds = {"complaints": ("complaint",), "demands": DEMANDS}
    found = {name: counted(c("kind").isin(*codes)) for name, codes in kinds.items()}
    return aggregated(scan(asked, spark, "requests", asked.spoken), found)


def aggregated(rows: DataFrame, found: Mapping[str, Column]) -> DataFrame:
    return rows.groupBy("client_id").agg(*(column.alias(name) for name, column in found.items()))


# --- the signs ------------------------------------------------------------------------------------


def with_signs(asked: Asked, rows: DataFrame) -> DataFrame:
    makers = (
        fund_outflow, commission_drop, empty_position, trade_drop, heavy_loss, complaint, demand, contact_drop
    )  # fmt: skip
    return rows.withColumns({name: maker(asked) for name, maker in zip(SIGNS, makers, strict=True)})


def sign(
    checks: Mapping[str, Column], fired: Column, value: Column, threshold: float, **evidence: Column
) -> Column:
    """The struct of one sign; ``checks`` are tried in order before it is judged."""
    status = F.when(fired, F.lit("fired")).otherwise("clear")
    for name, check in reversed(list(checks.items())):
        status = F.when(check, F.lit(name)).otherwise(status)
    judged = reduce(and_, (~F.coalesce(check, F.lit(False)) for check in checks.values()), F.lit(True))
    fields = {
        "status": status,
        "severity": F.when(judged & fired, F.lit("strong")),
        "value": F.when(judged, value.cast("double")),
        "threshold": F.lit(threshold),
        **evidence,
    }
    return F.struct(*(column.alias(name) for name, column in fields.items()))


def fund_outflow(asked: Asked) -> Column:
    left = c("net_assets") > 0
    return sign(
        {"missing_data": c("net_assets").isNull()},
        (c("withdrawals") >= 1)
        & F.when(left, 10 * c("withdrawn") > 3 * c("net_assets")).otherwise(c("withdrawn") > 0),
        F.when(left, double("withdrawn") / double("net_assets")),
        0.30,
        **span(asked.outflow),
        moved_out=c("withdrawn"),
        times=c("withdrawals"),
        net_assets=c("net_assets"),
    )


def commission_drop(asked: Asked) -> Column:
    measured = (c("base_rows") > 0) & (c("base_net_assets") >= 500_000 * c("base_rows"))
    large = F.when(c("segment").isNull(), measured).otherwise(c("segment") == "large")
    more = {n: large & complete(asked, n, asked.trades_start) for n in (4, 5, 6)}
    months = reduce(add, (counts.cast("bigint") for counts in more.values()), F.lit(3))
    base = added("commission", (1, 2, 3))
    base = reduce(
        add, (F.when(counts, c(f"commission_{n}")).otherwise(0) for n, counts in more.items()), base
    )
    base = base.cast(MONEY)
    return sign(
        {"insufficient_history": ~complete_all(asked, 4, asked.trades_start), "not_applicable": base <= 0},
        10 * c("commission_0") * months <= 7 * base,
        1 - double("commission_0") * months / double(base),
        0.30,
        **span(asked.months[0]),
        commission=c("commission_0"),
        commission_base=base,
        months=months.cast("bigint"),
        large=large,
    )


def empty_position(asked: Asked) -> Column:
    held = added("held", (0, 1))
    return sign(
        {
            "insufficient_history": c("opened_on") > asked.first(1),
            "missing_data": (c("rows_0") == 0) | (c("rows_1") == 0),
        },
        held == 0,
        held,
        0.0,
        **span((asked.first(1), asked.last(0))),
        rows=added("rows", (0, 1)),
    )


def trade_drop(asked: Asked) -> Column:
    orders, base = c("orders_0"), added("orders", (1, 2, 3))
    return sign(
        {"insufficient_history": ~complete_all(asked, 4, asked.trades_start), "not_applicable": base == 0},
        orders * 3 * 2 < base,
        double(orders * 3) / double(base),
        0.50,
        **span(asked.months[0]),
        orders=orders,
        orders_base=base,
        months=F.lit(3).cast("bigint"),
    )


def heavy_loss(asked: Asked) -> Column:
    in_month = c("opened_on") >= asked.first(0)
    opening = F.when(in_month, F.lit(0).cast(MONEY)).otherwise(c("opening"))
    entrusted = opening + c("moved_in")
    loss = (entrusted - c("moved_out") - c("closing")).cast(MONEY)
    return sign(
        {
            "insufficient_history": c("opened_on") > asked.last(0),
            "missing_data": opening.isNull() | c("closing").isNull(),
            "not_applicable": entrusted <= 0,
        },
        2 * loss > entrusted,
        double(loss) / double(entrusted),
        0.50,
        **span(asked.months[0]),
        opening=opening,
        moved_in=c("moved_in"),
        moved_out=c("moved_out"),
        closing=c("closing"),
        loss=loss,
    )


def complaint(asked: Asked) -> Column:
    return sign({}, c("complaints") >= 1, c("complaints"), 1.0, **span(asked.spoken))


def demand(asked: Asked) -> Column:
    return sign({}, c("demands") >= 1, c("demands"), 1.0, **span(asked.spoken))


def contact_drop(asked: Asked) -> Column:
    now, before = c("contacts_0"), c("contacts_1")
    base, base_before = added("contacts", (1, 2, 3)), added("contacts", (2, 3, 4))
    before_counts = complete(asked, 4, asked.contacts_start)
    return sign(
        {
            "insufficient_history": ~complete_all(asked, 4, asked.contacts_start),
            "not_applicable": (base == 0) & (~before_counts | (base_before == 0)),
        },
        (now * 3 < base) | (before_counts & (before * 3 < base_before)),
        F.when(base > 0, double(now * 3) / double(base)),
        1.0,
        **span(asked.months[0]),
        contacts=now,
        contacts_base=base,
        contacts_before=before,
        contacts_base_before=base_before,
    )


def span(days: Span) -> dict[str, Column]:
    return {"first": F.lit(days[0]), "last": F.lit(days[1])}


def double(number: str | Column) -> Column:
    return (c(number) if isinstance(number, str) else number).cast("double")


def added(name: str, months: Iterable[int]) -> Column:
    return reduce(add, (c(f"{name}_{n}") for n in months))


def complete(asked: Asked, back: int, start: date) -> Column:
    return (c("opened_on") <= asked.first(back)) & F.lit(start <= asked.first(back))


def complete_all(asked: Asked, months: int, start: date) -> Column:
    return reduce(and_, (complete(asked, n, start) for n in range(months)))


# --- levels ---------------------------------------------------------------------------------------


def with_levels(rows: DataFrame) -> DataFrame:
    states = {name: c(name)["status"] for name in SIGNS}
    fired = {name: state == "fired" for name, state in states.items()}
    keys, data, words, ours = (
        reduce(add, (fired[name].cast("int") for name in group)) for group in (KEYS, DATA, WORDS, OURS)
    )
    helpers = data + words
    level = (
        F.when((keys >= 2) | ((keys >= 1) & (helpers >= 1)), F.lit("red"))
        .when((keys >= 1) | ((helpers >= 2) & (data >= 1)), F.lit("orange"))
        .when((helpers >= 1) | (ours >= 1), F.lit("yellow"))
        .when(reduce(or_, (states[name] == "missing_data" for name in KEYS)), F.lit("unknown"))
        .otherwise("none")
    )
    # Spark rounds half away from zero; the contract rounds half up
    stake = (
        c("net_commission") + F.coalesce("net_assets", F.lit(0)) * F.lit("0.005").cast("decimal(4,3)")
    ) * 100
    unknown = {n: state.isin("insufficient_history", "missing_data") for n, state in states.items()}
    return rows.withColumns(
        {
            "level": level,
            "fired": joined(fired),
            "unknown": joined(unknown),
            "value_at_stake": (F.floor(stake + F.lit("0.5").cast("decimal(2,1)")) / 100).cast(MONEY),
        }
    )


def joined(chosen: Mapping[str, Column]) -> Column:
    return F.concat_ws(";", *(F.when(condition, F.lit(name)) for name, condition in chosen.items()))


if __name__ == "__main__":
    main(Asked.read(Path(sys.argv[1])), Path(sys.argv[2]))
