"""The charts of a study of cuts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from wanliu.commission.study.whole import Compared, PriceStudy
from wanliu.report.drawing import COLOURS, GREY, WIDE, Drawing
from wanliu.report.price_words import ARMS, POINT, SERIES, arms_of, cuts_of, part_name, parts_of
from wanliu.text import Language, Text

HIGH = 200
Row = dict[str, Any]


class PriceCharts(Drawing):
    """The charts of one study in one language; every one has its table beside it."""

    def __init__(self, study: PriceStudy, language: Language) -> None:
        super().__init__(language)
        self.study = study

    def all(self) -> Iterator[tuple[str, str]]:
        """Name → SVG of every chart that there is anything to draw on."""
        yield from (
            (name, drawn)
            for name, drawn in (
                ("cuts", self.cuts()),
                ("parts", self.parts()),
                *((series, self.steps(series)) for series in SERIES),
                ("levels", self.levels()),
                ("service", self.service()),
                ("checks", self.checks()),
                ("overlap", self.overlap()),
            )
            if drawn
        )

    def cuts(self) -> str:
        return self._effects(self._within(cuts_of(self.study)))

    def parts(self) -> str:
        return self._effects(self._within(parts_of(self.study)))

    def service(self) -> str:
        return self._effects(self._within(arms_of(self.study)), arms=True)

    def checks(self) -> str:
        return self._effects(self.study.placebos)

    def _within(self, compared: Sequence[Compared]) -> list[Compared]:
        """The first horizon; the tables tell the others."""
        return [one for one in compared if one.horizon == self.study.numbers.horizons[0]]

    def _effects(self, compared: Sequence[Compared], *, arms: bool = False) -> str:
        """Adjusted and bare difference of each comparison, with intervals, beside 0."""
        rows: list[Row] = []
        for one in compared:
            if one.effect is None:
                continue
            name = ARMS[one.arm].to(self.language) if arms else part_name(self.study, one.part, self.language)
            for kind, estimate in ((_LIKE, one.effect.estimate), (_BARE, one.effect.naive)):
                rows.append({"name": name, "kind": kind.to(self.language), **_bounds(estimate, POINT)})
        if not rows:
            return ""
        names = list(dict.fromkeys(row["name"] for row in rows))
        kinds = [_LIKE.to(self.language), _BARE.to(self.language)]
        y = self.alt.Y("name:N", title=None, sort=names, axis=self.alt.Axis(labelLimit=330))
        chart = self.alt.Chart(self.data(rows)).encode(
            y=y, yOffset=self.alt.YOffset("kind:N", sort=kinds), color=self.colour("kind", kinds)
        )
        whiskers = chart.mark_rule().encode(x=self._x("low", _POINTS), x2="high")
        dots = chart.mark_point(filled=True, size=60).encode(
            x=self._x("value", _POINTS), shape=self.shape("kind", kinds)
        )
        return self.svg((whiskers + dots + self._zero("x")).properties(width=WIDE, height=self.alt.Step(14)))

    def steps(self, series: str) -> str:
        """The treated less their like, step by step; left of the line before the cut."""
        rows: list[Row] = [
            {"step": one.step, **_bounds(one.difference, 1)}
            for one in self.study.steps
            if one.series == series
        ]
        if not rows:
            return ""
        x = self.alt.X(
            "step:Q", title=_STEPS.to(self.language), axis=self.alt.Axis(tickMinStep=1, format="d")
        )
        title = SERIES[series].to(self.language)
        chart = self.alt.Chart(self.data(rows)).encode(x=x)
        bars = chart.mark_rule(color=COLOURS[0]).encode(y=self.alt.Y("low:Q", title=title), y2="high:Q")
        dots = chart.mark_point(filled=True, size=50, color=COLOURS[0]).encode(y="value:Q")
        day = self.alt.Chart(self.data([{"at": 0}])).mark_rule(strokeDash=[5, 3], color=GREY).encode(x="at:Q")
        return self.svg((bars + dots + day + self._zero("y")).properties(width=WIDE, height=HIGH))

    def levels(self) -> str:
        """Leaving at each level of the effective rate: bare, and as if everybody paid it."""
        rows: list[Row] = []
        for one in self.study.levels:
            for kind, estimate in ((_LIKE, one.like), (_BARE, one.bare)):
                middle = (one.low + one.high) / 2 * TEN_THOUSAND
                rows.append({"rate": middle, "kind": kind.to(self.language), **_bounds(estimate, 1)})
        if not rows:
            return ""
        kinds = [_LIKE.to(self.language), _BARE.to(self.language)]
        x = self.alt.X("rate:Q", title=_RATE.to(self.language), scale=self.alt.Scale(type="log"))
        chart = self.alt.Chart(self.data(rows)).encode(x=x, color=self.colour("kind", kinds))
        y = self.alt.Y("low:Q", title=_LEAVING.to(self.language), axis=self.alt.Axis(format="%"))
        bars = chart.mark_rule().encode(y=y, y2="high:Q")
        dots = chart.mark_line(point=False).encode(y="value:Q") + chart.mark_point(
            filled=True, size=60
        ).encode(y="value:Q", shape=self.shape("kind", kinds))
        return self.svg((bars + dots).properties(width=WIDE, height=HIGH))

    def overlap(self) -> str:
        """How likely the cut was, among who got it and who did not."""
        one = self.study.one("cut")
        if one.effect is None:
            return ""
        rows: list[Row] = []
        groups = [_WITH.to(self.language), _WITHOUT.to(self.language)]
        for place, (border, mine, theirs) in enumerate(one.effect.overlap.bins):
            for group, part in zip(groups, (mine, theirs), strict=True):
                rows.append({"bin": f"{place}", "border": f"≤ {border:.3g}", "group": group, "share": part})
        order = list(dict.fromkeys(row["border"] for row in rows))
        chart = (
            self.alt.Chart(self.data(rows))
            .mark_bar()
            .encode(
                x=self.alt.X(
                    "border:N",
                    sort=order,
                    title=_CHANCE.to(self.language),
                    axis=self.alt.Axis(labelAngle=-30),
                ),
                xOffset=self.alt.XOffset("group:N", sort=groups),
                y=self.alt.Y("share:Q", title=None, axis=self.alt.Axis(format="%")),
                color=self.colour("group", groups),
            )
        )
        return self.svg(chart.properties(width=WIDE, height=HIGH))

    # --- small parts ------------------------------------------------------------------------------------

    def _zero(self, side: str) -> Any:
        chart = self.alt.Chart(self.data([{"zero": 0}])).mark_rule(strokeDash=[5, 3], color=GREY)
        return chart.encode(x="zero:Q") if side == "x" else chart.encode(y="zero:Q")

    def _x(self, name: str, title: Text) -> Any:
        return self.alt.X(f"{name}:Q", title=title.to(self.language))


TEN_THOUSAND = 10_000


def _bounds(estimate: Any, scale: float) -> Row:
    return {"value": estimate.value * scale, "low": estimate.low * scale, "high": estimate.high * scale}


_LIKE = Text(zh="与可比客户相比", en="beside comparable clients")
_BARE = Text(zh="直接相比（有选择性偏差）", en="bare (biased by selection)")
_POINTS = Text(
    zh="离开比例之差（百分点；负数：走得更少）", en="difference in leaving, points (below 0: fewer leave)"
)
_STEPS = Text(zh="离降佣的 30 天数（0：降佣当日）", en="steps of 30 days from the cut (0: its day)")
_RATE = Text(zh="实际费率（万分之，对数刻度）", en="effective rate (per 10,000; logarithmic)")
_LEAVING = Text(zh="90 天内离开", en="left within 90 days")
_CHANCE = Text(zh="在那一周得到降佣的可能性", en="how likely a cut was in that week")
_WITH = Text(zh="得到降佣", en="with a cut")
_WITHOUT = Text(zh="没有", en="without")
