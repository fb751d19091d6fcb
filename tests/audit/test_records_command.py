"""``wanliu database`` and ``wanliu records`` as an administrator runs them, in a home of their own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECORD = """
import django; django.setup()
from django.db import transaction
from wanliu.audit.record import System, record
for verb in ("exit_requested", "identity_checked"):
    with transaction.atomic():
        record(stream="exit/1", verb=verb, by=System, client_id="C1", payload={"note": "客户要求"})
"""


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "WANLIU_HOME")}
    return {**kept, "WANLIU_HOME": str(home), "DJANGO_SETTINGS_MODULE": "wanliu.settings"}


def wanliu(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wanliu", *map(str, arguments)]
    return subprocess.run(
        command, env=environment(home), cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose database holds two events."""
    home = tmp_path_factory.mktemp("home")
    made = wanliu(home, "database", "prepare")
    assert made.returncode == 0, made.stderr
    subprocess.run([sys.executable, "-c", RECORD], env=environment(home), cwd=ROOT, check=True)
    return home


def test_a_home_that_was_never_prepared_says_what_to_run(tmp_path: Path) -> None:
    said = wanliu(tmp_path, "records", "verify")

    assert said.returncode == 4
    assert "wanliu database prepare" in said.stderr
    assert "Traceback" not in said.stderr


def test_preparing_twice_is_as_good_as_once(prepared: Path) -> None:
    assert wanliu(prepared, "database", "prepare").returncode == 0


def test_whole_records_are_said_to_be_whole(prepared: Path) -> None:
    said = wanliu(prepared, "records", "verify", "--lang", "en")

    assert (said.returncode, said.stdout) == (
        0, "The records are whole: 2 events in 1 chains, every hash redone.\n"
    )  # fmt: skip


def test_a_cut_end_is_found_with_yesterdays_head(prepared: Path, tmp_path: Path) -> None:
    heads = tmp_path / "heads"
    assert wanliu(prepared, "records", "head", "-o", heads).returncode == 0
    (head,) = heads.iterdir()
    assert json.loads(head.read_text("utf-8"))["streams"]["exit/1"][0] == 2
    cut = tmp_path / "cut"
    cut.mkdir()
    for file in prepared.iterdir():
        if file.is_file():
            (cut / file.name).write_bytes(file.read_bytes())
    with sqlite3.connect(cut / "wanliu.sqlite3") as database:
        database.execute("DROP TRIGGER audit_event_no_delete")
        database.execute("DELETE FROM audit_payload WHERE event_id = 2")
        database.execute("DELETE FROM audit_event WHERE place = 2")

    assert wanliu(cut, "records", "verify").returncode == 0
    said = wanliu(cut, "records", "verify", "--head", head)

    assert said.returncode == 1
    assert "exit/1 第 2 条" in said.stderr


def test_a_head_file_that_is_not_there_is_wrong_usage(prepared: Path, tmp_path: Path) -> None:
    assert wanliu(prepared, "records", "verify", "--head", tmp_path / "none.json").returncode == 2
