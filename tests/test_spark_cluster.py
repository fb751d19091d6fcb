"""Spark as a firm runs it: a standalone cluster, and behind Spark Connect."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.secondroad.books import random_case
from tests.spark_cluster import Cluster, running_cluster
from tests.test_second_road import RULE_SETS, Rules, rows_of, sealed_case
from wanliu.book.engines import engine_for
from wanliu.indicator.windows import Day
from wanliu.ruleset import load
from wanliu.warning.plan import Plan
from wanliu.warning.run import Run

pytestmark = [pytest.mark.spark, pytest.mark.slow]

CASE = random_case(2)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.mark.parametrize("rules", RULE_SETS)
def test_standalone_cluster_judges_as_this_process_does(
    rules: Rules, cluster: Cluster, tmp_path: Path
) -> None:
    expected, found = on_both(cluster.master, rules, tmp_path, memory="1GB", threads=1)

    assert found == expected


@pytest.mark.parametrize("rules", RULE_SETS)
def test_connect_server_judges_as_this_process_does(rules: Rules, cluster: Cluster, tmp_path: Path) -> None:
    expected, found = on_both(cluster.connect, rules, tmp_path)

    assert found == expected


def on_both(
    address: str, rules: Rules, folder: Path, *, memory: str | None = None, threads: int | None = None
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    book = sealed_case(CASE, folder / "book")
    plan = Plan(book, load(rules), (Day(CASE.as_of, book.calendar),))
    with engine_for(address, memory=memory, threads=threads) as engine:
        found = list(Run(plan, engine).rows())
    return rows_of(book, rules, CASE.as_of), found
