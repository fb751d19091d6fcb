"""Which engine an address means, and the one sentence where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.spark_cluster import HERE, free_ports
from wanliu.book import engines
from wanliu.book.engine import DuckDB
from wanliu.book.engines import engine_for
from wanliu.errors import EnvironmentFailed, UsageError
from wanliu.text import choose_language


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    choose_language("en")
    yield
    choose_language(None)


@pytest.fixture
def everything_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra counts as installed, also where it is not."""
    monkeypatch.setattr(engines, "find_spec", lambda _: object())


def test_engine_without_an_address_is_duckdb() -> None:
    with engine_for(memory="500MB", threads=1) as engine:
        assert isinstance(engine, DuckDB)


@pytest.mark.parametrize(
    "address", ["", "DuckDB", "local[0]", "local[two]", "spark://host", "yarn", "sc://", "http://h:1"]
)
def test_address_that_means_nothing_is_wrong_usage(address: str) -> None:
    with pytest.raises(UsageError, match="spark://host:port"), engine_for(address):
        pass


@pytest.mark.usefixtures("everything_there")
@pytest.mark.parametrize("memory", ["lots", "2", "100MB", "-1GB"])
def test_memory_that_spark_cannot_start_with_is_wrong_usage(memory: str) -> None:
    with pytest.raises(UsageError, match="4GB"), engine_for("local", memory=memory):
        pass


def test_missing_package_is_said_with_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda _: None)

    with (
        pytest.raises(EnvironmentFailed, match=r"pip install 'wanliu\[spark\]'.*Java 17"),
        engine_for("local"),
    ):
        pass


@pytest.mark.usefixtures("everything_there")
def test_missing_java_is_said_before_spark_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EnvironmentFailed, match="Java 17"), engine_for("local[2]"):
        pass


@pytest.mark.usefixtures("everything_there")
def test_java_home_that_leads_nowhere_is_missing_java(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(EnvironmentFailed, match="JAVA_HOME"), engine_for("local[2]"):
        pass


@pytest.mark.usefixtures("everything_there")
@pytest.mark.parametrize(
    "address", ["spark://{place}", "sc://{place}", "sc://{place}/;user_id=a", "spark://{place},{place}"]
)
def test_cluster_that_does_not_answer_is_said_at_once(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_java_is_there", lambda: True)
    (port,) = free_ports(1)

    with (
        pytest.raises(EnvironmentFailed, match="Nobody answers"),
        engine_for(address.format(place=f"{HERE}:{port}")),
    ):
        pass
