"""The worker as a process: it does what is owed, is killed, is doubled, and leaves no word in its queue."""

from __future__ import annotations

import json
import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from tests.outside import environment, started, wait_until
from wanliu.audit.chain import verify
from wanliu.cli import main
from wanliu.directory.queries import current_run
from wanliu.nightly import jobs, models

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = {"WANLIU_TODAY": "2009-10-31"}
"""A Saturday: nobody looks at deadlines, whatever hour it is."""


def states() -> list[str]:
    return list(models.Night.objects.order_by("pk").values_list("state", flat=True))


def test_a_worker_does_what_was_missed_and_ends_when_it_is_told(home: Path) -> None:
    worker = started("-m", "wanliu", "work", env=environment(home, **TODAY))
    try:
        wait_until(lambda: states() == ["done"])
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
    finally:
        worker.kill()
    assert states() == ["done"]


def test_a_worker_that_was_killed_does_it_again(
    home: Path, arrive: Callable[..., Path], delivery: Path
) -> None:
    arrive(delivery)
    told = environment(home, **TODAY)
    worker = started("-m", "wanliu", "work", env=told)
    wait_until(lambda: states() == ["running"])
    worker.kill()
    worker.wait()
    again = started("-m", "wanliu", "work", env=told)
    try:
        wait_until(lambda: states() == ["failed", "done"])
    finally:
        again.kill()
        again.wait()
    assert current_run() is not None and verify().holds


def test_workers_that_look_at_once_do_it_once(home: Path) -> None:
    told = environment(home, **TODAY)
    workers = [started("-m", "wanliu", "work", "--once", env=told) for _ in range(3)]
    assert [one.wait() for one in workers] == [0, 0, 0]
    assert states() == ["done"]


def test_a_worker_beside_a_server_ends_with_it(home: Path) -> None:
    """Whoever started it is not this one: it ends at once."""
    worker = started("-m", "wanliu", "work", "--beside", str(os.getpid() + 1), env=environment(home, **TODAY))
    try:
        assert worker.wait(30) in (0, -signal.SIGTERM)
    finally:
        worker.kill()


def test_nothing_but_names_is_in_the_queue(home: Path, settings: LazySettings) -> None:
    settings.WANLIU_HOME = home
    queue = jobs.queue()
    queue.flush()
    for task in queue.read_periodic(None):
        queue.enqueue(task)
    kept = [json.loads(bytes(one)) for one in queue.storage.enqueued_items()]
    assert [name for _, name in kept] == ["wanliu.nightly.jobs.deadlines", "wanliu.nightly.jobs.night"]
    assert {len(one) for one in kept} == {2}
    queue.flush()
    queue.storage.close()


def test_a_job_that_would_carry_words_is_refused(home: Path, settings: LazySettings) -> None:
    settings.WANLIU_HOME = home
    queue = jobs.queue()
    task: Any = queue.read_periodic(None)[0]
    task.args = ("张三丰",)
    with pytest.raises(TypeError):
        queue.enqueue(task)
    queue.storage.close()


def test_a_failure_is_logged_by_its_kind_and_ends_nothing(
    home: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.WANLIU_HOME = home

    def fails(*_: Any, **__: Any) -> None:
        raise ValueError("张三丰 13800005678")

    monkeypatch.setattr(jobs, "run_night_if_owed", fails)
    monkeypatch.setattr(logging.getLogger("wanliu"), "propagate", True)
    jobs.look_once()
    assert "night failed: ValueError" in caplog.text and "张三丰" not in caplog.text


def test_an_hour_that_is_none_is_said_calmly(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    worker = started("-m", "wanliu", "work", "--once", env=environment(home, WANLIU_NIGHTLY_AT="25"))
    assert worker.wait() == 2
    assert main(["work", "--port"]) == 2
    assert "Traceback" not in capfd.readouterr().err
