"""Rule sets: which signs, in which reading, with which numbers. Data in TOML, checked against ranges.

A firm's own set is a TOML file of the same shape that names the one it builds on (``based_on``) and
gives only what differs.
"""

from __future__ import annotations

import importlib
import pkgutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

import wanliu.indicators
from wanliu.errors import UsageError
from wanliu.indicator.parameter import (
    DAYS_OF_A_MONTH,
    DAYS_OF_A_QUARTER,
    DAYS_OF_HALF_A_YEAR,
    Number,
    Parameter,
    Unit,
    parameter,
    standard,
)
from wanliu.indicator.sign import Reading, Sign, Verdict
from wanliu.text import Text

SHIPPED = ("guide", "standard")


@cache
def signs() -> Mapping[str, Sign]:
    """Every sign by its id, found in the folder of indicators."""
    modules = pkgutil.iter_modules(wanliu.indicators.__path__)
    found = {m.name: importlib.import_module(f"wanliu.indicators.{m.name}").sign for m in modules}
    return MappingProxyType(found)


@dataclass(frozen=True, eq=False)
class Rule:
    """One sign as a rule set uses it: a reading and its numbers."""

    id: str
    sign: Sign
    reading: Reading
    values: Mapping[str, Number]

    @property
    def meaning(self) -> Text:
        """What is computed, with the numbers of this rule."""
        return self.reading.meaning_with(self.values)

    def verdict(self) -> Verdict:
        return self.reading.verdict(self.values)


@dataclass(frozen=True)
class ValidClients:
    """The signs judge clients with this much net assets on at least one row of the last trading days."""

    net_assets: Number
    trading_days: int


@dataclass(frozen=True)
class Peers:
    """Tiers by mean net assets over the base window; a tier with fewer peers is compared with all."""

    tiers: tuple[Number, ...]
    base_days: int
    current_days: int
    at_least: int


@dataclass(frozen=True)
class Levels:
    """How many fired signs make a level."""

    red_events: int
    red_keys: int
    red_helpers: int
    orange_helpers: int


@dataclass(frozen=True)
class Stake:
    """Value at stake = net commission of the last months + this share of net assets."""

    months: int
    share: Number


@dataclass(frozen=True)
class RuleSet:
    """Everything that turns a book into signals and levels; a plain value, the same wherever it came from."""

    name: str
    version: str
    title: Text
    rules: tuple[Rule, ...]
    valid_clients: ValidClients | None
    peers: Peers | None
    same_orders: Mapping[str, str]
    levels: Levels
    stake: Stake

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(rule.id for rule in self.rules)

    def numbers(self) -> dict[str, Any]:
        """Every number of the set, for run.json and for people: section → name → value."""
        settings = {name: vars(part) for name in SETTINGS if (part := getattr(self, name)) is not None}
        chosen = {r.id: {"reading": r.reading.name, **r.values} for r in self.rules}
        return {"signs": chosen, **settings, "same_orders": dict(self.same_orders)}


LEVELS_WHEN: Mapping[str, Text] = {
    "red": Text(
        zh="离开事件 ≥ {red_events}，或关键指标 ≥ {red_keys}，或关键指标 ≥ 1 且辅助指标 ≥ {red_helpers}",
        en="exit events ≥ {red_events}, or key signs ≥ {red_keys}, or key signs ≥ 1 and helpers ≥ "
        "{red_helpers}",
    ),
    "orange": Text(
        zh="关键指标 ≥ 1，或辅助指标 ≥ {orange_helpers} 且其中辅助数据指标 ≥ 1",
        en="key signs ≥ 1, or helpers ≥ {orange_helpers} with data signs ≥ 1 among them",
    ),
    "yellow": Text(zh="辅助指标 ≥ 1，或沟通减少触发", en="helpers ≥ 1, or fewer contacts fired"),
    "unknown": Text(
        zh="以上都不是，且有关键指标数据缺失（表是有的）",
        en="none of these, and a key sign is missing data although its tables are there",
    ),
    "none": Text(zh="其余", en="otherwise"),
}
"""Level → when a client has it; filled in from ``Levels``."""
LEVELS_COUNTED = Text(
    zh="关键指标只数强信号；弱的关键指标算作辅助数据指标。辅助指标 = 辅助数据指标 + 投诉 + 诉求。"
    "沟通减少衡量的是我们自己的工作，最多到黄色。",
    en="Only strong key signs count as key; a weak one counts as a data sign. Helpers = data signs + "
    "complaint + demand. "
    "Fewer contacts measure our own effort and make yellow at most.",
)
OF_VALID_CLIENTS = standard("券商报表中有效户的口径", "what brokerages' reports call a valid client")
OF_PEERS = standard(
    "行情清淡时人人都少，要和资产相近的客户比", "in a quiet market all trade less: the like are compared"
)
OF_LEVELS = Text(
    zh="本项目的约定：指引分了组，没有写怎样合并",
    en="a choice of this project: the guide names the groups, not how they add up",
)
OF_STAKE = Text(
    zh="本项目的约定：用来排先后，不是预测",
    en="a choice of this project: it orders a list, it is no forecast",
)


def _setting(
    default: int | str, unit: Unit, low: int | str, high: int | str, zh: str, en: str, source: Text
) -> Parameter:
    found: Parameter = parameter(default, unit, low, high, Text(zh=zh, en=en), source)
    return found


def _level(default: int, zh: str, en: str) -> Parameter:
    return _setting(default, "count", 1, 10, zh, en, OF_LEVELS)


SETTINGS: Mapping[str, Mapping[str, Parameter]] = MappingProxyType(
    {
        "valid_clients": {
            "net_assets": _setting(
                "5000", "CNY", "0", "10000000", "有效户净资产下限", "valid client from", OF_VALID_CLIENTS
            ),
            "trading_days": _setting(
                120, "trading days", 1, 480, "有效户回看期", "days looked back", DAYS_OF_HALF_A_YEAR
            ),
        },
        "peers": {
            "base_days": _setting(
                60, "trading days", 20, 240, "分档基期", "base that tiers are made on", DAYS_OF_A_QUARTER
            ),
            "current_days": _setting(20, "trading days", 5, 60, "当期", "current window", DAYS_OF_A_MONTH),
            "at_least": _setting(
                100, "clients", 1, 100000, "同档人数下限", "peers needed in a tier", OF_PEERS
            ),
        },
        "levels": {
            "red_events": _level(1, "红色：离开事件", "red: exit events"),
            "red_keys": _level(2, "红色：关键指标", "red: key signs"),
            "red_helpers": _level(1, "红色：一个关键指标之外的辅助指标", "red: helpers beside one key sign"),
            "orange_helpers": _level(2, "橙色：辅助指标", "orange: helpers"),
        },
        "stake": {
            "months": _setting(12, "months", 1, 60, "净佣金回看月数", "months of net commission", OF_STAKE),
            "share": _setting("0.005", "ratio", "0", "1", "净资产计入比例", "share of net assets", OF_STAKE),
        },
    }
)

TIER = _setting("50000", "CNY", "0", "100000000000", "分档界线", "tier border", OF_PEERS)


def load(name_or_file: str) -> RuleSet:
    """A shipped rule set by name, or a firm's own from its TOML file. Raises UsageError where it is none."""
    return _rule_set(_document(name_or_file), where=name_or_file)


def from_text(text: str, *, where: str) -> RuleSet:
    """A firm's own rule set from its TOML text."""
    return _rule_set(_parsed(text, where), where=where)


def _document(name_or_file: str) -> dict[str, Any]:
    if name_or_file in SHIPPED:
        return _parsed(
            resources.files("wanliu.rulesets").joinpath(f"{name_or_file}.toml").read_text("utf-8"),
            name_or_file,
        )
    path = Path(name_or_file)
    if not path.is_file():
        raise UsageError(
            Text(
                zh="没有名为 {name} 的规则集，也没有这个文件。可用的规则集：{shipped}；自定规则集请给出 "
                "TOML 文件的路径。",
                en="There is no rule set and no file named {name}. Rule sets: {shipped}; for your own give "
                "the path of its TOML file.",
            ).format(name=name_or_file, shipped=", ".join(SHIPPED))
        )
    return _parsed(path.read_text("utf-8"), name_or_file)


def _parsed(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as fault:
        raise UsageError(
            Text(
                zh="规则集 {where} 不是合法的 TOML：{fault}",
                en="The rule set {where} is not valid TOML: {fault}",
            ).format(where=where, fault=fault)
        ) from fault


def _rule_set(document: dict[str, Any], *, where: str) -> RuleSet:
    if "based_on" in document:
        document = _overlaid(_document(str(document["based_on"])), document, where=where)
    _refuse_unknown(
        document, {"name", "version", "title", "based_on", "signs", "same_orders", *SETTINGS}, where
    )
    chosen = document.get("signs", {})
    rules = tuple(_rule(name, chosen[name], where=f"{where}: signs.{name}") for name in chosen)
    title = document.get("title", {"zh": document["name"], "en": document["name"]})
    settings = {name: _settings(name, document, where) for name in SETTINGS}
    return RuleSet(
        name=str(document["name"]),
        version=str(document["version"]),
        title=Text(**title),
        rules=rules,
        valid_clients=ValidClients(**settings["valid_clients"]) if "valid_clients" in document else None,
        peers=_peers(document["peers"], settings["peers"], where) if "peers" in document else None,
        same_orders=MappingProxyType(dict(document.get("same_orders", {}))),
        levels=Levels(**settings["levels"]),
        stake=Stake(**settings["stake"]),
    )


def _overlaid(base: dict[str, Any], own: dict[str, Any], *, where: str) -> dict[str, Any]:
    """The base's document with what the firm's own gives laid over it, key by key."""
    if "name" not in own or "version" not in own:
        raise UsageError(
            Text(
                zh="规则集 {where} 须写明 name 和 version，以便日后查证当时用的是哪一版。",
                en="The rule set {where} needs a name and a version, so that anyone can tell later which "
                "one was used.",
            ).format(where=where)
        )
    merged = dict(base)
    for key, value in own.items():
        both_tables = isinstance(value, dict) and isinstance(base.get(key), dict)
        if key == "signs" and both_tables:
            merged[key] = {**base[key], **{n: {**base[key].get(n, {}), **v} for n, v in value.items()}}
        else:
            merged[key] = {**base[key], **value} if both_tables else value
    return merged


def _rule(name: str, given: dict[str, Any], *, where: str) -> Rule:
    known = signs()
    if name not in known:
        _refuse_unknown({name: given}, set(known), where)
    sign = known[name]
    reading = sign.readings.get(str(given.get("reading", "")))
    if reading is None:
        raise UsageError(
            Text(
                zh="{where} 没有读法 {reading}；可用：{known}。",
                en="{where} has no reading {reading}; readings: {known}.",
            ).format(where=where, reading=given.get("reading"), known=", ".join(sign.readings))
        )
    _refuse_unknown(given, {"reading", *reading.parameters}, where)
    values = {
        key: declared.checked(given[key], where=f"{where}.{key}") if key in given else declared.default
        for key, declared in reading.parameters.items()
    }
    return Rule(name, sign, reading, MappingProxyType(values))


def _settings(name: str, document: dict[str, Any], where: str) -> dict[str, Any]:
    given = document.get(name, {})
    declared = SETTINGS[name]
    _refuse_unknown(given, {*declared, "tiers"} if name == "peers" else set(declared), f"{where}: {name}")
    return {
        key: p.checked(given[key], where=f"{where}: {name}.{key}") if key in given else p.default
        for key, p in declared.items()
    }


def _peers(given: dict[str, Any], settings: dict[str, Any], where: str) -> Peers:
    tiers = tuple(TIER.checked(tier, where=f"{where}: peers.tiers") for tier in given.get("tiers", ()))
    if list(tiers) != sorted(set(tiers)):
        raise UsageError(
            Text(
                zh="{where} 的 peers.tiers 须由小到大、互不相同。",
                en="peers.tiers of {where} must rise, without repeats.",
            ).format(where=where)
        )
    return Peers(tiers=tiers, **settings)


def _refuse_unknown(given: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise UsageError(
            Text(
                zh="{where} 里有不认识的项：{unknown}。可用的项：{known}。",
                en="{where} has entries that mean nothing here: {unknown}. Known: {known}.",
            ).format(where=where, unknown=", ".join(unknown), known=", ".join(sorted(known)))
        )
