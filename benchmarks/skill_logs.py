"""Two real logs of purchases, by time: who does not come back within the next weeks.

Methods learn from features and outcomes that were known before the day on which they are judged; BG/NBD from
the purchases up to that day, as it is meant to.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from benchmarks.bg_nbd import BgNbd
from benchmarks.skill_peers import Judging, Method, flaml, histogram, one_column, only, ours, plain
from wanliu.foresight.boosting import Flags, Floats, Training, stratified_parts
from wanliu.foresight.fitting_numbers import fitting
from wanliu.foresight.trial import logistic

NAMES = (
    "idle", "times", "known_for", "mean", "total", "last_30", "last_60", "last_90", "gap", "gap_spread",
    "idle_to_gap", "last_amount", "rate",
)  # fmt: skip
IDLE, TIMES, KNOWN_FOR = (NAMES.index(name) for name in ("idle", "times", "known_for"))
SEED = 1

Purchases = dict[str, tuple[Floats, Floats]]
"""Per customer the days (from the log's first) and amounts of purchases, one for each day."""


def cdnow(data: Path, *, flaml: bool, threads: int) -> dict[str, Any]:
    lines = (data / "CDNOW_master.txt").read_text("ascii").splitlines()[1:]
    rows = [line.split() for line in lines if line.strip()]
    first = np.datetime64("1997-01-01")
    told: dict[str, dict[float, float]] = {}
    for who, day, _, amount in rows:
        when = float((np.datetime64(f"{day[:4]}-{day[4:6]}-{day[6:]}") - first).astype(int))
        told.setdefault(who, {}).setdefault(when, 0.0)
        told[who][when] += float(amount)
    what = (
        "CDNOW, all 23,570 customers (the published figures, BG/NBD .763, idle .759, trees .771, are of the "
        "1/10 sample). Judged on 1997-09-30: no purchase in the next 39 weeks. Learnt on earlier days with "
        "13 weeks ahead."
    )
    return _by_time(told, judged=273.0, ahead=273.0, learnt=(182.0, 151.0), learnt_ahead=91.0, what=what,
                    with_flaml=flaml, threads=threads)  # fmt: skip


def online_retail(data: Path, *, flaml: bool, threads: int) -> dict[str, Any]:
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT CAST(CustomerID AS VARCHAR), date_diff('day', DATE '2010-12-01', InvoiceDate::DATE), "
            "sum(Quantity * UnitPrice) FROM read_parquet(?) WHERE CustomerID IS NOT NULL AND Quantity > 0 "
            "GROUP BY ALL",
            [str(data / "online_retail.parquet")],
        ).fetchall()
    told: dict[str, dict[float, float]] = {}
    for who, day, amount in rows:
        told.setdefault(who, {})[float(day)] = float(amount)
    judged = max(day for days in told.values() for day in days) - 91.0
    what = (
        "Online retail (UCI 352). Judged 91 days before the end: no purchase in the next 91 days. Published: "
        "idle time .683, LightGBM .729. Learnt on days whose 91 days had passed."
    )
    return _by_time(told, judged=judged, ahead=91.0, learnt=(judged - 91.0, judged - 121.0),
    learnt_ahead=91.0,
                    what=what, with_flaml=flaml, threads=threads)  # fmt: skip


def _by_time(
    told: dict[str, dict[float, float]], *, judged: float, ahead: float, learnt: tuple[float, ...],
    learnt_ahead: float, what: str, with_flaml: bool, threads: int,
) -> dict[str, Any]:  # fmt: skip
    log = {who: _sorted(days) for who, days in told.items()}
    past = [_on(log, day, learnt_ahead) for day in learnt]
    features, left = np.concatenate([one[0] for one in past]), np.concatenate([one[1] for one in past])
    whose = np.concatenate([one[2] for one in past])
    now, gone, _ = _on(log, judged, ahead)
    parts = stratified_parts(left, whose, fitting().folds, SEED)
    on = Training(features, left, parts, NAMES, seed=SEED, threads=threads)
    methods: dict[str, Method] = {
        "wanliu": ours,
        "LightGBM": plain,
        "HistGradientBoosting": histogram,
        "logistic RFM": only([IDLE, TIMES, NAMES.index("total")], logistic),
        "idle time alone": lambda _on, x: x[:, IDLE] / (judged + 1),
        "idle time alone, as trees": only([IDLE], one_column),
        "BG/NBD": lambda _on, x: _bg_nbd(x, ahead),
        **({"FLAML": flaml} if with_flaml else {}),
    }
    judging = Judging()
    judging.split(methods, on, now, gone)
    return {
        "what": what,
        **judging.told(probabilities=learnt_ahead == ahead),
        "notes": [judging.ahead("wanliu", "idle time alone"), judging.ahead("wanliu", "BG/NBD")],
    }


def _bg_nbd(features: Floats, ahead: float) -> Floats:
    """One less the chance of at least one purchase ahead, from how often, when last and since when."""
    times, known_for = features[:, TIMES] - 1, features[:, KNOWN_FOR]
    last = known_for - features[:, IDLE]
    return 1 - BgNbd.fitted(times, last, known_for).chance_of_any(times, last, known_for, ahead)


def _sorted(days: dict[float, float]) -> tuple[Floats, Floats]:
    order = sorted(days)
    return np.array(order), np.array([days[day] for day in order])


def _on(log: Purchases, day: float, ahead: float) -> tuple[Floats, Flags, np.ndarray[Any, Any]]:
    """Features, who did not come back, and who it is, for those who had bought by that day."""
    rows, left, whose = [], [], []
    for who, (days, amounts) in log.items():
        before = days <= day
        if before.any():
            rows.append(_features(days[before], amounts[before], day))
            left.append(not ((days > day) & (days <= day + ahead)).any())
            whose.append(who)
    return np.array(rows), np.array(left), np.array(whose)


def _features(days: Floats, amounts: Floats, day: float) -> list[float]:
    idle, known_for = day - days[-1], day - days[0]
    gaps = np.diff(days)
    gap = float(gaps.mean()) if len(gaps) else np.nan
    spread = float(gaps.std()) if len(gaps) > 1 else np.nan
    recent = [float((days > day - span).sum()) for span in (30, 60, 90)]
    return [
        idle, float(len(days)), known_for, float(amounts.mean()), float(amounts.sum()), *recent, gap, spread,
        idle / gap if gap else np.nan, float(amounts[-1]), len(days) / (known_for + 30.0),
    ]  # fmt: skip
