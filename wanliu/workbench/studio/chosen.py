"""One sign in the studio: its live number, the one that somebody chose, and what the study knows of both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from wanliu.drafts.overlay import Moved, written
from wanliu.errors import UsageError
from wanliu.indicator.parameter import UNITS, Number, Parameter
from wanliu.report.stored_study import Curve, Row, StoredStudy
from wanliu.ruleset import Rule, RuleSet
from wanliu.text import Text
from wanliu.workbench.studio.drawing import Chart, charts
from wanliu.workbench.templatetags.wanliu_words import amount

NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
PER_THOUSAND = 1000
TO = "\u2060–\u2060"
"""A dash at which no line breaks."""


@dataclass(frozen=True)
class Chosen:
    """A sign with a curve. ``number`` None: not moved, or what was typed is no number that it may have."""

    rule: Rule
    curve: Curve
    study: StoredStudy
    typed: str
    number: Number | None
    fault: Text | None

    @property
    def id(self) -> str:
        return self.rule.id

    @property
    def parameter(self) -> Parameter:
        return self.rule.reading.parameters[self.curve.parameter]

    @property
    def live(self) -> Number:
        return self.rule.values[self.curve.parameter]

    @property
    def live_written(self) -> str:
        return written(self.live)

    @property
    def number_written(self) -> str:
        return "" if self.number is None else written(self.number)

    @property
    def unit(self) -> Text:
        return UNITS[self.parameter.unit]

    @property
    def range(self) -> tuple[str, str]:
        return written(self.parameter.low), written(self.parameter.high)

    @property
    def tried(self) -> str:
        """The numbers of the curve, for the slider."""
        return " ".join(plain(row["number"]) for row in self.curve.points)

    @property
    def last_place(self) -> int:
        return len(self.curve.points) - 1

    @property
    def place(self) -> int:
        """Where the slider stands: at the tried number that is nearest."""
        at = float(self.live if self.number is None else self.number)
        return min(range(len(self.curve.points)), key=lambda n: abs(self.curve.points[n]["number"] - at))

    @property
    def fires(self) -> Text:
        return COMPARED[self.curve.comparison]

    @property
    def now(self) -> Row | None:
        return self.curve.at(self.live)

    @property
    def then(self) -> Row | None:
        return None if self.number is None else self.curve.at(self.number)

    @property
    def untested(self) -> bool:
        """Chosen, but not among the numbers that the study tried."""
        return self.number is not None and self.then is None

    @property
    def beside(self) -> list[str]:
        return [] if self.number is None else [plain(one) for one in self.curve.beside(self.number)]

    @property
    def charts(self) -> list[Chart]:
        base = self.study.outcomes["base"]
        return charts(self.curve, live=float(self.live), chosen=_float(self.number), base=base)


COMPARED = {
    ">": Text(zh="大于它即触发", en="fires above it"),
    ">=": Text(zh="不小于它即触发", en="fires from it on"),
    "<": Text(zh="小于它即触发", en="fires below it"),
    "<=": Text(zh="不大于它即触发", en="fires up to it"),
}


def chosen(live: RuleSet, study: StoredStudy, asked: Mapping[str, str]) -> list[Chosen]:
    """The signs whose curve the study holds, in the order of the rule set, with what was asked for each."""
    curves = study.curves(live)
    return [
        _chosen(rule, curves[rule.id], study, asked.get(rule.id, "").strip())
        for rule in live.rules
        if rule.id in curves
    ]


def _chosen(rule: Rule, curve: Curve, study: StoredStudy, typed: str) -> Chosen:
    number, fault = None, None
    live = rule.values[curve.parameter]
    if typed:
        try:
            number = read(rule.reading.parameters[curve.parameter], typed)
        except UsageError as refused:
            fault = refused.message
    return Chosen(rule, curve, study, typed or written(live), None if number == live else number, fault)


def read(parameter: Parameter, typed: str) -> Number:
    """What a person typed. Raises UsageError for what is no number or lies out of the range."""
    if not NUMBER.fullmatch(typed):
        raise UsageError(_NO_NUMBER.format(low=written(parameter.low), high=written(parameter.high)))
    return parameter.checked(Decimal(typed), where=str(parameter.meaning))


def moved(signs: list[Chosen]) -> Moved:
    return {one.id: {one.curve.parameter: one.number} for one in signs if one.number is not None}


def query(signs: list[Chosen], **other: str) -> str:
    """The address's part that says the same choice again; ``other`` replaces, empty takes back."""
    told = {one.id: one.number_written for one in signs if one.number is not None} | other
    return urlencode({sign: number for sign, number in told.items() if number})


def plain(number: float) -> str:
    return written(Decimal(str(number)))


def _float(number: Number | None) -> float | None:
    return None if number is None else float(number)


@dataclass(frozen=True)
class Line:
    """One figure with the live number and with the chosen one; None: the study does not say."""

    name: Text
    now: str | None
    then: str | None


def lines(one: Chosen) -> Iterator[Line]:
    """The figures side by side."""
    for name, told in FIGURES:
        if told is _base:  # whatever the number: nobody's alarm is in it
            yield Line(name, *[share(one.study.outcomes, "base")] * 2)
        else:
            yield Line(name, *(None if row is None else told(row, one.study) for row in (one.now, one.then)))


def table(one: Chosen) -> Iterator[tuple[str, str | None, str | None, str | None, str | None, Text | None]]:
    """Every tried number with its figures, and which of them is live or chosen."""
    for row in one.curve.points:
        mark = None
        if row["number"] == float(one.live):
            mark = Text(zh="现行", en="live")
        elif row is one.then:
            mark = Text(zh="所选", en="chosen")
        figures = [told(row, one.study) for told in (_calls, _precision, _lead, _missed)]
        yield plain(row["number"]), figures[0], figures[1], figures[2], figures[3], mark


def _calls(row: Row, study: StoredStudy) -> str | None:  # noqa: ARG001 (all figures are asked alike)
    return None if row["calls_a_day"] is None else f"{row['calls_a_day']:,.2f}"


def _calls_per_thousand(row: Row, study: StoredStudy) -> str | None:
    if row["calls_a_day"] is None or not study.clients_a_day:
        return None
    return f"{row['calls_a_day'] / study.clients_a_day * PER_THOUSAND:,.2f}"


def _precision(row: Row, study: StoredStudy) -> str | None:  # noqa: ARG001 (as above)
    return share(row, "precision_new")


def _base(row: Row, study: StoredStudy) -> str | None:  # noqa: ARG001 (as above)
    return share(study.outcomes, "base")


def _lead(row: Row, study: StoredStudy) -> str | None:  # noqa: ARG001 (as above)
    low, high = row.get("lead_first_quartile"), row.get("lead_third_quartile")
    if row.get("lead_median") is None or low is None or high is None:
        return None
    return f"{row['lead_median']:.0f} ({low:.0f}{TO}{high:.0f})"


def _recall(row: Row, study: StoredStudy) -> str | None:  # noqa: ARG001 (as above)
    return share(row, "recall")


def _missed(row: Row, study: StoredStudy) -> str | None:  # noqa: ARG001 (as above)
    return share(row, "worth_missed")


def _worth_missed(row: Row, study: StoredStudy) -> str | None:
    missed = row.get("worth_missed")
    return None if missed is None else amount(Decimal(str(missed * study.outcomes["worth"])))


def share(row: Row, name: str) -> str | None:
    """With its interval of 95 %."""
    value, low, high = (row.get(key) for key in (name, f"{name}_low", f"{name}_high"))
    if value is None:
        return None
    if low is None or high is None:
        return f"{value:.1%}"
    return f"{value:.1%} ({low * 100:.1f}{TO}{high * 100:.1f})"


FIGURES = (
    (Text(zh="每个交易日新报（次，全公司）", en="New alarms a trading day, whole firm"), _calls),
    (
        Text(zh="每千户每个交易日新报（次）", en="New alarms a trading day, per 1,000 clients"),
        _calls_per_thousand,
    ),
    (Text(zh="新报命中率（95% 区间）", en="New alarms that came true (95% interval)"), _precision),
    (Text(zh="对照：基准率（95% 区间）", en="Beside it: base rate (95% interval)"), _base),
    (Text(zh="提前天数：中位（四分位）", en="Lead in days: median (quartiles)"), _lead),
    (Text(zh="离开者中报过警（95% 区间）", en="Leavers alarmed (95% interval)"), _recall),
    (Text(zh="漏掉的离开资产占比（95% 区间）", en="Leavers' assets missed (95% interval)"), _missed),
    (Text(zh="漏掉的离开资产（元，整段时间）", en="Leavers' assets missed (CNY, all days)"), _worth_missed),
)

_NO_NUMBER = Text(
    zh="请填一个 {low} 至 {high} 之间的数，如 {low}；最多六位小数。",
    en="Give a number from {low} to {high}, with six decimals at most.",
)
