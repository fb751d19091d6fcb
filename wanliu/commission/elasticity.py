"""A price elasticity: log quantity ~ log price + controls, a fixed effect per unit, errors clustered by unit.

The estimator alone, on arrays. A unit's mean is taken off every column, controls are partialled out, and what
is left of quantity is regressed on what is left of price. The variance sums each unit's scores before it
squares them, times G/(G−1) · (N−1)/(N−K), where K counts the slopes and one constant: the units' effects are
nested in the clusters and cost no degrees of freedom. The interval is Student's with G−1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from wanliu.errors import EnvironmentFailed
from wanliu.text import Text

Floats: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.int64]

CONFIDENCE = 0.90
FEWEST_UNITS = 2
FEW_UNITS = 10
"""Below so many units the clustered interval is known to be too short."""
NO_VARIATION = 1e-10
"""What is left of price, as a share of its variance before: less is rounding."""


@dataclass(frozen=True)
class Estimate:
    """Per cent of quantity for one per cent of price; ``low`` and ``high`` bound the 90 % interval."""

    value: float
    standard_error: float
    low: float
    high: float
    rows: int
    units: int
    singles: int
    """Rows left out because their unit has no other: its own effect explains them wholly."""


class CannotEstimate(Exception):
    """There is no estimate; ``why`` says it in both languages."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


def elasticity(quantity: Floats, price: Floats, unit: Places, controls: Floats) -> Estimate:
    """The estimate from logs of quantity and price, a unit's number per row, and controls (rows × columns).

    Raises CannotEstimate where price does not vary within units beyond the controls, or there are too few
    units or rows.
    """
    _, unit, counts = np.unique(unit, return_inverse=True, return_counts=True)
    kept = counts[unit] > 1
    singles = int((~kept).sum())
    quantity, price, controls = quantity[kept], price[kept], controls[kept]
    _, unit = np.unique(unit[kept], return_inverse=True)
    rows, units = len(quantity), int(unit.max(initial=-1)) + 1
    if units < FEWEST_UNITS:
        raise CannotEstimate(_FEW_UNITS.format(units=units))
    spread = _within(price, unit)
    if not (spread @ spread) > NO_VARIATION * ((price - price.mean()) @ (price - price.mean())):
        raise CannotEstimate(_FIXED_PRICE)
    left_price, left_quantity, slopes = _left_over(spread, _within(quantity, unit), _within(controls, unit))
    variation = float(left_price @ left_price)
    if not variation > NO_VARIATION * float(spread @ spread):
        raise CannotEstimate(_EXPLAINED_PRICE)
    free = rows - (slopes + 2)
    if free < 1 or rows - units - slopes - 1 < 1:
        raise CannotEstimate(_FEW_ROWS.format(rows=rows, numbers=units + slopes + 1))
    value = float(left_price @ left_quantity) / variation
    scores = np.bincount(unit, weights=left_price * (left_quantity - value * left_price), minlength=units)
    correction = units / (units - 1) * (rows - 1) / free
    error = float(np.sqrt(correction * float(scores @ scores))) / variation
    reach = _student(units - 1) * error
    return Estimate(value, error, value - reach, value + reach, rows, units, singles)


def _within(values: Floats, unit: Places) -> Floats:
    """Each value less its unit's mean; taken off twice, as once leaves a rounding's rest."""
    if values.ndim > 1:
        columns = [_within(values[:, place], unit) for place in range(values.shape[1])]
        return np.column_stack(columns) if columns else values
    counts = np.bincount(unit)
    for _ in range(2):
        values = values - (np.bincount(unit, weights=values) / counts)[unit]
    return values


def _left_over(price: Floats, quantity: Floats, controls: Floats) -> tuple[Floats, Floats, int]:
    """What the controls leave of price and quantity, and how many slopes they took, repeated ones once."""
    sizes = np.sqrt((controls * controls).sum(axis=0))
    controls = controls[:, sizes > 0] / sizes[sizes > 0]
    if not controls.shape[1]:
        return price, quantity, 0
    both = np.column_stack([price, quantity])
    slopes, _, rank, _ = np.linalg.lstsq(controls, both, rcond=1e-9)
    left = both - controls @ slopes
    return left[:, 0], left[:, 1], int(rank)


def _student(freedom: int) -> float:
    """The two-sided quantile of the interval."""
    try:
        from scipy import stats  # type: ignore[import-untyped]  # scipy publishes no types
    except ImportError as fault:
        raise EnvironmentFailed(_NO_EXTRA) from fault
    found: Any = stats.t.ppf((1 + CONFIDENCE) / 2, freedom)
    return float(found)


_FEW_UNITS = Text(
    zh="有两行以上的单元只有 {units} 个，至少要 2 个，才能按单元估计误差。",
    en="only {units} units have two rows or more; at least 2 are needed for errors clustered by unit.",
)
_FIXED_PRICE = Text(
    zh="同一单元内价格没有变化，估计不出价格的作用。",
    en="the price does not vary within any unit, so nothing is known of its effect.",
)
_EXPLAINED_PRICE = Text(
    zh="同一单元内的价格变化完全由控制变量解释，分不出价格的作用。",
    en="the controls explain all of the price's variation within units, so its own effect cannot be told.",
)
_FEW_ROWS = Text(
    zh="只有 {rows} 行，却要估计 {numbers} 个数，数据太少。",
    en="there are {rows} rows for {numbers} numbers to be estimated: too few.",
)
_NO_EXTRA = Text(
    zh="没有安装统计部件。请安装 wanliu[causal]。",
    en="The statistics are not installed. Install wanliu[causal].",
)
