"""What a run says of its scores as a whole: by which model, what is usual, and what became of clients like
these.

All of it was written by the run; nothing is computed here. None is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wanliu.foresight.rank import BASIS
from wanliu.text import Text

SHOWN = 8
"""Signs of a fingerprint that a person is shown."""


@dataclass(frozen=True)
class Tenth:
    """Clients with about this chance on later months that the model had not seen, and how many left, with the
    interval of 95 %."""

    lowest: float
    share: float
    low: float | None
    high: float | None
    rows: float


@dataclass(frozen=True)
class Scoring:
    """``model``: its fingerprint, empty without one. ``usual``: the day's mean chance. ``why_not``: why a
    model that lies in its place was not used. ``base``: the share that left on later months, with its
    interval."""

    model: str
    why_not: Text | None
    horizon: int
    usual: float | None
    scored: int
    listed: int
    overlap: float | None
    basis: str
    base: tuple[float | None, ...]
    tenths: tuple[Tenth, ...]

    @property
    def name(self) -> str:
        return self.model[:SHOWN]

    @property
    def method(self) -> Text:
        """How today's list is ordered, in a sentence."""
        if self.model:
            return _BY_MODEL.format(basis=BASIS[self.basis], name=self.name, horizon=self.horizon)  # type: ignore[index]  # as the run wrote it
        return UNUSABLE if self.why_not else NO_MODEL

    def like(self, chance: float) -> Tenth | None:
        """Those who had about this chance when the model was tried; None where its card does not say."""
        return next((one for one in self.tenths if chance >= one.lowest), next(reversed(self.tenths), None))


def scoring_in(told: Mapping[str, Any]) -> Scoring | None:
    """What the account of a run says; None for a run of before there were scores."""
    found = told.get("scoring")
    if not found:
        return None
    why = found["why_not"]
    return Scoring(
        model=found["model"],
        why_not=Text(**why) if why else None,
        horizon=found["horizon"],
        usual=found["usual"],
        scored=found["scored"],
        listed=found["listed"],
        overlap=found["overlap"],
        basis=found["basis"],
        base=tuple(found["base"]),
        tenths=tuple(
            Tenth(one["lowest"], one["share"], one["share_low"], one["share_high"], one["rows"])
            for one in found["tenths"]
        ),
    )


NO_MODEL = Text(
    zh="没有启用的模型：按等级、再按在险价值排序。",
    en="No model in place; ordered by level, then by value at stake.",
)
UNUSABLE = Text(
    zh="模型不能用（原因见夜间运行）：按等级、再按在险价值排序。",
    en="The model in place cannot be used (the nights say why); ordered by level, then by value at stake.",
)
_BY_MODEL = Text(
    zh="到期的在前；其余先按等级，同一等级内按模型 {name} 的 {horizon} 天得分。{basis.zh}",
    en="What is due comes first; the rest by level, and within a level by the {horizon}-day score of model "
    "{name}. {basis.en}",
)
