"""The marks do what CONTRIBUTING.md says: seen on a small suite of its own, run as a person or CI would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

SUITE = """
import os
import pytest

@pytest.mark.spark
@pytest.mark.parametrize("number", range(6))
def test_spark(number):
    pass

@pytest.mark.real_data
def test_real_data(real_data):
    assert real_data.is_dir()

@pytest.mark.real_data
@pytest.mark.spark
def test_both():
    pass
"""


def run_suite(folder: Path, *options: str, suite: str = SUITE, **environment: str) -> str:
    """What pytest prints for the suite; without Java or real data unless the environment gives them."""
    tests = folder / "house" / "tests"
    tests.mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("conftest.py"), tests)
    (tests / "test_suite.py").write_text(suite, "utf-8")
    inherited = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    command = [sys.executable, "-m", "pytest", "-v", "-rs", "-p", "no:cacheprovider", *options, str(tests)]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**inherited, "PATH": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def java_in(folder: Path) -> str:
    java = folder / "bin" / "java"
    java.parent.mkdir()
    java.touch(mode=0o755)
    return str(java.parent)


def test_skips_at_a_desk_are_named_with_the_mend(tmp_path: Path) -> None:
    printed = run_suite(tmp_path)

    assert re.search(r"SKIPPED \[6\].*Install it: apt-get install openjdk", printed)
    assert re.search(r"SKIPPED \[1\].*Set WANLIU_DATA", printed)
    assert "8 skipped" in printed


def test_skips_in_ci_fail_but_for_real_data(tmp_path: Path) -> None:
    printed = run_suite(tmp_path, CI="true")

    assert "1 skipped, 7 errors" in printed
    assert "in CI only real_data may be skipped" in printed


def test_skips_of_a_whole_file_fail_in_ci(tmp_path: Path) -> None:
    printed = run_suite(tmp_path, suite='import pytest\npytest.importorskip("no_such_part")\n', CI="true")

    assert "1 error" in printed


def test_real_data_is_found_through_the_environment(tmp_path: Path) -> None:
    printed = run_suite(tmp_path, "-k", "test_real_data", WANLIU_DATA=str(tmp_path), CI="true")

    assert "1 passed" in printed


def test_spark_tests_share_one_worker(tmp_path: Path) -> None:
    printed = run_suite(tmp_path, "-n", "2", "--dist", "loadgroup", PATH=java_in(tmp_path))

    workers = set(re.findall(r"\[(gw\d)\].*PASSED.*test_spark", printed))
    assert printed.count("PASSED") == len(range(6))
    assert len(workers) == 1, "one Spark session for all: does xdist know this pytest's node ids?"
