"""The guide's two findings held against a study: supported, contradicted, or not decidable, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wanliu.commission.study.effect import Estimate
from wanliu.commission.study.whole import Compared, PriceStudy
from wanliu.text import Text

Verdict = Literal["supported", "contradicted", "undecidable"]


@dataclass(frozen=True)
class Answer:
    """One finding of the guide, the verdict, and the reason in a plain sentence."""

    finding: Text
    verdict: Verdict
    reason: Text


def answers(study: PriceStudy) -> tuple[Answer, Answer]:
    return Answer(NO_RELATION, *_no_relation(study)), Answer(LOYAL_STAY, *_loyal_stay(study))


def alarms(study: PriceStudy) -> tuple[Text, ...]:
    """Which checks found something where there is nothing to find: then selection is left in every number."""
    found = [
        _ALARM[one.part]
        for one in study.placebos
        if one.effect is not None and not _holds_zero(one.effect.estimate)
    ]
    return (*found, *((_ROADS,) if _different_roads(study) else ()))


def _different_roads(study: PriceStudy) -> bool:
    """Whether the two groups were on different roads before the cut, by more than chance over all steps."""
    before = [one.difference for one in study.steps if one.step < 0]
    # so many looks at nothing find something now and then: the border is widened by their number
    return any(abs(one.value) > one.error * _border(len(before)) for one in before if one.error > 0)


def _border(looks: int) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(1 - 0.1 / 2 / max(1, looks))


def _no_relation(study: PriceStudy) -> tuple[Verdict, Text]:
    """All cuts decide; where enough clients were cut three times or more, those have to agree."""
    whole, later = study.one("cut"), study.one("cut", f"cut_{max(study.numbers.later_cuts)}")
    verdict, reason = _size(study, whole)
    if verdict != "undecidable" and later.effect is None:
        assert later.refused is not None, "an effect or why there is none"
        return verdict, Text(
            zh=f"{reason.zh}{_NOT_LATER.zh.format(why=later.refused.zh)}",
            en=f"{reason.en} {_NOT_LATER.en.format(why=later.refused.en)}",
        )
    if verdict == "undecidable" or later.effect is None:
        return verdict, reason
    again, of_later = _size(study, later)
    agree = again in (verdict, "undecidable")
    joined = Text(
        zh=f"{reason.zh}第三次及以后：{of_later.zh}", en=f"{reason.en} From the third on: {of_later.en}"
    )
    return (verdict if agree else "undecidable"), joined


def _size(study: PriceStudy, one: Compared) -> tuple[Verdict, Text]:
    if one.effect is None:
        assert one.refused is not None, "an effect or why there is none"
        return "undecidable", one.refused
    if found := alarms(study):
        return "undecidable", _SELECTION.format(
            zh="；".join(each.zh for each in found), en="; ".join(each.en for each in found)
        )
    estimate, margin = one.effect.estimate, study.numbers.margin
    told = _in_words(estimate, study, one.horizon)
    if -margin < estimate.low and estimate.high < margin:
        return "supported", _joined(told, _SMALL.format(margin=_points(margin)))
    if estimate.high < 0:
        return "contradicted", _joined(told, _KEEPS)
    if estimate.low > 0:
        return "undecidable", _joined(told, _DRIVES)
    return "undecidable", _joined(told, _WIDE.format(margin=_points(margin)))


def _loyal_stay(study: PriceStudy) -> tuple[Verdict, Text]:
    loyalty, cut = study.loyalty, study.one("cut", "loyal")
    if loyalty is None:
        return "undecidable", _FEW_LOYAL
    told = _LOYAL.format(
        loyal=_points(loyalty.loyal.value),
        others=_points(loyalty.others.value),
        low=_points(loyalty.difference.low),
        high=_points(loyalty.difference.high),
    )
    if loyalty.difference.low > 0:
        return "contradicted", _joined(told, _LEAVE_MORE)
    if loyalty.difference.high >= 0:
        return "undecidable", _joined(told, _NO_DIFFERENCE)
    if cut.effect is None:
        assert cut.refused is not None, "an effect or why there is none"
        return "undecidable", _joined(told, _LOYAL_UNKNOWN.format(zh=cut.refused.zh, en=cut.refused.en))
    verdict, of_cut = _size(study, cut)
    return verdict, _joined(told, _joined(_AMONG_LOYAL, of_cut))


def _holds_zero(estimate: Estimate) -> bool:
    return estimate.low <= 0 <= estimate.high


def _in_words(estimate: Estimate, study: PriceStudy, horizon: int) -> Text:
    return _ESTIMATE.format(
        horizon=horizon,
        value=_points(estimate.value),
        low=_points(estimate.low),
        high=_points(estimate.high),
        level=round(study.numbers.confidence * 100),
    )


def _points(share: float) -> str:
    """A share as per cent, always with its sign where it is below zero."""
    return f"{share * 100:.1f}"


def _joined(first: Text, second: Text) -> Text:
    return Text(zh=first.zh + second.zh, en=f"{first.en} {second.en}")


VERDICTS: dict[Verdict, Text] = {
    "supported": Text(zh="支持", en="supported"),
    "contradicted": Text(zh="不支持", en="contradicted"),
    "undecidable": Text(zh="这些数据回答不了", en="not decidable with these data"),
}
NO_RELATION = Text(
    zh="“客户流失与佣金没有明显关系：给过 3–5 次降佣机会的客户照样会走”",
    en="“Leaving has no clear relation to commission: clients given 3–5 cuts leave all the same”",
)
LOYAL_STAY = Text(
    zh="“高忠诚度的客户，即使不降佣也不会流失”",
    en="“Highly loyal clients stay even without a cut”",
)
_ALARM = {
    "placebo_date": Text(
        zh="在真实降佣日之前的假日期上，也“发现”了作用",
        en="at a fake date before the real one an “effect” was found, too",
    ),
    "placebo_outcome": Text(
        zh="降佣不可能影响的结果（换电话、换地址）上，也“发现”了作用",
        en="an “effect” was found on an outcome that no price can move (a new phone or address)",
    ),
}
_ROADS = Text(
    zh="降佣之前，两组客户的资产或委托已经走在不同的路上",
    en="before the cut the two groups' assets or orders were already on different roads",
)
_SELECTION = Text(
    zh="降佣不是随便给的：{zh}。剩下的选择性偏差有多大，这些数据说不清。",
    en="cuts are not given at random: {en}. How much of that selection is left in the numbers, these data "
    "cannot say.",
)
_ESTIMATE = Text(
    zh="降佣的客户与可比的客户相比，{horizon} 天内离开的比例相差 {value} 个百分点（{level}% 区间 {low} 至 "
    "{high}）。",
    en="Between clients with a cut and comparable ones, the share that leaves within {horizon} days "
    "differs by {value} percentage points ({level} % interval {low} to {high}).",
)
_SMALL = Text(
    zh="即使有作用，也小于 {margin} 个百分点。",
    en="If there is an effect, it is smaller than {margin} points.",
)
_KEEPS = Text(
    zh="整个区间都低于 0：降佣确实留住了一部分客户。",
    en="The whole interval lies below 0: cuts did keep clients.",
)
_DRIVES = Text(
    zh="整个区间都高于 0。降佣不会把人赶走：多半是快要走的客户才拿到了降佣，而账簿里看不全这一点。",
    en="The whole interval lies above 0. A cut drives nobody away: most likely those about to leave were "
    "given it, and the book does not show all of that.",
)
_WIDE = Text(
    zh="区间太宽：既包含 0，也包含超过 {margin} 个百分点的作用。",
    en="The interval is too wide: it holds 0, and effects above {margin} points as well.",
)
_NOT_LATER = Text(zh="至于第三次及以后的降佣：{why}", en="As for the third cut and later ones: {why}")
_FEW_LOYAL = Text(
    zh="忠诚客户（或其他客户）太少，谈不上比较。",
    en="There are too few loyal clients, or too few others, to compare.",
)
_LOYAL = Text(
    zh="没有降佣的忠诚客户离开 {loyal}%，其他客户 {others}%（相差的区间 {low} 至 {high} 个百分点）。",
    en="Without a cut {loyal} % of loyal clients leave, and {others} % of the others (difference between "
    "{low} and {high} points).",
)
_LEAVE_MORE = Text(zh="忠诚客户反而走得更多。", en="Loyal clients leave more often, not less.")
_NO_DIFFERENCE = Text(
    zh="忠诚客户是否留得更牢，区间里看不出来。",
    en="Whether loyal clients stay more firmly, the interval does not tell.",
)
_LOYAL_UNKNOWN = Text(
    zh="但给他们降佣会不会有作用，无法估计：{zh}", en="But what a cut does to them cannot be estimated: {en}"
)
_AMONG_LOYAL = Text(zh="在忠诚客户中，", en="Among the loyal, the same comparison.")
