"""The words of a study of cuts: names of arms, parts and columns, and how its numbers are written."""

from __future__ import annotations

from collections.abc import Iterator

from wanliu.commission.study.answers import VERDICTS, alarms, answers
from wanliu.commission.study.effect import Estimate
from wanliu.commission.study.whole import Compared, PriceStudy
from wanliu.report.study_words import MISSING, percent
from wanliu.text import Language, Text

ARMS = {
    "cut": Text(zh="降佣", en="a cut of the rate"),
    "contact": Text(zh="有效联系", en="an effective contact"),
    "adviser": Text(zh="安排客户经理", en="an adviser assigned"),
    "complaint": Text(zh="投诉解决", en="a complaint solved"),
}
PARTS = {
    "all": Text(zh="全部", en="all"),
    "loyal": Text(zh="忠诚客户", en="loyal clients"),
    "not_loyal": Text(zh="其他客户", en="other clients"),
    "placebo_date": Text(
        zh="假日期：降佣之前，半数资金转出", en="fake date: half of the money out before the cut"
    ),
    "placebo_outcome": Text(zh="假结果：换电话或地址", en="fake outcome: a new phone or address"),
}
SERIES = {
    "assets": Text(zh="留在这里的资产（降佣前一日为 1）", en="assets still here (day before the cut: 1)"),
    "orders": Text(zh="每 30 天委托数（对数）", en="orders in 30 days (logarithm)"),
}
POINT = 100


def cuts_of(study: PriceStudy) -> list[Compared]:
    """All cuts, and the first, second and later ones."""
    return [one for one in study.compared if one.arm == "cut" and one.part.startswith(("all", "cut_"))]


def parts_of(study: PriceStudy) -> list[Compared]:
    """Cuts by loyalty, turnover and assets."""
    return [one for one in study.compared if one.arm == "cut" and not one.part.startswith(("all", "cut_"))]


def arms_of(study: PriceStudy) -> list[Compared]:
    """Cuts beside each kind of service."""
    return [one for one in study.compared if one.part == "all"]


def part_name(study: PriceStudy, part: str, language: Language) -> str:
    """“from 50,000 to 500,000 yuan”, “the second cut”, or one of the named parts."""
    if part in PARTS:
        return PARTS[part].to(language)
    kind, _, number = part.rpartition("_")
    place = int(number)
    if kind == "cut":
        last = place == max(study.numbers.later_cuts)
        return (_NTH_AND_LATER if last else _NTH).to(language).format(nth=place)
    borders = study.numbers.turnover_tiers if kind == "turnover" else study.numbers.asset_tiers
    words = _TIER_FIRST if place == 0 else _TIER_LAST if place == len(borders) else _TIER
    low = f"{borders[place - 1]:,.0f}" if place else ""
    high = f"{borders[place]:,.0f}" if place < len(borders) else ""
    return words.to(language).format(what=_TIERS[kind].to(language), low=low, high=high)


def first_lines(study: PriceStudy, language: Language) -> Iterator[str]:
    """What a reader must know if only one minute is left: the guide's findings, and what was looked at."""
    for answer in answers(study):
        yield _ANSWER.to(language).format(
            finding=answer.finding.to(language),
            verdict=VERDICTS[answer.verdict].to(language),
            reason=answer.reason.to(language),
        )
    yield _service(study, language)
    for found in alarms(study):
        yield _ALARM.to(language).format(found=found.to(language))


def _service(study: PriceStudy, language: Language) -> str:
    """Which of service and price can be told, per yuan; which cannot."""
    told = [per_yuan(study, one, language) for one in study.compared if one.part == "all" and one.effect]
    told = [one for place, one in enumerate(told) if one not in told[:place]]
    unknown = [ARMS[arm].to(language) for arm in ARMS if study.one(arm).effect is None]
    between = "、" if language == "zh" else ", "
    said = _SERVICE.to(language).format(told=_SEMICOLON.to(language).join(told) or MISSING.to(language))
    return said + (_UNKNOWN.to(language).format(arms=between.join(unknown)) if unknown else "")


def per_yuan(study: PriceStudy, one: Compared, language: Language) -> str:
    """Clients kept for each 10,000 yuan, with the interval, as far as the cost is known."""
    assert one.effect is not None, "only an effect has a price"
    estimate, yuan = one.effect.estimate, study.yuan[one.arm]
    name = f"{ARMS[one.arm].to(language)} ({_DAYS.to(language).format(days=one.horizon)})"
    if not yuan > 0:
        return f"{name} {MISSING.to(language)}"
    kept = [-value / yuan * TEN_THOUSAND for value in (estimate.value, estimate.high, estimate.low)]
    return f"{name} {kept[0]:.2f} ({kept[1]:.2f}{_TO.to(language)}{kept[2]:.2f})"


TEN_THOUSAND = 10_000


def points(estimate: Estimate, language: Language) -> str:
    """An effect in percentage points, with its interval."""
    low, high = estimate.low * POINT, estimate.high * POINT
    return f"{estimate.value * POINT:+.2f} ({low:+.2f}{_TO.to(language)}{high:+.2f})"


def share(value: float | None, language: Language) -> str:
    return MISSING.to(language) if value is None else percent(value, language)


_TO = Text(zh=" 至 ", en=" to ")
_DAYS = Text(zh="{days} 天内", en="within {days} days")
_SEMICOLON = Text(zh="；", en="; ")
_NTH = Text(zh="第 {nth} 次降佣", en="cut number {nth}")
_NTH_AND_LATER = Text(zh="第 {nth} 次及以后的降佣", en="cut number {nth} and later ones")
_TIERS = {
    "turnover": Text(zh="此前 90 天成交额", en="turnover of the 90 days before"),
    "assets": Text(zh="净资产", en="net assets"),
}
_TIER_FIRST = Text(zh="{what}低于 {high} 元", en="{what} below {high} CNY")
_TIER = Text(zh="{what} {low} 至 {high} 元", en="{what} {low} to {high} CNY")
_TIER_LAST = Text(zh="{what} {low} 元及以上", en="{what} {low} CNY and above")
_ANSWER = Text(
    zh="手册说：{finding}。这本账簿：{verdict}。{reason}",
    en="The guide: {finding}. This book: {verdict}. {reason}",
)
_SERVICE = Text(
    zh="服务与价格，每花一万元多留住几位客户：{told}。",
    en="Service beside price, clients kept for each 10,000 CNY spent: {told}.",
)
_UNKNOWN = Text(zh="无法估计：{arms}。", en=" Not to be estimated: {arms}.")
_ALARM = Text(zh="检查没有通过：{found}。", en="A check failed: {found}.")
