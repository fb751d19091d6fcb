"""Which client-months a model learns from, and what became of them; sampled where there are too many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlglot import exp

from wanliu.book.engine import Engine, seeing_only
from wanliu.book.sealed import Book
from wanliu.errors import BookRefused, UsageError
from wanliu.foresight.client_months import FactPlan, Months, fact_plan, months_of, together
from wanliu.foresight.fitting_numbers import fitting
from wanliu.foresight.hazard import Outcomes
from wanliu.foresight.hazard_numbers import hazard
from wanliu.foresight.labels import LEAVING, SPOOL, Labels
from wanliu.text import Text

MILLION = 1_000_000


@dataclass(frozen=True)
class Known:
    """Client-months whose outcome is known, and how they were counted before any was left out."""

    months: Months
    outcomes: Outcomes
    counts: dict[str, int]
    kept_share: float
    """Of the client-months that stayed."""
    clients_share: float
    """Of the book's clients."""


def known_outcomes(
    book: Book, days: Sequence[date], horizon: int, engine: Engine, *, accept_gaps: bool = False
) -> Known:
    """Valid clients on those days whose horizon is wholly in the book. Who fell below the line by prices
    alone counts as having stayed: nothing left. Raises BookRefused where there are too few leavers."""
    clients = min(1.0, hazard().most_clients / max(1, book.manifest.tables["clients"].rows))
    with seeing_only(engine, clients):
        return _known(
            fact_plan(book, days, accept_gaps=accept_gaps),
            Labels(book, tuple(days), horizon),
            engine,
            clients,
        )


def _known(plan: FactPlan, labels: Labels, engine: Engine, clients: float) -> Known:
    labels.prepare(engine)
    for _ in labels.spool(engine):
        pass
    counts = {str(kind): int(str(rows)) for kind, rows in engine.rows(_counted())}
    share = _share(counts)
    parts = list(months_of(plan, engine, _wanted(share)))
    engine.forget(SPOOL)
    if not parts:
        raise BookRefused(_TOO_FEW.format(gone=0, least=fitting().fewest_of_each))
    months = together(parts)
    return Known(months, _outcomes(months, share, labels.horizon), counts, share, clients)


def days_known(book: Book, days: Sequence[date], horizon: int) -> tuple[date, ...]:
    """The days whose horizon is wholly in the book. Raises UsageError where there are fewer than three."""
    asked = Labels(book, tuple(days), horizon)
    whole = tuple(day for day, ends in asked.asked if ends <= asked.known.book_ends)
    if len(whole) < FEWEST_DAYS:
        raise UsageError(_TOO_SHORT.format(days=len(whole), horizon=horizon, least=FEWEST_DAYS))
    return whole


def _share(counts: dict[str, int]) -> float:
    gone = sum(rows for kind, rows in counts.items() if kind in LEAVING)
    stayed = sum(counts.values()) - gone
    if min(gone, stayed) < fitting().fewest_of_each:
        raise BookRefused(_TOO_FEW.format(gone=gone, least=fitting().fewest_of_each))
    return min(1.0, hazard().most_stayers / stayed)


def _outcomes(months: Months, share: float, horizon: int) -> Outcomes:
    left = months.left == 1
    _, clients = np.unique(months.client_ids.astype(str), return_inverse=True)
    return Outcomes(
        months.features, left, months.after, np.where(left, 1.0, 1 / share), clients.astype(np.int64), horizon
    )


def _usable() -> exp.Select:
    """Each usable label with its kind: by price is a kind of its own."""
    kind = "CASE WHEN label = 'shallow' AND COALESCE(by_price, FALSE) THEN 'by_price' ELSE label END AS kind"
    query = exp.select("client_id", "as_of", "left_on", kind).from_(SPOOL)
    return query.where("valid", "NOT censored", "NOT label IS NULL")


def _counted() -> exp.Select:
    return exp.select("kind", "COUNT(*) AS rows").from_(_usable().subquery("u")).group_by("kind")


def _wanted(share: float) -> exp.Select:
    """All leavers, and a share of the others that depends on client and day alone."""
    listed = ", ".join(f"'{kind}'" for kind in LEAVING)
    gone = f"kind IN ({listed})"
    drawn = f"hash(client_id || '|' || CAST(as_of AS VARCHAR)) % {MILLION} < {int(share * MILLION)}"
    return (
        exp.select("client_id", "as_of", f"CAST({gone} AS INTEGER) AS has_left")
        .select(f"CASE WHEN {gone} THEN CAST(left_on - as_of AS INTEGER) END AS after")
        .from_(_usable().subquery("u"))
        .where(f"{gone} OR {drawn}")
    )


FEWEST_DAYS = 3

_TOO_FEW = Text(
    zh="这段时间里有资产的客户中只有 {gone} 个客户月离开（至少要 {least}）,学不出东西。请放宽 --from 和 "
    "--to。",
    en="Of the clients with assets only {gone} client-months left in this span (at least {least} are "
    "needed): nothing can be learnt. Widen --from and --to.",
)
_TOO_SHORT = Text(
    zh="只有 {days} 个月末之后的 {horizon} 天完整地在账簿里，至少要 {least} 个。请放宽 --from 和 --to,或缩短 "
    "--horizon。",
    en="Only {days} month-ends have their {horizon} days wholly in the book; at least {least} are needed. "
    "Widen --from and --to, or shorten --horizon.",
)
