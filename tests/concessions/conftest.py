"""The house of these tests, on a fixed day."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.concessions.desk import MONDAY, House, on


@pytest.fixture
def house(db: None) -> Iterator[House]:  # noqa: ARG001  pytest's way to ask for the database
    with on(MONDAY):
        yield House()
