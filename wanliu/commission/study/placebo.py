"""Two comparisons that must find nothing: a fake date before the real one, and a fake outcome."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import numpy as np

from wanliu.book.engine import named_failures
from wanliu.book.sealed import Book
from wanliu.commission.study.numbers import Numbers
from wanliu.commission.study.risk_sets import Rows, known, outcomes, rows_of


def at_a_fake_date(
    connection: duckdb.DuckDBPyConnection, book: Book, horizons: Sequence[int], numbers: Numbers
) -> Rows:
    """The rows of ``study_rows`` with their past cut off a horizon before the real date.

    The fact ``drained`` says whether half of the money went out by bank between the fake and the real date.
    Both groups were still here on the real date, so nobody's survival tells them apart. The real date is not
    known on the fake one: requests since then, which led to the cut, stand in no column.
    """
    back = horizons[0] + numbers.window
    with named_failures():
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE study_fake AS SELECT * REPLACE (ref - "
            f"{back} AS ref) FROM study_rows WHERE opened_on < ref - {back}"
        )
        query = f"""
            SELECT k.*, (coalesce(f.net_out, 0) - coalesce(g.net_out, 0))
                / greatest(k.net_assets, 1) > {numbers.drained!r} AS drained
            FROM ({known(book, "study_fake")}) AS k
            ASOF LEFT JOIN run_flows AS f ON f.client_id = k.client_id AND k.ref + {horizons[0]} > f.date
            ASOF LEFT JOIN run_flows AS g ON g.client_id = k.client_id AND k.ref > g.date"""
        found = connection.sql(
            f"SELECT * FROM ({query}) AS k {outcomes(horizons)} ORDER BY as_of, client_id"
        ).to_arrow_table()
    rows = rows_of(found, horizons)
    drained = np.array([float(one or 0) for one in found["drained"].to_pylist()])
    return Rows(rows.treated, rows.client, rows.weight, rows.left, {**rows.facts, "drained": drained})
