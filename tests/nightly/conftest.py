"""One small delivery of an invented brokerage, simulated once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from wanliu.nightly.places import Places
from wanliu.simulator.brokerage import simulate

DAY = date(2009, 10, 30)


@pytest.fixture(scope="session")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated") / "delivery"
    simulate(folder, clients=300, first=date(2008, 1, 1), last=DAY, seed=7)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def arrive(home: Path) -> Callable[..., Path]:
    """Puts a delivery into the inbox."""

    def put(source: Path, name: str = "2009-10") -> Path:
        target = Places(home).inbox / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target)
        return target

    return put
