"""The clock of the tests: a Monday morning until somebody sets it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cases.desk import Clock, running


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    with running(Clock()) as fixed:
        yield fixed
