"""A model of a brokerage's own clients: fitted on the past, judged on later months, applied to a day."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from wanliu.book.engine import Engine
from wanliu.book.sealed import Book
from wanliu.errors import BookRefused, UsageError
from wanliu.foresight import drift, kept, skill, slices, trial
from wanliu.foresight.boosting import Training, lightgbm
from wanliu.foresight.client_features import NAMES
from wanliu.foresight.client_months import Months, fact_plan, lacking, months_of, together
from wanliu.foresight.hazard import HazardModel, Outcomes
from wanliu.foresight.hazard_numbers import hazard
from wanliu.foresight.outcomes import Known, days_known, known_outcomes
from wanliu.text import Text
from wanliu.warning.run import days_between

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Progress = Callable[[Text, int, int], None]

KIND = "book"
IDLE = NAMES.index("idle")
RFM = [NAMES.index(name) for name in ("idle", "orders_year", "net_assets")]
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Asked:
    """Which months of a book to learn from."""

    book: Book
    first: date
    last: date
    horizon: int
    seed: int = 1
    threads: int = 1
    accept_gaps: bool = False
    progress: Progress = field(default=lambda _step, _done, _total: None)


@dataclass(frozen=True)
class Day:
    """The clients with something to lose on one day, with their chances of leaving."""

    months: Months
    scores: Floats
    model: HazardModel


def fit(asked: Asked, engine: Engine, out: Path, *, replace: bool = False) -> dict[str, Any]:
    """Fits, tries and keeps a model of the book's clients; returns its card.

    Raises UsageError for a span that is too short, BookRefused for too few leavers or lost deliveries.
    """
    lightgbm()
    began = time.monotonic()
    days = days_known(
        asked.book, days_between(asked.book.calendar, asked.first, asked.last, "month-end"), asked.horizon
    )
    asked.progress(_GATHERING, 0, 3)
    known = known_outcomes(asked.book, days, asked.horizon, engine, accept_gaps=asked.accept_gaps)
    asked.progress(_TRYING, 1, 3)
    tried = tried_on_later(known, asked)
    asked.progress(_FITTING, 2, 3)
    model = HazardModel.fitted(known.outcomes, seed=asked.seed, threads=asked.threads)
    gain = model.bag.importance()
    order = np.argsort(-gain)[:20]
    card = {
        **_about(asked, known, days),
        "trials": {"time": tried},
        "importance": [[(*NAMES, "stretch")[n], round(float(gain[n]), 4)] for n in order if gain[n] > 0],
        "seconds": round(time.monotonic() - began, 1),
    }
    about = {
        "features": list(NAMES),
        "horizon": asked.horizon,
        "tables": sorted(
            {"assets", "flows", "trades", "contacts", "requests", "logins"} - set(lacking(asked.book))
        ),
        "reference": {"features": drift.reference(known.outcomes.features, NAMES)},
        "card": card,
    }
    kept.save(out, KIND, about, model.bag, replace=replace)
    return card


def load(folder: Path) -> tuple[dict[str, Any], HazardModel]:
    """Raises BookRefused for a model whose features are no longer those of this program."""
    about, bag = kept.load(folder, KIND)
    if tuple(about["features"]) != NAMES:
        raise BookRefused(_OTHER_FEATURES.format(folder=folder))
    return about, HazardModel(bag, int(about["horizon"]))


def score_day(
    folder: Path,
    book: Book,
    as_of: date,
    engine: Engine,
    *,
    accept_gaps: bool = False,
    without: Collection[str] = (),
) -> tuple[dict[str, Any], Day]:
    """Every judged client with something to lose, in the order of client numbers; nobody of ``without``.

    Raises UsageError for a day that the book cannot speak of, or a book that lacks a table that the model
    learnt from.
    """
    about, model = load(folder)
    if lost := sorted(set(about["tables"]) & set(lacking(book))):
        raise UsageError(_LACKS.format(tables=", ".join(lost)))
    parts = []
    for part in months_of(fact_plan(book, (as_of,), accept_gaps=accept_gaps, without=without), engine):
        worth = np.nan_to_num(part.net_assets) >= hazard().valid
        parts.append(_only(part, worth))
    months = together(parts) if parts else None
    if months is None or not len(months):
        raise BookRefused(_NOBODY.format(day=as_of))
    return about, Day(months, model.scores(months.features), model)


def tried_on_later(known: Known, asked: Asked) -> dict[str, Any]:
    """Learnt from the earlier days alone, with a horizon's gap, and judged on the later ones."""
    days = np.unique(known.months.days)
    first = days[-max(1, round(len(days) * hazard().later_share))]
    later = known.months.days >= first
    earlier = known.months.days + asked.horizon <= first
    if not _has_both(known.outcomes.left, later) or not _has_both(known.outcomes.left, earlier):
        raise BookRefused(_NO_LATER)
    past, judged = known.outcomes.only(np.flatnonzero(earlier)), known.outcomes.only(np.flatnonzero(later))
    model = HazardModel.fitted(past, seed=asked.seed, threads=asked.threads)
    scores: dict[str, Floats] = {trial.OURS: model.scores(judged.features)}
    for name, baseline in baselines(past, asked.threads):
        scores[name] = baseline(judged.features)
    months = _only(known.months, later)
    ours = scores[trial.OURS]
    return {
        "rows": int(later.sum()),
        "fitted_on": int(earlier.sum()),
        "from": _iso(first),
        "to": _iso(days[-1]),
        "figures": {
            name: {
                one: figure.as_list()
                for one, figure in skill.figures(
                    judged.left, told, weights=judged.weights, clients=judged.clients
                ).items()
            }
            for name, told in scores.items()
        },
        "reliability": skill.reliability(judged.left, ours, weights=judged.weights, clients=judged.clients),
        "slices": list(_slices(asked.book, months, judged, ours)),
        "listed": listed(judged, scores, months.days),
        "random_auc": _by_row(known.outcomes, asked.threads),
        "plain_time_auc": skill.auc(judged.left, scores["plain LightGBM"], judged.weights),
    }


def baselines(past: Outcomes, threads: int) -> Iterator[tuple[str, trial.Baseline]]:
    """What the model has to beat, fitted on the same rows: nothing, idle time, RFM, and LightGBM as it
    comes."""
    base = float(np.average(past.left, weights=past.weights))
    yield "base rate", lambda x: np.full(len(x), base)
    on = _training(past, threads)
    yield "idle time", trial.plain(on, [IDLE])
    rfm = trial.logistic(_training(past, threads, RFM))
    yield "logistic RFM", lambda x: rfm(x[:, RFM])
    yield "plain LightGBM", trial.plain(on, list(range(past.features.shape[1])))


def listed(judged: Outcomes, scores: Mapping[str, Floats], days: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Per share of clients listed each day: precision, recall and the days between list and leaving."""
    found = []
    for name in (trial.OURS, "idle time"):
        for share in hazard().listed:
            on_list = _top_of_each_day(scores[name], days, share, judged.weights)
            weights = judged.weights * on_list
            gone = float((weights * judged.left).sum())
            caught = judged.after[on_list & judged.left]
            found.append(
                {
                    "name": name, "share": share, "precision": gone / max(float(weights.sum()), 1.0),
                    "recall": gone / float((judged.weights * judged.left).sum()),
                    "median_lead": float(np.median(caught)) if len(caught) else None,
                }
            )  # fmt: skip
    return found


def _top_of_each_day(scores: Floats, days: NDArray[np.int64], share: float, weights: Floats) -> Flags:
    chosen = np.zeros(len(scores), dtype=bool)
    for day in np.unique(days):
        rows = np.flatnonzero(days == day)
        order = rows[np.argsort(-scores[rows], kind="stable")]
        reached = np.cumsum(weights[order])
        chosen[order[reached <= share * reached[-1]]] = True
    return chosen


def _by_row(outcomes: Outcomes, threads: int) -> float:
    """What a split by row would have claimed, for LightGBM as it comes: rows of one client on both sides."""
    out = np.random.default_rng(0).random(len(outcomes.left)) < hazard().later_share
    if not _has_both(outcomes.left, out) or not _has_both(outcomes.left, ~out):
        return float("nan")
    inside = outcomes.only(np.flatnonzero(~out))
    claimed = trial.plain(_training(inside, threads), list(range(outcomes.features.shape[1])))
    return skill.auc(outcomes.left[out], claimed(outcomes.features[out]), outcomes.weights[out])


def _slices(book: Book, months: Months, judged: Outcomes, scores: Floats) -> Iterator[dict[str, Any]]:
    tenure, born = months.features[:, NAMES.index("tenure")], _birth_years(book, months.client_ids)
    age = (months.days / 365.25 + EPOCH.year) - born
    parts: dict[str, Iterator[tuple[str, Flags]]] = {
        "tenure": _bands(tenure, (hazard().new_client,)),
        "net_assets": _bands(months.net_assets, hazard().tiers),
        "age": _bands(age, hazard().ages),
        "branch": ((str(one), months.branches == one) for one in sorted(set(months.branches.tolist()))[:20]),
    }
    for what, named in parts.items():
        yield from slices.of_parts(what, named, judged.left, scores, judged.weights)


def _bands(values: Floats, borders: tuple[int, ...]) -> Iterator[tuple[str, Flags]]:
    edges = (-np.inf, *map(float, borders), np.inf)
    for low, high in pairwise(edges):
        name = (
            f"< {high:,.0f}"
            if low == -np.inf
            else f"≥ {low:,.0f}"
            if high == np.inf
            else f"{low:,.0f} – {high:,.0f}"
        )
        yield name, (values >= low) & (values < high)


def _birth_years(book: Book, client_ids: NDArray[np.object_]) -> Floats:
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT client_id, birth_year FROM ({book.rows_of('clients')})").fetchall()
    born = {client: float("nan") if year is None else float(year) for client, year in rows}
    return np.array([born.get(one, float("nan")) for one in client_ids])


def _training(past: Outcomes, threads: int, columns: list[int] | None = None) -> Training:
    features = past.features if columns is None else past.features[:, columns]
    parts = np.zeros(len(past.left), dtype=np.int64)
    return Training(features, past.left, parts, (), weights=past.weights, threads=threads)


def _about(asked: Asked, known: Known, days: tuple[date, ...]) -> dict[str, Any]:
    weights = known.outcomes.weights
    return {
        "rows": round(float(weights.sum())),
        "leavers": int(known.outcomes.left.sum()),
        "kinds": known.counts,
        "kept_share": known.kept_share,
        "clients_share": known.clients_share,
        "times": [day.isoformat() for day in days],
        "horizon": asked.horizon,
        "book": asked.book.fingerprint,
        "seed": asked.seed,
        "lightgbm": lightgbm().__version__,
        "suspicions": [],
        "notes": [_note(text) for text in _notes(asked, known)],
    }


def _notes(asked: Asked, known: Known) -> Iterator[Text]:
    yield _BY_PRICE.format(rows=f"{known.counts.get('by_price', 0):,}", horizon=asked.horizon)
    if known.clients_share < 1:
        yield _SOME_CLIENTS.format(share=f"{known.clients_share:.1%}")
    if known.kept_share < 1:
        yield _SAMPLED.format(share=f"{known.kept_share:.1%}")
    if lost := lacking(asked.book):
        yield _WITHOUT.format(tables=", ".join(lost))


def _only(months: Months, rows: Flags) -> Months:
    return Months(*(getattr(months, name)[rows] for name in Months.__dataclass_fields__))


def _has_both(left: Flags, rows: Flags) -> bool:
    return bool(left[rows].any() and not left[rows].all())


def _iso(day: Any) -> str:
    return date.fromordinal(EPOCH.toordinal() + int(day)).isoformat()


def _note(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


_GATHERING = Text(zh="汇总事实与结果", en="gathering facts and outcomes")
_TRYING = Text(zh="用过去预测后来", en="learning from the past, judged on later months")
_FITTING = Text(zh="用全部月份训练", en="fitting on all months")
_NO_LATER = Text(
    zh="早的月份或晚的月份里没有离开的客户，无法如实估计。请放宽 --from 和 --to。",
    en="The earlier or the later months have no leaver: no honest estimate is possible. Widen --from and "
    "--to.",
)
_OTHER_FEATURES = Text(
    zh="{folder} 读的特征与本程序不同。请用写出它的那个版本，或重新训练。",
    en="{folder} reads other features than this program makes. Use the version that wrote it, or fit it "
    "again.",
)
_LACKS = Text(
    zh="账簿缺少模型学过的表：{tables}。请补交，或用现有的表重新训练。",
    en="The book lacks tables that the model learnt from: {tables}. Deliver them, or fit a model without "
    "them.",
)
_NOBODY = Text(zh="{day} 没有一位有资产可失的被判客户。", en="On {day} no judged client has assets to lose.")
_BY_PRICE = Text(
    zh="{rows} 个客户月在 {horizon} 天内只因价格下跌而低于界线：钱没有走，按未离开计。",
    en="{rows} client-months fell below the line within {horizon} days by prices alone: no money left, so "
    "they count as having stayed.",
)
_SOME_CLIENTS = Text(
    zh="从 {share} 的客户学习（按客户号抽取，与结果无关）；以上条数都是这些客户的。",
    en="Learnt from {share} of the clients, drawn by their numbers whatever became of them; all counts are "
    "theirs.",
)
_SAMPLED = Text(
    zh="未离开的客户月抽取了 {share}，按比例加权。",
    en="{share} of the client-months that stayed were drawn, and weigh for the rest.",
)
_WITHOUT = Text(
    zh="账簿没有这些表，相应的特征为空：{tables}。",
    en="The book lacks these tables, and their features are blank: {tables}.",
)
