"""A version of the tariff as pages show it: its tiers and floor, and what it changes for each of them."""

from __future__ import annotations

from typing import Any

from wanliu.commission.rates import in_words
from wanliu.commission.tariff import Tariff, Tariffs
from wanliu.commission.terms import Terms
from wanliu.commission.told import terms_in_words
from wanliu.tariffs.beside import beside
from wanliu.workbench.channels import CHANNELS


def tiers_shown(tariff: Tariff, published: Tariffs) -> dict[str, Any]:
    """What ``workbench/tiers.html`` reads; the floor is that of the version's first day."""
    lines = [
        {
            "tier": tier,
            "terms": terms_in_words(Terms(tier.rate, tier.minimum)),
            "channels": [CHANNELS[one] for one in tier.channels],
        }
        for tier in tariff.tiers
    ]
    floor = in_words(tariff.floor(published.law, tariff.since))
    return {"tariff": tariff, "lines": lines, "limits": {"floor": floor}}


def beside_shown(tariff: Tariff, published: Tariffs) -> dict[str, Any]:
    """What ``workbench/beside.html`` reads: the version beside the one that it follows, if there is any."""
    before = next((one for one in reversed(published.versions) if one.since < tariff.since), None)
    lines = [
        {
            "one": one,
            "channel": CHANNELS[one.channel],
            "terms": terms_in_words(one.terms),
            "before": None if one.before is None else terms_in_words(one.before),
        }
        for one in (beside(tariff, before) if before else ())
    ]
    return {"before": before, "beside": lines}
