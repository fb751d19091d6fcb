"""The rule set ``guide`` for one day, by hand in pandas: only needed columns and days, categories as keys.

    python -m benchmarks.peers.pandas_guide ASKED.json OUT

Sums and counts per client are masked; latest values rely on the order of the files.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from operator import and_, or_
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.peers.asked import DATA, DEMANDS, KEYS, OURS, SIGNS, WORDS, Asked
from benchmarks.peers.pandas_files import (
    Sign,
    money,
    read,
    span,
    whole,
    within,
    write_signals,
    write_warnings,
)

Signs = dict[str, Sign]


def main(asked: Asked, out: Path) -> None:
    out.mkdir(parents=True)
    rows = facts(asked).sort_index()
    makers = (
        fund_outflow, commission_drop, empty_position, trade_drop, heavy_loss, complaint, demand, contact_drop
    )  # fmt: skip
    signs = {name: maker(asked, rows) for name, maker in zip(SIGNS, makers, strict=True)}
    write_signals(asked, rows, signs, out)
    write_warnings(asked, with_levels(rows, signs), out)


def by_client(frame: pd.DataFrame) -> pd.api.typing.DataFrameGroupBy:
    return frame.groupby("client_id", observed=True, sort=False)


def counted(frame: pd.DataFrame, mask: pd.Series) -> pd.Series:
    return frame.loc[mask, "client_id"].value_counts(sort=False)


def summed(frame: pd.DataFrame, column: str, mask: pd.Series) -> pd.Series:
    return by_client(frame.loc[mask, ["client_id", column]])[column].sum()


# --- facts ----------------------------------------------------------------------------------------


def facts(asked: Asked) -> pd.DataFrame:
    """One row per judged client with every sum, count and latest value that the signs need."""
    rows = everyone(asked)
    found = {**assets(asked), **flows(asked), **trades(asked), **contacts(asked), **requests(asked)}
    for name, series in found.items():
        series.index = series.index.astype(object)
        aligned = series.reindex(rows.index)
        missing_stays = name in ("net_assets", "opening", "closing")
        rows[name] = aligned.astype("Int64") if missing_stays else aligned.fillna(0).astype("int64")
    return rows


def everyone(asked: Asked) -> pd.DataFrame:
    kept = ["branch_id", "manager_id", "opened_on", "segment", "do_not_contact"]
    asks = ["closed_on", "kind", "status", "is_employee", "scoring_opt_out"]
    clients = read(asked, "clients", ["client_id", *kept, *asks])
    clients["client_id"] = clients["client_id"].astype(object)
    exits = read(asked, "exits", ["client_id", "date", "kind"])
    as_of = pd.Timestamp(asked.as_of)
    closed = exits.loc[(exits["kind"] == "closed_account") & (exits["date"] <= as_of), "client_id"]
    judged = (
        (clients["kind"] == "person")
        & (clients["opened_on"] <= as_of)
        & ~(clients["closed_on"] <= as_of)
        & (clients["status"] != "deceased")
        & ~clients["is_employee"].fillna(False)
        & ~clients["scoring_opt_out"].fillna(False)
        & ~clients["client_id"].isin(closed.astype(object))
    )
    return clients.loc[judged, ["client_id", *kept]].set_index("client_id")


def assets(asked: Asked) -> dict[str, pd.Series]:
    rows = read(asked, "assets", ["client_id", "date", "position_value", "net_assets"], asked.assets)
    base = within(rows, (asked.first(6), asked.last(1)))
    months = [within(rows, asked.months[n]) for n in (0, 1)]
    held = rows["position_value"] != 0
    return {
        "net_assets": latest(rows, within(rows, asked.today)),
        "opening": latest(rows, within(rows, asked.opening)),
        "closing": latest(rows, months[0]),
        "base_rows": counted(rows, base),
        "base_net_assets": summed(rows, "net_assets", base),
        **{f"rows_{n}": counted(rows, month) for n, month in enumerate(months)},
        **{f"held_{n}": counted(rows, month & held) for n, month in enumerate(months)},
    }


def latest(rows: pd.DataFrame, mask: pd.Series) -> pd.Series:
    """The last row of each client: files come month by month, each in the order of clients and days."""
    return by_client(rows.loc[mask, ["client_id", "net_assets"]])["net_assets"].last()


def flows(asked: Asked) -> dict[str, pd.Series]:
    columns = ["flow_id", "client_id", "date", "direction", "amount", "kind", "reverses"]
    rows = read(asked, "flows", columns, (date.min.replace(year=1900), asked.as_of))
    voided = rows["reverses"].dropna().astype(object)
    rows = rows[rows["reverses"].isna() & ~rows["flow_id"].isin(voided)]
    out = rows["direction"] == "out"
    bank_out = within(rows, asked.outflow) & (rows["kind"] == "bank") & out
    moved = within(rows, asked.months[0]) & rows["kind"].isin(["bank", "securities"])
    return {
        "withdrawn": summed(rows, "amount", bank_out),
        "withdrawals": counted(rows, bank_out),
        "moved_in": summed(rows, "amount", moved & ~out),
        "moved_out": summed(rows, "amount", moved & out),
    }


def trades(asked: Asked) -> dict[str, pd.Series]:
    rows = read(asked, "trades", ["client_id", "date", "commission", "levies"], asked.trades)
    rows["net"] = rows["commission"] - rows["levies"].fillna(0).astype("int64")
    months = [within(rows, month) for month in asked.months]
    return {
        "net_commission": summed(rows, "net", within(rows, asked.commission)),
        **{f"commission_{n}": summed(rows, "commission", month) for n, month in enumerate(months)},
        **{f"orders_{n}": counted(rows, months[n]) for n in range(4)},
    }


def contacts(asked: Asked) -> dict[str, pd.Series]:
    rows = read(asked, "contacts", ["client_id", "date", "effective"], asked.contacts)
    return {
        f"contacts_{n}": counted(rows, within(rows, asked.months[n]) & rows["effective"]) for n in range(5)
    }


def requests(asked: Asked) -> dict[str, pd.Series]:
    rows = read(asked, "requests", ["client_id", "date", "kind"], asked.spoken)
    kinds = {"complaints": ["complaint"], "demands": DEMANDS}
    return {name: counted(rows, rows["kind"].isin(codes)) for name, codes in kinds.items()}


# --- the signs ------------------------------------------------------------------------------------


def sign(
    checks: Mapping[str, object], fired: object, value: object, threshold: float, **evidence: object
) -> Sign:
    """The fields of one sign; ``checks`` are tried in order before it is judged."""
    states = [np.asarray(check, dtype=bool) for check in checks.values()]
    fires = np.asarray(pd.array(fired).fillna(False), dtype=bool)
    status = np.select([*states, fires], [*checks, "fired"], default="clear").astype(object)
    judged = ~reduce(or_, states) if states else np.ones(len(status), dtype=bool)
    numbers = pd.array(value, dtype="Float64").to_numpy(dtype=float, na_value=np.nan)
    return {
        "status": pa.array(status, pa.string()),
        "severity": pa.array(np.where(status == "fired", "strong", None), pa.string()),
        "value": pa.array(numbers, mask=~judged | np.isnan(numbers)),
        "threshold": pa.array(np.full(len(status), threshold)),
        **evidence,
    }


def quotient(above: object, below: object) -> pd.Series:
    """As a double; missing where there is nothing to divide by."""
    divisor = pd.Series(below).astype("Float64")
    return pd.Series(above).astype("Float64") / divisor.where(divisor != 0)


def fund_outflow(asked: Asked, rows: pd.DataFrame) -> Sign:
    withdrawn, net_assets = rows["withdrawn"], rows["net_assets"]
    left = (net_assets > 0).fillna(False)
    enough = (10 * withdrawn > 3 * net_assets).fillna(False)
    return sign(
        {"missing_data": net_assets.isna()},
        (rows["withdrawals"] >= 1) & np.where(left, enough, withdrawn > 0),
        quotient(withdrawn, net_assets).where(left),
        0.30,
        **span(asked.outflow, rows),
        moved_out=money(withdrawn),
        times=whole(rows["withdrawals"]),
        net_assets=money(net_assets),
    )


def commission_drop(asked: Asked, rows: pd.DataFrame) -> Sign:
    measured = (rows["base_rows"] > 0) & (rows["base_net_assets"] >= 50_000_000 * rows["base_rows"])
    large = pd.Series(
        np.where(rows["segment"].isna(), measured, rows["segment"] == "large"), rows.index, dtype=bool
    )
    more = {n: large & complete(asked, rows, n, asked.trades_start) for n in (4, 5, 6)}
    months = 3 + sum(counts.astype("int64") for counts in more.values())
    base = sum(rows[f"commission_{n}"] for n in (1, 2, 3))
    base = base + sum(rows[f"commission_{n}"].where(counts, 0) for n, counts in more.items())
    now = rows["commission_0"] * months
    return sign(
        {
            "insufficient_history": ~complete_all(asked, rows, 4, asked.trades_start),
            "not_applicable": base <= 0,
        },
        10 * now <= 7 * base,
        1 - quotient(now, base),
        0.30,
        **span(asked.months[0], rows),
        commission=money(rows["commission_0"]),
        commission_base=money(base),
        months=whole(months),
        large=pa.array(large),
    )


def empty_position(asked: Asked, rows: pd.DataFrame) -> Sign:
    held = rows["held_0"] + rows["held_1"]
    return sign(
        {
            "insufficient_history": rows["opened_on"] > pd.Timestamp(asked.first(1)),
            "missing_data": (rows["rows_0"] == 0) | (rows["rows_1"] == 0),
        },
        held == 0,
        held,
        0.0,
        **span((asked.first(1), asked.last(0)), rows),
        rows=whole(rows["rows_0"] + rows["rows_1"]),
    )


def trade_drop(asked: Asked, rows: pd.DataFrame) -> Sign:
    orders, base = rows["orders_0"], added(rows, "orders", (1, 2, 3))
    return sign(
        {
            "insufficient_history": ~complete_all(asked, rows, 4, asked.trades_start),
            "not_applicable": base == 0,
        },
        orders * 3 * 2 < base,
        quotient(orders * 3, base),
        0.50,
        **span(asked.months[0], rows),
        orders=whole(orders),
        orders_base=whole(base),
        months=whole(pd.Series(3, rows.index)),
    )


def heavy_loss(asked: Asked, rows: pd.DataFrame) -> Sign:
    in_month = rows["opened_on"] >= pd.Timestamp(asked.first(0))
    opening = rows["opening"].mask(in_month, 0)
    entrusted = opening + rows["moved_in"]
    loss = entrusted - rows["moved_out"] - rows["closing"]
    return sign(
        {
            "insufficient_history": rows["opened_on"] > pd.Timestamp(asked.last(0)),
            "missing_data": opening.isna() | rows["closing"].isna(),
            "not_applicable": (entrusted <= 0).fillna(False),
        },
        2 * loss > entrusted,
        quotient(loss, entrusted),
        0.50,
        **span(asked.months[0], rows),
        opening=money(opening),
        moved_in=money(rows["moved_in"]),
        moved_out=money(rows["moved_out"]),
        closing=money(rows["closing"]),
        loss=money(loss),
    )


def complaint(asked: Asked, rows: pd.DataFrame) -> Sign:
    return sign({}, rows["complaints"] >= 1, rows["complaints"], 1.0, **span(asked.spoken, rows))


def demand(asked: Asked, rows: pd.DataFrame) -> Sign:
    return sign({}, rows["demands"] >= 1, rows["demands"], 1.0, **span(asked.spoken, rows))


def contact_drop(asked: Asked, rows: pd.DataFrame) -> Sign:
    now, before = rows["contacts_0"], rows["contacts_1"]
    base, base_before = added(rows, "contacts", (1, 2, 3)), added(rows, "contacts", (2, 3, 4))
    before_counts = complete(asked, rows, 4, asked.contacts_start)
    return sign(
        {
            "insufficient_history": ~complete_all(asked, rows, 4, asked.contacts_start),
            "not_applicable": (base == 0) & (~before_counts | (base_before == 0)),
        },
        (now * 3 < base) | (before_counts & (before * 3 < base_before)),
        quotient(now * 3, base),
        1.0,
        **span(asked.months[0], rows),
        contacts=whole(now),
        contacts_base=whole(base),
        contacts_before=whole(before),
        contacts_base_before=whole(base_before),
    )


def added(rows: pd.DataFrame, name: str, months: Iterable[int]) -> pd.Series:
    return sum(rows[f"{name}_{n}"] for n in months)


def complete(asked: Asked, rows: pd.DataFrame, back: int, start: date) -> pd.Series:
    return (rows["opened_on"] <= pd.Timestamp(asked.first(back))) & (start <= asked.first(back))


def complete_all(asked: Asked, rows: pd.DataFrame, months: int, start: date) -> pd.Series:
    return reduce(and_, (complete(asked, rows, n, start) for n in range(months)))


# --- levels ---------------------------------------------------------------------------------------


def with_levels(rows: pd.DataFrame, signs: Signs) -> pd.DataFrame:
    states = {name: sign["status"].to_numpy(zero_copy_only=False) for name, sign in signs.items()}
    fired = {name: state == "fired" for name, state in states.items()}
    keys, data, words, ours = (
        sum(fired[name].astype(int) for name in group) for group in (KEYS, DATA, WORDS, OURS)
    )
    helpers = data + words
    unknown = reduce(or_, (states[name] == "missing_data" for name in KEYS))
    conditions = [
        (keys >= 2) | ((keys >= 1) & (helpers >= 1)),
        (keys >= 1) | ((helpers >= 2) & (data >= 1)),
        (helpers >= 1) | (ours >= 1),
        unknown,
    ]
    stake = (
        1000 * rows["net_commission"] + 5 * rows["net_assets"].fillna(0) + 500
    ) // 1000  # half up, in fen
    found = {
        "place": np.select(conditions, range(4), default=4),
        "fired": joined(fired),
        "unknown": joined(
            {n: (s == "insufficient_history") | (s == "missing_data") for n, s in states.items()}
        ),
        "stake": stake.astype("int64"),
    }
    return rows[["branch_id", "manager_id", "do_not_contact"]].assign(**found)


def joined(chosen: Mapping[str, np.ndarray]) -> np.ndarray:
    """The chosen names per row: eight flags have few patterns, so each is written once."""
    pattern = sum(flag.astype(np.int64) << n for n, flag in enumerate(chosen.values()))
    names = list(chosen)
    words = [";".join(name for n, name in enumerate(names) if p >> n & 1) for p in range(1 << len(names))]
    return np.array(words, dtype=object)[pattern]


if __name__ == "__main__":
    main(Asked.read(Path(sys.argv[1])), Path(sys.argv[2]))
