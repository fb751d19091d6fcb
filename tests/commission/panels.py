"""Made-up sales of which the elasticity is known, and the same regression with a column for every unit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[np.float64]]


def a_panel(
    seed: int, *, truth: float = -2.5, units: int = 30, weeks: int = 25, spread: float = 0.3
) -> dict[str, npt.NDArray[np.float64]]:
    """Logs of quantity and price: units of unlike size that price by it, promotions that sell and cost less,
    and errors that last within a unit (what clusters are for)."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), weeks)
    size = rng.normal(0, 1, units)[unit]
    feature = (rng.random(units * weeks) < 0.2).astype(np.float64)
    price = 0.7 - 0.5 * size - 0.25 * feature + _lasting(rng, units, weeks, spread)
    error = _lasting(rng, units, weeks, 0.5)
    quantity = 8 + 2 * size + truth * price + 0.6 * feature + error
    return {"unit": unit.astype(np.float64), "quantity": quantity, "price": price, "feature": feature}


def _lasting(rng: np.random.Generator, units: int, weeks: int, spread: float) -> npt.NDArray[np.float64]:
    """Each week keeps 0.7 of the week before."""
    values = np.zeros((units, weeks))
    shocks = rng.normal(0, spread, (units, weeks))
    for week in range(weeks):
        values[:, week] = (0.7 * values[:, week - 1] if week else 0) + shocks[:, week]
    return values.ravel()


def with_dummies(panel: Arrays) -> tuple[float, float]:
    """Estimate and clustered error from statsmodels, a column for every unit."""
    import statsmodels.api as sm  # type: ignore[import-untyped]  # statsmodels publishes no types

    unit = panel["unit"].astype(np.int64)
    columns = np.column_stack([panel["price"], panel["feature"], np.eye(unit.max() + 1)[unit]])
    found = sm.OLS(panel["quantity"], columns).fit(cov_type="cluster", cov_kwds={"groups": unit})
    return float(found.params[0]), float(found.bse[0])
