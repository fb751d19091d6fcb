"""``study.html``: one file that opens without a network; first what counts, then charts with their tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from wanliu.foresight.study import Study
from wanliu.report.study_charts import Charts
from wanliu.report.study_words import (
    COLUMNS,
    FIGURES,
    SHARES,
    first_lines,
    interval,
    kind_name,
    number,
    quartiles,
    shown,
)
from wanliu.text import Language, Text

STYLE = """
body { font: 15px/1.6 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", Calibri, Arial, sans-serif;
  color: #1b1b1b; max-width: 1320px; margin: 2rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.4rem; border-bottom: 1px solid #ccc; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
.first p { font-size: 1.05rem; margin: .5rem 0; } .note { color: #444; }
table { border-collapse: collapse; font-size: 13px; margin: .6rem 0 1rem;
  font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #d9d9d9; padding: .2rem .6rem; text-align: right; white-space: nowrap; }
th:first-child, td:first-child, th.l, td.l { text-align: left; } th { background: #eceff1; }
.wide { overflow-x: auto; } svg { max-width: 100%; height: auto; } summary { cursor: pointer; color: #333; }
tr.force td { font-weight: bold; } @media print { h2 { page-break-after: avoid; } }
"""

MOST_CHANGES = 20
Row = Mapping[str, Any]
Told = tuple[str, Callable[[Row], str]]


def study_page(study: Study, language: Language, *, book: str) -> str:
    """The whole page as text."""
    return "\n".join(_Page(study, language, book).lines()) + "\n"


class _Page:
    def __init__(self, study: Study, language: Language, book: str) -> None:
        self.study, self.language, self.book = study, language, book
        self.charts = Charts(study, language)
        self.names = [rules.name for rules in study.rules]

    def lines(self) -> Iterator[str]:
        title = _TITLE.to(self.language).format(book=self.book)
        lang = "zh-CN" if self.language == "zh" else "en"
        yield f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        yield f"<title>{escape(title)}</title>"
        yield f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>"
        yield f'<p class="note">{escape(self._span())}</p><section class="first">'
        yield from (f"<p>{escape(line)}</p>" for line in first_lines(self.study, self.language))
        yield from (f'<p class="note">{escape(note.to(self.language))}</p>' for note in self.study.notes)
        yield "</section>"
        for part in (
            self._true,
            self._early,
            self._months,
            self._differences,
            self._overlap,
            self._curves,
            self._how,
        ):
            yield from part()
        yield "</body></html>"

    def _span(self) -> str:
        rules = ", ".join(f"{one.name} {one.version}" for one in self.study.rules)
        return _SPAN.to(self.language).format(
            first=self.study.days[0],
            last=self.study.days[-1],
            days=len(self.study.days),
            horizon=self.study.horizon,
            rules=rules,
            print=self.study.book[:12],
        )

    # --- sections -----------------------------------------------------------------------------------

    def _true(self) -> Iterator[str]:
        yield self._head(_TRUE_HEAD, _TRUE_SAID)
        yield self.charts.precision()
        figures = ("new_per_1000", "precision_new", "lift_new", "per_1000", "on_small", "precision", "lift")
        counts: list[Told] = [(self._word("new_alarms"), lambda row: f"{row['new_alarms']:,}")]
        counts += [
            (
                FIGURES["calls_a_day"].to(self.language),
                lambda row: number(row["calls_a_day"], self.language, 2),
            )
        ]
        yield self._table(self.study.figures, [*self._of_kind(), *counts, *map(self._figure, figures)])

    def _early(self) -> Iterator[str]:
        yield self._head(_EARLY_HEAD, _EARLY_SAID)
        yield self.charts.lead()
        told = [*self._of_kind(), self._figure("lead_median")]
        told.append((self._word("lead_quartiles"), lambda row: quartiles(row, self.language)))
        if not self.study.survivors_only:
            told += [self._count("leavers"), self._count("caught")]
            told += [self._figure("recall"), self._figure("worth_caught")]
        yield self._table(self.study.figures, told)

    def _months(self) -> Iterator[str]:
        yield self._head(_MONTHS_HEAD, _MONTHS_SAID)
        yield self.charts.months("per_1000")
        yield self.charts.months("precision")
        rows = [row for row in self.study.months if row["kind"] == "call"]
        told = [self._rules(), (self._word("month"), lambda row: f"{row['month']:%Y-%m}")]
        told += [
            self._figure(name) for name in ("per_1000", "new_per_1000", "precision", "precision_new", "base")
        ]
        yield self._folded(self._table(rows, told))

    def _differences(self) -> Iterator[str]:
        if not self.study.differences:
            return
        yield self._head(_AGAINST_HEAD, _AGAINST_SAID)
        told: list[Told] = [
            (self._word("kind"), lambda row: kind_name(row["kind"], self.language)),
            (self._word("figure"), lambda row: FIGURES[row["figure"]].to(self.language)),
            (self.names[0], lambda row: self._one(row, "first")),
            (self.names[1], lambda row: self._one(row, "second")),
            (self._word("difference"), lambda row: self._one(row, "difference")),
        ]
        rows = [row for row in self.study.differences if row["kind"] in ("call", "any", "red")]
        yield self._table(rows, told)
        told_changes = _CHANGES.to(self.language).format(
            clients=f"{self.study.clients_who_change_hands:,}", rows=f"{self.study.changes.num_rows:,}"
        )
        yield f"<p>{escape(told_changes)}</p>"

    def _overlap(self) -> Iterator[str]:
        yield self._head(_OVERLAP_HEAD, _OVERLAP_SAID)
        for name in self.names:
            yield f"<h3>{escape(name)}</h3>{self.charts.overlap(name)}"
            rows = [
                row
                for row in self.study.overlap
                if row["rules"] == name and row["sign"] != row["other"] and row["both"]
            ]
            told: list[Told] = [
                (self._word("sign"), lambda row: kind_name(row["sign"], self.language)),
                (self._word("other"), lambda row: kind_name(row["other"], self.language)),
                (self._word("alarms"), lambda row: f"{row['alarms']:,}"),
                (self._word("share"), lambda row: interval(row, "share", self.language, share=True)),
            ]
            yield self._folded(self._table(rows, told))

    def _curves(self) -> Iterator[str]:
        yield self._head(_CURVES_HEAD, _CURVES_SAID)
        drawn = dict.fromkeys((row["rules"], row["sign"]) for row in self.study.curves)
        for rules, sign in drawn:
            rows = [row for row in self.study.curves if (row["rules"], row["sign"]) == (rules, sign)]
            heading = f"{kind_name(sign, self.language)} · {rules} · {rows[0]['parameter']}"
            yield f"<h3>{escape(heading)}</h3>{self.charts.curve(rules, sign)}"
            figures = ["precision_new", "lead_median"] + (
                [] if self.study.survivors_only else ["recall", "worth_missed"]
            )
            told: list[Told] = [(self._word("number"), lambda row: f"{row['comparison']} {row['number']:g}")]
            told += [
                (
                    FIGURES["calls_a_day"].to(self.language),
                    lambda row: number(row["calls_a_day"], self.language, 2),
                )
            ]
            yield self._folded(self._table(rows, [*told, *map(self._figure, figures)]))
        for name, without in self.study.without_curve.items():
            if without:
                named = (", " if self.language == "en" else "、").join(
                    kind_name(sign, self.language) for sign in without
                )
                said = _NO_CURVE.to(self.language).format(rules=name, signs=named)
                yield f'<p class="note">{escape(said)}</p>'

    def _how(self) -> Iterator[str]:
        yield self._head(_HOW_HEAD, _HOW_SAID)

    # --- small parts --------------------------------------------------------------------------------

    def _head(self, head: Text, said: Text) -> str:
        words = said.to(self.language).format(horizon=self.study.horizon)
        return f"<h2>{escape(head.to(self.language))}</h2><p>{escape(words)}</p>"

    def _word(self, name: str) -> str:
        return COLUMNS[name].to(self.language)

    def _rules(self) -> Told:
        return self._word("rules"), lambda row: str(row["rules"])

    def _of_kind(self) -> list[Told]:
        return [self._rules(), (self._word("kind"), lambda row: kind_name(row["kind"], self.language))]

    def _figure(self, name: str) -> Told:
        return FIGURES[name].to(self.language), lambda row: shown(row, name, self.language)

    def _count(self, name: str) -> Told:
        return self._word(name), lambda row: f"{row[name]:,}"

    def _one(self, row: Row, name: str) -> str:
        return interval(row, name, self.language, share=row["figure"] in SHARES)

    def _table(self, rows: Sequence[Row], told: Sequence[Told]) -> str:
        heads = "".join(f"<th>{escape(head)}</th>" for head, _ in told)
        lines = [
            f"<tr{' class=force' if row.get('in_force') else ''}>"
            + "".join(f"<td>{escape(cell(row))}</td>" for _, cell in told)
            + "</tr>"
            for row in rows
        ]
        body = f"<thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody>"
        return f'<div class="wide"><table>{body}</table></div>'

    def _folded(self, table: str) -> str:
        return f"<details><summary>{escape(_NUMBERS.to(self.language))}</summary>{table}</details>"


_TITLE = Text(zh="预警回测：{book}", en="Do the warnings come true? {book}")
_SPAN = Text(
    zh="{first} 至 {last}，{days} 个判定日，观察期 {horizon} 天；规则集 {rules}；账簿指纹 {print}。括号"
    "内是 95% 区间，按客户聚类。",
    en="{first} to {last}, {days} days judged, horizon {horizon} days; rule sets {rules}; book {print}. "
    "In brackets: intervals of 95 %, clustered by client.",
)
_NUMBERS = Text(zh="数字表", en="the numbers")
_TRUE_HEAD = Text(zh="报了的，有多少真的离开", en="Of those warned about, how many left")
_TRUE_SAID = Text(
    zh="点是新报命中率，横线是 95% 区间，虚线是有效户的基准率：落在虚线左边的预警，还不如随便打电话。",
    en="The point is the share of new alarms that came true, the bar its interval, the dashed line the "
    "base rate of valid clients: left of that line, calling blindly does better.",
)
_EARLY_HEAD = Text(zh="提前多少天，看到了多少离开的人", en="How early, and how many of the leavers")
_EARLY_SAID = Text(
    zh="条是四分位，点是中位数。提前天数从离开前最后一段连续预警的起点算起，超过 {horizon} 天的按 "
    "{horizon} 天计。",
    en="Bars are quartiles, points medians. Lead runs from the beginning of the last unbroken spell of "
    "the alarm before leaving, and counts {horizon} days at most.",
)
_MONTHS_HEAD = Text(zh="逐月是否稳定（红、橙）", en="Month by month (red and orange)")
_MONTHS_SAID = Text(
    zh="上图：每千户在报数。下图：在报命中率，虚线是当月有效户的基准率。浅色带是 95% 区间。",
    en="Above: standing alarms per 1,000 clients. Below: the share that came true, with the month's "
    "base rate dashed. Shaded: intervals of 95 %.",
)
_AGAINST_HEAD = Text(zh="两套规则，同样的日子", en="Two rule sets on the same days")
_AGAINST_SAID = Text(
    zh="差值的区间已考虑两套规则看的是同一批客户。",
    en="The intervals of the differences know that both rule sets judge the same clients.",
)
_CHANGES = Text(
    zh="{clients} 位客户至少有一天换手：一套规则要打电话，另一套不要（共 {rows} 个户日）。名单只含客户号，"
    "在 changes.csv。",
    en="{clients} clients change hands on at least one day: one rule set calls them, the other does not "
    "({rows} client-days). The list, by client number alone, is changes.csv.",
)
_OVERLAP_HEAD = Text(zh="指标之间的重叠", en="Overlap between signs")
_OVERLAP_SAID = Text(
    zh="每一行：该指标触发的户日里，有多少同时也触发了列上的指标。",
    en="Row by row: of the client-days on which this sign was up, the share on which the column's sign "
    "was up too.",
)
_CURVES_HEAD = Text(zh="移动阈值", en="Moving a threshold")
_CURVES_SAID = Text(
    zh="每个指标单独看：阈值移动时，每天多少新报、多少命中、提前多久、漏掉多少离开的资产。虚线是现行阈值。"
    "由同一次计算的值得出，没有重新跑。在同一批数据上挑出来的阈值，命中率会偏高；请在另一段日子上再验证。",
    en="Each sign by itself: calls a day, hits, lead and missed assets while its number moves. Dashed: "
    "the number in force. Made from the values of one run. A number picked on these very days will look "
    "better than it is: check it on other days.",
)
_NO_CURVE = Text(
    zh="{rules} 中没有曲线的指标：{signs}（没有触发过，或不是一个值与一个数的比较）。",
    en="Signs of {rules} without a curve: {signs} (never fired, or no comparison of one value with one "
    "number).",
)
_HOW_HEAD = Text(zh="怎样算的", en="How this was computed")
_HOW_SAID = Text(
    zh="离开的定义：显性（销户，或转托管、撤指定且账户已空）、隐性（有效户整个自然月低于 100 元）、浅（"
    "有效户在第 {horizon} 天低于 5,000 元，或因转出减少八成且 60 天无交易）；每人每天一个标签，取最重的。"
    "结局从判定日次日算起。新报：上一个判定日没有报、这一天报了，因为电话只打一次；第一个判定日不算新报。"
    "比率的区间按客户聚类（线性化方差，Wilson 或对数尺度），提前天数的区间用次序统计量。钱走之后指标仍会"
    "触发一阵，这些在报户日计为未命中。",
    en="Leaving is explicit (account closed, or custody moved or designation revoked with nothing "
    "left), implicit (a valid client under 100 CNY for a whole calendar month) or shallow (a valid "
    "client under 5,000 CNY on day {horizon}, or down by four fifths through outflow with no trade for "
    "60 days): one label per client and day, the gravest. Outcomes begin on the day after. New means up "
    "today and not on the asked day before, since one calls once; nothing is new on the first day. "
    "Intervals of ratios are clustered by client (linearised variance; Wilson's or on the logarithm), "
    "those of leads are of order statistics. Signs stay up a while after the money has gone; those "
    "client-days count as not come true.",
)
