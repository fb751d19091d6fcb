"""A quote in sentences fit to be read to the client: their own figures; nothing praises or presses."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from wanliu.commission.agreement import Part, Why
from wanliu.commission.quote import Compared, Found, Quote
from wanliu.commission.rates import in_words
from wanliu.commission.terms import Terms
from wanliu.text import Text


def sentences(quote: Quote) -> tuple[Text, ...]:
    """In the order of a talk: what was paid, by which terms, the comparison, the tier, what is unsure."""
    return tuple(
        sentence for part in (_paid, _terms, _against, _tier, _agreement, _unsure) for sentence in part(quote)
    )


def _paid(quote: Quote) -> Iterator[Text]:
    if not quote.orders:
        yield _NO_ORDERS.format(first=quote.first, last=quote.last)
        return
    yield _PAID.format(
        first=quote.first,
        last=quote.last,
        orders=f"{quote.orders:,}",
        turnover=_yuan(quote.turnover),
        charged=_yuan(quote.charged),
        average=_yuan(quote.average_order or Decimal(0)),
    )
    if quote.levies is not None:
        yield (_LEVIES_COMPUTED if quote.levies_computed else _LEVIES).format(
            levies=_yuan(quote.levies), orders=f"{quote.levies_computed:,}"
        )


def _terms(quote: Quote) -> Iterator[Text]:
    if quote.now is None or quote.total is None:
        yield _UNKNOWN_TERMS
        return
    yield _NOW.format(terms=terms_in_words(quote.now), total=_yuan(quote.total))
    share = quote.share_on_minimum
    if share is not None and quote.now.minimum and quote.now.break_even is not None:
        yield _ON_MINIMUM.format(
            orders=f"{quote.on_minimum:,}",
            share=in_share(share),
            size=_yuan(quote.now.break_even),
            minimum=_yuan(quote.now.minimum),
        )


def _against(quote: Quote) -> Iterator[Text]:
    found = quote.against
    if found is None or not quote.orders:
        return
    yield _compared(found, quote)
    if found.rate_alone is not None and found.minimum_alone is not None:
        yield _ALONE.format(rate=_saved(found.rate_alone), minimum=_saved(found.minimum_alone))


def _compared(found: Compared, quote: Quote) -> Text:
    return _AGAINST.format(
        terms=terms_in_words(found.terms),
        total=_yuan(found.total),
        span=_A_YEAR if quote.whole_year else _THIS_SPAN,
        saved=_saved(found.difference),
    )


def _tier(quote: Quote) -> Iterator[Text]:
    found = quote.tier
    if found is None:
        yield _NO_TIER
        return
    terms = Terms(found.tier.rate, found.tier.minimum)
    facts = {
        "tariff": found.tariff.name,
        "tier": found.tier.name,
        "terms": terms_in_words(terms),
        "days": found.tariff.asset_days,
        "assets": _yuan(found.assets),
    }
    yield _TIER.format(**facts)
    if quote.orders:
        yield _OWN_TIER if terms == quote.now else _compared(found.compared, quote)
    yield from _next(found, quote)


def _next(found: Found, quote: Quote) -> Iterator[Text]:
    above = found.next
    if above is None:
        yield _BEST
        return
    wanted = []
    if above.assets:
        wanted.append(_ASSETS_MISSING.format(amount=_yuan(above.assets)))
    if above.turnover:
        wanted.append(_TURNOVER_MISSING.format(amount=_yuan(above.turnover)))
    yield _NEXT.format(
        tier=above.tier.name,
        terms=terms_in_words(Terms(above.tier.rate, above.tier.minimum)),
        missing=Text(zh="、".join(one.zh for one in wanted), en=" and ".join(one.en for one in wanted)),
        total=_yuan(above.compared.total),
        span=_A_YEAR if quote.whole_year else _THIS_SPAN,
    )


def _agreement(quote: Quote) -> Iterator[Text]:
    found = quote.agreement
    if not quote.orders:
        return
    if found.agrees:
        yield _AGREES
    elif found.known:
        yield _DIFFERS.format(
            amount=_yuan(abs(found.difference)), way=_MORE if found.difference > 0 else _LESS
        )
    for part in found.parts:
        yield _part(part)
    if found.changed:
        yield _CHANGED.format(
            changes=found.changes,
            amount=_yuan(abs(found.changed)),
            way=_MORE if found.changed > 0 else _LESS,
        )


def _part(part: Part) -> Text:
    return _CAUSES[part.why].format(
        orders=f"{part.orders:,}",
        amount=_yuan(abs(part.amount)),
        way=_MORE if part.amount > 0 else _LESS,
    )


def _unsure(quote: Quote) -> Iterator[Text]:
    if not quote.whole_year:
        yield _NOT_A_YEAR.format(first=quote.first)
    if quote.levies is None:
        yield _NO_LEVIES
    if quote.gaps.rejected:
        yield _REJECTED
    if quote.gaps.days:
        yield _DAYS.format(days=quote.gaps.days)
    if quote.gaps.derived:
        yield _DERIVED


def terms_in_words(terms: Terms) -> Text:
    rate = in_words(terms.rate)
    if not terms.minimum:
        return _NO_MINIMUM.format(rate=rate)
    return _RATE_AND_MINIMUM.format(rate=rate, minimum=_yuan(terms.minimum))


def in_share(share: Decimal) -> str:
    """To a tenth of a per cent; what is not all, or not nothing, is never shown as that."""
    shown = f"{share:.1%}"
    if shown == "100.0%" and share != 1:
        return "99.9%"
    return "0.1%" if shown == "0.0%" and share else shown


def _saved(amount: Decimal) -> Text:
    """Above 0 the client pays less."""
    if not amount:
        return _SAME
    return (_PAYS_LESS if amount > 0 else _PAYS_MORE).format(amount=_yuan(abs(amount)))


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}"


_NO_ORDERS = Text(
    zh="{first} 至 {last} 您没有普通委托成交，没有可以计算的佣金。",
    en="From {first} to {last} you had no ordinary order filled: there is no commission to compute.",
)
_PAID = Text(
    zh="按您账户 {first} 至 {last} 的实际委托：共 {orders} 笔，成交 {turnover} 元，平均每笔 {average} 元，"
    "实付佣金 {charged} 元。",
    en="From {first} to {last} your account had {orders} orders of {turnover} yuan in all, {average} yuan "
    "each on average, and was charged {charged} yuan of commission.",
)
_LEVIES = Text(
    zh="其中 {levies} 元是代收的经手费和证管费；印花税、过户费另计，不在佣金里。",
    en="{levies} yuan of it are the levies of exchange and regulator; stamp duty and transfer fee are "
    "beside it.",
)
_LEVIES_COMPUTED = Text(
    zh="其中约 {levies} 元是代收的经手费和证管费（{orders} 笔账簿没有列出，按当日公布的费率算）；"
    "印花税、过户费另计，不在佣金里。",
    en="About {levies} yuan of it are the levies of exchange and regulator ({orders} orders without them in "
    "the book: computed by the rates of their days); stamp duty and transfer fee are beside it.",
)
_UNKNOWN_TERMS = Text(
    zh="账簿里没有您现行的费率或最低收费，下面与实付佣金比较。",
    en="The book does not have your present rate or minimum; what follows is held against what was charged.",
)
_NOW = Text(
    zh="您现行的条件是{terms.zh}；这些委托逐笔按它计算，共 {total} 元。",
    en="Your present terms are {terms.en}; order by order these orders cost {total} yuan by them.",
)
_ON_MINIMUM = Text(
    zh="其中 {orders} 笔（{share}）按最低收费：每笔成交不到 {size} 元时，收 {minimum} 元。",
    en="{orders} of them ({share}) pay the minimum: below {size} yuan an order costs {minimum} yuan.",
)
_AGAINST = Text(
    zh="同样这些委托，如果按{terms.zh}，共 {total} 元：{span.zh}{saved.zh}。",
    en="By {terms.en} the same orders cost {total} yuan: {span.en} {saved.en}.",
)
_ALONE = Text(
    zh="如果只改费率，{rate.zh}；如果只改最低收费，{minimum.zh}。",
    en="With the other rate alone: {rate.en}; with the other minimum alone: {minimum.en}.",
)
_TIER = Text(
    zh="按公示的{tariff.zh}，您最近 {days} 个交易日日均资产 {assets} 元，符合“{tier.zh}”一档：{terms.zh}。",
    en="By the published tariff ({tariff.en}) your mean assets of {days} trading days, {assets} yuan, meet "
    "the tier “{tier.en}”: {terms.en}.",
)
_OWN_TIER = Text(zh="您现行的条件就是这一档。", en="These are your present terms.")
_BEST = Text(zh="这是这个渠道最高的一档。", en="It is the highest tier of this channel.")
_NEXT = Text(
    zh="再上一档“{tier.zh}”（{terms.zh}）还差{missing.zh}；同样这些委托按它计算是 {total} 元。",
    en="The next tier, “{tier.en}” ({terms.en}), needs {missing.en}; by it the same orders cost {total} "
    "yuan.",
)
_ASSETS_MISSING = Text(zh="日均资产 {amount} 元", en="{amount} yuan more of mean assets")
_TURNOVER_MISSING = Text(zh="成交额 {amount} 元", en="{amount} yuan more of turnover")
_NO_TIER = Text(
    zh="无法判断您符合公示的哪一档：账簿里没有您最近的资产，或者这一天没有公示的标准。",
    en="Which published tier you meet cannot be told: your latest assets, or a tariff of that day, are "
    "not known.",
)
_AGREES = Text(
    zh="逐笔核对：实收佣金与您当日的条件一分不差。",
    en="Order by order, what was charged agrees with your terms of the day to the fen.",
)
_DIFFERS = Text(
    zh="逐笔核对：实收佣金比按您当日的条件计算{way.zh} {amount} 元，原因如下。",
    en="Order by order, {amount} yuan {way.en} were charged than by your terms of the day, for these "
    "reasons.",
)
_CAUSES: dict[Why, Text] = {
    "rounding": Text(
        zh="{orders} 笔因进位相差一分，合计{way.zh} {amount} 元。",
        en="{orders} orders differ by a fen of rounding: {amount} yuan {way.en} in all.",
    ),
    "other_terms": Text(
        zh="{orders} 笔按您这期间另一天的条件收取，合计{way.zh} {amount} 元：调整的生效日与记录的不同。",
        en="{orders} orders were charged by terms of another day of this span, {amount} yuan {way.en} in "
        "all: the change took effect on another day than the one recorded.",
    ),
    "free": Text(
        zh="{orders} 笔没有收取佣金，按条件应收 {amount} 元。",
        en="{orders} orders were charged nothing; by the terms it would be {amount} yuan.",
    ),
    "less": Text(
        zh="{orders} 笔少收，合计 {amount} 元，账簿里看不出原因。",
        en="{orders} orders were charged {amount} yuan less in all; the book does not say why.",
    ),
    "more": Text(
        zh="{orders} 笔多收，合计 {amount} 元，账簿里看不出原因，请先核实。",
        en="{orders} orders were charged {amount} yuan more in all; the book does not say why: check "
        "this first.",
    ),
    "unknown": Text(
        zh="{orders} 笔（实收 {amount} 元）无法核对：账簿里没有当日的费率或最低收费。",
        en="{orders} orders ({amount} yuan charged) cannot be checked: the rate or minimum of their day is "
        "not in the book.",
    ),
}
_CHANGED = Text(
    zh="这期间条件调整过 {changes} 次：按当日的条件比按现行条件{way.zh} {amount} 元。",
    en="Your terms changed {changes} times in this span: by the terms of the day it was {amount} yuan "
    "{way.en} than by your present ones.",
)
_MORE = Text(zh="多", en="more")
_LESS = Text(zh="少", en="less")
_NOT_A_YEAR = Text(
    zh="已知的委托从 {first} 起，不满十二个月；没有折算成一年。",
    en="The orders known begin on {first}, less than twelve months ago; nothing was scaled up to a year.",
)
_NO_LEVIES = Text(
    zh="其中有些日子的规费不知道，没有计算规费。",
    en="The levies of some of these days are not known, so they were not summed.",
)
_REJECTED = Text(
    zh="您的委托有几行数据有误，没有计入：以上合计不完整。",
    en="Some rows of your orders were faulty and are not counted: the sums above are not whole.",
)
_DAYS = Text(
    zh="账簿缺 {days} 个交易日的委托：以上合计可能不完整。",
    en="The book lacks the orders of {days} trading days: the sums above may not be whole.",
)
_DERIVED = Text(
    zh="成交额是由披露的区间推算的，不是实际金额：以上只是估计。",
    en="The turnover was derived from published ranges, it is not the real amount: all this is an estimate.",
)
_NO_MINIMUM = Text(zh="费率 {rate.zh}、没有最低收费", en="a rate of {rate.en} and no minimum")
_RATE_AND_MINIMUM = Text(
    zh="费率 {rate.zh}、每笔最低 {minimum} 元",
    en="a rate of {rate.en} and a minimum of {minimum} yuan per order",
)
_A_YEAR = Text(zh="一年", en="in a year")
_THIS_SPAN = Text(zh="这期间", en="in this span")
_SAME = Text(zh="与现在相同", en="the same as now")
_PAYS_LESS = Text(zh="少付 {amount} 元", en="{amount} yuan less")
_PAYS_MORE = Text(zh="多付 {amount} 元", en="{amount} yuan more")
