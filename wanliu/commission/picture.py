"""A quote as a picture for the client: what the same orders cost by each set of terms, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wanliu.book.atomic import write_file
from wanliu.commission.quote import Quote
from wanliu.commission.told import in_share, terms_in_words
from wanliu.errors import EnvironmentFailed, UsageError
from wanliu.text import Language, Text

WIDTH, ROW, LABELS = 460, 44, 420
FONT = "Noto Sans CJK SC, Noto Sans SC, Microsoft YaHei, PingFang SC, sans-serif"
NOW_COLOUR, OTHER_COLOUR, REST_COLOUR, INK = "#1f5fa8", "#8fb3d9", "#d7dde4", "#222222"
SCALE = 2
"""A PNG's pixels for each point, for screens and paper."""


def draw(quote: Quote, file: Path, language: Language) -> None:
    """Writes the picture as SVG or PNG, by the file's name; no browser and no network.

    Raises UsageError for another kind of file or without orders, EnvironmentFailed without the library.
    """
    kind = file.suffix.lower()
    if kind not in (".svg", ".png"):
        raise UsageError(_KINDS.format(file=file.name))
    if not quote.orders:
        raise UsageError(_NOTHING)
    chart = _chart(quote, language)
    try:
        import vl_convert
    except ImportError as fault:
        raise EnvironmentFailed(_NO_LIBRARY) from fault
    drawn = (
        vl_convert.vegalite_to_svg(chart).encode()
        if kind == ".svg"
        else vl_convert.vegalite_to_png(chart, scale=SCALE)
    )
    write_file(file, drawn)


def _chart(quote: Quote, language: Language) -> dict[str, Any]:
    """Two panels: yuan by each set of terms, and how many orders pay the minimum today."""
    try:
        import altair
    except ImportError as fault:
        raise EnvironmentFailed(_NO_LIBRARY) from fault
    panels = [_costs(altair, quote, language)]
    if quote.now is not None and quote.now.minimum and quote.on_minimum is not None:
        panels.append(_on_minimum(altair, quote, language))
    title = _TITLE.format(orders=f"{quote.orders:,}", first=quote.first, last=quote.last).to(language)
    whole = (
        altair.vconcat(*panels, spacing=28)
        .properties(
            title=altair.TitleParams(title, anchor="start", fontSize=16, color=INK, offset=14),
            padding=20,
        )
        .resolve_scale(color="independent")
        .configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(labelColor=INK, domain=False, ticks=False)
    )
    return dict(whole.to_dict())


def _costs(altair: Any, quote: Quote, language: Language) -> Any:
    rows = [
        {"name": name.to(language), "yuan": float(amount), "label": f"{amount:,.2f}", "now": now}
        for name, amount, now in _bars(quote)
    ]
    base = altair.Chart(altair.Data(values=rows)).encode(
        y=altair.Y("name:N", sort=None, title=None, axis=altair.Axis(labelLimit=LABELS, labelFontSize=13)),
        x=altair.X("yuan:Q", title=None, axis=None, scale=altair.Scale(zero=True)),
    )
    colour = altair.condition("datum.now", altair.value(NOW_COLOUR), altair.value(OTHER_COLOUR))
    return altair.layer(
        base.mark_bar(height=ROW // 2).encode(color=colour),
        base.mark_text(align="left", dx=6, fontSize=13, color=INK).encode(text="label:N"),
    ).properties(
        width=WIDTH,
        height=ROW * len(rows),
        title=altair.TitleParams(_YUAN.to(language), anchor="start", fontSize=13, fontWeight="normal"),
    )


def _bars(quote: Quote) -> Iterator[tuple[Text, Any, bool]]:
    """Now first; then the other terms, and each change alone."""
    present = _CHARGED if quote.now is None else _named(_NOW, terms_in_words(quote.now))
    yield present, quote.paid, True
    other = quote.against if quote.tier is None else quote.against or quote.tier.compared
    if other is None:
        return
    yield _named(_AGAINST if quote.against else _TIER, terms_in_words(other.terms)), other.total, False
    if other.rate_alone is not None and other.minimum_alone is not None:
        yield _RATE_ALONE, quote.paid - other.rate_alone, False
        yield _MINIMUM_ALONE, quote.paid - other.minimum_alone, False


def _on_minimum(altair: Any, quote: Quote, language: Language) -> Any:
    few, share = quote.on_minimum or 0, quote.share_on_minimum
    assert share is not None and quote.now is not None, "there are orders, by known terms"
    rows = [{"what": _PAYS_MINIMUM.to(language), "orders": few, "place": 0}]
    rows += [{"what": _PAYS_RATE.to(language), "orders": quote.orders - few, "place": 1}]
    told = _ON_MINIMUM.format(
        few=f"{few:,}",
        share=in_share(share),
        size="–" if quote.now.break_even is None else f"{quote.now.break_even:,.2f}",
        minimum=f"{quote.now.minimum:,.2f}",
    )
    scale = altair.Scale(domain=[row["what"] for row in rows], range=[NOW_COLOUR, REST_COLOUR])
    return (
        altair.Chart(altair.Data(values=rows))
        .mark_bar(height=ROW // 2)
        .encode(
            x=altair.X("orders:Q", title=None, axis=None, stack="zero"),
            color=altair.Color(
                "what:N", scale=scale, legend=altair.Legend(title=None, orient="bottom", labelFontSize=13)
            ),
            order="place:Q",
        )
        .properties(
            width=WIDTH,
            height=ROW,
            title=altair.TitleParams(told.to(language), anchor="start", fontSize=13, fontWeight="normal"),
        )
    )


def _named(name: Text, terms: Text) -> Text:
    return Text(zh=f"{name.zh}：{terms.zh}", en=f"{name.en}: {terms.en}")


_TITLE = Text(
    zh="您 {first} 至 {last} 的 {orders} 笔委托，按不同条件各付多少佣金",
    en="Your {orders} orders from {first} to {last}: the commission by each set of terms",
)
_YUAN = Text(zh="逐笔计算的合计，元", en="summed order by order, in yuan")
_NOW = Text(zh="现行", en="Now")
_CHARGED = Text(zh="实付佣金", en="Charged")
_AGAINST = Text(zh="对比", en="Compared")
_TIER = Text(zh="公示档位", en="Published tier")
_RATE_ALONE = Text(zh="只改费率", en="The other rate alone")
_MINIMUM_ALONE = Text(zh="只改最低收费", en="The other minimum alone")
_PAYS_MINIMUM = Text(zh="按最低收费", en="pays the minimum")
_PAYS_RATE = Text(zh="按费率", en="pays by the rate")
_ON_MINIMUM = Text(
    zh="现行条件下，每笔不到 {size} 元收 {minimum} 元：{few} 笔（{share}）",
    en="Today an order below {size} yuan costs {minimum} yuan: {few} orders ({share})",
)
_KINDS = Text(
    zh="{file} 不是能画的格式。请写成 .svg 或 .png。",
    en="{file} is no kind that is drawn. Name it .svg or .png.",
)
_NOTHING = Text(
    zh="这位客户在这期间没有普通委托，没有可画的。",
    en="The client had no ordinary order in this span: nothing to draw.",
)
_NO_LIBRARY = Text(
    zh="没有安装画图的部件。请安装 wanliu[model]。",
    en="The part that draws is not installed. Install wanliu[model].",
)
