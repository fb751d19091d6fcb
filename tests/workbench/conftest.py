"""Each test begins with nobody having tried a password, and leaves no page's language behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from wanliu.text import choose_language


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _language_of_nobody() -> Iterator[None]:
    """A page chooses its reader's language for the thread, in which the next test runs."""
    yield
    choose_language(None)
