"""SIGKILL in the middle of a night, again and again: the next night ends where an untouched one ends."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

KILLS = 12
STEP = 0.45
"""Seconds by which each kill comes later than the one before: together they reach over a whole night."""


def wanliu(home: Path, *words: str) -> subprocess.Popen[bytes]:
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "WANLIU_HOME": str(home),
        "WANLIU_TODAY": "2009-10-31",
        "DJANGO_SETTINGS_MODULE": "wanliu.settings",
    }
    quiet: Any = subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, "-m", "wanliu", *words], env=environment, stdout=quiet, stderr=quiet
    )


def made(home: Path, delivery: Path) -> Path:
    shutil.copytree(delivery, home / "inbox" / "2009-10")
    assert wanliu(home, "database", "prepare").wait() == 0
    return home


def told(home: Path) -> dict[str, list[Any]]:
    """What people would see, without numbers that count attempts."""
    with sqlite3.connect(home / "wanliu.sqlite3") as connection:
        return {
            what: connection.execute(query).fetchall()
            for what, query in {
                "standings": "SELECT client_id, level, net_assets, fired FROM directory_standing ORDER BY 1",
                "cases": "SELECT client_id, kind, state, level FROM cases_case ORDER BY 1, 2, 3",
                "tasks": "SELECT client_id, kind, state, due_on FROM cases_task ORDER BY 1, 2",
                "exits": "SELECT client_id, kind, state FROM exits_exit ORDER BY 1, 2",
                "runs": "SELECT name, is_current FROM directory_run",
                "events": "SELECT verb, client_id, count(*) FROM audit_event WHERE client_id IS NOT NULL "
                "GROUP BY 1, 2 ORDER BY 1, 2",
            }.items()
        }


def test_a_night_that_is_killed_anywhere_ends_like_one_that_was_not(tmp_path: Path, delivery: Path) -> None:
    untouched, killed = made(tmp_path / "untouched", delivery), made(tmp_path / "killed", delivery)
    assert wanliu(untouched, "nightly").wait() == 0
    ended_by_us = 0
    for number in range(KILLS):
        night = wanliu(killed, "nightly")
        time.sleep(STEP * (number + 1))  # a kill at a chosen moment cannot wait for a sign from within
        night.send_signal(signal.SIGKILL)
        ended_by_us += night.wait() == -signal.SIGKILL
    assert ended_by_us
    assert wanliu(killed, "nightly").wait() == 0
    assert told(killed) == told(untouched)
    assert wanliu(killed, "records", "verify").wait() == 0
