"""A full disk, a clock put back, a dead worker, ten thousand wake-ups: what is due is done all the same."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import LazySettings
from django.db import connection

from tests.cases.desk import MONDAY, Clock, case_in, head, running
from tests.exits.desk import act, an_exit
from tests.outside import environment, started, wait_until
from tests.web import make_client
from wanliu.audit.chain import verify
from wanliu.audit.queries import events_of_stream
from wanliu.book.atomic import cannot_write
from wanliu.cases import actions as on_cases
from wanliu.cases.actions import Said
from wanliu.errors import EnvironmentFailed
from wanliu.exits.models import Escalation, Exit
from wanliu.nightly import jobs, models
from wanliu.nightly.actions import run_night
from wanliu.nightly.places import Places
from wanliu.ruleset import load
from wanliu.workbench.context import banners

pytestmark = pytest.mark.django_db(transaction=True)
MANY: Final = 10_000


def test_ten_thousand_wake_ups_are_dropped_and_what_is_owed_is_done(
    home: Path, settings: LazySettings
) -> None:
    env = environment(home, WANLIU_TODAY="2009-10-31")  # a Saturday
    settings.WANLIU_HOME = home
    _pile_up(MANY)
    assert jobs.waiting() == MANY
    worker = started("-m", "wanliu", "work", env=env)
    try:
        wait_until(lambda: models.Night.objects.filter(state="done").exists())
        assert jobs.waiting() <= 2 * len(jobs.JOBS)
    finally:
        worker.kill()
        worker.wait()
    assert models.Night.objects.count() == 1 and Places(home).beat.exists()
    queue = jobs.queue()
    queue.flush()
    queue.storage.close()


def _pile_up(count: int) -> None:
    """As a worker would find them that was away for a week, beside another one that went on asking."""
    queue = jobs.queue()
    names = [f"wanliu.nightly.jobs.{one.__name__}" for one in jobs.JOBS]
    data = [json.dumps([str(number), names[number % len(names)]]).encode() for number in range(count)]
    storage = queue.storage
    if connection.vendor == "postgresql":
        put = f"insert into {storage.table_task} (queue, data, priority) values (%s, %s, 0)"
    else:
        put = "insert into task (queue, data, priority) values (?, ?, 0)"
    with storage.db(commit=True) as cursor:
        cursor.executemany(put, [(storage.name, one) for one in data])
    storage.close()


def test_a_clock_that_was_put_back_breaks_no_chain_and_no_exit() -> None:
    """Places count, not hours: what came later stands later, whatever the clock said."""
    make_client()
    by = head()
    with running(Clock(MONDAY)) as clock:
        leaving = an_exit("identity_checked", by=by)
        due = Exit.objects.get().step_due_on
        clock.moment -= timedelta(days=1, hours=3)
        for verb in ("list_conditions", "mark_ready", "submit", "finish"):
            leaving = act(verb, leaving, by=by)
        make_client("C2")
        case_in("assigned", by, client_id="C2")
        clock.moment -= timedelta(hours=2)
        said = Said(method="visit", connection="connected", direction="in")
        on_cases.record_contact(client_id="C2", said=said, by=by)
    found = Exit.objects.get()
    assert found.state == "done" and due is not None
    told = [event.verb for event in events_of_stream(f"exit/{leaving.id}")]
    assert told[0] == "finished" and told[-1] == "exit_requested"
    assert verify().holds


@pytest.mark.parametrize(
    "fault",
    [OSError(errno.ENOSPC, "No space left on device"), cannot_write(Path("book"), "No space left on device")],
)
def test_a_disk_that_is_full_at_night_lets_no_exit_wait(
    home: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    make_client()
    an_exit(by=head())
    Exit.objects.update(step_due_on=MONDAY.date() - timedelta(days=3))

    def full(*_: Any) -> None:
        raise fault

    with running(Clock(MONDAY)), monkeypatch.context() as patch:
        patch.setattr("wanliu.nightly.actions.take_deliveries", full)
        with pytest.raises((OSError, EnvironmentFailed)):
            run_night(home, load("standard"))
        assert models.Night.objects.get().state == "failed" and Escalation.objects.count() == 1
    with running(Clock(MONDAY)):
        assert run_night(home, load("standard")).state == "done"
    assert verify().holds


def test_a_disk_that_is_full_takes_no_backup_and_leaves_none(home: Path, tmp_path: Path) -> None:
    """Files end after 256 KiB: the system says so as it says that a disk is full."""
    home.mkdir()
    (home / "mapping.toml").write_bytes(b"#" * (1 << 20))
    command = f'ulimit -f 512; exec "{sys.executable}" -m wanliu backup "{tmp_path}/shelf/one" --lang en'
    done = subprocess.run(
        ["/bin/bash", "-c", command], env=environment(home), check=False, capture_output=True, text=True
    )
    assert done.returncode == EnvironmentFailed.exit_code, done.stderr
    assert "Cannot write" in done.stderr and "Traceback" not in done.stderr
    assert list((tmp_path / "shelf").iterdir()) == []


def test_a_worker_that_is_silent_is_said_on_every_page(home: Path, settings: LazySettings) -> None:
    settings.WANLIU_HOME = home
    assert banners() == []
    home.mkdir(exist_ok=True)
    Places(home).beat.touch()
    assert banners() == []
    long_ago = time.time() - 5 * 3600
    os.utime(Places(home).beat, (long_ago, long_ago))
    ((colour, said),) = banners()
    assert colour == "danger" and "5 小时" in said.zh and "5 hours" in said.en
    jobs._beat()
    assert banners() == []
