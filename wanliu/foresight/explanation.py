"""Why a score is high, in three sentences: how high, what raises it most, and what speaks against it.

Made from the exact contributions of the features to the log-odds (they add up). They say on what the model
leans,
not why the client would leave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wanliu.errors import RecordsBroken
from wanliu.foresight.client_features import FEATURES, ClientFeature, Unit
from wanliu.foresight.hazard import HazardModel
from wanliu.text import Text

Floats = NDArray[np.float64]

MOST_NAMED = 2
WORTH_NAMING = 0.05
"""Log-odds below which a feature is not worth a word."""

TOLERANCE = 1e-6


@dataclass(frozen=True)
class Explanation:
    """``contributions``: every feature with what it adds to the log-odds, the largest first."""

    sentences: tuple[Text, Text, Text]
    contributions: tuple[tuple[str, float], ...]

    @property
    def text(self) -> Text:
        zh, en = ("".join(s.zh for s in self.sentences), " ".join(s.en for s in self.sentences))
        return Text(zh=zh, en=en)


def explained(model: HazardModel, features: Floats, scores: Floats, usual: float) -> list[Explanation]:
    """One for each row; ``usual`` is the mean score of the day. Raises RecordsBroken where contributions do
    not add up to what the trees say: such a model must not be used."""
    parts = model.contributions(features)
    if not np.allclose(parts.sum(axis=1), model.log_odds(features), atol=TOLERANCE):
        raise RecordsBroken(_DO_NOT_ADD_UP)
    return [
        _one(row, values, float(score), usual, model.horizon)
        for row, values, score in zip(parts, features, scores, strict=True)
    ]


def _one(parts: Floats, values: Floats, score: float, usual: float, horizon: int) -> Explanation:
    order = [int(place) for place in np.argsort(-parts[: len(FEATURES)])]
    up = [n for n in order if parts[n] >= WORTH_NAMING][:MOST_NAMED]
    down = [n for n in reversed(order) if parts[n] <= -WORTH_NAMING][:1]
    first = _HOW_HIGH.format(
        score=_percent(score), horizon=horizon, usual=_percent(usual), times=_times(score, usual)
    )
    second = _with(_RAISES, _listed(up, values)) if up else _NOTHING_RAISES
    third = _with(_SPEAKS_AGAINST, _listed(down, values)) if down else _NOTHING_AGAINST
    ranked = tuple((FEATURES[n].name, float(parts[n])) for n in sorted(order, key=lambda n: -abs(parts[n])))
    return Explanation((first, second, third), ranked)


def _listed(places: list[int], values: Floats) -> Text:
    told = [_said(FEATURES[n], float(values[n])) for n in places]
    return Text(zh="，".join(one.zh for one in told), en=", ".join(one.en for one in told))


def _with(sentence: Text, what: Text) -> Text:
    return Text(zh=sentence.zh.format(what=what.zh), en=sentence.en.format(what=what.en))


def _said(feature: ClientFeature, value: float) -> Text:
    words = feature.words
    if np.isnan(value):
        return Text(zh=f"{words.zh}：没有记录", en=f"{words.en}: nothing on record")
    zh, en = _value(value, feature.unit)
    return Text(zh=f"{words.zh} {zh}", en=f"{words.en}: {en}")


def _value(value: float, unit: Unit) -> tuple[str, str]:
    if unit in ("share", "rate"):
        told = f"{value:.3%}" if unit == "rate" else f"{value:.0%}"
        return told, told
    if unit == "change":
        told = f"{np.expm1(value):+.0%}"
        return told, told
    if unit == "days":
        return f"{value:,.0f} 天", f"{value:,.0f} days"
    if unit == "money":
        return f"{value:,.0f} 元", f"{value:,.0f} CNY"
    return f"{value:,.0f}", f"{value:,.0f}"


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _times(score: float, usual: float) -> str:
    return f"{score / usual:.1f}" if usual > 0 else "—"


_HOW_HIGH = Text(
    zh="模型估计未来 {horizon} 天离开的可能为 {score}，当日客户平均 {usual}（{times} 倍）。",
    en="The model puts the chance of leaving within {horizon} days at {score}; the day's mean is {usual} "
    "({times} times).",
)
_RAISES = Text(zh="推高的主要是：{what}。", en="What raises it most: {what}.")
_NOTHING_RAISES = Text(zh="没有哪一项明显推高它。", en="Nothing raises it much.")
_SPEAKS_AGAINST = Text(
    zh="往低处拉的主要是：{what}；这些不是离开的原因，请问客户本人。",
    en="What speaks against it most: {what}; none of this is the reason why a client leaves: ask the client.",
)
_NOTHING_AGAINST = Text(
    zh="没有哪一项明显往低处拉；这些不是离开的原因，请问客户本人。",
    en="Nothing speaks against it much; none of this is the reason why a client leaves: ask the client.",
)
_DO_NOT_ADD_UP = Text(
    zh="各项贡献加起来不等于模型给出的数，解释不可信，没有输出。请从备份恢复模型，或重新训练。",
    en="The contributions do not add up to what the model says; no explanation was given. Restore the model "
    "from a backup, or fit it again.",
)
