"""A delivery and a sealed book that the tests of this room start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.book.small_book import write_october
from wanliu.book.seal import seal


@pytest.fixture
def october(tmp_path: Path) -> Path:
    """A delivery: three clients, their assets and trades on every trading day of the month, two flows."""
    folder = tmp_path / "october"
    write_october(folder)
    return folder


@pytest.fixture
def book(tmp_path: Path, october: Path) -> Path:
    """October, sealed."""
    seal(october, tmp_path / "book")
    return tmp_path / "book"
