"""Whether predictions came true: held against the book when their horizon has passed.

One row per client of one day, so that clients are independent of each other. *Observed ÷ expected*: how many
left for each who was announced; its interval is Wilson's of the observed share, the announced share taken as
it is. *Lift*: how many times the base rate left among the tenth with the highest scores. Levels are judged
alone as well, so that rules without a model are watched, too. All intervals are of 95 %.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wanliu.book.engine import Engine
from wanliu.book.sealed import Book
from wanliu.foresight.labels import LEAVING, labels_of
from wanliu.foresight.measures import NOTHING, Figure, Moments, wilson

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

TENTHS = 10
CALL = "call"
"""Red or orange: what must be called within days."""
GROUPS = {CALL: ("red", "orange"), "red": ("red",), "orange": ("orange",), "yellow": ("yellow",)}


@dataclass(frozen=True)
class Outcome:
    """One row per client whose outcome is known, by client number. ``p``: nan where there was no score."""

    p: Floats
    levels: NDArray[np.object_]
    left: Flags
    predicted: int
    """How many clients were predicted, those whose outcome nobody knows included."""


@dataclass(frozen=True)
class Group:
    """Clients who were announced together: a tenth by score, or a level."""

    name: str
    clients: int
    left: int
    expected: float | None
    share: Figure
    lift: Figure = NOTHING


@dataclass(frozen=True)
class Measured:
    """One day's predictions beside what became of the clients.

    ``base``: the share of all with a known outcome who left. ``ratio``, ``lift`` and ``tenths`` are of the
    scored alone, and say nothing where nobody was.
    """

    predicted: int
    known: int
    left: int
    base: Figure
    scored: int
    scored_left: int
    expected: float | None
    ratio: Figure
    lift: Figure
    tenths: tuple[Group, ...]
    levels: tuple[Group, ...]


def outcome_of(book: Book, predicted: pa.Table, engine: Engine) -> Outcome:
    """What became of those who were predicted, by the book alone; whose outcome is not wholly in it, or who
    had nothing to lose, is left out and counted."""
    day, horizon = predicted["as_of"][0].as_py(), int(predicted["horizon"][0].as_py())
    labels = labels_of(book, [day], horizon, engine)
    usable = labels.filter(pc.field("valid") & ~pc.field("censored") & pc.field("label").is_valid())
    told = predicted.join(
        usable.select(["client_id", "label", "by_price"]), "client_id", join_type="inner"
    ).sort_by("client_id")
    by_price = pc.fill_null(told["by_price"], False)
    # who fell below the line by prices alone moved no money: as for the model, that is staying
    left = pc.and_(pc.is_in(told["label"], pa.array(LEAVING)), pc.invert(by_price))
    return Outcome(
        p=np.asarray(told["p"].to_numpy(zero_copy_only=False), dtype=np.float64),
        levels=np.array(told["level"].to_pylist(), dtype=object),
        left=np.asarray(left.to_numpy(zero_copy_only=False), dtype=bool),
        predicted=predicted.num_rows,
    )


def measured(of: Outcome) -> Measured:
    """Pure arithmetic over the rows."""
    scored = ~np.isnan(of.p)
    p, left = of.p[scored], of.left[scored]
    order = np.argsort(-p, kind="stable")
    expected = float(p.sum()) if len(p) else None
    share = _share(left)
    top = np.zeros(len(p), dtype=bool)
    top[order[: -(-len(p) // TENTHS)]] = True
    return Measured(
        predicted=of.predicted,
        known=len(of.left),
        left=int(of.left.sum()),
        base=_share(of.left),
        scored=len(p),
        scored_left=int(left.sum()),
        expected=expected,
        ratio=share.of(len(p) / expected) if expected else NOTHING,
        lift=_lift(top, left),
        tenths=tuple(_tenths(p, left, order)),
        levels=tuple(_levels(of)),
    )


def _tenths(p: Floats, left: Flags, order: NDArray[np.int64]) -> Iterator[Group]:
    if len(p) < TENTHS:
        return
    for number, rows in enumerate(np.array_split(order, TENTHS), start=1):
        yield Group(str(number), len(rows), int(left[rows].sum()), float(p[rows].sum()), _share(left[rows]))


def _levels(of: Outcome) -> Iterator[Group]:
    for name, levels in GROUPS.items():
        inside = np.isin(of.levels, levels)
        yield Group(
            name,
            int(inside.sum()),
            int((inside & of.left).sum()),
            None,
            _share(of.left[inside]),
            _lift(inside, of.left),
        )


def _share(left: Flags) -> Figure:
    return wilson(float(left.mean()), len(left)) if len(left) else NOTHING


def _lift(inside: Flags, left: Flags) -> Figure:
    if not len(left):
        return NOTHING
    found = Moments(("both", "inside", "left", "all"))
    columns = (inside & left, inside, left, np.ones(len(left), dtype=bool))
    found.add(np.column_stack([one.astype(np.float64) for one in columns]))
    return found.at().lift("both", "inside", "left", "all")


# --- as JSON, where it is kept -----------------------------------------------------------------------


def as_json(told: Measured) -> dict[str, Any]:
    """Plain values; figures as value, low, high."""
    return {
        name: [_group(one) for one in value]
        if isinstance(value, tuple)
        else _figure(value)
        if isinstance(value, Figure)
        else value
        for name, value in vars(told).items()
    }


def from_json(told: dict[str, Any]) -> Measured:
    figures = {name: Figure(*told[name]) for name in ("base", "ratio", "lift")}
    groups = {name: tuple(_read(one) for one in told[name]) for name in ("tenths", "levels")}
    return Measured(**{**told, **figures, **groups})


def _group(one: Group) -> dict[str, Any]:
    return {**vars(one), "share": _figure(one.share), "lift": _figure(one.lift)}


def _read(told: dict[str, Any]) -> Group:
    return Group(**{**told, "share": Figure(*told["share"]), "lift": Figure(*told["lift"])})


def _figure(one: Figure) -> list[float | None]:
    return [one.value, one.low, one.high]
