"""Whether predictions hold or have decayed, by what was measured month after month.

A month speaks against something only where its whole interval lies beyond the border of ``watch.toml``, and
for it only where the whole interval lies within; all else is open, and open is not fine. Some months in a row
that speak against it are an alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Literal

from wanliu.foresight.measures import Figure
from wanliu.foresight.measuring import CALL, Measured
from wanliu.foresight.watch_numbers import Watch, watch
from wanliu.text import Text

Subject = Literal["ratio", "lift", "levels"]
Verdict = Literal["holds", "open", "decayed", "none"]
SUBJECTS: tuple[Subject, ...] = ("ratio", "lift", "levels")


@dataclass(frozen=True)
class Month:
    """One measured day, which stands for its month; ``model``: its fingerprint, empty without one."""

    as_of: date
    model: str
    measured: Measured


@dataclass(frozen=True)
class Decay:
    """What no longer holds, since which measured day, and for how many measured months in a row."""

    subject: Subject
    since: date
    months: int

    @property
    def said(self) -> Text:
        numbers = watch()
        return _SAID[self.subject].format(
            since=self.since.isoformat(),
            months=self.months,
            low=numbers.ratio_low,
            high=numbers.ratio_high,
            least=numbers.least_lift,
            level=numbers.least_level_lift,
        )


def verdicts(told: Measured) -> dict[Subject, Verdict]:
    """What one month says."""
    numbers = watch()
    call = next((one.lift for one in told.levels if one.name == CALL), Figure(None))
    return {
        "ratio": _within(told.ratio, numbers.ratio_low, numbers.ratio_high),
        "lift": _within(told.lift, numbers.least_lift, None),
        "levels": _within(call, numbers.least_level_lift, None),
    }


def decays(months: Sequence[Month], model: str, numbers: Watch | None = None) -> list[Decay]:
    """What has decayed by the latest months, the oldest given first. Of scores only months of the model that
    is in place now count; of levels all do."""
    least = (numbers or watch()).months
    found = []
    for subject in SUBJECTS:
        own = [one for one in months if subject == "levels" or (model and one.model == model)]
        against = list(
            takewhile(lambda one: verdicts(one.measured)[subject] == "decayed", reversed(own))  # noqa: B023 (read at once)
        )
        if len(against) >= least:
            found.append(Decay(subject, against[-1].as_of, len(against)))
    return found


def _within(figure: Figure, low: float, high: float | None) -> Verdict:
    if figure.value is None:
        return "none"
    under = figure.high is not None and figure.high < low
    over = high is not None and figure.low is not None and figure.low > high
    if under or over:
        return "decayed"
    over_low = figure.low is not None and figure.low >= low
    under_high = high is None or (figure.high is not None and figure.high <= high)
    return "holds" if over_low and under_high else "open"


VERDICTS: dict[Verdict, Text] = {
    "holds": Text(zh="成立", en="holds"),
    "open": Text(zh="尚看不出（区间跨过界线）", en="cannot be told (the interval crosses the border)"),
    "decayed": Text(zh="不成立", en="does not hold"),
    "none": Text(zh="没有可评判的", en="nothing to judge"),
}
_SAID: dict[Subject, Text] = {
    "ratio": Text(
        zh="模型给出的概率不准了：自 {since} 起连续 {months} 个月，实际 ÷ 预期的整个区间在 {low} 至 {high} "
        "之外。排序仍可参考，概率不要再当真；请重新训练。",
        en="The model's probabilities no longer hold: for {months} months in a row, from {since} on, the "
        "whole interval of observed ÷ expected lies outside {low} to {high}. Do not take the chances at "
        "their word; fit the model again.",
    ),
    "lift": Text(
        zh="模型的排序不灵了：自 {since} 起连续 {months} 个月，得分最高一成的提升连区间上端也不到 {least} "
        "倍。请撤下模型或重新训练。",
        en="The model's order no longer helps: for {months} months in a row, from {since} on, even the "
        "upper end of the top tenth's lift is under {least}. Take the model away or fit it again.",
    ),
    "levels": Text(
        zh="红色与橙色预警不比随便抽的客户更准：自 {since} 起连续 {months} 个月，提升连区间上端也不到 "
        "{level} "
        "倍。请回测规则。",
        en="Red and orange come true no more often than clients drawn by lot: for {months} months in a row, "
        "from {since} on, even the upper end of their lift is under {level}. Back-test the rules.",
    ),
}
