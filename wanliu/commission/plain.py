"""A quote as plain values for programs: money and rates as decimal strings, so no fen is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from wanliu.commission.quote import Compared, Found, Quote
from wanliu.commission.tariff import Tier
from wanliu.commission.terms import Terms
from wanliu.commission.told import sentences
from wanliu.text import Language

SHARE = Decimal("0.000001")


def as_plain(quote: Quote, language: Language) -> dict[str, Any]:
    """Every field of the quote, and its sentences in the language."""
    told: dict[str, Any] = _strings(
        {
            "client_id": quote.client_id,
            "from": quote.first.isoformat(),
            "to": quote.last.isoformat(),
            "whole_year": quote.whole_year,
            "orders": quote.orders,
            "turnover": quote.turnover,
            "average_order": quote.average_order,
            "charged": quote.charged,
            "levies": quote.levies,
            "levies_computed": quote.levies_computed,
            "effective_rate": quote.effective_rate and quote.effective_rate.quantize(Decimal("0.00000001")),
            "now": quote.now and {**_terms(quote.now), "total": quote.total},
            "orders_on_minimum": quote.on_minimum,
            "share_on_minimum": _share(quote.share_on_minimum),
            "basis": quote.basis,
            "against": quote.against and _compared(quote.against),
            "tier": quote.tier and _found(quote.tier),
            "agreement": {
                "agrees": quote.agreement.agrees,
                "by_terms": quote.agreement.by_terms,
                "difference": quote.agreement.difference,
                "parts": [asdict(part) for part in quote.agreement.parts],
                "changes": quote.agreement.changes,
                "changed": quote.agreement.changed,
            },
            "gaps": asdict(quote.gaps),
            "sentences": [one.to(language) for one in sentences(quote)],
        }
    )
    return told


def _terms(terms: Terms) -> dict[str, Any]:
    return {"rate": terms.rate, "minimum": terms.minimum, "break_even": terms.break_even}


def _compared(found: Compared) -> dict[str, Any]:
    return {
        **_terms(found.terms),
        "total": found.total,
        "difference": found.difference,
        "orders_on_minimum": found.on_minimum,
        "rate_alone": found.rate_alone,
        "minimum_alone": found.minimum_alone,
    }


def _found(found: Found) -> dict[str, Any]:
    above = found.next
    return {
        "tariff": found.tariff.id,
        "since": found.tariff.since.isoformat(),
        "channel": found.channel,
        **_tier(found.tier),
        "assets": found.assets,
        "compared": _compared(found.compared),
        "next": above
        and {
            **_tier(above.tier),
            "assets_missing": above.assets,
            "turnover_missing": above.turnover,
            "compared": _compared(above.compared),
        },
    }


def _tier(tier: Tier) -> dict[str, Any]:
    return {
        "id": tier.id,
        "assets_at_least": tier.assets_at_least,
        "turnover_at_least": tier.turnover_at_least,
    }


def _share(share: Decimal | None) -> Decimal | None:
    return None if share is None else share.quantize(SHARE)


def _strings(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return {name: _strings(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_strings(one) for one in value]
    return value
