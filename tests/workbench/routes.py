"""An address for any page: with the ids that are given, and of everything else something, or nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.urls import reverse

from wanliu.workbench.pages import Page

PLAIN: Final[Mapping[str, Any]] = {
    "sign": "fund_outflow",
    "verb": "check_identity",
    "kind": "methods",
    "item_id": "exit_help",
}
"""What every house has."""
NOBODY: Final = 10_000
"""A number that nothing has."""


def names_in(page: Page) -> list[str]:
    return re.findall(r"<\w+:(\w+)>", page.route)


def address(page: Page, ids: Mapping[str, Any]) -> str:
    return reverse(
        page.name, kwargs={name: ids.get(name, PLAIN.get(name, NOBODY)) for name in names_in(page)}
    )


def leads_nowhere(page: Page, ids: Mapping[str, Any]) -> bool:
    """Whether something in the address is nobody's number: 404 for whoever is let in."""
    return any(name not in ids and name not in PLAIN for name in names_in(page))
