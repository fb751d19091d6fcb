"""``study.html`` of a study of cuts: one file that opens without a network; answers first, then charts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any

from wanliu.commission.study.answers import alarms
from wanliu.commission.study.whole import Compared, PriceStudy
from wanliu.report.price_charts import PriceCharts
from wanliu.report.price_words import (
    ARMS,
    SERIES,
    first_lines,
    part_name,
    per_yuan,
    points,
    share,
)
from wanliu.report.study_page import STYLE
from wanliu.report.study_words import number
from wanliu.text import Language, Text

TEN_THOUSAND = 10_000
Told = tuple[Text | str, Callable[[Any], str]]


def price_page(study: PriceStudy, language: Language, *, book: str) -> str:
    """The whole page as text."""
    return "\n".join(_Page(study, language, book).lines()) + "\n"


class _Page:
    def __init__(self, study: PriceStudy, language: Language, book: str) -> None:
        self.study, self.language, self.book = study, language, book
        self.charts = PriceCharts(study, language)

    def lines(self) -> Iterator[str]:
        title = self._to(_TITLE.format(book=self.book))
        lang = "zh-CN" if self.language == "zh" else "en"
        yield f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        yield f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>"
        yield f'<p class="note">{escape(self._span())}</p><section class="first">'
        yield from (f"<p>{escape(line)}</p>" for line in first_lines(self.study, self.language))
        yield "</section>"
        for part in (
            self._cuts,
            self._parts,
            self._paths,
            self._checks,
            self._levels,
            self._service,
            self._overlap,
            self._how,
        ):
            yield from part()
        yield "</body></html>"

    def _span(self) -> str:
        study = self.study
        return self._to(
            _SPAN.format(
                first=study.landmarks[0],
                last=study.landmarks[-1],
                weeks=len(study.landmarks),
                left_out=study.left_out,
                level=round(study.numbers.confidence * 100),
                print=study.book[:12],
            )
        )

    # --- sections -----------------------------------------------------------------------------------

    def _cuts(self) -> Iterator[str]:
        yield self._head(_CUTS_HEAD, _CUTS_SAID)
        rows = [
            one for one in self.study.compared if one.arm == "cut" and one.part.startswith(("all", "cut_"))
        ]
        yield self.charts.effects([one for one in rows if one.horizon == self.study.numbers.horizons[0]])
        yield self._compared(rows)
        counted = " · ".join(
            self._to(_COUNTED.format(nth=nth, count=f"{count:,}"))
            for nth, count in sorted(self.study.cuts.items())
        )
        later = share(self.study.cut_later, self.language)
        yield f'<p class="note">{escape(self._to(_LATER.format(counted=counted, later=later)))}</p>'

    def _parts(self) -> Iterator[str]:
        numbers = self.study.numbers
        said = _PARTS_SAID.format(
            years=f"{numbers.loyal_years:g}", active=share(numbers.loyal_active, self.language)
        )
        yield self._head(_PARTS_HEAD, said)
        rows = [
            one
            for one in self.study.compared
            if one.arm == "cut" and not one.part.startswith(("all", "cut_"))
        ]
        yield self.charts.effects([one for one in rows if one.horizon == numbers.horizons[0]])
        yield self._compared(rows)
        if (loyalty := self.study.loyalty) is not None:
            words = _LOYALTY.format(
                loyal=self._share_with(loyalty.loyal),
                others=self._share_with(loyalty.others),
                difference=points(loyalty.difference, self.language),
                clients=f"{loyalty.clients:,}",
            )
            yield f"<p>{escape(self._to(words))}</p>"

    def _paths(self) -> Iterator[str]:
        yield self._head(_PATHS_HEAD, _PATHS_SAID)
        if not self.study.steps:
            yield self._note(_NO_PATHS)
            return
        for series, name in SERIES.items():
            yield f"<h3>{escape(self._to(name))}</h3>{self.charts.steps(series)}"
            rows = [one for one in self.study.steps if one.series == series]
            yield self._folded(
                self._table(
                    rows,
                    [
                        (_STEP, lambda one: f"{one.step:+d}"),
                        (_WITH, lambda one: number(one.treated, self.language, 3)),
                        (_THEIR_LIKE, lambda one: number(one.others, self.language, 3)),
                        (
                            _DIFFERENCE,
                            lambda one: (
                                f"{one.difference.value:+.3f} ({one.difference.low:+.3f} … "
                                f"{one.difference.high:+.3f})"
                            ),
                        ),
                        (_ROWS, lambda one: f"{one.rows:,}"),
                    ],
                )
            )

    def _checks(self) -> Iterator[str]:
        yield self._head(_CHECKS_HEAD, _CHECKS_SAID)
        yield self.charts.effects(self.study.placebos)
        yield self._compared(self.study.placebos)
        found = alarms(self.study)
        yield from (self._note(one) for one in found)
        if not found:
            told = [one for one in self.study.placebos if one.effect is not None]
            yield self._note(_PASSED if told or self.study.steps else _NOT_CHECKED)

    def _levels(self) -> Iterator[str]:
        yield self._head(_LEVELS_HEAD, _LEVELS_SAID)
        if self.study.no_levels is not None:
            yield self._note(self.study.no_levels)
            return
        yield self.charts.levels()
        yield self._table(
            self.study.levels,
            [
                (_RATE, lambda one: f"{one.low * TEN_THOUSAND:.2f}–{one.high * TEN_THOUSAND:.2f}"),
                (_ROWS, lambda one: f"{one.rows:,}"),
                (_LEAVERS, lambda one: f"{one.leavers:,}"),
                (_BARE, lambda one: self._share_with(one.bare)),
                (_LIKE_ALL, lambda one: self._share_with(one.like)),
            ],
        )

    def _service(self) -> Iterator[str]:
        yield self._head(_SERVICE_HEAD, _SERVICE_SAID)
        rows = [one for one in self.study.compared if one.part == "all"]
        first = [one for one in rows if one.horizon == self.study.numbers.horizons[0]]
        yield self.charts.effects(first, arms=True)
        yield self._compared(rows, arms=True, priced=True)
        if self.study.absent:
            yield self._note(_ABSENT.format(tables=", ".join(self.study.absent)))

    def _overlap(self) -> Iterator[str]:
        yield self._head(_OVERLAP_HEAD, _OVERLAP_SAID)
        yield self.charts.overlap(self.study.one("cut"))
        rows = [one for one in self.study.compared if one.effect is not None]
        told: list[Told] = [
            (_OF, lambda one: self._to(ARMS[one.arm])),
            (_PART, lambda one: part_name(self.study, one.part, self.language)),
            (_WITHIN, lambda one: f"{one.horizon}"),
            (_CHANCE_WITH, lambda one: _spread(one.effect.overlap.spread_treated)),
            (_CHANCE_WITHOUT, lambda one: _spread(one.effect.overlap.spread_without)),
            (_EFFECTIVE, lambda one: f"{one.effect.overlap.effective:,.0f}"),
            (_TRIMMED, lambda one: f"{one.effect.overlap.trimmed:,}"),
        ]
        yield self._folded(self._table(rows, told))

    def _how(self) -> Iterator[str]:
        numbers = self.study.numbers
        yield self._head(
            _HOW_HEAD,
            _HOW_SAID.format(
                window=numbers.window,
                folds=numbers.folds,
                most=share(numbers.most_propensity, self.language),
                treated=numbers.fewest_treated,
                leavers=numbers.fewest_leavers,
                effective=round(numbers.fewest_effective),
                margin=f"{numbers.margin * 100:g}",
            ),
        )

    # --- small parts --------------------------------------------------------------------------------

    def _compared(self, rows: Sequence[Compared], *, arms: bool = False, priced: bool = False) -> str:
        """A row per comparison; a refused one says why in place of its numbers."""
        first = _OF if arms else _PART
        heads = [first, _WITHIN, _TREATED, _LEFT, _WITHOUT, _EFFECT, _NAIVE] + ([_PER_YUAN] if priced else [])
        lines = []
        for one in rows:
            name = self._to(ARMS[one.arm]) if arms else part_name(self.study, one.part, self.language)
            cells = [name, str(one.horizon), *self._effect(one)]
            if priced and one.effect is not None:
                cells.append(self._priced(one))
            if one.effect is None:
                span = len(heads) - len(cells)
                cells_html = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
                why = escape(self._to(one.refused)) if one.refused else ""
                lines.append(f'<tr>{cells_html}<td class="l" colspan="{span}">{why}</td></tr>')
            else:
                lines.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
        head = "".join(f"<th>{escape(self._to(one))}</th>" for one in heads)
        body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody>"
        return f'<div class="wide"><table>{body}</table></div>'

    def _effect(self, one: Compared) -> list[str]:
        if one.effect is None:
            return [f"{one.treated:,}"]
        return [
            f"{one.effect.treated:,}",
            share(one.effect.rate, self.language),
            share(one.effect.without, self.language),
            points(one.effect.estimate, self.language),
            points(one.effect.naive, self.language),
        ]

    def _priced(self, one: Compared) -> str:
        words = per_yuan(self.study, one, self.language)
        yuan = self.study.yuan[one.arm]
        return f"{words.partition(') ')[2]} · {number(yuan, self.language, 2)}"

    def _share_with(self, estimate: Any) -> str:
        low, high = (share(value, self.language) for value in (max(0.0, estimate.low), estimate.high))
        return f"{share(estimate.value, self.language)} ({low}–{high})"

    def _head(self, head: Text, said: Text) -> str:
        return f"<h2>{escape(self._to(head))}</h2><p>{escape(self._to(said))}</p>"

    def _note(self, words: Text) -> str:
        return f'<p class="note">{escape(self._to(words))}</p>'

    def _to(self, words: Text | str) -> str:
        return words if isinstance(words, str) else words.to(self.language)

    def _table(self, rows: Sequence[Any], told: Sequence[Told]) -> str:
        heads = "".join(f"<th>{escape(self._to(head))}</th>" for head, _ in told)
        lines = "".join(
            "<tr>" + "".join(f"<td>{escape(cell(row))}</td>" for _, cell in told) + "</tr>" for row in rows
        )
        return f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>'

    def _folded(self, table: str) -> str:
        return f"<details><summary>{escape(self._to(_NUMBERS))}</summary>{table}</details>"


def _spread(quantiles: Sequence[float]) -> str:
    return " / ".join(f"{one:.3f}" for one in quantiles)


_TITLE = Text(zh="降佣留得住客户吗：{book}", en="Does a cut keep clients? {book}")
_SPAN = Text(
    zh="{first} 至 {last}，{weeks} 周（另有 {left_out} 周前后数据不够，未计入）；账簿指纹 {print}。括号内是"
    " {level}% 区间。",
    en="{first} to {last}, {weeks} weeks ({left_out} more are too near the book's ends); book {print}. In "
    "brackets: "
    "intervals of {level} %.",
)
_NUMBERS = Text(zh="数字表", en="the numbers")
_CUTS_HEAD = Text(zh="降佣之后，走的人少了吗", en="After a cut, do fewer leave?")
_CUTS_SAID = Text(
    zh="圆点：与可比客户相比，离开比例相差几个百分点，负数是走得更少。三角：把两组直接相减，这里面混着“谁会"
    "拿到降佣”。",
    en="Circle: the difference in leaving beside comparable clients, in percentage points; below 0 fewer "
    "leave. "
    "Triangle: the bare difference, which mixes in who is given a cut.",
)
_COUNTED = Text(zh="第 {nth} 次：{count} 例", en="cut {nth}: {count}")
_LATER = Text(
    zh="{counted}。账簿开始之前的降佣无从知道，第几次是从账簿开始数的。对照中有 {later} 在此后 90 天内也降了"
    "佣：估计的是“这周降”比“这周不降”。",
    en="{counted}. Cuts before the book began are not known, so they are counted from there. Of those "
    "without a cut "
    "{later} were cut within the next 90 days after all: this is a cut now against none now.",
)
_PARTS_HEAD = Text(zh="分人群", en="By kind of client")
_PARTS_SAID = Text(
    zh="忠诚：开户满 {years} 年，且至少 {active} 的月份有委托。人群按降佣之前的情况划分。",
    en="Loyal: here for {years} years, and with orders in at least {active} of the months known. Kinds are "
    "those "
    "before the cut.",
)
_LOYALTY = Text(
    zh="没有降佣的客户 90 天内离开：忠诚客户 {loyal}（{clients} 位），其他客户 {others}，相差 {difference} "
    "个百分点。",
    en="Left within 90 days without a cut: loyal clients {loyal} ({clients} clients), others {others}; "
    "difference "
    "{difference} points.",
)
_PATHS_HEAD = Text(zh="降佣前后，逐月来看", en="Month by month, before and after")
_PATHS_SAID = Text(
    zh="降佣的客户减去可比的客户。虚线左边应当贴着 0：不贴着，两组本来就在不同的路上，右边的差别就不能算在降"
    "佣头上。",
    en="Clients with a cut less comparable ones. Left of the dashed line this should hold 0: where it does "
    "not, the "
    "two were on different roads before, and what is right of it cannot be put down to the cut.",
)
_NO_PATHS = Text(zh="降佣的客户太少，画不出来。", en="Too few clients were cut to draw this.")
_STEP = Text(zh="30 天数", en="step of 30 days")
_WITH = Text(zh="降佣", en="with a cut")
_THEIR_LIKE = Text(zh="可比的", en="their like")
_DIFFERENCE = Text(zh="差", en="difference")
_ROWS = Text(zh="行数", en="rows")
_CHECKS_HEAD = Text(zh="本该什么也查不出的检查", en="Checks that must find nothing")
_CHECKS_SAID = Text(
    zh="假日期：把降佣日往前挪一个观察期，看那时到真实降佣日之间是否有半数资金转出。假结果：换电话或地址，降"
    "佣影响不了。区间若不含 0，"
    "说明选择性偏差没有去干净。",
    en="Fake date: the day of the cut is moved back by a horizon; did half of the money go out before the "
    "real one? "
    "Fake outcome: a new phone or address, which no price can move. An interval without 0 says that "
    "selection is left.",
)
_PASSED = Text(
    zh="做得出的检查都通过了。通过不等于没有偏差：账簿里没有的东西，检查也看不见。",
    en="Every check that could be made was passed. That proves no absence of bias: what the book does not "
    "hold, no "
    "check can see.",
)
_NOT_CHECKED = Text(zh="一项检查也做不出来。", en="None of the checks could be made.")
_LEVELS_HEAD = Text(zh="费率越高，走得越多吗", en="The higher the rate, the more leave?")
_LEVELS_SAID = Text(
    zh="按此前 90 天实际付的费率（佣金 ÷ 成交额，含最低收费）分组。三角：各组自己的比例；圆点：假如所有客户"
    "都付这个费率。费率大多开户时就定了，"
    "这条曲线只是相关。没有委托的客户不在其中。",
    en="By what was really paid in the 90 days before (commission ÷ turnover, minimum and all). Triangle: "
    "the group's "
    "own share; circle: as if all clients paid it. Rates are mostly set when an account is opened, so this "
    "curve is "
    "a correlation. Clients without orders are not in it.",
)
_RATE = Text(zh="实际费率（万分之）", en="effective rate (per 10,000)")
_LEAVERS = Text(zh="离开", en="leavers")
_BARE = Text(zh="直接的比例", en="bare share")
_LIKE_ALL = Text(zh="假如都付这个费率", en="as if all paid it")
_SERVICE_HEAD = Text(zh="服务与价格，按钱来比", en="Service beside price, per yuan")
_SERVICE_SAID = Text(
    zh="同样的算法用在服务上。最后一列：每花一万元多留住几位客户（区间）· 每例花费。降佣的花费是观察期里少收"
    "的佣金；服务的单价是默认值，请用 "
    "--cost 换成公司自己的。价格与服务都不是随便给的，谁被联系更是如此。",
    en="The same sum for service. Last column: clients kept for each 10,000 CNY (interval) · cost of one. "
    "A cut costs "
    "the commission given up within the horizon; costs of service are defaults, to be replaced by the "
    "firm's own with "
    "--cost. Neither is given at random, and least of all whom staff call.",
)
_ABSENT = Text(zh="账簿里没有：{tables}。", en="Not in the book: {tables}.")
_OVERLAP_HEAD = Text(zh="两组可比吗", en="Can the two be compared?")
_OVERLAP_SAID = Text(
    zh="在那一周得到降佣的可能性，两组的分布要有重叠。表中是 5、25、50、75、95 分位，加权后对照的有效样本量"
    "，和因找不到可比者而去掉的例数。",
    en="How likely a cut was in that week: the two distributions must overlap. The table has the quantiles "
    "5, 25, 50, "
    "75 and 95, the effective sample size of the weighted comparison, and how many were left out for want "
    "of a like.",
)
_CHANCE_WITH = Text(zh="可能性：得到的", en="chance: with")
_CHANCE_WITHOUT = Text(zh="可能性：没有的", en="chance: without")
_EFFECTIVE = Text(zh="有效样本量", en="effective size")
_TRIMMED = Text(zh="去掉", en="left out")
_OF = Text(zh="做了什么", en="what was done")
_PART = Text(zh="哪些客户", en="which")
_WITHIN = Text(zh="天数", en="days")
_TREATED = Text(zh="例数", en="cases")
_LEFT = Text(zh="离开", en="left")
_WITHOUT = Text(zh="若没有，估计离开", en="would have left without")
_EFFECT = Text(zh="相差（百分点）", en="difference (points)")
_NAIVE = Text(zh="直接相减", en="bare difference")
_PER_YUAN = Text(zh="每万元多留住 · 每例元", en="kept per 10,000 CNY · CNY each")
_HOW_HEAD = Text(zh="怎样算的", en="How this was computed")
_HOW_SAID = Text(
    zh="每 {window} 天一个界标：这一周里得到降佣的，与没有得到的相比；两边在界标日都还是有效户，离开从次日算"
    "起，所以谁也没有白得“还没走”的日子。"
    "已知情况只读到降佣前一日（当日的申请算在前面）：资产、成交、委托、资金、联系、申请、投诉、登录、费率、"
    "年限、此前降过几次；年龄、性别不用。"
    "双重稳健估计（AIPW）：一个回归估计得到降佣的可能性，一个估计不降会不会走，两个只要一个对；{folds} 折交"
    "叉拟合，同一客户不分开；可能性高于 "
    "{most} 的去掉。区间按客户聚类。少于 {treated} 位客户、{leavers} 次对照离开、有效样本量 {effective}，不"
    "给数字。“支持”要求整个区间在 ±{margin} "
    "个百分点以内，“不支持”要求整个区间低于 0。离开的定义与回测相同，只因下跌的不算。账簿里没有的原因（如竞"
    "争对手的电话）可能同时影响降佣与离开，"
    "这种偏差哪种算法都去不掉；随机给一部分客户，才能真正回答。",
    en="A landmark every {window} days: who was given a cut in that week beside who was not; both are "
    "still valid "
    "clients on the landmark, and leaving counts from the day after, so nobody is credited with days of "
    "“not gone "
    "yet”. What was known is read up to the day before (a request of the day itself came first): assets, "
    "turnover, "
    "orders, money, contacts, requests, complaints, log-ins, rate, tenure, earlier cuts; neither age nor "
    "sex. Doubly "
    "robust (AIPW): one regression of who gets a cut, one of who leaves without it, of which one has to be "
    "right; "
    "{folds} folds of cross-fitting that never part a client's rows; chances above {most} are left out. "
    "Intervals are "
    "clustered by client. Below {treated} clients, {leavers} leavers among those without, or an effective "
    "size of "
    "{effective} there is no number. “Supported” asks for the whole interval within ±{margin} points, "
    "“contradicted” "
    "for all of it below 0. Leaving is that of the back-test, but not where only prices fell. What the "
    "book does not "
    "hold (a rival's call) may move both cut and leaving, and no arithmetic takes that out: only giving a "
    "cut by lot "
    "would answer for good.",
)
