"""The page of the tariff: charges by day with sources, the limits, the tiers of each version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from wanliu.commission.law import BESIDE, INSIDE, Standing
from wanliu.commission.rates import in_words
from wanliu.commission.tariff import Channel, Tariff, Tariffs, load_tariffs
from wanliu.reference.markdown import file_name, heading, other_language, page, table
from wanliu.text import Language, Text

NAME = "tariff"
TITLE = Text(zh="收费标准", en="The tariff")


def tariff_page(language: Language) -> str:
    tariffs = load_tariffs()
    law = tariffs.law
    parts = heading(TITLE.to(language), other=file_name(NAME, other_language(language)), language=language)
    limits = _LIMITS.format(
        rate=in_words(law.limit.rate), minimum=law.limit.minimum, since=law.limit.since, scope=law.scope
    )
    source = f"{law.limit.source} ({_STANDINGS[law.limit.standing].to(language)})"
    parts += [_ABOUT.to(language), limits.to(language), f"> {source}"]
    parts += [
        f"## {_CHARGES.to(language)}",
        table(_titles(_CHARGE_COLUMNS, language), _charges(tariffs, language)),
    ]
    for version in reversed(tariffs.versions):
        parts += _version(version, tariffs, language)
    return page(parts)


def _charges(tariffs: Tariffs, language: Language) -> Iterator[tuple[str, ...]]:
    ordered = sorted(tariffs.law.charges, key=lambda one: ((*INSIDE, *BESIDE).index(one.id), one.since))
    for one in ordered:
        place = _INSIDE if one.id in INSIDE else _BESIDE
        yield (
            f"{_NAMES[one.id].to(language)} `{one.id}`",
            in_words(one.rate).to(language),
            (_SELLER if one.sides == "sell" else _BOTH).to(language),
            place.to(language),
            _span(one.since, one.until),
            one.source,
            _STANDINGS[one.standing].to(language),
        )


def _version(version: Tariff, tariffs: Tariffs, language: Language) -> list[str]:
    floor = version.floor(tariffs.law, version.since)
    about = _VERSION.format(
        span=_span(version.since, version.until),
        maker=version.maker,
        checker=version.checker,
        approved=version.approved_on,
        floor=in_words(floor),
        levies=in_words(tariffs.law.inside(version.since)),
        cost=in_words(version.service_cost.rate),
        source=version.service_cost.source,
        days=version.asset_days,
        answer=version.answer_days,
    )
    rows = (
        (
            f"{tier.name.to(language)} `{tier.id}`",
            in_words(tier.rate).to(language),
            f"{tier.minimum:,.2f}",
            f"{tier.assets_at_least:,.0f}",
            f"{tier.turnover_at_least:,.0f}",
            _COMMA.to(language).join(_CHANNELS[one].to(language) for one in tier.channels),
        )
        for tier in version.tiers
    )
    title = f"## {version.name.to(language)} `{version.id}`"
    return [title, about.to(language), table(_titles(_TIER_COLUMNS, language), rows)]


def _span(since: date, until: date | None) -> str:
    return f"{since} … {until or ''}".rstrip()


def _titles(columns: tuple[Text, ...], language: Language) -> list[str]:
    return [one.to(language) for one in columns]


_ABOUT = Text(
    zh="`wanliu commission quote` 用的收费标准和税费，来自 `wanliu/commission/tariffs/`。"
    "档位是虚构机构的示例：用 `--tariff 文件夹` 换成公司自己的。"
    "日期有空档或重叠、缺税费、低于底线或高于上限的标准不会被采用。",
    en="The tariff and the charges that `wanliu commission quote` uses, from `wanliu/commission/tariffs/`. "
    "The tiers are a made-up firm's: `--tariff DIR` puts your own in their place. A tariff with a gap or an "
    "overlap of days, without a charge, below the floor or above the ceiling is not used.",
)
_LIMITS = Text(
    zh="{scope.zh}：自 {since} 起，佣金费率不得高于 **{rate.zh}**（上限，不是价格），每笔最低收费不得高于 "
    "**{minimum} 元**。",
    en="{scope.en}: since {since} no commission rate may lie above **{rate.en}** (a ceiling, not the "
    "price), no minimum per order above **{minimum} yuan**.",
)
_CHARGES = Text(zh="税费", en="Charges")
_CHARGE_COLUMNS = (
    Text(zh="项目", en="charge"),
    Text(zh="费率", en="rate"),
    Text(zh="谁付", en="paid by"),
    Text(zh="与佣金", en="commission"),
    Text(zh="有效期", en="valid"),
    Text(zh="来源", en="source"),
    Text(zh="可靠程度", en="known from"),
)
_TIER_COLUMNS = (
    Text(zh="档位", en="tier"),
    Text(zh="费率", en="rate"),
    Text(zh="每笔最低（元）", en="minimum, yuan"),
    Text(zh="日均资产不低于（元）", en="mean assets from, yuan"),
    Text(zh="十二个月成交不低于（元）", en="turnover of 12 months from, yuan"),
    Text(zh="渠道", en="channels"),
)
_VERSION = Text(
    zh="{span}；{approved} 批准；制定 {maker}，审批 {checker}。底线 {floor.zh}＝规费 {levies.zh}＋服务成本 "
    "{cost.zh}（{source}）。资产按最近 {days} 个交易日日均，申请 {answer} 个交易日内书面答复。",
    en="{span}; approved {approved}; made by {maker}, checked by {checker}. Floor {floor.en}: levies "
    "{levies.en} + cost of service {cost.en} ({source}). Assets are the mean of {days} trading days; a "
    "request is answered in writing within {answer} trading days.",
)
_NAMES = {
    "exchange": Text(zh="经手费", en="exchange's levy"),
    "regulator": Text(zh="证管费", en="regulator's levy"),
    "transfer": Text(zh="过户费", en="transfer fee"),
    "stamp": Text(zh="印花税", en="stamp duty"),
}
_STANDINGS: dict[Standing, Text] = {
    "text": Text(zh="原文", en="the text itself"),
    "secondary": Text(zh="转述", en="a secondary source"),
    "memory": Text(zh="**未核实**，请合规确认", en="**memory, unchecked**: have compliance confirm it"),
}
_CHANNELS: dict[Channel, Text] = {
    "online": Text(zh="网上", en="online"),
    "mobile": Text(zh="手机", en="mobile"),
    "phone": Text(zh="电话", en="phone"),
    "counter": Text(zh="柜台", en="counter"),
}
_INSIDE = Text(zh="含在佣金里", en="inside")
_BESIDE = Text(zh="另收", en="beside it")
_BOTH = Text(zh="买卖双方", en="both sides")
_SELLER = Text(zh="卖方", en="the seller")
_COMMA = Text(zh="、", en=", ")
