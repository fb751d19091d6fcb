"""The event study: money and orders month by month before and after, the treated beside comparable others."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np

from wanliu.book.engine import named_failures
from wanliu.book.sealed import Book, quoted
from wanliu.commission.study.effect import Estimate, Fitted, Floats, aipw, clustered, interval
from wanliu.commission.study.numbers import Numbers
from wanliu.commission.study.risk_sets import doubles

STEP = 30
"""Days of a step."""
SERIES = ("assets", "orders")


@dataclass(frozen=True)
class Step:
    """One series at one step: −1 is the step before the cut; ``difference``: the treated less their like."""

    series: str
    step: int
    treated: float
    others: float
    difference: Estimate
    rows: int


def paths(
    connection: duckdb.DuckDBPyConnection, book: Book, numbers: Numbers
) -> dict[str, dict[int, Floats]]:
    """Series → step → value of each row of ``study_rows``, by landmark and client; nan where the book ends.

    ``assets``: of net assets on the day before the treatment, the share that is here (1: as much; at most 2).
    ``orders``: orders in the step, as the logarithm of one more.
    """
    steps = range(-numbers.event_months, numbers.event_months + 1)
    first, last = book.first_date("assets"), book.last_date("assets")
    begins, ends = book.first_date("trades"), book.last_date("trades")
    listed = ", ".join(f"({step})" for step in steps)
    query = f"""
    WITH asked AS (
        SELECT r.client_id, r.as_of, r.ref, s.step, r.ref + {STEP} * s.step AS start
        FROM study_rows AS r, (VALUES {listed}) AS s(step)
    )
    SELECT r.as_of, r.client_id, r.step,
        CASE WHEN r.start > {quoted(first)}::DATE AND r.start - 1 <= {quoted(last)}::DATE THEN
            least(2.0, CASE WHEN a.date >= r.start - {STEP + 1} THEN a.net_assets ELSE 0 END::DOUBLE
                / greatest(b.net_assets, 1)::DOUBLE) END AS assets,
        CASE WHEN r.start >= {quoted(begins)}::DATE AND r.start + {STEP - 1} <= {quoted(ends)}::DATE THEN
            ln(1 + coalesce(o.orders, 0) - coalesce(n.orders, 0)) END AS orders
    FROM asked AS r
        ASOF LEFT JOIN study_assets AS a ON a.client_id = r.client_id AND r.start > a.date
        ASOF LEFT JOIN study_assets AS b ON b.client_id = r.client_id AND r.ref > b.date
        ASOF LEFT JOIN run_trades AS o ON o.client_id = r.client_id AND r.start + {STEP} > o.date
        ASOF LEFT JOIN run_trades AS n ON n.client_id = r.client_id AND r.start > n.date
    ORDER BY step, as_of, client_id"""
    with named_failures():
        found = connection.sql(query).to_arrow_table()
    step = found["step"].to_numpy()
    return {name: {one: doubles(found[name])[step == one] for one in steps} for name in SERIES}


def event_study(found: Fitted, told: dict[str, dict[int, Floats]], numbers: Numbers) -> tuple[Step, ...]:
    """Each step's difference between the treated and those without, weighted to look like them.

    ``found`` is the fit of the same rows in the same order. Before the cut the differences should hold 0:
    where they do not, the two were on different roads already.
    """
    return tuple(
        step
        for series in SERIES
        for place, values in told[series].items()
        if (step := _step(found, series, place, values, numbers)) is not None
    )


def _step(found: Fitted, series: str, place: int, values: Floats, numbers: Numbers) -> Step | None:
    known = ~np.isnan(values)
    treated, weights = found.sample.treated[known], found.weights[known]
    clients = len(np.unique(found.sample.client[known][treated]))
    if clients < numbers.fewest_treated or not weights[~treated].sum():
        return None
    value, influence = aipw(treated, values[known], np.zeros(int(known.sum())), weights)
    error = clustered(influence, found.sample.client[known])
    mine = float(np.average(values[known][treated], weights=weights[treated]))
    return Step(series, place, mine, mine - value, interval(value, error, clients, numbers), int(known.sum()))
