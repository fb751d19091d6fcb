"""Spark as a firm runs it: a standalone cluster, and behind Spark Connect."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.secondroad.books import random_case
from tests.spark_cluster import Cluster, running_cluster
from tests.test_second_road import rows_of, sealed_case
from wanliu.book.engine import Engine
from wanliu.book.engines import engine_for
from wanliu.indicator.windows import Day
from wanliu.ruleset import load
from wanliu.warning.plan import Plan
from wanliu.warning.run import Run

pytestmark = [pytest.mark.spark, pytest.mark.slow]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


def test_standalone_cluster_judges_as_this_process_does(cluster: Cluster, tmp_path: Path) -> None:
    on_cluster = engine_for(cluster.master, memory="1GB", threads=1)

    assert_judges_as_this_process_does(on_cluster, tmp_path / "book")


def test_connect_server_judges_as_this_process_does(cluster: Cluster, tmp_path: Path) -> None:
    assert_judges_as_this_process_does(engine_for(cluster.connect), tmp_path / "book")


def assert_judges_as_this_process_does(engine: AbstractContextManager[Engine], folder: Path) -> None:
    case = random_case(2)
    book = sealed_case(case, folder)

    with engine as elsewhere:
        found = list(Run(Plan(book, load("standard"), (Day(case.as_of, book.calendar),)), elsewhere).rows())

    assert found == rows_of(book, "standard", case.as_of)
