"""A study's charts; two rule sets differ by colour and by shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wanliu.foresight.study import Study
from wanliu.report.drawing import COLOURS, GREY, WIDE, Drawing
from wanliu.report.study_words import COLUMNS, FIGURES, kind_name
from wanliu.text import Language, Text

HIGH = 220
SMALL_WIDE, SMALL_HIGH = 200, 130

Spec = dict[str, Any]


class Charts(Drawing):
    """The charts of one study in one language."""

    def __init__(self, study: Study, language: Language) -> None:
        super().__init__(language)
        self.study = study
        self.names = [rules.name for rules in study.rules]

    def precision(self) -> str:
        """What share of new alarms came true, beside the base rate."""
        rows = self._named([row for row in self.study.figures if row["precision_new"] is not None])
        y = self.alt.Y("name:N", title=None, sort=self._order())
        offset = self.alt.YOffset("rules:N", sort=self.names)
        x = self._x("precision_new", FIGURES["precision_new"], "%")
        base = self.alt.Chart(self.data([{"base": rows[0]["base"]}] if rows else []))
        chart = self.alt.Chart(self.data(rows)).encode(y=y, yOffset=offset, color=self._colour())
        whiskers = chart.mark_rule().encode(
            x=self._x("precision_new_low", None, "%"), x2="precision_new_high"
        )
        points = chart.mark_point(filled=True, size=60).encode(x=x, shape=self._shape())
        rule = base.mark_rule(strokeDash=[5, 3], color=GREY).encode(x=self._x("base", None, "%"))
        return self.svg((whiskers + points + rule).properties(width=WIDE, height=self.alt.Step(9)))

    def lead(self) -> str:
        """Days from the alarm to the leaving: quartiles as a bar, the median as a mark."""
        rows = self._named([row for row in self.study.figures if row["lead_median"] is not None])
        y = self.alt.Y("name:N", title=None, sort=self._order())
        offset = self.alt.YOffset("rules:N", sort=self.names)
        chart = self.alt.Chart(self.data(rows)).encode(y=y, yOffset=offset, color=self._colour())
        title = FIGURES["lead_median"]
        bars = chart.mark_bar(opacity=0.35, height=6).encode(
            x=self._x("lead_first_quartile", title), x2="lead_third_quartile"
        )
        points = chart.mark_point(filled=True, size=60).encode(
            x=self._x("lead_median", title), shape=self._shape()
        )
        return self.svg((bars + points).properties(width=WIDE, height=self.alt.Step(9)))

    def months(self, figure: str, kind: str = "call") -> str:
        """A figure of red and orange alarms, month by month; with precision the base rate beside it."""
        rows = [
            {**row, "month": row["month"].isoformat()}
            for row in self.study.months
            if row["kind"] == kind and row[figure] is not None
        ]
        x = self.alt.X("month:T", title=None, axis=self.alt.Axis(format="%Y-%m", labelAngle=-40))
        percent = "%" if figure.startswith("precision") else ".0f"
        chart = self.alt.Chart(self.data(rows)).encode(x=x, color=self._colour())
        y = self.alt.Y(
            f"{figure}:Q", title=FIGURES[figure].to(self.language), axis=self.alt.Axis(format=percent)
        )
        band = chart.mark_area(opacity=0.15).encode(y=self.alt.Y(f"{figure}_low:Q"), y2=f"{figure}_high:Q")
        line = chart.mark_line().encode(y=y) + chart.mark_point(filled=True, size=45).encode(
            y=y, shape=self._shape()
        )
        layers = band + line
        if percent == "%":
            base = (
                self.alt.Chart(self.data(rows))
                .mark_line(strokeDash=[5, 3], color=GREY)
                .encode(x=x, y="base:Q")
            )
            layers = layers + base
        return self.svg(layers.properties(width=WIDE, height=HIGH))

    def overlap(self, rules: str) -> str:
        """Of the alarms of the sign in the row, the share on which the sign in the column was up as well."""
        rows = [row for row in self.study.overlap if row["rules"] == rules and row["share"] is not None]
        named = [{**row, "row": self._kind(row["sign"]), "column": self._kind(row["other"])} for row in rows]
        order = [self._kind(rule.id) for one in self.study.rules if one.name == rules for rule in one.rules]
        chart = self.alt.Chart(self.data(named)).encode(
            x=self.alt.X(
                "column:N",
                title=COLUMNS["other"].to(self.language),
                sort=order,
                axis=self.alt.Axis(labelAngle=-40),
            ),
            y=self.alt.Y("row:N", title=COLUMNS["sign"].to(self.language), sort=order),
        )
        scale = self.alt.Scale(scheme="greys", domain=[0, 1])
        cells = chart.mark_rect().encode(color=self.alt.Color("share:Q", scale=scale, legend=None))
        ink = self.alt.condition("datum.share > 0.5", self.alt.value("white"), self.alt.value("black"))
        words = chart.mark_text(fontSize=10).encode(text=self.alt.Text("share:Q", format=".0%"), color=ink)
        return self.svg((cells + words).properties(width=self.alt.Step(48), height=self.alt.Step(26)))

    def curve(self, rules: str, sign: str) -> str:
        """Calls, hits, lead and missed assets while the sign's number moves."""
        rows = [row for row in self.study.curves if row["rules"] == rules and row["sign"] == sign]
        figures = ["calls_a_day", "precision_new", "lead_median"]
        figures += ["worth_missed"] if not self.study.survivors_only else []
        panels = [self._panel(rows, figure) for figure in figures]
        return self.svg(self.alt.hconcat(*panels))

    def _panel(self, rows: Sequence[Any], figure: str) -> Any:
        known = [row for row in rows if row[figure] is not None]
        percent = "%" if figure in ("precision_new", "worth_missed") else ".3~r"
        chart = self.alt.Chart(self.data(known)).encode(
            x=self.alt.X(
                "number:Q", title=COLUMNS["number"].to(self.language), scale=self.alt.Scale(zero=False)
            )
        )
        axis = self.alt.Axis(format=percent)
        y = self.alt.Y(
            f"{figure}:Q", title=FIGURES[figure].to(self.language), axis=axis, scale=self.alt.Scale(zero=True)
        )
        layers = chart.mark_line(color=COLOURS[0]).encode(y=y)
        if any(row.get(f"{figure}_low") is not None for row in known):
            band = chart.mark_area(opacity=0.15, color=COLOURS[0])
            layers = band.encode(y=self.alt.Y(f"{figure}_low:Q"), y2=f"{figure}_high:Q") + layers
        in_force = [row for row in known if row["in_force"]]
        rule = (
            self.alt.Chart(self.data(in_force)).mark_rule(strokeDash=[5, 3], color=GREY).encode(x="number:Q")
        )
        return (layers + rule).properties(width=SMALL_WIDE, height=SMALL_HIGH)

    # --- small parts ------------------------------------------------------------------------------------

    def _named(self, rows: Sequence[Any]) -> list[Spec]:
        return [{**row, "name": self._kind(row["kind"])} for row in rows]

    def _kind(self, kind: str) -> str:
        return kind_name(kind, self.language)

    def _order(self) -> list[str]:
        return list(dict.fromkeys(self._kind(row["kind"]) for row in self.study.figures))

    def _x(self, name: str, title: Text | None, form: str = ".3~r") -> Any:
        heading = title.to(self.language) if title else ""
        return (
            self.alt.X(f"{name}:Q", title=heading, axis=self.alt.Axis(format=form))
            if title
            else self.alt.X(f"{name}:Q")
        )

    def _colour(self) -> Any:
        return self.colour("rules", self.names, COLUMNS["rules"])

    def _shape(self) -> Any:
        return self.shape("rules", self.names, COLUMNS["rules"])
