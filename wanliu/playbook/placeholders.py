"""The fields that a script may have, each with its type: what is filled from the client's own data."""

from __future__ import annotations

import re
from typing import Literal

from wanliu.text import Text

FieldType = Literal["text", "money", "count", "rate", "ratio", "date"]

PLACEHOLDERS: dict[str, FieldType] = {
    "client_title": "text",
    "staff_name": "text",
    "staff_registration": "text",
    "firm_name": "text",
    "branch_name": "text",
    "branch_phone": "text",
    "tenure_years": "count",
    "turnover_12m": "money",
    "orders_12m": "count",
    "commission_12m": "money",
    "orders_on_minimum": "count",
    "share_on_minimum": "ratio",
    "current_rate": "rate",
    "minimum_fee": "money",
    "last_contact_on": "date",
    "adviser_name": "text",
    "adviser_registration": "text",
    "tariff_version": "text",
    "tariff_date": "date",
    "tariff_tier": "text",
    "compared_commission": "money",
    "difference": "money",
    "answer_days": "count",
    "answer_by": "date",
    "near_branch_name": "text",
    "ticket_number": "text",
    "exit_conditions": "text",
    "exit_done_by": "date",
    "risk_test_on": "date",
    "material_title": "text",
    "refuse_words": "text",
}

_FIELD = re.compile(r"\{([^{}]*)\}")


def placeholders_of(words: str) -> frozenset[str]:
    """The names in braces."""
    return frozenset(_FIELD.findall(words))


def unfilled(text: Text) -> frozenset[str]:
    """Names in braces that no field has."""
    return (placeholders_of(text.zh) | placeholders_of(text.en)) - PLACEHOLDERS.keys()
