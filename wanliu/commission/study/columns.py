"""What was known of a client before: named facts, and the columns that both regressions read.

The same columns whether the facts come from a book or from somewhere else. Age, sex and anything else that a
price must not depend on is not among them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from wanliu.commission.study.effect import Floats

AMOUNTS = ("net_assets", "turnover_90", "orders_30", "orders_90", "logins_30", "tenure_days")
"""Told on the logarithm: tenfold is tenfold at every size."""
RATIOS = (
    "cash_share",
    "assets_change",
    "active_share",
    "net_out_90",
    "rate",
    "minimum",
    "time",
    "week_share",
)
ASKED = ("asked_2", "asked_7", "asked_14", "asked_30", "asked_90")
"""Requests for a cut by their age in days, each up to its number: a fresh one has not been answered yet."""
FRESH = ASKED[:-1]
MARKS = ("contacts_90", "demands_90", "complaints_90", "prior_cuts")
WITHIN = (0.005, 0.995)
"""Quantiles that what was measured is held within; ours."""
FACTS = (*AMOUNTS, *RATIOS, *ASKED, *MARKS)


def covariates(facts: Mapping[str, Floats]) -> Floats:
    """Rows × columns. An unknown value is the median, and a column says so."""
    columns: list[Floats] = []
    plain: dict[str, Floats] = {}
    for name in FACTS:
        values = facts[name].astype(np.float64)
        unknown = np.isnan(values)
        if unknown.any():
            columns.append(unknown.astype(np.float64))
            values = np.where(unknown, np.nanmedian(values) if not unknown.all() else 0.0, values)
        plain[name] = _within(name, _shaped(name, values))
    columns += plain.values()
    fresh = np.minimum(sum(plain[name] for name in FRESH), 1.0)
    size, rate = _centred(plain["net_assets"]), _centred(plain["rate"])
    columns += [size**2, rate**2, _centred(plain["turnover_90"]) ** 2, size * rate]
    # who is granted a cut, and who leaves after asking, may go by size and rate in another way than others
    columns += [fresh * size, fresh * rate, fresh * _centred(plain["orders_30"])]
    # a week in which many were cut is a campaign, and campaigns go by the rate
    columns += [plain["week_share"] * rate]
    return np.column_stack(columns)


def _shaped(name: str, values: Floats) -> Floats:
    if name in AMOUNTS:
        return np.asarray(np.log1p(np.maximum(values, 0.0)))
    if name == "rate":
        return np.asarray(np.log(np.maximum(values, 1e-6)))
    if name in ASKED or name in MARKS:
        return np.asarray(np.log1p(values))
    return np.asarray(values.clip(-5.0, 5.0)) if name in ("assets_change", "net_out_90") else values


def _within(name: str, values: Floats) -> Floats:
    """A few wild values, as a debt larger than the cash, would else own a regression."""
    if name in ASKED or name in MARKS or not len(values):
        return values
    low, high = np.quantile(values, WITHIN)
    return values.clip(low, high)


def _centred(values: Floats) -> Floats:
    spread = values.std()
    return np.asarray((values - values.mean()) / spread if spread > 0 else values * 0.0)
