"""The page that holds the made-up brokerage against published figures: it agrees, or it says why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from wanliu.reference.markdown import file_name, heading, other_language, page, table
from wanliu.simulator.figures import SOURCES, Unit
from wanliu.simulator.published import CLIENTS, FIRST, LAST, SEEDS, Row, compared
from wanliu.text import Language, Text

NAME = "published"
TITLE = Text(zh="模拟数据与公开数字的对照", en="The made-up brokerage against published figures")


def published_page(language: Language) -> str:
    return written_page(_rows(), language)


@cache
def _rows() -> tuple[Row, ...]:
    """Both languages, and every check in one process, share the seconds that the books take."""
    return tuple(compared())


def written_page(rows: Sequence[Row], language: Language) -> str:
    parts = heading(TITLE.to(language), other=file_name(NAME, other_language(language)), language=language)
    parts.append(_ABOUT.format(clients=f"{CLIENTS:,}", first=FIRST, last=LAST).to(language))
    parts += [_commands(), _READING.to(language)]
    seeds = (_SEED.format(seed=seed) for seed in SEEDS)
    headings = (_QUANTITY, _PUBLISHED, _SOURCE, *seeds, _RESULT)
    parts.append(table([text.to(language) for text in headings], _table(rows, language)))
    parts += [f"## {_DIFFERENCES.to(language)}", _NOT_ALIKE.to(language), _list(_differences(rows, language))]
    parts += [f"## {_HOW.to(language)}", _HOW_ALL.to(language), _list(_computed(rows, language))]
    parts += [f"## {_SOURCES.to(language)}"]
    parts.append(_list(f"**{key}** {source.to(language)}" for key, source in SOURCES.items()))
    return page(parts)


def _commands() -> str:
    lines = (
        f"wanliu simulate book-{seed} --clients {CLIENTS} --from {FIRST} --to {LAST} --seed {seed}"
        for seed in SEEDS
    )
    return "\n".join(("```sh", *lines, "```"))


def _table(rows: Sequence[Row], language: Language) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield (
            row.figure.name.to(language),
            row.figure.published.to(language),
            row.figure.source,
            *(written(value, row.figure.unit) for value in row.simulated),
            _RESULTS[row.agreement].to(language),
        )


def _differences(rows: Sequence[Row], language: Language) -> Iterator[str]:
    for row in rows:
        if row.agreement != "agrees":
            why = row.figure.differs or _UNEXPLAINED
            name, result = row.figure.name.to(language), _RESULTS[row.agreement].to(language)
            yield _DIFFERENCE.format(name=name, result=result, why=why.to(language)).to(language)


def _computed(rows: Sequence[Row], language: Language) -> Iterator[str]:
    for row in rows:
        line = _COMPUTED.format(name=row.figure.name.to(language), how=row.figure.how.to(language))
        yield line.to(language)


def _list(lines: Iterator[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def written(value: float | None, unit: Unit) -> str:
    """Few digits: more would tell of chance, not of the market."""
    if value is None:
        return "–"
    if unit == "percent":
        percent = value * 100
        return f"{percent:.1f} %" if percent >= TEN_PERCENT else f"{percent:.2f} %"
    return f"{round(value, -2):,.0f}" if unit == "yuan" else f"{value:.1f}"


TEN_PERCENT = 10

_QUANTITY = Text(zh="数量", en="quantity")
_PUBLISHED = Text(zh="公开数字", en="published")
_SOURCE = Text(zh="来源", en="source")
_SEED = Text(zh="种子 {seed}", en="seed {seed}")
_RESULT = Text(zh="对照", en="result")
_RESULTS = {
    "agrees": Text(zh="相符", en="agrees"),
    "below": Text(zh="**偏低**", en="**below**"),
    "above": Text(zh="**偏高**", en="**above**"),
    "partly": Text(zh="**部分相符**", en="**partly**"),
}
_ABOUT = Text(
    zh="`wanliu simulate` 造出的数据像不像真实市场？这里把三家虚拟券商（各 {clients} 位客户，{first} 至 "
    "{last}，"
    "只有种子不同）与公开数字逐项对照。二十来位有故事的客户是编排的，不是抽样的，不计入。数据这样得来：",
    en="Does what `wanliu simulate` makes look like the market? Three made-up brokerages, of {clients} "
    "clients each from {first} to {last}, that differ in their seed alone, are held against published "
    "figures. The two dozen planted clients are left out: they are chosen for their stories. The books are "
    "made by:",
)
_READING = Text(
    zh="“相符”：三份数据都落在公开的范围内（两个年份之间也算）。“约”允许相差一成，接近 100 % "
    "的占比按余下的部分算。"
    "“偏低”“偏高”：三份都在范围之外的同一侧。“部分相符”：三份不一致，差别里有多少是偶然，看三列便知。",
    en="“Agrees”: all three lie inside the published range, or between the two years. “About” allows a tenth "
    "either way, of the rest where a share is near 100 %. “Below” and “above”: all three lie outside on that "
    "side. “Partly”: the three are not at one; their columns show how much is chance.",
)
_DIFFERENCES = Text(zh="哪里不同，为什么", en="Where it differs, and why")
_NOT_ALIKE = Text(
    zh="总的差别：公开数字来自 2015–2017 年的全市场，以非休眠投资者为底；模拟数据挂在 2008–2009 年的日历上，"
    "以月末未销户的全部客户为底，其中有从未入金的。"
    "生成器的参数就是照着这些数字定的（`wanliu/simulator/world.toml`），所以相符只说明生成器做到了它该做的，"
    "不说明预警在真实客户身上有多准。",
    en="In general: the published figures are of the whole market in 2015–2017, per non-dormant investor; "
    "the book lies on the calendar of 2008–2009 and counts every client open at the month's end, those who "
    "never paid in among them. The generator's numbers were set with these figures in view "
    "(`wanliu/simulator/world.toml`): agreement shows that it does what it should, and says nothing about "
    "how well the warnings find real leavers.",
)
_DIFFERENCE = Text(zh="{name}（{result}）：{why}", en="{name} ({result}): {why}")
_UNEXPLAINED = Text(zh="原因未查明。", en="We do not know why.")
_HOW = Text(zh="怎样计算", en="How each is computed")
_HOW_ALL = Text(
    zh="占比与均值都把所有月份合在一起算；金额单位为元。",
    en="Shares and means are over all months together; money is in yuan.",
)
_COMPUTED = Text(zh="{name}：{how}", en="{name}: {how}")
_SOURCES = Text(zh="来源", en="Sources")
