"""The numbers of the made-up brokerage, read from ``world.toml`` into frozen records.

Each section names its source; money is CNY, rates and shares are fractions.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

Range = tuple[float, float]
"""Lowest and highest value of a uniform draw."""

Manner = Literal["leak", "sudden", "one_day"]


@dataclass(frozen=True)
class MarketNumbers:
    source: str
    days_a_month: float
    monthly_return_sigma: float
    monthly_turnover_sigma: float
    turnover_persistence: float
    slump_at: float
    slump_days: int
    slump_fall: float
    slump_turnover: float
    slump_recovery_days: int
    slump_needs_days: int


@dataclass(frozen=True)
class Wave:
    first: date
    last: date
    weight: float


@dataclass(frozen=True)
class Opening:
    source: str
    years: int
    wave_share: float
    migration_share: float
    migration_years_before_last: int
    waves: tuple[Wave, ...]


@dataclass(frozen=True)
class Segment:
    source: str
    share: float
    asset_factor: float
    orders: float
    dispersion: float
    logins: float
    empty: float
    full: float


@dataclass(frozen=True)
class Assets:
    source: str
    median: float
    log_sigma: float
    tail_from: float
    tail_alpha: float
    most: float
    valid: float
    large: float


@dataclass(frozen=True)
class Stocks:
    source: str
    beta_mean: float
    beta_sigma: float
    beta_bounds: Range
    monthly_sigma: float
    daily_limit: float
    symbols: int
    suspended_share: float
    suspended_days: Range
    bonus_share: float
    bonus_ratio: float
    bonus_lag: int
    dividend_share: float
    dividend_yield: Range


@dataclass(frozen=True)
class Orders:
    source: str
    small_median: float
    small_sigma: float
    large_median: float
    large_sigma: float
    smallest: float
    kept_cash: float
    lean: float
    side_bounds: Range


@dataclass(frozen=True)
class Rates:
    source: str
    shares: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    step: float
    floor: float
    minimum: float
    minimum_share: float


@dataclass(frozen=True)
class Fees:
    source: str
    levies: float
    transfer: float
    stamp: float


@dataclass(frozen=True)
class Habits:
    source: str
    salary_share: float
    salary_amount: Range
    salary_day: int
    pocket_money: float
    pocket_share: Range
    cycler_share: float
    cycler_days: int
    cycler_win: float
    cycler_part: Range
    ipo_win: float
    ipo_amount: Range
    year_end_share: float
    year_end_part: Range
    product_share: float
    product_part: Range
    product_days: Range
    product_gain: float
    interest: float
    waiting_share: float
    waiting_days: Range
    errand_share: float
    errand_part: Range
    errand_days: Range
    holiday_share: float
    holiday_days: Range
    reversal_share: float
    second_account: float
    second_moves: float
    second_part: Range
    margin_share: float
    margin_debt: float
    margin_interest: float


@dataclass(frozen=True)
class Leaving:
    source: str
    annoyed_a_month: float
    recovered: float
    settle_days: int
    lead_days: int
    implicit_share: float
    implicit_rest: Range
    shallow_rest: Range
    also_closed: float
    also_closed_days: Range
    also_revoked: float
    granted_leaver: float
    granted_kept: float
    cut_factor: Range
    leak_cash: float
    sudden_sale: float
    sudden_cash: float


@dataclass(frozen=True)
class Reason:
    """The footprint of one reason; the fades say what is left when the leaving begins."""

    weight: float
    explicit: float
    transfers: float
    manner: Manner
    annoyed_days: Range
    leaving_days: Range
    kept_by: str
    orders_fade: float = 1.0
    contacts_fade: float = 1.0
    logins_fade: float = 1.0
    loss: Range = (0.0, 0.0)
    complaint: float = 0.0
    address_change: float = 0.0
    demand: str = "commission_cut"
    demand_share: float = 0.0


@dataclass(frozen=True)
class Service:
    source: str
    managed_share: float
    served_share: float
    served_contacts: float
    other_contacts: float
    effective: float
    inward: float
    channels: tuple[float, ...]
    sms_a_year: int
    complaints_a_year: float
    cut_requests_a_month: float
    answer_days: Range
    cut_after_days: int
    other_requests_a_month: float
    address_changes_a_year: float
    phone_changes_a_year: float
    manager_changes_a_year: float


@dataclass(frozen=True)
class FirmNumbers:
    source: str
    clients_a_branch: int
    fewest_branches: int
    clients_a_staff: int
    staff_bounds: Range
    adviser_share: float
    merger_at: float
    campaign_at: float
    campaign_share: float
    campaign_factor: float
    own_cuts_a_month: float


@dataclass(frozen=True)
class People:
    source: str
    institution: float
    product: float
    employee: float
    deceased: float
    frozen: float
    unqualified: float
    dormant: float
    dormant_after_years: int
    risk_levels: tuple[float, ...]
    do_not_contact: float
    opt_out: float
    consent: tuple[float, ...]
    household: float
    same_person: float
    segment_known: float


@dataclass(frozen=True)
class World:
    market: MarketNumbers
    opening: Opening
    segments: dict[str, Segment]
    assets: Assets
    stocks: Stocks
    orders: Orders
    rates: Rates
    fees: Fees
    habits: Habits
    leaving: Leaving
    reasons: dict[str, Reason]
    service: Service
    firm: FirmNumbers
    people: People

    @property
    def segment_names(self) -> tuple[str, ...]:
        return tuple(self.segments)

    @property
    def reason_ids(self) -> tuple[str, ...]:
        return tuple(self.reasons)


Record = TypeVar("Record")


@cache
def load_world() -> World:
    text = files("wanliu.simulator").joinpath("world.toml").read_text(encoding="utf-8")
    return build(World, tomllib.loads(text))


def build(record: type[Record], data: dict[str, Any]) -> Record:
    """A frozen record from a TOML table. Raises TypeError where a key is unknown or one is lacking."""
    hints = get_type_hints(record)
    unknown = set(data) - {field.name for field in fields(record)}  # type: ignore[arg-type]  # records are dataclasses
    if unknown:
        raise TypeError(f"{record.__name__}: unknown keys {sorted(unknown)}")
    return record(**{name: _value(hints[name], value) for name, value in data.items()})


def _value(hint: Any, value: Any) -> Any:
    if is_dataclass(hint):
        return build(hint, value)  # type: ignore[arg-type]  # a dataclass type, not an instance
    origin, inner = get_origin(hint), get_args(hint)
    if origin is dict:
        return {key: _value(inner[1], entry) for key, entry in value.items()}
    if origin is tuple:
        return tuple(_value(inner[0], entry) for entry in value)
    return value
