"""The words of a study: its first lines, the names of its columns, and how its numbers are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wanliu.foresight.study import Study
from wanliu.report.words import LEVELS
from wanliu.ruleset import RuleSet, signs
from wanliu.text import Language, Text

PER_CENT = 100
MISSING = Text(zh="—", en="—")

KINDS = {
    "call": Text(zh="红或橙", en="red or orange"),
    "any": Text(zh="红、橙或黄", en="red, orange or yellow"),
}

FIGURES = {
    "per_1000": Text(zh="每千户在报", en="standing per 1,000"),
    "new_per_1000": Text(zh="每千户新报", en="new per 1,000"),
    "calls_a_day": Text(zh="每交易日新报（次）", en="new per trading day"),
    "precision_new": Text(zh="新报命中率", en="new: came true"),
    "on_small": Text(zh="在报中净资产不足 5,000", en="standing: under 5,000 CNY"),
    "precision": Text(zh="在报命中率", en="standing: came true"),
    "lift_new": Text(zh="新报提升（倍）", en="new: lift"),
    "lift": Text(zh="在报提升（倍）", en="standing: lift"),
    "recall": Text(zh="离开者中报过警", en="leavers alarmed"),
    "worth_caught": Text(zh="离开资产中报过警", en="leavers' assets alarmed"),
    "worth_missed": Text(zh="漏掉的离开资产", en="leavers' assets missed"),
    "lead_median": Text(zh="提前天数（中位）", en="lead, median days"),
    "per_client_day": Text(zh="在报比例", en="share standing"),
    "new_per_client_day": Text(zh="新报比例", en="share new"),
    "base": Text(zh="有效户离开的基准率", en="base rate of valid clients"),
}
SHARES = frozenset(
    (
        "on_small",
        "precision",
        "precision_new",
        "recall",
        "worth_caught",
        "worth_missed",
        "base",
        "per_client_day",
        "new_per_client_day",
    )
)

DAYS = frozenset(("lead_median",))
_TO = Text(zh=" 至 ", en=" to ")

COLUMNS = {
    "rules": Text(zh="规则集", en="rule set"),
    "kind": Text(zh="预警", en="alarm"),
    "month": Text(zh="月份", en="month"),
    "sign": Text(zh="指标", en="sign"),
    "other": Text(zh="同时触发的", en="also up"),
    "number": Text(zh="阈值", en="number"),
    "figure": Text(zh="项目", en="figure"),
    "first": Text(zh="现行", en="live"),
    "second": Text(zh="对照", en="other"),
    "difference": Text(zh="差（对照 − 现行）", en="other less live"),
    "share": Text(zh="同时触发的比例", en="share also up"),
    "new_alarms": Text(zh="新报次数", en="new alarms"),
    "alarms": Text(zh="在报户日", en="standing client-days"),
    "lead_quartiles": Text(zh="提前天数（四分位）", en="lead, quartiles"),
    "leavers": Text(zh="离开", en="leavers"),
    "caught": Text(zh="其中报过警", en="of them alarmed"),
}

_TRUE = Text(
    zh="{rules}：红、橙预警新报 {new} 次，每个交易日 {calls} 次。其中 {precision} 在 {horizon} 天内真的"
    "离开；不看任何指标，任找一位有效户，则是 {base}。提升 {lift} 倍。",
    en="{rules}: {new} new red or orange alarms, {calls} a trading day. Of them {precision} came true "
    "within {horizon} days; of valid clients taken blindly, {base} leave. That is {lift} times as many.",
)
_EARLY = Text(
    zh="报对的那些，从报警到离开的中位数是 {lead} 天，四分之一不到 {quarter} 天。",
    en="Where the alarm was right, it stood {lead} days before the leaving (median); for a quarter, "
    "fewer than {quarter}.",
)
_SEEN = Text(
    zh="离开的 {leavers} 位有效户里，离开前 {horizon} 天内报过红、橙的占 {recall}（按资产占 {worth}）；"
    "{unseen} 在判定日里没有任何指标触发过，这套规则看不见他们。",
    en="Of {leavers} valid clients who left, {recall} had a red or orange alarm within {horizon} days "
    "before ({worth} of their assets); for {unseen} no sign fired on any of the days judged: these "
    "rules could not see them.",
)
_BY_PRICE = Text(
    zh="注意：离开的人里有 {count} 位（{share}）只是因为下跌才跌破 5,000 元，钱并没有走。",
    en="Mind: {count} of the leavers ({share}) fell below 5,000 CNY through prices alone; no money went.",
)
_CLIENT_DAYS = Text(
    zh="统计 {days} 个判定日、{rows} 个户日；结局不全知道的 {unknown} 个户日不计入任何比率。",
    en="{days} days judged, {rows} client-days; {unknown} of them, whose outcome is not wholly known, "
    "are in no rate.",
)


def first_lines(study: Study, language: Language) -> Iterator[str]:
    """What a reader must know if only one minute is left."""
    for rules in study.rules:
        row = study.figure(rules.name, "call")
        title = f"{rules.title.to(language)} ({rules.name} {rules.version})"
        calls = number(row["calls_a_day"], language, 1)
        yield _TRUE.to(language).format(
            rules=title,
            new=f"{row['new_alarms']:,}",
            calls=calls,
            precision=shown(row, "precision_new", language),
            horizon=study.horizon,
            base=shown(row, "base", language),
            lift=shown(row, "lift_new", language),
        )
        if row["lead_median"] is not None:
            lead, quarter = (
                shown(row, "lead_median", language),
                number(row["lead_first_quartile"], language, 0),
            )
            yield _EARLY.to(language).format(lead=lead, quarter=quarter)
        if not study.survivors_only:
            yield _seen(study, rules, row, language)
    if study.survivors_only:
        yield study.survivors_only.to(language)
    yield from _about(study, language)


def _seen(study: Study, rules: RuleSet, row: Mapping[str, Any], language: Language) -> str:
    return _SEEN.to(language).format(
        horizon=study.horizon,
        leavers=f"{row['leavers']:,}",
        recall=shown(row, "recall", language),
        worth=shown(row, "worth_caught", language),
        unseen=interval(study.outcomes["unseen"][rules.name], "share", language, share=True),
    )


def _about(study: Study, language: Language) -> Iterator[str]:
    outcomes = study.outcomes
    if outcomes["by_price"]:
        part = percent(outcomes["by_price"] / outcomes["leavers"], language)
        yield _BY_PRICE.to(language).format(count=outcomes["by_price"], share=part)
    yield _CLIENT_DAYS.to(language).format(
        days=len(study.days),
        rows=f"{outcomes['client_days']:,}",
        unknown=f"{outcomes['client_days_unknown']:,}",
    )


def kind_name(kind: str, language: Language) -> str:
    """A kind of alarm, or a sign, as people call it."""
    if kind in KINDS:
        return KINDS[kind].to(language)
    if kind in LEVELS:
        return LEVELS[kind].to(language)
    return signs()[kind].name.to(language) if kind in signs() else kind


def shown(row: Mapping[str, Any], figure: str, language: Language) -> str:
    """A figure with its interval: 8.3% (6.9–10.1%)."""
    return interval(row, figure, language, share=figure in SHARES)


def interval(row: Mapping[str, Any], name: str, language: Language, *, share: bool) -> str:
    value, low, high = (row.get(key) for key in (name, f"{name}_low", f"{name}_high"))
    if value is None:
        return MISSING.to(language)
    places = 0 if name in DAYS or abs(value) >= PER_CENT else 1
    written = percent if share else (lambda one, of: number(one, of, places))
    if low is None and high is None:
        return written(value, language)
    bounds = [written(one, language) if one is not None else "?" for one in (low, high)]
    # a dash between negative numbers reads as another minus
    between = "–" if low is None or low >= 0 else _TO.to(language)
    return f"{written(value, language)} ({bounds[0]}{between}{bounds[1]})"


def percent(value: float, language: Language) -> str:
    sign = "%" if language == "zh" else " %"
    return f"{value * PER_CENT:.1f}{sign}"


def number(value: float | None, language: Language, places: int) -> str:
    return MISSING.to(language) if value is None else f"{value:,.{places}f}"


def quartiles(row: Mapping[str, Any], language: Language) -> str:
    low, high = row["lead_first_quartile"], row["lead_third_quartile"]
    return MISSING.to(language) if low is None else f"{number(low, language, 0)}–{number(high, language, 0)}"
