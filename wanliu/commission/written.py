"""A version of a tariff as the TOML that the loader reads; what is known only at its approval stays out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

from wanliu.commission.tariff import Tariff, Tier
from wanliu.text import Text


def written(tariff: Tariff, *, signed: bool = False) -> str:
    """Without id, and unless ``signed`` without maker, checker and day of approval: equal terms give equal
    texts."""
    tiers = (line for tier in tariff.tiers for line in _tier(tier))
    return "\n".join([*(_signed(tariff) if signed else ()), *_head(tariff), *tiers]) + "\n"


def _signed(tariff: Tariff) -> Iterator[str]:
    yield f"maker = {_string(tariff.maker)}"
    yield f"checker = {_string(tariff.checker)}"
    yield f"approved_on = {tariff.approved_on}"


def _head(tariff: Tariff) -> Iterator[str]:
    yield f"name = {_words(tariff.name)}"
    yield f"since = {tariff.since}"
    if tariff.until is not None:
        yield f"until = {tariff.until}"
    yield f"source = {_string(tariff.source)}"
    yield f"asset_days = {tariff.asset_days}"
    yield f"answer_days = {tariff.answer_days}"
    yield "\n[service_cost]"
    yield f"rate = {_number(tariff.service_cost.rate)}"
    yield f"source = {_string(tariff.service_cost.source)}"


def _tier(tier: Tier) -> Iterator[str]:
    yield "\n[[tiers]]"
    yield f"id = {_string(tier.id)}"
    yield f"name = {_words(tier.name)}"
    yield f"rate = {_number(tier.rate)}"
    yield f"minimum = {_number(tier.minimum)}"
    yield f"channels = [{', '.join(map(_string, tier.channels))}]"
    yield f"assets_at_least = {_number(tier.assets_at_least)}"
    yield f"turnover_at_least = {_number(tier.turnover_at_least)}"


def _words(words: Text) -> str:
    return f"{{ zh = {_string(words.zh)}, en = {_string(words.en)} }}"


def _string(text: str) -> str:
    # every escape of JSON's is one of TOML's; what JSON leaves alone, DEL, TOML does not allow
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _number(value: Decimal) -> str:
    """As a string: 0.30 and 0.3 are one number and are written once."""
    return _string(format(value.normalize(), "f"))
