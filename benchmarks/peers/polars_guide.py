"""The rule set ``guide`` for one day, by hand in Polars: lazy scans, one pass per table, streaming.

    python -m benchmarks.peers.polars_guide ASKED.json OUT

Sums are masked (``filter`` before ``sum``) and latest values taken with ``max_by``: both stay in the
streaming engine. Borders are compared in whole fen.
"""

from __future__ import annotations

import sys
from functools import reduce
from operator import and_, or_
from pathlib import Path

import polars as pl

from benchmarks.peers.asked import DATA, DEMANDS, KEYS, LEVELS, OURS, SIGNS, WORDS, Asked, Span

MONEY = pl.Decimal(18, 2)
c = pl.col


def main(asked: Asked, out: Path) -> None:
    out.mkdir(parents=True)
    rows = with_levels(with_signs(asked, facts(asked))).with_columns(as_of=asked.as_of, rules=pl.lit("guide"))
    pl.collect_all([signals(rows, out), warnings(rows, out)], engine="streaming")


def signals(rows: pl.LazyFrame, out: Path) -> pl.LazyFrame:
    kept = rows.sort("client_id").select("client_id", "as_of", "rules", *SIGNS)
    return kept.sink_parquet(out / "signals.parquet", compression="zstd", lazy=True)


def warnings(rows: pl.LazyFrame, out: Path) -> pl.LazyFrame:
    rank = c("level").replace_strict({level: n for n, level in enumerate(LEVELS)}, return_dtype=pl.Int8)
    named = ("level", "fired", "unknown", "value_at_stake", "do_not_contact")
    return (
        rows.filter(c("level") != "none")
        .sort(rank, "value_at_stake", "client_id", descending=[False, True, False])
        .select("client_id", "branch_id", "manager_id", "as_of", "rules", *named)
        .sink_parquet(out / "warnings.parquet", compression="zstd", lazy=True)
    )


# --- facts: one pass per table --------------------------------------------------------------------


def facts(asked: Asked) -> pl.LazyFrame:
    """One row per judged client with every sum, count and latest value that the signs need."""
    rows = everyone(asked)
    for table in (assets(asked), flows(asked), trades(asked), contacts(asked), requests(asked)):
        rows = rows.join(table, on="client_id", how="left")
    kept = ("client_id", "branch_id", "manager_id", "opened_on", "segment", "do_not_contact")
    latest = ("net_assets", "opening", "closing")
    return rows.with_columns(pl.exclude(*kept, *latest).fill_null(0))


def scan(asked: Asked, table: str, span: Span | None = None) -> pl.LazyFrame:
    rows = pl.scan_parquet(list(asked.files[table]), hive_partitioning=False)
    return rows if span is None else rows.filter(within(span))


def within(span: Span) -> pl.Expr:
    return c("date").is_between(*span)


def everyone(asked: Asked) -> pl.LazyFrame:
    closings = scan(asked, "exits").filter(c("kind") == "closed_account", c("date") <= asked.as_of)
    return (
        scan(asked, "clients")
        .filter(
            c("kind") == "person",
            c("opened_on") <= asked.as_of,
            c("closed_on").is_null() | (c("closed_on") > asked.as_of),
            c("status").fill_null("normal") != "deceased",
            ~c("is_employee").fill_null(False),
            ~c("scoring_opt_out").fill_null(False),
        )
        .join(closings, on="client_id", how="anti")
        .select("client_id", "branch_id", "manager_id", "opened_on", "segment", "do_not_contact")
    )


def assets(asked: Asked) -> pl.LazyFrame:
    base = within((asked.first(6), asked.last(1)))
    held = c("position_value") != 0
    return (
        scan(asked, "assets", asked.assets)
        .group_by("client_id")
        .agg(
            net_assets=latest("net_assets", asked.today),
            opening=latest("net_assets", asked.opening),
            closing=latest("net_assets", asked.months[0]),
            base_rows=base.sum(),
            base_net_assets=c("net_assets").filter(base).sum().cast(MONEY),
            **{f"rows_{n}": within(asked.months[n]).sum() for n in (0, 1)},
            **{f"held_{n}": (within(asked.months[n]) & held).sum() for n in (0, 1)},
        )
    )


def latest(column: str, span: Span) -> pl.Expr:
    seen = pl.when(within(span))
    return seen.then(c(column)).max_by(seen.then(c("date")))


def flows(asked: Asked) -> pl.LazyFrame:
    voided = scan(asked, "flows").filter(c("reverses").is_not_null(), c("date") <= asked.as_of)
    bank_out = within(asked.outflow) & (c("kind") == "bank") & (c("direction") == "out")
    moved = within(asked.months[0]) & c("kind").is_in(["bank", "securities"])
    amount = c("amount")
    return (
        scan(asked, "flows", asked.flows)
        .filter(c("reverses").is_null())
        .join(voided, left_on="flow_id", right_on="reverses", how="anti")
        .group_by("client_id")
        .agg(
            withdrawn=amount.filter(bank_out).sum().cast(MONEY),
            withdrawals=bank_out.sum(),
            moved_in=amount.filter(moved & (c("direction") == "in")).sum().cast(MONEY),
            moved_out=amount.filter(moved & (c("direction") == "out")).sum().cast(MONEY),
        )
    )


def trades(asked: Asked) -> pl.LazyFrame:
    net = c("commission") - c("levies").fill_null(0)
    return (
        scan(asked, "trades", asked.trades)
        .group_by("client_id")
        .agg(
            net_commission=net.filter(within(asked.commission)).sum().cast(MONEY),
            **{
                f"commission_{n}": c("commission").filter(within(month)).sum().cast(MONEY)
                for n, month in enumerate(asked.months)
            },
            **{f"orders_{n}": within(asked.months[n]).sum() for n in range(4)},
        )
    )


def contacts(asked: Asked) -> pl.LazyFrame:
    counts = {f"contacts_{n}": within(asked.months[n]).sum() for n in range(5)}
    return scan(asked, "contacts", asked.contacts).filter("effective").group_by("client_id").agg(**counts)


def requests(asked: Asked) -> pl.LazyFrame:
    kinds = {"complaints": ["complaint"], "demands": list(DEMANDS)}
    counts = {name: c("kind").is_in(codes).sum() for name, codes in kinds.items()}
    return scan(asked, "requests", asked.spoken).group_by("client_id").agg(**counts)


# --- the signs ------------------------------------------------------------------------------------


def with_signs(asked: Asked, rows: pl.LazyFrame) -> pl.LazyFrame:
    makers = (
        fund_outflow,
        commission_drop,
        empty_position,
        trade_drop,
        heavy_loss,
        complaint,
        demand,
        contact_drop,
    )
    return rows.with_columns(maker(asked).alias(name) for name, maker in zip(SIGNS, makers, strict=True))


def sign(
    checks: dict[str, pl.Expr], fired: pl.Expr, value: pl.Expr, threshold: float, **evidence: pl.Expr
) -> pl.Expr:
    """The struct of one sign; ``checks`` are tried in order before it is judged."""
    status = pl.when(fired).then(pl.lit("fired")).otherwise(pl.lit("clear"))
    for name, check in reversed(checks.items()):
        status = pl.when(check).then(pl.lit(name)).otherwise(status)
    judged = reduce(and_, (~check.fill_null(False) for check in checks.values()), pl.lit(True))
    return pl.struct(
        status=status,
        severity=pl.when(judged & fired).then(pl.lit("strong")),
        value=pl.when(judged).then(value.cast(pl.Float64)),
        threshold=pl.lit(threshold, pl.Float64),
        **evidence,
    )


def fund_outflow(asked: Asked) -> pl.Expr:
    withdrawn, net_assets = fen("withdrawn"), fen("net_assets")
    left = net_assets > 0
    return sign(
        {"missing_data": net_assets.is_null()},
        (c("withdrawals") >= 1)
        & pl.when(left).then(10 * withdrawn > 3 * net_assets).otherwise(withdrawn > 0),
        pl.when(left).then(withdrawn / net_assets),
        0.30,
        **span(asked.outflow),
        moved_out=c("withdrawn"),
        times=count("withdrawals"),
        net_assets=c("net_assets"),
    )


def commission_drop(asked: Asked) -> pl.Expr:
    large = (
        pl.when(c("segment").is_null())
        .then((c("base_rows") > 0) & (fen("base_net_assets") >= 50_000_000 * count("base_rows")))
        .otherwise(c("segment") == "large")
    )
    more = {n: large & complete(asked, n, asked.trades_start) for n in (4, 5, 6)}
    months = pl.lit(3, pl.Int64) + sum(counted.cast(pl.Int64) for counted in more.values())
    base = reduce(lambda total, n: total + c(f"commission_{n}"), (2, 3), c("commission_1"))
    for n, counted in more.items():
        base += pl.when(counted).then(c(f"commission_{n}")).otherwise(pl.lit(0, MONEY))
    now, then = fen("commission_0") * months, fen(base)
    return sign(
        {"insufficient_history": ~complete_all(asked, 4, asked.trades_start), "not_applicable": then <= 0},
        10 * now <= 7 * then,
        1 - now / then,
        0.30,
        **span(asked.months[0]),
        commission=c("commission_0"),
        commission_base=base.cast(MONEY),
        months=months,
        large=large,
    )


def empty_position(asked: Asked) -> pl.Expr:
    held = c("held_0") + c("held_1")
    return sign(
        {
            "insufficient_history": c("opened_on") > asked.first(1),
            "missing_data": (c("rows_0") == 0) | (c("rows_1") == 0),
        },
        held == 0,
        held,
        0.0,
        **span((asked.first(1), asked.last(0))),
        rows=count(c("rows_0") + c("rows_1")),
    )


def trade_drop(asked: Asked) -> pl.Expr:
    orders, base = count("orders_0"), added("orders", (1, 2, 3))
    return sign(
        {"insufficient_history": ~complete_all(asked, 4, asked.trades_start), "not_applicable": base == 0},
        orders * 3 * 2 < base,
        orders * 3 / base,
        0.50,
        **span(asked.months[0]),
        orders=orders,
        orders_base=base,
        months=pl.lit(3, pl.Int64),
    )


def heavy_loss(asked: Asked) -> pl.Expr:
    opened_in_month = c("opened_on") >= asked.first(0)
    opening = pl.when(opened_in_month).then(pl.lit(0, MONEY)).otherwise(c("opening"))
    loss = (opening + c("moved_in") - c("moved_out") - c("closing")).cast(MONEY)
    entrusted = fen(opening) + fen("moved_in")
    return sign(
        {
            "insufficient_history": c("opened_on") > asked.last(0),
            "missing_data": opening.is_null() | c("closing").is_null(),
            "not_applicable": entrusted <= 0,
        },
        2 * fen(loss) > entrusted,
        fen(loss) / entrusted,
        0.50,
        **span(asked.months[0]),
        opening=opening,
        moved_in=c("moved_in"),
        moved_out=c("moved_out"),
        closing=c("closing"),
        loss=loss,
    )


def complaint(asked: Asked) -> pl.Expr:
    return sign({}, c("complaints") >= 1, c("complaints"), 1.0, **span(asked.spoken))


def demand(asked: Asked) -> pl.Expr:
    return sign({}, c("demands") >= 1, c("demands"), 1.0, **span(asked.spoken))


def contact_drop(asked: Asked) -> pl.Expr:
    now, before = count("contacts_0"), count("contacts_1")
    base, base_before = added("contacts", (1, 2, 3)), added("contacts", (2, 3, 4))
    before_counts = complete(asked, 4, asked.contacts_start)
    return sign(
        {
            "insufficient_history": ~complete_all(asked, 4, asked.contacts_start),
            "not_applicable": (base == 0) & (~before_counts | (base_before == 0)),
        },
        (now * 3 < base) | (before_counts & (before * 3 < base_before)),
        pl.when(base > 0).then(now * 3 / base),
        1.0,
        **span(asked.months[0]),
        contacts=now,
        contacts_base=base,
        contacts_before=before,
        contacts_base_before=base_before,
    )


def span(days: Span) -> dict[str, pl.Expr]:
    return {"first": pl.lit(days[0]), "last": pl.lit(days[1])}


def fen(money: str | pl.Expr) -> pl.Expr:
    return ((c(money) if isinstance(money, str) else money) * 100).cast(pl.Int64)


def count(number: str | pl.Expr) -> pl.Expr:
    return (c(number) if isinstance(number, str) else number).cast(pl.Int64)


def added(name: str, months: tuple[int, ...]) -> pl.Expr:
    return pl.sum_horizontal(count(f"{name}_{n}") for n in months)


def complete(asked: Asked, back: int, start: object) -> pl.Expr:
    return (c("opened_on") <= asked.first(back)) & pl.lit(start <= asked.first(back))  # type: ignore[operator]  # two days


def complete_all(asked: Asked, months: int, start: object) -> pl.Expr:
    return reduce(and_, (complete(asked, n, start) for n in range(months)))


# --- levels ---------------------------------------------------------------------------------------


def with_levels(rows: pl.LazyFrame) -> pl.LazyFrame:
    states = {name: c(name).struct.field("status") for name in SIGNS}
    fired = {name: state == "fired" for name, state in states.items()}
    keys, words, data, ours = (
        number_of(fired[name] for name in group) for group in (KEYS, WORDS, DATA, OURS)
    )
    helpers = data + words
    unknown = reduce(or_, (states[name] == "missing_data" for name in KEYS))
    level = (
        pl.when((keys >= 2) | ((keys >= 1) & (helpers >= 1)))
        .then(pl.lit("red"))
        .when((keys >= 1) | ((helpers >= 2) & (data >= 1)))
        .then(pl.lit("orange"))
        .when((helpers >= 1) | (ours >= 1))
        .then(pl.lit("yellow"))
        .when(unknown)
        .then(pl.lit("unknown"))
        .otherwise(pl.lit("none"))
    )
    # in thousandths of a fen, half up
    stake = (1000 * fen("net_commission") + 5 * fen("net_assets").fill_null(0) + 500).floordiv(1000)
    return rows.with_columns(
        level=level,
        fired=joined(fired),
        unknown=joined({n: s.is_in(["insufficient_history", "missing_data"]) for n, s in states.items()}),
        value_at_stake=(stake.cast(MONEY) / 100).cast(MONEY),
    )


def number_of(conditions: object) -> pl.Expr:
    return pl.sum_horizontal(condition.cast(pl.Int8) for condition in conditions)  # type: ignore[attr-defined]  # expressions


def joined(chosen: dict[str, pl.Expr]) -> pl.Expr:
    names = [pl.when(condition).then(pl.lit(name)) for name, condition in chosen.items()]
    return pl.concat_str(names, separator=";", ignore_nulls=True)


if __name__ == "__main__":
    main(Asked.read(Path(sys.argv[1])), Path(sys.argv[2]))
