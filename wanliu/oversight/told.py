"""The report in words: what each question asks, what was found, and what the figures cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from wanliu.foresight.measures import Figure
from wanliu.oversight.fairness import REST, UNKNOWN, Factor, Finding, Question, Report, Why
from wanliu.oversight.numbers import numbers
from wanliu.text import Text

QUESTIONS: Final[Mapping[Question, tuple[Text, Text]]] = {
    "terms": (
        Text(zh="同一档的客户，条件相同吗", en="Do clients of one tier have the same terms"),
        Text(
            zh="符合同一公示档的客户里，费率和最低收费不高于该档的比例",
            en="of the clients who meet a published tier, the share whose rate and minimum are that tier's "
            "or better",
        ),
    ),
    "granted": (
        Text(zh="同样符合条件的申请，同样会同意吗", en="Are requests that meet the criteria granted alike"),
        Text(
            zh="本季度作出决定、申请时符合公示条件的申请里，同意的比例",
            en="of this quarter's decisions on requests that met the published criteria, the share granted",
        ),
    ),
    "in_time": (
        Text(zh="同样的申请，同样按期答复吗", en="Are requests answered in time alike"),
        Text(
            zh="本季度作出决定的申请里，按期书面答复的比例",
            en="of the requests decided in this quarter, the share answered in writing in time",
        ),
    ),
}
FACTORS: Final[Mapping[Factor, Text]] = {
    "level": Text(zh="预警级别", en="level"),
    "branch": Text(zh="营业部", en="branch"),
    "age": Text(zh="年龄段", en="age band"),
}
LEVELS: Final[Mapping[str, Text]] = {
    "red": Text(zh="红", en="red"),
    "orange": Text(zh="橙", en="orange"),
    "yellow": Text(zh="黄", en="yellow"),
    "none": Text(zh="无", en="none"),
}
_OTHERS: Final[Mapping[str, Text]] = {
    UNKNOWN: Text(zh="未知", en="unknown"),
    REST: Text(zh="其余（人数太少，合并）", en="the rest (too few, joined)"),
}
_WHYS: Final[Mapping[Why, Text]] = {
    "no_book": Text(
        zh="没有可用的账簿或收费标准，这一项没有算。",
        en="There is no book or no tariff to work with: not computed.",
    ),
    "nobody": Text(zh="本季度没有这样的申请。", en="There was no such request in this quarter."),
    "too_few": Text(
        zh="太少，不能判断（共 {count} 项，其中较少的一种 {rare} 项；至少要 {least} 项和 {least_rare} 项）。",
        en="Too few to decide ({count} in all, {rare} of the rarer outcome; {least} and {least_rare} are "
        "needed).",
    ),
    "all_alike": Text(
        zh="{count} 项全都一样，没有可比较的差别。",
        en="All {count} were alike: there is no difference to compare.",
    ),
    "one_group": Text(
        zh="只有一组人数够，不能比较。", en="Only one group is large enough: nothing to compare."
    ),
}


def group_named(factor: Factor, name: str) -> Text:
    if name in _OTHERS:
        return _OTHERS[name]
    if factor == "level":
        return LEVELS.get(name, Text(zh=name, en=name))
    if factor == "age":
        low, _, high = name.partition("-")
        if not low:
            return Text(zh=f"{int(high) + 1} 岁以下", en=f"under {int(high) + 1}")
        return (
            Text(zh=f"{low} 岁及以上", en=f"{low} and above")
            if not high
            else Text(zh=f"{low}–{high} 岁", en=f"{low} to {high}")
        )
    return Text(zh=name, en=name)


def verdict(one: Finding) -> Text:
    """One plain sentence; what was not found is not said to be absent."""
    if one.why is not None:
        shown = numbers().shown
        rare = min(one.yes, one.count - one.yes)
        limits = {"least": shown.least, "least_rare": shown.least_rare}
        return _WHYS[one.why].format(count=one.count, rare=rare, **limits)
    assert one.tested is not None and one.adjusted is not None, "what has no reason was tested"
    p, adjusted = _p(one.tested.p), _p(one.adjusted)
    if one.differs:
        return _DIFFERS.format(p=p, adjusted=adjusted)
    return _NOT_FOUND.format(p=p, adjusted=adjusted, most=_largest(one))


def sentences(report: Report) -> Iterator[Text]:
    """How to read the whole."""
    told = numbers()
    if not report.whole:
        yield _NOT_OVER
    if report.as_of is not None:
        yield _LEVELS_NOW.format(day=report.as_of)
    yield _HOW.format(draws=f"{told.test.draws:,}")
    yield _MANY.format(tests=report.tests, alpha=f"{told.test.alpha:.0%}")
    yield _JOINED.format(smallest=told.shown.smallest)
    yield _NO_CAUSE


def share_told(figure: Figure) -> str:
    """With its interval of 95 %."""
    if figure.value is None:
        return "—"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.1%}"
    between = Text(zh="{} 至 {}", en="{} to {}")
    return f"{figure.value:.1%} ({str(between).format(f'{figure.low:.1%}', f'{figure.high:.1%}')})"


def difference_told(figure: Figure) -> str:
    """In percentage points, with its interval of 95 %."""
    if figure.value is None or figure.low is None or figure.high is None:
        return "—"
    low, high = f"{figure.low * 100:+.1f}", f"{figure.high * 100:+.1f}"
    return f"{figure.value * 100:+.1f} ({str(Text(zh='{} 至 {}', en='{} to {}')).format(low, high)})"


def _largest(one: Finding) -> str:
    """The largest difference that the intervals do not rule out."""
    assert one.tested is not None, "asked of what was tested"
    ends = [
        abs(end)
        for each in one.tested.groups
        for end in (each.difference.low, each.difference.high)
        if end is not None
    ]
    return f"{max(ends, default=0) * 100:.1f}"


def _p(value: float) -> str:
    smallest = 1 / (numbers().test.draws + 1)
    return f"≤ {smallest:.4f}" if value <= smallest else f"= {value:.4f}"


_DIFFERS = Text(
    zh="有差别，不像是偶然（p {p}，计入全部检验后 p {adjusted}）。请查明原因。",
    en="There is a difference that chance does not explain (p {p}; counting all tests, p {adjusted}). Find "
    "out why.",
)
_NOT_FOUND = Text(
    zh="没有发现偶然解释不了的差别（p {p}，计入全部检验后 p {adjusted}）；"
    "这不等于没有：按区间，最大 {most} 个百分点的差别都不能排除。",
    en="No difference was found that chance would not explain (p {p}; counting all tests, p {adjusted}). "
    "That is not to say that there is none: by the intervals, up to {most} percentage points are not ruled "
    "out.",
)
_NOT_OVER = Text(
    zh="本季度还没有结束，以下只到今天。", en="The quarter is not over: what follows goes up to today."
)
_LEVELS_NOW = Text(
    zh="级别、营业部和客户条件是 {day} 的，不是作出决定那天的：之后级别变化的客户按现在的级别算。",
    en="Levels, branches and clients' terms are those of {day}, not of the day of a decision: a client "
    "whose level changed since counts by the present one.",
)
_HOW = Text(
    zh="检验方法：在同一档内把各组打乱 {draws} 次，看偶然会差多远；比例和差别附 95% 区间，"
    "差别是与同档其他人相比（Mantel–Haenszel，各区间未作多重校正）。",
    en="How it is tested: groups are shuffled {draws} times within each tier, to see how far chance would "
    "part them. Shares and differences have intervals of 95 %; a difference is to all others of the same "
    "tier (Mantel–Haenszel; the intervals are not adjusted for their number).",
)
_MANY = Text(
    zh="本报告一共检验 {tests} 次，已按 Holm 方法校正："
    "全部检验合在一起，把偶然误报为差别的可能不超过 {alpha}。",
    en="This report makes {tests} tests, adjusted by Holm's method: all together they call a difference "
    "that is chance in at most {alpha} of reports.",
)
_JOINED = Text(
    zh="不足 {smallest} 人的组不单独显示，合并为“其余”。",
    en="Groups of fewer than {smallest} are not shown by themselves; they are joined as “the rest”.",
)
_NO_CAUSE = Text(
    zh="差别不说明原因，也不说明是谁的责任；没有提出申请的人不在后两项里。",
    en="A difference names no cause and nobody's fault; whoever did not ask is not in the latter two "
    "questions.",
)
