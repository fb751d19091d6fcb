"""From a book to rows: per week who was treated and who was not, both still here, with what was known before.

A landmark is the end of a week. Treated is who got it in that week; without it is everybody else. Both must
be valid clients *at the landmark*, and leaving counts from the day after, so nobody's time before the
treatment is credited to it. What was known is read up to the day before the treatment; for those without, up
to the day before one of the week's days of treatment, drawn by what the row holds and not by the client's
number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

from wanliu.book.engine import named_failures
from wanliu.book.sealed import Book, quoted
from wanliu.commission.study.columns import ASKED, FACTS, covariates
from wanliu.commission.study.effect import Flags, Floats, Places, Sample
from wanliu.commission.study.ground import EVENTS
from wanliu.commission.study.numbers import Numbers

BESIDE = 40
"""Rows without treatment that are kept for each one with it, where a book is too large to keep all."""
LUCK = 1_000_003
"""Steps of the draw by content; ours."""
AGES = (2, 7, 14, 30, 90)
"""Days up to which a request counts as that old; each goes with a name of ASKED."""
STALE = 31
"""A client's assets are the latest row of so many days, as everywhere."""
LEFT = "label <> 'stayed' AND NOT coalesce(by_price, false)"
"""Whose value only fell has not left."""


@dataclass(frozen=True)
class Rows:
    """One comparison's rows. ``left``: horizon → 1, 0, or nan where the outcome is not wholly in the book."""

    treated: Flags
    client: Places
    weight: Floats
    left: Mapping[int, Floats]
    facts: Mapping[str, Floats]
    """What was known before, by name, and further numbers of the row: nth, yuan, later_cut, moved."""

    def __len__(self) -> int:
        return len(self.treated)

    def sample(self, outcome: Floats, kept: Flags) -> Sample:
        kept = kept & ~np.isnan(outcome)
        return Sample(
            self.treated[kept],
            outcome[kept],
            covariates({name: values[kept] for name, values in self.facts.items()}),
            self.client[kept],
            self.weight[kept],
        )


def labels_known(
    connection: duckdb.DuckDBPyConnection, labels: Mapping[int, pa.Table], landmarks: Sequence[date]
) -> None:
    """Takes the labels in: one table per horizon, as they were handed down."""
    for horizon, table in labels.items():
        connection.register("study_handed", table)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE study_labels_{horizon} AS "
            "SELECT client_id, as_of, valid, net_assets, "
            f"CASE WHEN NOT censored THEN ({LEFT})::INTEGER END AS gone FROM study_handed"
        )
        connection.unregister("study_handed")
    connection.execute("CREATE OR REPLACE TEMP TABLE study_landmarks (as_of DATE, place INTEGER)")
    connection.executemany(
        "INSERT INTO study_landmarks VALUES (?, ?)", [(day, place) for place, day in enumerate(landmarks)]
    )


def risk_set(
    connection: duckdb.DuckDBPyConnection, book: Book, arm: str, horizons: Sequence[int], numbers: Numbers
) -> Rows:
    """The rows of one treatment, by landmark and client; none where nobody was treated."""
    with named_failures():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE study_events AS {EVENTS[arm][1]}")
        connection.execute(f"CREATE OR REPLACE TEMP TABLE study_all AS {_everyone(horizons[0], numbers)}")
        connection.execute(f"CREATE OR REPLACE TEMP TABLE study_rows AS {_kept(numbers)}")
        query = (
            f"SELECT * FROM ({known(book, 'study_rows')}) AS k {outcomes(horizons)} ORDER BY as_of, client_id"
        )
        found = connection.sql(query).to_arrow_table()
    return rows_of(found, horizons)


def _everyone(horizon: int, numbers: Numbers) -> str:
    """Every valid client of every week with somebody treated, and the day that their past ends at."""
    return f"""
    WITH treated AS (
        SELECT l.client_id, l.as_of, min(e.date) AS ref
        FROM study_labels_{horizon} AS l JOIN study_events AS e ON e.client_id = l.client_id
            AND e.date <= l.as_of AND e.date > l.as_of - {numbers.window}
        WHERE l.valid GROUP BY ALL
    ),
    thinned AS (
        SELECT as_of, list(ref ORDER BY ref) AS refs, count(*) AS cuts
        FROM treated JOIN study_landmarks USING (as_of)
        WHERE place % greatest(1, (SELECT count(*) FROM treated) // {numbers.most_rows // 4}) = 0
        GROUP BY as_of
    )
    SELECT l.client_id, l.as_of, c.opened_on, t.ref IS NOT NULL AS treated, w.cuts,
        hash(l.net_assets, l.as_of, c.opened_on) % {LUCK} AS luck,
        coalesce(t.ref, w.refs[1 + (hash(l.as_of, c.opened_on, l.net_assets) % w.cuts)::INTEGER]) AS ref
    FROM study_labels_{horizon} AS l JOIN thinned AS w USING (as_of) JOIN study_clients AS c USING (client_id)
        LEFT JOIN treated AS t ON t.client_id = l.client_id AND t.as_of = l.as_of
    WHERE l.valid AND c.opened_on < l.as_of - {numbers.window}"""


def _kept(numbers: Numbers) -> str:
    """All of a small book; of a large one the treated, who asked of late, and a sample of the rest."""
    beside = f"least({BESIDE}, {numbers.most_rows} / (SELECT count(*) FILTER (treated) FROM marked))"
    return f"""
    WITH marked AS (
        SELECT a.*, EXISTS (SELECT 1 FROM study_requests AS q WHERE q.client_id = a.client_id
            AND q.kind = 'commission_cut' AND q.date <= a.ref AND q.date > a.ref - 30) AS fresh
        FROM study_all AS a
    ),
    shares AS (
        SELECT as_of, CASE WHEN (SELECT count(*) FROM marked) <= {numbers.most_rows} THEN 1.0
            ELSE least(1.0, {beside} * any_value(cuts) / count(*)) END AS share
        FROM marked WHERE NOT treated AND NOT fresh GROUP BY as_of
    ),
    week AS (SELECT as_of, count(*) AS people FROM marked GROUP BY as_of)
    SELECT m.client_id, m.as_of, m.opened_on, m.ref, m.treated,
        ln((m.cuts + 0.5) / (w.people + 1)) AS week_share,
        CASE WHEN m.treated OR m.fresh THEN 1.0 ELSE 1 / s.share END AS weight
    FROM marked AS m JOIN week AS w USING (as_of) LEFT JOIN shares AS s USING (as_of)
    WHERE m.treated OR m.fresh OR m.luck < s.share * {LUCK}"""


def known(book: Book, rows: str) -> str:
    """Each row with what was known before its day ``ref``; requests of that very day came first."""
    begins = book.first_date("trades") or date.min
    joins = [
        _at(table, f"{table}_{days}", f"r.ref - {days}" if days else "r.ref")
        for table, windows in WINDOWS.items()
        for days in (0, *windows)
    ]
    asked = [_at("asked", f"asked_{days}", f"r.ref + 1 - {days}") for days in (0, *(one + 1 for one in AGES))]
    return f"""
    SELECT r.*, CASE WHEN a.date >= r.ref - {STALE} THEN a.net_assets END::DOUBLE AS net_assets,
        (a.cash / nullif(a.net_assets, 0))::DOUBLE AS cash_share,
        ln(greatest(a.net_assets, 1)::DOUBLE / greatest(b.net_assets, 1)::DOUBLE) AS assets_change,
        {", ".join(_sums())},
        {", ".join(_ages())},
        coalesce(m.months, 0) / (date_diff('month', greatest(r.opened_on, {quoted(begins)}::DATE), r.ref) + 1)
            AS active_share,
        coalesce(later.old_rate, {_of_client(book, "commission_rate")}, before.new_rate) AS rate,
        coalesce(later.old_min, {_of_client(book, "min_commission")}, before.new_min) AS minimum,
        coalesce(p.cuts, 0) AS prior_cuts, (r.ref - r.opened_on)::DOUBLE AS tenure_days,
        (r.ref - DATE '2000-01-01') / 3650.0 AS time, {_of_flows("flows_0", "flows_90")} AS net_out,
        e.nth, (e.old_rate - e.new_rate) AS cut_size,
        n.date AS next_cut
    FROM {rows} AS r JOIN study_clients AS c USING (client_id)
        {_at("assets", "a", "r.ref", table="study_assets")}
        {_at("assets", "b", "r.ref - 90", table="study_assets")}
        {_at("months", "m", "r.ref")} {_at("cuts", "p", "r.ref")}
        ASOF LEFT JOIN study_changes AS later ON later.client_id = r.client_id AND r.ref <= later.date
        ASOF LEFT JOIN study_changes AS before ON before.client_id = r.client_id AND r.ref > before.date
        LEFT JOIN study_cuts AS e ON e.client_id = r.client_id AND e.date = r.ref AND r.treated
        ASOF LEFT JOIN run_cuts AS n ON n.client_id = r.client_id AND r.as_of < n.date
        {" ".join(joins)} {" ".join(asked)}"""


WINDOWS: Mapping[str, tuple[int, ...]] = {
    "trades": (30, 90),
    "flows": (90,),
    "contacts": (90,),
    "demands": (90,),
    "complaints": (90,),
    "logins": (30,),
}


def _at(name: str, alias: str, before: str, *, table: str = "") -> str:
    """The running sum as it stood before a day."""
    return (
        f"ASOF LEFT JOIN {table or f'run_{name}'} AS {alias} ON {alias}.client_id = r.client_id "
        f"AND {before} > {alias}.date"
    )


def _sums() -> list[str]:
    def between(table: str, name: str, days: int) -> str:
        return f"coalesce({table}_0.{name}, 0) - coalesce({table}_{days}.{name}, 0)"

    return [
        f"{between('trades', 'orders', 30)} AS orders_30",
        f"{between('trades', 'orders', 90)} AS orders_90",
        f"{between('trades', 'turnover', 90)} AS turnover_90",
        f"{between('trades', 'commission', 90)} AS commission_90",
        f"({_of_flows('flows_0', 'flows_90')}) / greatest(a.net_assets, 1)::DOUBLE AS net_out_90",
        f"{between('contacts', 'contacts', 90)} AS contacts_90",
        f"{between('demands', 'demands', 90)} AS demands_90",
        f"{between('complaints', 'complaints', 90)} AS complaints_90",
        f"{between('logins', 'logins', 30)} AS logins_30",
    ]


def _of_flows(now: str, then: str) -> str:
    return f"coalesce({now}.net_out, 0) - coalesce({then}.net_out, 0)"


def _ages() -> list[str]:
    """How many requests are how old: from 0 to 2 days, 3 to 7, and so on."""
    names = [f"asked_{days}" for days in (0, *(one + 1 for one in AGES))]
    return [
        f"coalesce({new}.asked, 0) - coalesce({old}.asked, 0) AS {name}"
        for name, new, old in zip(ASKED, names[:-1], names[1:], strict=True)
    ]


def _of_client(book: Book, column: str) -> str:
    return "NULL::DOUBLE" if book.lacks("clients", column) else f"c.{column}::DOUBLE"


def outcomes(horizons: Sequence[int]) -> str:
    joins = " ".join(
        f"JOIN (SELECT client_id, as_of, gone AS gone_{horizon} FROM study_labels_{horizon}) AS l{horizon} "
        "USING (client_id, as_of)"
        for horizon in horizons
    )
    moved = (
        "LEFT JOIN (SELECT p.client_id, s.as_of, count(*) AS moves FROM study_profile_changes AS p "
        "JOIN study_landmarks AS s ON p.date > s.as_of AND p.date <= s.as_of + "
        f"{horizons[0]} WHERE p.what IN ('phone', 'address') GROUP BY ALL) AS moved USING (client_id, as_of)"
    )
    return f"{joins} {moved}"


def rows_of(found: pa.Table, horizons: Sequence[int]) -> Rows:
    names = [*FACTS, "commission_90", "nth", "cut_size"]
    facts = {name: doubles(found[name]) for name in names}
    facts["moved"] = np.minimum(np.nan_to_num(doubles(found["moves"])), 1.0)
    days = {name: doubles(found[name].cast(pa.int32())) for name in ("as_of", "ref", "next_cut")}
    facts["later_cut"] = (days["next_cut"] <= days["as_of"] + horizons[0]).astype(np.float64)
    facts["as_of"], facts["ref"] = days["as_of"], days["ref"]
    _, client = np.unique(np.array(found["client_id"].to_pylist(), dtype=object), return_inverse=True)
    return Rows(
        treated=np.array(found["treated"].to_pylist(), dtype=bool),
        client=client.astype(np.int64),
        weight=np.nan_to_num(doubles(found["weight"]), nan=1.0),
        left={horizon: doubles(found[f"gone_{horizon}"]) for horizon in horizons},
        facts=facts,
    )


def doubles(column: pa.ChunkedArray) -> Floats:
    """The column as numbers; nan where it is empty."""
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
