"""Columns that know too much: filled in after the label, or made from it.

What it finds: a single column (whatever its shape) that tells leavers apart better than anything known
beforehand could; blanks that follow the label; days after the day that a row speaks of; a label that follows
the order of rows or ids. What it cannot find: a leak that is weak, or spread over several columns, or one
that the table shows no sign of. Who makes the table must know when each column is filled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wanliu.errors import BookRefused
from wanliu.foresight.columns import Schema
from wanliu.foresight.fitting_numbers import fitting
from wanliu.foresight.own_tables import Joined
from wanliu.foresight.skill import auc
from wanliu.text import Text

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Sign = Literal["alone", "blanks", "future", "rows", "ids"]

BINS = 50
SMOOTHING = 20.0
"""So many rows at the base rate are added to each bin, so that a bin of two rows says nothing."""

FUTURE_SHARE = 0.005
NUMBER_IN_ID = re.compile(r"^(?:0x)?[0-9a-fA-F]+$")
OF_HEX = 16


@dataclass(frozen=True)
class Suspicion:
    """One sign of a leak; ``column`` is empty where it is about the order of the rows."""

    column: str
    sign: Sign
    figure: float
    is_refused: bool

    @property
    def sentence(self) -> Text:
        return _SENTENCES[self.sign].format(column=self.column, figure=f"{self.figure:.3f}")


def suspicions(
    table: Joined, schema: Schema, columns: Mapping[str, Floats], left: Flags, day: Floats
) -> list[Suspicion]:
    """The signs of leaks in a table, those that are refused first; AUCs are cross-fitted over two halves."""
    found: list[Suspicion] = []
    for column in schema.columns:
        values = columns[column.name]
        found += _alone(column.name, values, left)
        if column.kind == "day" and table.times is not None:
            found += _future(column.name, values, day)
    found += _order("rows", np.arange(len(left), dtype=np.float64), left)
    if (numbers := _ids_as_numbers(table.ids)) is not None:
        found += _order("ids", numbers, left)
    return sorted(found, key=lambda one: (not one.is_refused, -one.figure))


def check(found: list[Suspicion], accepted: frozenset[str]) -> None:
    """Raises BookRefused with the columns that nobody vouched for."""
    refused = [one for one in found if one.is_refused and one.column not in accepted]
    if refused:
        lines = [one.sentence for one in refused]
        told = {"columns": _names(refused)}
        raise BookRefused(
            Text(
                zh=_REFUSED.zh.format(signs="".join(line.zh for line in lines), **told),
                en=_REFUSED.en.format(signs=" ".join(line.en for line in lines), **told),
            )
        )


def auc_alone(values: Floats, left: Flags) -> float:
    """The AUC of one column whatever its shape: the share of leavers per bin, learnt on the other half."""
    bins = _bins(values)
    half = np.arange(len(left)) % 2 == 0
    scores = np.empty(len(left))
    for one, other in ((half, ~half), (~half, half)):
        count = int(bins.max()) + 1
        rows = np.bincount(bins[one], minlength=count)
        gone = np.bincount(bins[one], weights=left[one].astype(float), minlength=count)
        base = left[one].mean() if one.any() else 0.0
        scores[other] = ((gone + SMOOTHING * base) / (rows + SMOOTHING))[bins[other]]
    return auc(left, scores)


def _alone(name: str, values: Floats, left: Flags) -> list[Suspicion]:
    numbers, blank = fitting(), np.isnan(values)
    found = []
    by_blank = auc(left, blank.astype(np.float64))
    if max(by_blank, 1 - by_blank) >= numbers.blank_flagged:
        found.append(Suspicion(name, "blanks", max(by_blank, 1 - by_blank), True))
    by_value = auc_alone(values, left)
    if by_value >= numbers.leak_flagged and not found:
        found.append(Suspicion(name, "alone", by_value, by_value >= numbers.leak_refused))
    return found


def _future(name: str, values: Floats, day: Floats) -> list[Suspicion]:
    share = float((values > day).mean())
    return [Suspicion(name, "future", share, share > FUTURE_SHARE)] if share > 0 else []


def _order(sign: Sign, values: Floats, left: Flags) -> list[Suspicion]:
    away = abs(auc(left, values) - 1 / 2)
    return [Suspicion("", sign, away + 1 / 2, False)] if away >= fitting().order_flagged else []


def _ids_as_numbers(ids: NDArray[np.object_]) -> Floats | None:
    text = [str(one) for one in ids]
    if not text or not all(map(NUMBER_IN_ID.match, text)):
        return None
    base = OF_HEX if any(one.lower().strip("0123456789") for one in text) else 10
    return np.array([float(int(one, base)) for one in text])


def _bins(values: Floats) -> NDArray[np.int64]:
    """Quantile bins, a bin of its own for blanks; few different values have a bin each."""
    known = values[np.isfinite(values)]
    different = np.unique(known)
    edges = (
        different
        if len(different) <= BINS
        else np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1]))
    )
    placed = np.searchsorted(edges, np.nan_to_num(values), side="left") + 1
    return np.where(np.isfinite(values), placed, 0).astype(np.int64)


def _names(found: list[Suspicion]) -> str:
    return ",".join(dict.fromkeys(one.column for one in found))


_REFUSED = Text(
    zh="有的列知道得太多，没有训练：{signs}请从表中去掉，或用 --without {columns} 不读它们；确知这些列在"
    "当时就已有的，"
    "可用 --accept {columns} 说明。",
    en="Some columns know too much; no model was fitted. {signs} Remove them, or leave them unread with "
    "--without {columns}; if you know that they were filled in beforehand, say so with --accept {columns}.",
)
_SENTENCES: dict[Sign, Text] = {
    "alone": Text(
        zh="单凭“{column}”一列就几乎分得清谁离开（AUC {figure}）：多半是事后填的，或由结果算出来的。",
        en="“{column}” alone tells almost surely who left (AUC {figure}): most likely it was filled in "
        "afterwards, or computed from the outcome.",
    ),
    "blanks": Text(
        zh="“{column}”是否为空几乎就等于是否离开（AUC {figure}）：多半是事后填的。",
        en="Whether “{column}” is blank almost equals who left (AUC {figure}): most likely it is filled in "
        "afterwards.",
    ),
    "future": Text(
        zh="“{column}”有 {figure}（占比）的日期晚于该行所说的那一天：当时不可能知道。",
        en="A share of {figure} of the days in “{column}” lie after the day that the row speaks of: nobody "
        "could know them then.",
    ),
    "rows": Text(
        zh="表中行的先后与结果有关（AUC {figure}）：多半按结果排过序。行序不作特征。",
        en="The order of the rows goes with the outcome (AUC {figure}): the table was probably sorted by "
        "it. The order is no feature.",
    ),
    "ids": Text(
        zh="编号的大小与结果有关（AUC {figure}）：可能是开户先后，也可能是泄漏。编号不作特征。",
        en="The size of the ids goes with the outcome (AUC {figure}): it may be the order of opening, or a "
        "leak. Ids are no feature.",
    ),
}
