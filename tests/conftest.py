"""Marks, and what happens where a test's needs are not met: a visible skip at a desk, a failure in CI."""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.sqlite3.base import DatabaseWrapper
from hypothesis import settings

from wanliu.text import choose_language

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() == "true"

MARKS = {
    "real_data": "reads the real data in WANLIU_DATA (default ../shared/data)",
    "spark": "needs Java; all such tests share one worker and so one Spark session",
    "slow": "takes minutes (kills and recovery); make check runs it, make test does not",
    "functional": "drives a browser; make check runs it, make test does not",
}

# Shared machines stall now and then: a slow example is no wrong example.
settings.register_profile("wanliu", deadline=None, print_blob=True)
settings.load_profile("wanliu")


def real_data_folder() -> Path:
    """Where the real data lies, or would lie."""
    return Path(os.environ.get("WANLIU_DATA") or ROOT.parent / "shared" / "data").resolve()


def java_is_there() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java") or (home and shutil.which("java", path=str(Path(home) / "bin"))))


@pytest.fixture(autouse=True)
def _no_language_is_chosen_yet() -> None:
    """A page or a command that spoke English leaves no English to the next test."""
    choose_language(None)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with the real data; for tests that bear the mark ``real_data``."""
    return real_data_folder()


@pytest.fixture(scope="session", autouse=True)
def _events_go_with_a_flush() -> Generator[None]:
    """Tests with real transactions empty all tables in the end; SQLite's triggers would keep the events."""
    migration = importlib.import_module("wanliu.audit.migrations.0002_append_only")
    operations_class = DatabaseWrapper.ops_class
    flush = operations_class.execute_sql_flush

    def without_triggers(operations: Any, statements: Sequence[str]) -> None:
        with operations.connection.schema_editor() as editor:
            migration.allow(None, editor)
        flush(operations, statements)
        with operations.connection.schema_editor() as editor:
            migration.refuse(None, editor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations_class, "execute_sql_flush", without_triggers)
        yield


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # First, because xdist reads the group in the same hook.
    no_java, no_data = _why_no_java(), _why_no_real_data()
    for item in items:
        if item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.xdist_group("spark"))
            if no_java:
                item.add_marker(pytest.mark.skip(reason=no_java))
        if item.get_closest_marker("real_data") and no_data:
            item.add_marker(pytest.mark.skip(reason=no_data))


def _why_no_java() -> str | None:
    if java_is_there():
        return None
    return "Java was not found, so nothing ran on Spark. Install it: apt-get install openjdk-17-jre-headless"


def _why_no_real_data() -> str | None:
    if real_data_folder().is_dir():
        return None
    return f"the real data was not found in {real_data_folder()}. Set WANLIU_DATA to its folder"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    expected_failure = hasattr(report, "wasxfail")
    if report.skipped and not expected_failure and not _may_be_skipped(item):
        _fail_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped:  # a whole file, by importorskip or the like
        _fail_in_ci(report)
    return report


def _may_be_skipped(item: pytest.Item) -> bool:
    """Only the absence of real data is an excuse, and only for a test that could otherwise run."""
    lacks_java = item.get_closest_marker("spark") is not None and not java_is_there()
    lacks_data = item.get_closest_marker("real_data") is not None and not real_data_folder().is_dir()
    return lacks_data and not lacks_java


def _fail_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not IN_CI:
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"in CI only real_data may be skipped; this was: {reason}"
